//! A body with everything that may be personal replaced by its length. Pure.
//!
//! What stays is a short list of what is known to say nothing of anybody; all other strings and numbers go, the names of
//! fields that do not look like such included.

use ponte::message::ConversationId;
use serde_json::{Map, Value};

/// The longest name of a field that is shown.
const MAX_NAME: usize = 48;
/// A run of digits this long may be a part of a phone number.
const DIGITS: usize = 5;
/// The words that our own jobs and Blip's envelopes tell kinds apart by.
const KINDS: [&str; 13] = [
    "text", "file", "location", "choices", "link", "message", "assigned", "typing", "closed", "accepted", "received",
    "consumed", "failed",
];

/// The structure of a parked body.
pub fn redact(body: &str) -> Value {
    match serde_json::from_str(body) {
        Ok(Value::Object(fields)) => {
            let fields = fields.into_iter().map(|(name, value)| match (name.as_str(), value) {
                ("v" | "received_at", Value::Number(number)) => (name, Value::Number(number)),
                ("opening", Value::String(id)) if ConversationId::parse(&id).is_some() => (name, Value::String(id)),
                (_, value) => {
                    let value = value_of(&name, value);
                    (name, value)
                }
            });
            Value::Object(named(fields.collect()))
        }
        Ok(value) => value_of("", value),
        Err(_) => Value::String(format!("<no JSON, {} bytes>", body.len())),
    }
}

fn value_of(name: &str, value: Value) -> Value {
    match value {
        Value::String(text) if says_nothing(name, &text) => Value::String(text),
        Value::String(text) => Value::String(format!("<{} characters>", text.chars().count())),
        Value::Number(_) => Value::String("<number>".to_owned()),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| value_of("", item)).collect()),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| {
                let value = value_of(&name, value);
                (name, value)
            });
            Value::Object(named(fields.collect()))
        }
        value @ (Value::Null | Value::Bool(_)) => value,
    }
}

fn says_nothing(name: &str, text: &str) -> bool {
    matches!(name, "type" | "event") && (KINDS.contains(&text) || is_media_type(text))
}

fn is_media_type(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".+-".contains(c))
    };
    text.len() <= 80
        && !has_digits(text)
        && text.split_once('/').is_some_and(|(kind, subtype)| part(kind) && part(subtype))
}

fn has_digits(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() >= DIGITS)
}

/// Fields whose names look like names stay; the others are numbered, since two may have the same length.
fn named(fields: Vec<(String, Value)>) -> Map<String, Value> {
    let plain = |name: &str| {
        name.len() <= MAX_NAME
            && !has_digits(name)
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.#$".contains(c))
    };
    let name = |(number, (name, value)): (usize, (String, Value))| {
        if plain(&name) {
            (name, value)
        } else {
            (format!("<field {}, {} characters>", number + 1, name.chars().count()), value)
        }
    };
    fields.into_iter().enumerate().map(name).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_personal_is_left() {
        let body = json!({
            "v": 1, "received_at": 7, "id": "wamid.5511987654321", "opening": "Maria",
            "envelope": {
                "from": "5511987654321@wa.gw.msging.net", "type": "text/plain", "content": "Olá, João", "to": null,
                "metadata": {"#tunnel.owner": "bot", "5511987654321": 3, "+5511987654321": "x", "Maria da Silva": "y"},
            },
            "events": [{"event": "message", "contents": [{"type": "location", "latitude": -23.5}, "Ana"]}, {"event": "Ana"}],
        });
        let expected = json!({
            "v": 1, "received_at": 7, "id": "<19 characters>", "opening": "<5 characters>",
            "envelope": {
                "from": "<30 characters>", "type": "text/plain", "content": "<9 characters>", "to": null,
                "metadata": {
                    "#tunnel.owner": "<3 characters>", "<field 1, 14 characters>": "<1 characters>",
                    "<field 2, 14 characters>": "<1 characters>", "<field 3, 13 characters>": "<number>",
                },
            },
            "events": [
                {"event": "message", "contents": [{"type": "location", "latitude": "<number>"}, "<3 characters>"]},
                {"event": "<3 characters>"},
            ],
        });
        let shown = redact(&body.to_string());
        for personal in ["5511987654321", "Maria", "João", "Ana", "23.5"] {
            assert!(!shown.to_string().contains(personal), "{personal} in {shown:#}");
        }
        assert_eq!(shown["envelope"]["type"], "text/plain");
        assert_eq!(shown["events"], expected["events"]);
        assert_eq!(shown["v"], 1);
        assert_eq!(shown["envelope"]["metadata"].as_object().unwrap().len(), 4);
        assert_eq!(shown["envelope"]["content"], expected["envelope"]["content"]);
    }

    #[test]
    fn a_body_that_is_no_object_is_no_leak_either() {
        assert_eq!(redact("Maria"), "<no JSON, 5 bytes>");
        assert_eq!(redact("\"Maria\""), "<5 characters>");
        assert_eq!(redact("5511987654321"), "<number>");
    }

    #[test]
    fn a_type_is_shown_only_if_it_is_one() {
        for (text, shown) in [
            ("application/vnd.lime.media-link+json", true),
            ("Maria", false),
            ("tel/5511987654321", false),
            ("a/B", false),
        ] {
            assert_eq!(says_nothing("type", text), shown, "{text}");
        }
        assert!(!says_nothing("content", "text/plain"));
    }
}
