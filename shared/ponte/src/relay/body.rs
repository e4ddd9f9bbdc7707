//! What a body may be, before anything of it is parsed: its size, how it is written, how deep it is and how rich.
//!
//! Called at the webhook endpoints, behind the check of the sender: a stranger learns nothing of these limits. Nothing here keeps or repeats what came.

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::ports::{Headers, Rejection};

/// The largest body that is read, in bytes: an SQS message of 256 KiB less room for the job around it.
pub const MAX_BODY: usize = 248 * 1024;
/// The deepest JSON that is taken, in arrays and objects inside each other. The parser itself stops at 128, and a job wraps the envelope.
const MAX_DEPTH: usize = 99;
/// The most values that are taken: a hundred events of fifty fields, four times over.
const MAX_ELEMENTS: usize = 20_000;

/// Whether the headers promise what we read: JSON, as it is. A sender that names no type, or one that says nothing, is believed.
pub fn written_plainly(headers: &dyn Headers) -> Result<(), Rejection> {
    let named = |name| headers.get(name).unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(&*named("content-encoding"), "" | "identity") {
        return Err(Rejection::Unsupported("the body is compressed: send it as it is"));
    }
    let kind = named("content-type");
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let json = matches!(kind, "" | "application/json" | "text/json" | "text/plain" | "application/octet-stream");
    if json || kind.ends_with("+json") {
        Ok(())
    } else {
        Err(Rejection::Unsupported("the content type is not application/json"))
    }
}

/// Whether the bytes are within the limits, if they are JSON at all. One pass, and nothing is built.
pub fn within_limits(body: &[u8]) -> Result<(), Rejection> {
    if body.len() > MAX_BODY {
        return Err(Rejection::TooLarge);
    }
    let (mut depth, mut deepest, mut elements) = (0_usize, 0_usize, 1_usize);
    let (mut in_text, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'[' | b'{' => {
                depth += 1;
                elements += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => elements += 1,
            _ => {}
        }
    }
    if deepest > MAX_DEPTH {
        Err(Rejection::Malformed("the body is nested too deeply"))
    } else if elements > MAX_ELEMENTS {
        Err(Rejection::Malformed("the body has too many values"))
    } else {
        Ok(())
    }
}

/// The value that the text is; the parser's error when it is no JSON.
///
/// A field that is named twice is refused: of two readers each may take another one for the true one.
pub fn parse(text: &str) -> Result<Value, Rejection> {
    let Once(value) = serde_json::from_str(text).map_err(|error: serde_json::Error| {
        Rejection::Malformed(if error.is_data() { "the body names a field twice" } else { "the body is not JSON" })
    })?;
    Ok(value)
}

/// A value in which no object names a field twice.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OnceVisitor)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Once;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Once, E> {
        Ok(Once(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Once, A::Error> {
        let mut list = Vec::new();
        while let Some(Once(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Once(Value::Array(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Once, A::Error> {
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let Once(value) = fields.next_value()?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a field twice"));
            }
        }
        Ok(Once(Value::Object(object)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named<'a>(&'a str, &'a str);

    impl Headers for Named<'_> {
        fn get(&self, name: &str) -> Option<&str> {
            (self.0 == name).then_some(self.1)
        }
    }

    #[test]
    fn only_plain_json_is_read() {
        for (header, value, status) in [
            ("content-type", "application/json", 200),
            ("content-type", "Application/JSON; charset=utf-8", 200),
            ("content-type", "application/vnd.lime.container+json", 200),
            ("content-type", "text/plain;charset=UTF-8", 200),
            ("content-type", "", 200),
            ("x-other", "", 200),
            ("content-type", "application/x-www-form-urlencoded", 415),
            ("content-type", "multipart/form-data; boundary=x", 415),
            ("content-type", "text/html", 415),
            ("content-type", "application/xml", 415),
            ("content-type", "application/json, text/html", 415),
            ("content-encoding", "identity", 200),
            ("content-encoding", "gzip", 415),
            ("content-encoding", "br", 415),
            ("content-encoding", "identity, gzip", 415),
        ] {
            let answer = written_plainly(&Named(header, value)).map_or_else(Rejection::status, |()| 200);
            assert_eq!(answer, status, "{header}: {value}");
        }
    }

    #[test]
    fn a_value_is_what_the_parser_makes_of_it_and_no_field_is_named_twice() {
        for text in [
            r#"{"a":[1,-2,3.5,1e400,"x\u00e9",true,null,{"b":{}}],"c":18446744073709551615}"#,
            "[]",
            "\"\"",
            "7",
            "oi",
            "[1,]",
            "{\"a\":1,\"b\"}",
        ] {
            let (ours, theirs) = (parse(text), serde_json::from_str::<Value>(text));
            assert_eq!(ours.ok(), theirs.ok(), "{text}");
        }
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"b":2,"\u0061":3}"#, r#"[{"x":{"a":null,"a":{}}}]"#] {
            assert_eq!(parse(text), Err(Rejection::Malformed("the body names a field twice")), "{text}");
        }
        assert!(parse(r#"[{"a":1},{"a":1},{"b":{"a":1}}]"#).is_ok());
    }

    #[test]
    fn depth_values_and_size_are_limited() {
        let nested = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        let list = |n: usize| format!("[{}1]", "1,".repeat(n - 2));
        let text = |inside: &str| format!("[\"{inside}\"]");
        for (what, body, status) in [
            ("99 deep", nested(99), 200),
            ("100 deep", nested(100), 400),
            ("objects, 100 deep", r#"{"a":"#.repeat(100), 400),
            ("100,000 deep", nested(100_000), 400),
            ("99 deep, twice", format!("[{0},{0}]", nested(98)), 200),
            ("20,000 values", list(20_000), 200),
            ("20,001 values", list(20_001), 400),
            ("brackets in a text", text(&"[".repeat(200)), 200),
            ("brackets behind an escaped quote", text(&format!("\\\"{}", "[".repeat(200))), 200),
            ("brackets behind a backslash and the text", format!("[\"\\\\\",{}", "[".repeat(100)), 400),
            ("brackets that only close", "]".repeat(500), 200),
            ("248 KiB", "1".repeat(MAX_BODY), 200),
            ("a byte more", "1".repeat(MAX_BODY + 1), 413),
            ("nothing", String::new(), 200),
        ] {
            let answer = within_limits(body.as_bytes()).map_or_else(Rejection::status, |()| 200);
            assert_eq!(answer, status, "{what}");
        }
    }
}
