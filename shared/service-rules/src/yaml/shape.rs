//! A tree held against the schema: which keys there are, of which kind each value is, and what it may be.
//!
//! It knows as much of JSON Schema as `schema.rs` makes: `$ref`, `allOf` of one, `anyOf` and `oneOf` of forms that differ in their kind, `type`,
//! `const`, `enum`, properties, patterns of names, required keys, limits of numbers, and the forms of times (`format`).

use serde_json::{Map, Value};

use super::tree::{Node, Place, Tree};
use crate::{
    near::{listed, nearest},
    path::Path,
    problem::{Fault, MAX_FAULTS, Severity},
    schema::start_of,
};

/// Keys that come with later releases. They are refused, with a word about it.
const LATER: [&str; 1] = ["bots"];

/// The document as JSON, with what is wrong left out, and what is wrong.
pub(super) fn check(tree: &Tree, schema: &Value) -> (Value, Vec<(Fault, Place)>) {
    let mut checker = Checker { root: schema, faults: Vec::new() };
    let value = checker.value(tree, schema, &Path::default()).unwrap_or_default();
    (value, checker.faults)
}

struct Checker<'s> {
    root: &'s Value,
    faults: Vec<(Fault, Place)>,
}

impl<'s> Checker<'s> {
    fn fail<T>(&mut self, path: &Path, place: Place, message: String) -> Option<T> {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push((Fault { severity: Severity::Error, path: path.clone(), message }, place));
        }
        None
    }

    /// The forms that a value may have, references followed.
    fn forms(&self, schema: &'s Value) -> Vec<&'s Map<String, Value>> {
        let Value::Object(fields) = schema else { return Vec::new() };
        if let Some(Value::String(reference)) = fields.get("$ref") {
            let found = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
            return found.map(|found| self.forms(found)).unwrap_or_default();
        }
        let several = ["allOf", "anyOf", "oneOf"].into_iter().find_map(|key| fields.get(key)?.as_array());
        match several {
            Some(several) => several.iter().flat_map(|form| self.forms(form)).collect(),
            None => vec![fields],
        }
    }

    fn value(&mut self, tree: &Tree, schema: &'s Value, path: &Path) -> Option<Value> {
        let forms = self.forms(schema);
        let of = |name: &str| forms.iter().copied().filter(|form| has_type(form, name)).collect::<Vec<_>>();
        match &tree.node {
            Node::Map(entries) => match of("object").as_slice() {
                [] => self.fail(path, tree.place, format!("is a group of keys; write {}", expected(&forms))),
                objects => self.map(tree, entries, objects, path),
            },
            Node::List(items) => match of("array").first() {
                None => self.fail(path, tree.place, format!("is a list; write {}", expected(&forms))),
                Some(form) => {
                    let of_items = form.get("items").unwrap_or(&Value::Null);
                    let values =
                        items.iter().enumerate().map(|(index, item)| self.value(item, of_items, &path.index(index)));
                    // All are looked at before the first fault counts.
                    values.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>().map(Value::Array)
                }
            },
            Node::Scalar { text, plain } => self.scalar(text, *plain, tree.place, &forms, path),
        }
    }

    /// Several objects are the variants of one choice, each with its one key.
    fn map(
        &mut self,
        tree: &Tree,
        entries: &[(String, Place, Tree)],
        objects: &[&'s Map<String, Value>],
        path: &Path,
    ) -> Option<Value> {
        let mut values = Map::new();
        let is_choice = objects.len() > 1;
        for (key, place, value) in entries {
            let schema = objects.iter().find_map(|form| property(form, key));
            let path = path.key(key);
            let Some(schema) = schema else {
                let _: Option<()> = self.fail(&path, *place, unknown_key(key, path.0.len(), objects));
                continue;
            };
            let names = objects.iter().find_map(|form| format_of(form.get("propertyNames")?.as_object()?));
            if let Some(Err(right)) = names.and_then(|format| crate::written::check(format, key)) {
                let _: Option<()> = self.fail(&path, *place, format!("there is no such key; {right}"));
                continue;
            }
            if let Some(value) = self.value(value, schema, &path) {
                values.insert(key.clone(), value);
            }
        }
        if is_choice && entries.len() != 1 {
            return self.fail(path, tree.place, format!("write exactly one of {}", listed(keys(objects))));
        }
        let required =
            objects.iter().filter(|_| !is_choice).filter_map(|form| form.get("required")?.as_array()).flatten();
        let missing: Vec<&str> =
            required.filter_map(Value::as_str).filter(|key| !entries.iter().any(|(name, ..)| name == key)).collect();
        if !missing.is_empty() {
            let message = format!("lacks {}", listed(missing.iter().copied()).replace(" or ", " and "));
            let message = if path.0.is_empty() { format!("the document {message}") } else { message };
            let _: Option<()> = self.fail(path, tree.place, message);
        }
        Some(Value::Object(values))
    }

    fn scalar(
        &mut self,
        text: &str,
        plain: bool,
        place: Place,
        forms: &[&'s Map<String, Value>],
        path: &Path,
    ) -> Option<Value> {
        if plain && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
            return self.fail(path, place, format!("has no value; write {}, or take the line away", expected(forms)));
        }
        let switch = match text {
            "true" | "True" | "TRUE" if plain => Some(true),
            "false" | "False" | "FALSE" if plain => Some(false),
            _ => None,
        };
        if let Some(switch) = switch {
            let takes = |form: &&Map<String, Value>| {
                has_type(form, "boolean") || form.get("const") == Some(&Value::Bool(switch))
            };
            if forms.iter().any(takes) {
                return Some(Value::Bool(switch));
            }
            // A switch where a text of Ponte's stands. Whether this text may be off is looked at later; none may be `true`.
            if forms.iter().any(|form| form.contains_key("maxLength")) {
                return if switch {
                    self.fail(path, place, format!("write {}", expected(forms)))
                } else {
                    Some(Value::Bool(false))
                };
            }
        }
        if let Some(form) = forms.iter().find(|form| has_type(form, "integer")) {
            let number = text.parse::<i64>().ok().filter(|_| plain);
            let limit = |key: &str| form.get(key).and_then(Value::as_i64);
            let fits = |number: &i64| {
                let is_const = form.get("const").is_none_or(|constant| constant.as_i64() == Some(*number));
                is_const
                    && limit("minimum").is_none_or(|least| *number >= least)
                    && limit("maximum").is_none_or(|most| *number <= most)
            };
            return match number.filter(fits) {
                Some(number) => Some(Value::from(number)),
                None => self.fail(path, place, format!("write {}", expected(forms))),
            };
        }
        let words = words(forms);
        let is_free = forms
            .iter()
            .any(|form| has_type(form, "string") && !form.contains_key("const") && !form.contains_key("enum"));
        let starts = |form: &&Map<String, Value>| {
            let start = start_of(form.get("pattern").and_then(Value::as_str)?)?;
            Some(text.len() > start.len() && text.starts_with(&start))
        };
        let mut written = forms.iter().filter_map(|form| crate::written::check(format_of(form)?, text));
        if let Some(Err(right)) = written.next()
            && !words.contains(&text)
            && !written.any(|other| other.is_ok())
        {
            return self.fail(path, place, format!("`{}` is not allowed; {right}", crate::fold::cut_line(text, 60)));
        }
        // Numbers and switches are texts where a text belongs: `queue: 360000111` is a name, as written.
        if words.contains(&text)
            || (is_free && forms.iter().find_map(starts).is_none())
            || forms.iter().filter_map(starts).any(|is| is)
        {
            return Some(Value::String(text.to_owned()));
        }
        let near = nearest(text, words.iter().copied());
        let right = near.map_or_else(|| format!("write {}", expected(forms)), |near| format!("did you mean `{near}`?"));
        self.fail(path, place, format!("`{}` is not allowed; {right}", crate::fold::cut_line(text, 60)))
    }
}

/// Whether a form takes values of this type. A form of words alone has none, and takes texts.
fn has_type(form: &Map<String, Value>, name: &str) -> bool {
    match form.get("type") {
        Some(Value::String(kind)) => kind == name,
        _ => name == "string" && (form.get("enum").is_some() || form.get("const").is_some_and(Value::is_string)),
    }
}

/// The name of the form of a text.
fn format_of(form: &Map<String, Value>) -> Option<&str> {
    form.get("format").and_then(Value::as_str)
}

/// The words that forms allow.
fn words<'s>(forms: &[&'s Map<String, Value>]) -> Vec<&'s str> {
    let several = forms.iter().filter_map(|form| form.get("enum")?.as_array()).flatten();
    several.chain(forms.iter().filter_map(|form| form.get("const"))).filter_map(Value::as_str).collect()
}

/// The schema of a key's value.
fn property<'s>(form: &'s Map<String, Value>, key: &str) -> Option<&'s Value> {
    let named = form.get("properties").and_then(|properties| properties.get(key));
    let by_pattern = || {
        let patterns = form.get("patternProperties")?.as_object()?;
        patterns.iter().find(|(pattern, _)| {
            start_of(pattern).is_some_and(|start| key.len() > start.len() && key.starts_with(&start))
        })
    };
    let others = || form.get("additionalProperties").filter(|others| others.is_object());
    named.or_else(|| by_pattern().map(|(_, schema)| schema)).or_else(others)
}

/// The keys that objects have.
fn keys<'s>(objects: &[&'s Map<String, Value>]) -> Vec<&'s str> {
    objects
        .iter()
        .filter_map(|form| form.get("properties")?.as_object())
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect()
}

fn unknown_key(key: &str, depth: usize, objects: &[&Map<String, Value>]) -> String {
    let known = keys(objects);
    let near = nearest(key, known.iter().copied());
    let right = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if depth == 1 && LATER.contains(&key) => "this release does not have it yet".to_owned(),
        None => format!("the keys here are {}", listed(known).replace(" or ", " and ")),
    };
    format!("there is no such key; {right}")
}

/// What may be written, in words.
fn expected(forms: &[&Map<String, Value>]) -> String {
    let mut all: Vec<String> = Vec::new();
    let allowed = words(forms);
    if !allowed.is_empty() {
        all.push(listed(allowed));
    }
    let choice: Vec<_> = forms.iter().copied().filter(|form| has_type(form, "object")).collect();
    if choice.len() > 1 {
        all.push(format!("one of the keys {} with its value", listed(keys(&choice))));
    }
    for form in forms {
        let number = |key: &str| form.get(key).and_then(Value::as_i64);
        let start = form.get("pattern").and_then(Value::as_str).and_then(start_of);
        let words = match form.get("type").and_then(Value::as_str) {
            Some("string") if start.is_some() => format!("`{}KEY`", start.unwrap_or_default()),
            Some("string") if form.contains_key("format") => {
                let example = form.get("examples").and_then(|examples| examples.get(0)?.as_str()).unwrap_or_default();
                format!("a text such as `{example}`")
            }
            Some("string")
                if form.get("const").is_none() && form.get("enum").is_none() && form.get("pattern").is_none() =>
            {
                "a text".to_owned()
            }
            Some("array") => "a list (`- ` before each)".to_owned(),
            Some("boolean") => "true or false".to_owned(),
            Some("integer") => match (number("const"), number("minimum"), number("maximum")) {
                (Some(constant), ..) => constant.to_string(),
                (None, Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
                _ => "a whole number".to_owned(),
            },
            Some("object") if choice.len() == 1 => match keys(&[form]).as_slice() {
                [] => "keys with their values".to_owned(),
                few if few.len() <= 4 => format!("keys such as {}", listed(few.iter().copied())),
                _ => "keys with their values".to_owned(),
            },
            _ if form.get("const").and_then(Value::as_bool) == Some(false) => "false".to_owned(),
            _ => continue,
        };
        if !all.contains(&words) {
            all.push(words);
        }
    }
    all.join(", or ")
}
