//! `docs/openapi.yaml`, as the tests read it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The file.
pub(super) struct Contract(Value);

impl Contract {
    pub(super) fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        Self(serde_yaml_ng::from_str(&text).unwrap())
    }

    /// What stands at a JSON pointer; a missing one is a failure.
    pub(super) fn at(&self, pointer: &str) -> &Value {
        self.0.pointer(pointer).unwrap_or_else(|| panic!("docs/openapi.yaml has no {pointer}"))
    }

    /// What checks values against the schema `name`.
    pub(super) fn validator(&self, name: &str) -> jsonschema::Validator {
        let reference = format!("#/components/schemas/{name}");
        let schema = json!({ "$ref": reference, "components": self.at("/components") });
        jsonschema::draft202012::new(&schema).unwrap()
    }

    /// Checks `value` against the schema `name`.
    pub(super) fn validate(&self, name: &str, value: &Value) -> Result<(), String> {
        self.validator(name).validate(value).map_err(|error| format!("{name}: {error} at {}", error.instance_path()))
    }

    /// The schema `name`.
    pub(super) fn schema(&self, name: &str) -> &Value {
        self.at(&format!("/components/schemas/{name}"))
    }

    /// The schema behind `$ref`, and of several the one whose `type` is that of `value`.
    pub(super) fn resolve<'a>(&'a self, schema: &'a Value, value: &Value) -> &'a Value {
        if let Some(reference) = schema["$ref"].as_str() {
            return self.resolve(self.at(reference.strip_prefix('#').unwrap()), value);
        }
        let Some(alternatives) = schema["oneOf"].as_array() else { return schema };
        let fits = |schema: &&Value| schema.pointer("/properties/type/const") == value.get("type");
        alternatives.iter().map(|schema| self.resolve(schema, value)).find(fits).expect("a schema of this type")
    }

    /// The schema names and `type`s that `ToPonte` or `Content` choose between.
    pub(super) fn alternatives(&self, name: &str) -> BTreeSet<String> {
        let schema = self.schema(name);
        let alternatives = schema["oneOf"].as_array().unwrap().iter();
        let kinds: BTreeSet<String> = alternatives
            .map(|schema| {
                self.resolve(schema, &Value::Null)["properties"]["type"]["const"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(kinds, keys(&schema["discriminator"]["mapping"]), "{name}: oneOf and mapping differ");
        kinds
    }

    /// The examples of what is posted at `pointer`, by name.
    pub(super) fn examples(&self, pointer: &str) -> &Map<String, Value> {
        self.at(&format!("{pointer}/post/requestBody/content/application~1json/examples")).as_object().unwrap()
    }
}

/// The names of the fields of an object; none for anything else.
pub(super) fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}

/// The words of a list.
pub(super) fn words(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect()
}
