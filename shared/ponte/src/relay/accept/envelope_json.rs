//! Reads the JSON of an envelope, and repairs an emoji that some system cut in half.

use serde_json::Value;

use crate::relay::{body, ports::Rejection};

pub(super) fn parse(body: &[u8]) -> Result<Value, Rejection> {
    body::within_limits(body)?;
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Rejection::Malformed("the body is empty"));
    }
    let text = String::from_utf8_lossy(body);
    body::parse(&text).or_else(|_| body::parse(&without_lone_surrogates(&text)))
}

/// An emoji that some system cut in half is no reason to lose the message around it: each `\uD800`-`\uDFFF`
/// without its other half becomes U+FFFD.
fn without_lone_surrogates(text: &str) -> String {
    let unit = |at: &str| -> Option<u16> { u16::from_str_radix(at.strip_prefix("\\u")?.get(..4)?, 16).ok() };
    let mut repaired = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        repaired.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => 12,
            (Some(0xD800..0xE000), _) => {
                repaired.push_str("\\uFFFD");
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            // An escape of one character (`\\`, `\"`): both go through, so that a backslash is not read twice.
            _ => escape.char_indices().nth(2).map_or(escape.len(), |(end, _)| end),
        };
        let (escape, after) = escape.split_at(length);
        repaired.push_str(escape);
        rest = after;
    }
    repaired.push_str(rest);
    repaired
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_emoji_does_not_lose_the_message() {
        let check = |input: &str, expected: &str| {
            assert_eq!(parse(input.as_bytes()).unwrap(), Value::from(expected), "{input}");
        };
        check(r#""a\ud83db""#, "a\u{FFFD}b");
        check(r#""\ude00""#, "\u{FFFD}");
        check(r#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀");
        check(r#""\\ud83d \ud83d""#, "\\ud83d \u{FFFD}");
        check(r#""ok \ud83d\ude00""#, "ok 😀");
    }
}
