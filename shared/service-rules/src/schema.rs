//! The JSON Schema of the document: editors complete from it, and the strict reader takes shapes, keys and allowed values from it, so that
//! neither can differ from the types.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Map, Value, json};

use crate::{
    FactName, Language, ServiceRules, Version, When,
    document::{Condition, Form},
    texts::{Audience, LanguageTexts, MAX_TEXT, TextKey, Texts},
};

/// The schema, as it is committed in `docs/service.schema.json`.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<ServiceRules>().to_value();
    tidy(&mut schema);
    if let Value::Object(root) = &mut schema {
        root.insert("title".to_owned(), json!("Service rules of Ponte (service.yaml)"));
    }
    schema
}

/// A key that may be absent need not take `null`: in YAML that is a line that was begun and not finished.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::String(about)) = fields.get_mut("description") {
                // Lines of a comment in the source are no lines for a reader.
                let paragraphs: Vec<String> = about.split("\n\n").map(|lines| lines.replace('\n', " ")).collect();
                *about = paragraphs.join("\n\n");
            }
            if fields.get("default").is_some_and(Value::is_null) {
                fields.remove("default");
            }
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|name| name != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    fields.insert("type".to_owned(), one);
                }
            }
            if let Some(Value::Array(forms)) = fields.get_mut("anyOf") {
                forms.retain(|form| form.get("type").is_none_or(|name| name != "null"));
                if let [Value::Object(one)] = forms.as_mut_slice() {
                    let one = std::mem::take(one);
                    fields.remove("anyOf");
                    one.into_iter().for_each(|(key, value)| {
                        fields.entry(key).or_insert(value);
                    });
                }
            }
            fields.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// An object with these properties and no others.
fn closed(description: &str, properties: Map<String, Value>, patterns: Map<String, Value>) -> Schema {
    let mut schema = json_schema!({ "type": "object", "description": description, "additionalProperties": false });
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !patterns.is_empty() {
        schema.insert("patternProperties".to_owned(), Value::Object(patterns));
    }
    schema
}

impl JsonSchema for Version {
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "const": Self::NUMBER })
    }
}

impl JsonSchema for Texts {
    fn schema_name() -> Cow<'static, str> {
        "Texts".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let texts = generator.subschema_for::<LanguageTexts>().to_value();
        let properties = Language::ALL.map(|language| (language.tag().to_owned(), texts.clone()));
        closed("Texts by language.", properties.into_iter().collect(), Map::new())
    }
}

/// Names by language: a map whose keys are the three.
pub(crate) struct NameByLanguage;

impl JsonSchema for NameByLanguage {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "NameByLanguage".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let properties = Language::ALL.map(|language| (language.tag().to_owned(), json!({ "type": "string" })));
        closed("A name by language.", properties.into_iter().collect(), Map::new())
    }
}

impl JsonSchema for LanguageTexts {
    fn schema_name() -> Cow<'static, str> {
        "LanguageTexts".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let property = |key: &TextKey| {
            let mut about = key.about().to_owned();
            about.push_str(match key.audience() {
                Audience::Customer => " For the customer.",
                Audience::Agent => " For the agent.",
            });
            if !key.placeholders().is_empty() {
                let words: Vec<String> =
                    key.placeholders().iter().map(|known| format!("{{{}}}", known.word())).collect();
                about.push_str(" It may have ");
                about.push_str(&words.join(", "));
                about.push('.');
            }
            let text = json!({ "type": "string", "minLength": 1, "maxLength": MAX_TEXT });
            let schema = if key.may_be_off() {
                about.push_str(" false: it is not sent.");
                json!({ "description": about, "anyOf": [text, { "const": false }] })
            } else {
                json!({ "description": about, "anyOf": [text] })
            };
            (key.as_str().to_owned(), schema)
        };
        closed("Texts of one language.", TextKey::ALL.iter().map(property).collect(), Map::new())
    }
}

impl JsonSchema for FactName {
    fn schema_name() -> Cow<'static, str> {
        "FactName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let fixed: Vec<&str> = Self::FIXED.iter().map(|(name, _)| *name).collect();
        let open = Self::OPEN
            .map(|(start, about)| json!({ "type": "string", "pattern": pattern(start), "description": about }));
        let mut forms = vec![json!({ "enum": fixed })];
        forms.extend(open);
        json_schema!({ "description": "The name of a fact.", "anyOf": forms })
    }
}

impl JsonSchema for When {
    fn schema_name() -> Cow<'static, str> {
        "When".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let condition = generator.subschema_for::<Condition>().to_value();
        let with = |about: &str| json!({ "description": about, "allOf": [condition.clone()] });
        let properties = FactName::FIXED.iter().map(|(name, about)| ((*name).to_owned(), with(about)));
        let patterns = FactName::OPEN.iter().map(|(start, about)| (pattern(start), with(about)));
        closed("Conditions by fact. All of them must hold.", properties.collect(), patterns.collect())
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Form::json_schema(generator)
    }
}

/// The pattern of names that begin with `start` and go on.
fn pattern(start: &str) -> String {
    format!("^{}.+$", start.replace('.', "\\."))
}

/// What the names of a [`pattern`] begin with.
#[cfg_attr(not(feature = "yaml"), allow(dead_code))]
pub(crate) fn start_of(pattern: &str) -> Option<String> {
    Some(pattern.strip_prefix('^')?.strip_suffix(".+$")?.replace("\\.", "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/service.schema.json");

    #[test]
    fn the_committed_schema_is_that_of_the_types() {
        let made = schema();
        if std::env::var_os("PONTE_WRITE_DOCS").is_some() {
            std::fs::write(COMMITTED, format!("{}\n", serde_json::to_string_pretty(&made).unwrap())).unwrap();
        }
        let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
        let is_same = serde_json::from_str::<Value>(&committed).is_ok_and(|committed| committed == made);
        assert!(is_same, "docs/service.schema.json is not that of the types: PONTE_WRITE_DOCS=1 writes it anew");
    }

    #[test]
    fn a_pattern_leads_back() {
        assert_eq!(start_of(&pattern("context.fields.")).unwrap(), "context.fields.");
    }
}
