//! Whatever a person puts into a field: no panic, and what is read is written back.

use ponte::lime::{Envelope, MAX_WORDS, ThreadMessage, items, to_text};
use serde_json::{Value, json};

use super::fixtures;

/// Where every value of a document lies, as JSON pointers.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                places(field, &format!("{here}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                places(entry, &format!("{here}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Reads a document in every way there is; what can be read must come back unchanged.
#[track_caller]
fn survives(input: Value, told: &str) -> bool {
    let Ok(envelope) = Envelope::from_value(input.clone()) else {
        return false;
    };
    assert_eq!(envelope.to_value(), input, "{told}");
    match envelope {
        Envelope::Message(message) => {
            let said = to_text(&message.document);
            assert!(said.chars().count() <= MAX_WORDS, "{told}");
            assert!(message.document.is_internal() || !said.trim().is_empty(), "{told}");
            let _ = (message.sender(), message.originator());
        }
        Envelope::Response(response) => {
            for item in items(&response.resource.unwrap_or_default()) {
                let _ = ThreadMessage::from_value(item).map(|line| to_text(&line.document));
            }
        }
        _ => {}
    }
    true
}

#[test]
fn every_field_of_every_example_may_be_anything() {
    let anything =
        [json!(null), json!(true), json!(1), json!("x"), json!(""), json!([]), json!({}), json!([null]), json!(-1.5)];
    let (mut read, mut tried) = (0, 0);
    for (name, example) in fixtures::all() {
        let mut found = Vec::new();
        places(&example, "", &mut found);
        for place in found {
            for replacement in &anything {
                let mut broken = example.clone();
                *broken.pointer_mut(&place).unwrap() = replacement.clone();
                tried += 1;
                read += usize::from(survives(broken, &format!("{name} {place} {replacement}")));
            }
        }
    }
    assert!(read * 10 > tried * 8, "most broken envelopes are still readable: {read} of {tried}");
}

#[test]
fn any_field_of_any_example_may_be_missing() {
    for (name, example) in fixtures::all() {
        let mut found = Vec::new();
        places(&example, "", &mut found);
        for place in found.iter().filter(|place| !place.is_empty()) {
            let (parent, key) = place.rsplit_once('/').unwrap();
            let mut broken = example.clone();
            if let Some(fields) = broken.pointer_mut(parent).unwrap().as_object_mut() {
                fields.remove(&key.replace("~1", "/").replace("~0", "~"));
                survives(broken, &format!("{name} without {place}"));
            }
        }
    }
}

#[test]
fn every_content_may_come_under_every_type() {
    let examples = fixtures::messages();
    for (name, message) in &examples {
        for (other, type_of) in &examples {
            let input = json!({"type": type_of.document.media_type(), "content": message.document.content()});
            assert!(survives(input, &format!("{name} as {other}")));
        }
    }
}

#[test]
fn documents_inside_documents_end_somewhere() {
    let wrappers = [
        ("application/vnd.lime.container+json", "value"),
        ("application/vnd.lime.reply+json", "replied"),
        ("application/vnd.lime.redirect+json", "context"),
        ("application/vnd.lime.tuple+json", "item1"),
        ("application/vnd.lime.input+json", "label"),
    ];
    for (media_type, key) in wrappers {
        let mut content = json!("at the bottom");
        let mut inner = "text/plain";
        for _ in 0..200 {
            let container = json!({"type": inner, "value": content});
            content = if key == "value" { container } else { json!({ key: container }) };
            inner = media_type;
        }
        assert!(survives(json!({"type": media_type, "content": content}), media_type));
    }
}

#[test]
fn collections_inside_collections_end_somewhere() {
    let mut content = json!({"itemType": "text/plain", "items": ["at the bottom"]});
    for _ in 0..60 {
        content = json!({"itemType": "application/vnd.lime.collection+json", "items": [content.clone()]});
    }
    assert!(survives(json!({"type": "application/vnd.lime.collection+json", "content": content}), "collection"));
}
