//! Reads a context, and what stands under its key `ponte`, of any type in any place.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::context::{ContextFacts, ContextKind, Ignored, ReadContext};
use crate::{
    Language, Priority,
    fold::{cut, cut_line, fold},
    near::nearest,
};

/// The key in the context under which Ponte's part stands.
const KEY: &str = "ponte";
/// Bytes of a text that are read as JSON; a longer one is a text.
const MAX_JSON: usize = 256 * 1024;
/// Characters of a subject. The narrowest field for one is `short_description` of the helpdesk `servicenow-tickets`, 160 as installed.
const MAX_SUBJECT: usize = 160;
/// Characters of the text for the first note.
const MAX_WORDS: usize = 4_000;
/// Characters of a name: a queue, an agent, a skill, a tag, a field.
const MAX_NAME: usize = 100;
/// Characters of a value of a field.
const MAX_VALUE: usize = 1_000;
/// Numbers of tags and skills.
pub(super) const MAX_TAGS: usize = 30;
/// Number of fields.
const MAX_FIELDS: usize = 50;
/// The keys that are known.
const KEYS: [&str; 9] = ["queue", "agent", "skills", "priority", "tags", "fields", "language", "subject", "text"];

impl ContextFacts {
    /// Reads a context of any type and size: a document, or a text.
    pub fn read(context: &Value) -> ReadContext {
        match context {
            Value::String(text) => Self::read_text(text),
            Value::Object(fields) => {
                // The document may come with its container around it.
                let inner = fields.get("value").filter(|_| !fields.contains_key(KEY));
                match (fields.get(KEY), inner) {
                    (Some(ponte), _) => read_ponte(ponte),
                    (None, Some(Value::Object(inner))) if inner.contains_key(KEY) => {
                        read_ponte(inner.get(KEY).unwrap_or(&Value::Null))
                    }
                    (None, Some(Value::String(text))) => Self::read_text(text),
                    _ => nothing(ContextKind::Other),
                }
            }
            _ => nothing(ContextKind::Other),
        }
    }

    /// Reads a context that came as a text: JSON, or words.
    pub fn read_text(text: &str) -> ReadContext {
        let trimmed = text.trim();
        if trimmed.starts_with('{')
            && trimmed.len() <= MAX_JSON
            && let Ok(Value::Object(fields)) = serde_json::from_str(trimmed)
            && let Some(ponte) = fields.get(KEY)
        {
            return read_ponte(ponte);
        }
        if trimmed.is_empty() {
            return nothing(ContextKind::Other);
        }
        let facts = Self {
            subject: Some(cut_line(trimmed, MAX_SUBJECT)).filter(|subject| !subject.is_empty()),
            text: Some(cut(trimmed, MAX_WORDS)).filter(|words| !words.is_empty()),
            ..Self::default()
        };
        ReadContext { facts, kind: ContextKind::Text, ignored: Vec::new() }
    }
}

fn nothing(kind: ContextKind) -> ReadContext {
    ReadContext { facts: ContextFacts::default(), kind, ignored: Vec::new() }
}

/// Reads what stands under the key.
fn read_ponte(ponte: &Value) -> ReadContext {
    let mut reader = Reader::default();
    // JSON in JSON: some builders quote an object once more.
    let unquoted =
        ponte.as_str().filter(|text| text.len() <= MAX_JSON).and_then(|text| serde_json::from_str(text).ok());
    let facts = match unquoted.as_ref().unwrap_or(ponte) {
        Value::Object(fields) => reader.facts(fields),
        Value::Null => ContextFacts::default(),
        _ => {
            reader.ignore(KEY.to_owned(), "an object");
            ContextFacts::default()
        }
    };
    ReadContext { facts, kind: ContextKind::Ponte, ignored: reader.ignored }
}

/// A text or a number as one line of at most [`MAX_NAME`] characters; `None` for anything else, and for nothing.
pub(super) fn word(value: &Value) -> Option<String> {
    short(value, MAX_NAME)
}

fn short(value: &Value, limit: usize) -> Option<String> {
    let text = match value {
        Value::String(text) => cut_line(text, limit),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Notes that are kept: a broken context of 200 KB needs no 10,000 of them.
const MAX_IGNORED: usize = 20;

#[derive(Default)]
struct Reader {
    ignored: Vec<Ignored>,
}

impl Reader {
    fn ignore(&mut self, path: String, expected: &'static str) {
        if self.ignored.len() < MAX_IGNORED {
            self.ignored.push(Ignored { path, expected });
        }
    }

    fn facts(&mut self, fields: &Map<String, Value>) -> ContextFacts {
        for key in fields.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            // The key itself is not told: a bot might put a customer's words there.
            if let Some(near) = nearest(key, KEYS) {
                self.ignore(format!("{KEY}: a key that is near `{near}`"), "a known key");
            } else {
                self.ignore(KEY.to_owned(), "no other keys than the known ones");
            }
        }
        let priority = self.text(fields, "priority", MAX_NAME).and_then(|word| {
            let known = priority(&word);
            if known.is_none() {
                self.ignore(format!("{KEY}.priority"), "low, normal, high or urgent");
            }
            known
        });
        let language = self.text(fields, "language", MAX_NAME).and_then(|word| {
            let known = Language::guess(&word);
            if known.is_none() {
                self.ignore(format!("{KEY}.language"), "pt-BR, en or es");
            }
            known
        });
        let text = fields.get("text").and_then(Value::as_str).map(|text| cut(text, MAX_WORDS));
        if text.is_none() && fields.get("text").is_some_and(|text| !text.is_null()) {
            self.ignore(format!("{KEY}.text"), "a text");
        }
        ContextFacts {
            queue: self.text(fields, "queue", MAX_NAME),
            agent: self.text(fields, "agent", MAX_NAME),
            skills: self.list(fields, "skills"),
            priority,
            tags: self.list(fields, "tags"),
            fields: self.fields(fields),
            language,
            subject: self.text(fields, "subject", MAX_SUBJECT),
            text: text.filter(|text| !text.is_empty()),
        }
    }

    fn text(&mut self, fields: &Map<String, Value>, key: &str, limit: usize) -> Option<String> {
        let value = fields.get(key).filter(|value| !value.is_null())?;
        let text = short(value, limit);
        // An empty text is what a bot's variable without a value becomes.
        if text.is_none() && !value.is_string() {
            self.ignore(format!("{KEY}.{key}"), "a text or a number");
        }
        text
    }

    /// A list, or one text with commas.
    fn list(&mut self, fields: &Map<String, Value>, key: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut add = |text: String| {
            if found.len() < MAX_TAGS && !found.contains(&text) {
                found.push(text);
            }
        };
        match fields.get(key) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => {
                text.split(',')
                    .take(MAX_TAGS)
                    .map(|part| cut_line(part, MAX_NAME))
                    .filter(|part| !part.is_empty())
                    .for_each(add);
            }
            Some(Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    match word(value) {
                        Some(text) => add(text),
                        None if value.is_null() || value.is_string() => {}
                        None => self.ignore(format!("{KEY}.{key}[{index}]"), "a text or a number"),
                    }
                }
            }
            Some(Value::Number(number)) => add(number.to_string()),
            Some(Value::Bool(_) | Value::Object(_)) => self.ignore(format!("{KEY}.{key}"), "a list of texts"),
        }
        found
    }

    fn fields(&mut self, fields: &Map<String, Value>) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        match fields.get("fields") {
            None | Some(Value::Null) => {}
            Some(Value::Object(given)) => {
                for (index, (key, value)) in given.iter().enumerate() {
                    let value = match value {
                        Value::Null => continue,
                        Value::Bool(value) => Some(value.to_string()),
                        Value::Array(_) | Value::Object(_) => {
                            self.ignore(format!("{KEY}.fields[{index}]"), "a text, a number, true or false");
                            None
                        }
                        Value::String(_) | Value::Number(_) => short(value, MAX_VALUE),
                    };
                    let Some(value) = value else { continue };
                    let key = cut_line(key, MAX_NAME);
                    if key.is_empty() || found.len() >= MAX_FIELDS {
                        self.ignore(format!("{KEY}.fields[{index}]"), "at most 50 fields, each with a name");
                    } else {
                        found.insert(key, value);
                    }
                }
            }
            Some(_) => self.ignore(format!("{KEY}.fields"), "an object"),
        }
        found
    }
}

/// A priority by its word in one of the three languages, as bots name it.
fn priority(word: &str) -> Option<Priority> {
    match fold(word).as_str() {
        "low" | "baixa" | "baja" => Some(Priority::Low),
        "normal" | "medium" | "media" => Some(Priority::Normal),
        "high" | "alta" => Some(Priority::High),
        "urgent" | "urgente" => Some(Priority::Urgent),
        _ => None,
    }
}
