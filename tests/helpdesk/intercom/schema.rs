//! Intercom's own specification, as far as the bridge uses it: every body that the client posts is held against it.

use serde_json::{Value, json};

use super::{super::server::Call, fixture};

/// The path of the specification that a call is of.
fn path_of(spec: &Value, call: &Call) -> Option<String> {
    let asked: Vec<&str> = call.path.split('?').next()?.split('/').collect();
    let fits = |path: &&String| {
        let path: Vec<&str> = path.split('/').collect();
        path.len() == asked.len() && path.iter().zip(&asked).all(|(part, asked)| part.starts_with('{') || part == asked)
    };
    let paths = spec["paths"].as_object()?;
    // The exact path goes before one with a place to fill: `/conversations/search`.
    paths.keys().filter(fits).min_by_key(|path| path.matches('{').count()).cloned()
}

/// Checks that the specification has this call, and its body.
pub(super) fn check(call: &Call) -> Result<(), String> {
    let spec = fixture("api-2.15");
    let path = path_of(&spec, call).ok_or_else(|| format!("no such path: {}", call.path))?;
    let operation = &spec["paths"][&path][call.method.to_lowercase()];
    if operation.is_null() {
        return Err(format!("{path} has no {}", call.method));
    }
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if schema.is_null() {
        return Ok(());
    }
    let schema = json!({ "allOf": [schema], "components": spec["components"] });
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    validator.validate(&call.body).map_err(|error| format!("{path}: {error} at {}", error.instance_path()))
}
