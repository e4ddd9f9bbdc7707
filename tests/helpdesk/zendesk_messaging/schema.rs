//! Zendesk's own specification: every body that the client posts is held against it.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::super::server::Call;

static SPEC: LazyLock<Value> = LazyLock::new(|| {
    let file = "/fixtures/sunshine-conversations/sunshine-conversations-17.0.0.yaml";
    let text = std::fs::read_to_string(format!("{}{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    plain(serde_yaml_ng::from_str(&text).unwrap())
});

/// Without what `OpenAPI` 3.0 has and JSON Schema has not: `nullable`, and examples that are none.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(name, _)| name != "example" && name != "examples");
            fields.map(|(name, value)| (name, plain(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(plain).collect(),
        other => other,
    }
}

/// Schemas say nothing of fields that they do not know: a name that is misspelt must fail all the same.
const NAMES: [(&str, &[&str]); 5] = [
    ("users", &["externalId", "profile"]),
    ("conversations", &["type", "participants", "metadata"]),
    ("messages", &["author", "content", "metadata"]),
    ("activity", &["author", "type"]),
    ("Control", &["switchboardIntegration", "reason", "metadata"]),
];

/// Which message a content is: `oneOf` alone takes any that has the fields.
fn content(body: &Value) -> Option<&'static str> {
    Some(match body["content"]["type"].as_str()? {
        "text" => "textMessage",
        "image" => "imageMessage",
        "file" => "fileMessage",
        _ => "none",
    })
}

fn validate(schema: &Value, body: &Value) -> Result<(), String> {
    let schema = json!({ "allOf": [schema], "components": SPEC["components"] });
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    validator.validate(body).map_err(|error| format!("{error} at {}", error.instance_path()))
}

/// Checks that the specification has this call, and its body.
pub(super) fn check(call: &Call) -> Result<(), String> {
    let path = call.path.split('?').next().unwrap().strip_prefix("/sc").ok_or("not below /sc")?;
    let asked: Vec<&str> = path.split('/').collect();
    let fits = |path: &&String| {
        let path: Vec<&str> = path.split('/').collect();
        path.len() == asked.len() && path.iter().zip(&asked).all(|(part, asked)| part.starts_with('{') || part == asked)
    };
    let found = SPEC["paths"].as_object().unwrap().keys().find(fits).ok_or_else(|| format!("no such path: {path}"))?;
    let operation = &SPEC["paths"][found][call.method.to_lowercase()];
    if operation.is_null() {
        return Err(format!("{found} has no {}", call.method));
    }
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if schema.is_null() {
        return Ok(());
    }
    let last = asked.last().unwrap();
    let (_, names) = NAMES.iter().find(|(end, _)| last.ends_with(end)).ok_or("what is posted there?")?;
    let strange = call.body.as_object().into_iter().flatten().find(|(name, _)| !names.contains(&name.as_str()));
    if let Some((name, _)) = strange {
        return Err(format!("{found}: `{name}` means nothing"));
    }
    // `oneOf` with a `discriminator` is OpenAPI's own: the content is held against the schema that its type names.
    let mut body = call.body.clone();
    if let Some(which) = content(&body) {
        let schema = &SPEC["components"]["schemas"][which];
        if schema.is_null() {
            return Err("no such type of content".to_owned());
        }
        validate(schema, &body["content"]).map_err(|error| format!("{which}: {error}"))?;
        let known = schema["properties"].as_object().unwrap();
        if let Some((name, _)) = body["content"].as_object().unwrap().iter().find(|(n, _)| !known.contains_key(*n)) {
            return Err(format!("{which}: `{name}` means nothing"));
        }
        validate(&SPEC["components"]["schemas"]["author"], &body["author"])?;
        body.as_object_mut().unwrap().remove("content");
        for field in ["author", "metadata"] {
            if body[field].is_null() {
                return Err(format!("no `{field}`"));
            }
        }
    } else {
        validate(schema, &body).map_err(|error| format!("{found}: {error}"))?;
    }
    if let Some(metadata) = body.get("metadata").and_then(Value::as_object) {
        let flat = metadata.values().all(|value| value.is_string() || value.is_number() || value.is_boolean());
        if !flat || call.body["metadata"].to_string().len() > 4096 {
            return Err("metadata are flat, and no more than 4 KB".to_owned());
        }
    }
    Ok(())
}

#[test]
fn the_specification_refuses_other_bodies() {
    let post =
        |end: &str, body: Value| check(&Call::made("POST", &format!("/sc/v2/apps/a/conversations/c/{end}"), body));
    let good = json!({
        "author": { "type": "user", "userId": "u" }, "content": { "type": "text", "text": "oi" }, "metadata": { "a": 1 },
    });
    assert_eq!(post("messages", good.clone()), Ok(()));
    for (field, value) in [
        ("author", json!({ "type": "agent" })),
        ("author", json!({ "userId": "u" })),
        ("author", Value::Null),
        ("content", json!({ "type": "text", "text": "x".repeat(4097) })),
        ("content", json!({ "type": "image" })),
        ("content", json!({ "type": "image", "mediaUrl": "https://x.example/", "altText": "x".repeat(129) })),
        ("content", json!({ "type": "text", "body": "oi" })),
        ("content", json!({ "type": "words", "text": "oi" })),
        ("metadata", json!({ "a": { "b": 1 } })),
        ("metadata", json!({ "a": "x".repeat(5000) })),
        ("meta", json!({})),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        assert!(post("messages", bad.clone()).is_err(), "{bad}");
    }
    assert!(post("message", good).is_err());
    assert_eq!(post("passControl", json!({ "switchboardIntegration": "next" })), Ok(()));
    assert!(post("passControl", json!({ "to": "next" })).is_err());
    assert!(post("passControl", json!({})).is_err());
    assert!(post("releaseControl", json!({ "reason": "solved" })).is_err());
    assert!(post("activity", json!({ "author": { "type": "user" }, "type": "read" })).is_err());
    assert!(check(&Call::made("POST", "/v2/apps/a/users", json!({ "externalId": "e" }))).is_err());
}
