//! What differs between two documents, for the person who is asked before a push.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{ServiceRules, path::Path};

/// One difference. Values are as JSON, texts without their quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The place. Of a route its id stands in the brackets: `routing.routes[boletos].then.queue`.
    pub path: String,
    /// What was there; `None`: nothing, so it is as without rules.
    pub from: Option<String>,
    /// What is there now; `None`: nothing.
    pub to: Option<String>,
}

/// All differences, by their places.
pub fn diff(old: &ServiceRules, new: &ServiceRules) -> Vec<Change> {
    let json = |rules: &ServiceRules| serde_json::to_value(rules).unwrap_or_default();
    let mut changes = Vec::new();
    compare(&Path::default(), Some(&json(old)), Some(&json(new)), &mut changes);
    changes
}

fn compare(path: &Path, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<Change>) {
    if old == new {
        return;
    }
    let empty = Map::new();
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => objects(path, old, new, changes),
        // A whole part that comes or goes is told by its ends, so that each line is short.
        (None, Some(Value::Object(new))) if !new.is_empty() => objects(path, &empty, new, changes),
        (Some(Value::Object(old)), None) if !old.is_empty() => objects(path, old, &empty, changes),
        (old, new) => match (old.map_or(Some(Vec::new()), named), new.map_or(Some(Vec::new()), named)) {
            (Some(old), Some(new)) => lists(path, &old, &new, changes),
            _ => changes.push(Change { path: path.to_string(), from: old.map(shown), to: new.map(shown) }),
        },
    }
}

fn objects(path: &Path, old: &Map<String, Value>, new: &Map<String, Value>, changes: &mut Vec<Change>) {
    // Sorted: whether a map of `serde_json` keeps its order depends on what else is built.
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        compare(&path.key(key), old.get(key), new.get(key), changes);
    }
}

/// The items of a list whose items have ids.
fn named(list: &Value) -> Option<Vec<(&str, &Value)>> {
    let Value::Array(items) = list else { return None };
    items.iter().map(|item| Some((item.get("id")?.as_str()?, item))).collect()
}

fn lists(path: &Path, old: &[(&str, &Value)], new: &[(&str, &Value)], changes: &mut Vec<Change>) {
    let find = |list: &[(&str, &Value)], id: &str| list.iter().position(|(other, _)| *other == id);
    let kept = |list: &[(&str, &Value)], other: &[(&str, &Value)]| -> Vec<String> {
        list.iter().filter(|(id, _)| find(other, id).is_some()).map(|(id, _)| (*id).to_owned()).collect()
    };
    let (before, after) = (kept(old, new), kept(new, old));
    if before != after {
        let path = format!("{path} (order)");
        changes.push(Change { path, from: Some(before.join(", ")), to: Some(after.join(", ")) });
    }
    let at = |id: &str| Path(vec![crate::path::Step::Key(format!("{path}[{id}]"))]);
    let added = new.iter().filter(|(id, _)| find(old, id).is_none());
    for (id, _) in old.iter().chain(added) {
        let item =
            |list: &[(&str, &Value)]| list.iter().find(|(other, _)| other == id).map(|(_, item)| (*item).clone());
        compare(&at(id), item(old).as_ref(), item(new).as_ref(), changes);
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(json: &str) -> ServiceRules {
        serde_json::from_str(json).unwrap()
    }

    fn lines(old: &str, new: &str) -> Vec<String> {
        let word = |value: Option<String>| value.unwrap_or_else(|| "nothing".into());
        let changes = diff(&rules(old), &rules(new));
        changes
            .into_iter()
            .map(|change| format!("{}: {} -> {}", change.path, word(change.from), word(change.to)))
            .collect()
    }

    #[test]
    fn what_a_push_would_change() {
        let old = r#"{"version":1,"texts":{"en":{"greeting":"Hi"}},"queues":{"a":{"name":"A"}},"routing":{"routes":[
            {"id":"one","when":{"state":"x"},"then":{"queue":"a"}},{"id":"two","then":{"queue":"a","tags":["t"]}}]}}"#;
        assert_eq!(lines(old, old), [""; 0]);
        let new = r#"{"version":1,"texts":{"en":{"greeting":false,"closing":"Bye"}},"queues":{"a":{"name":"A"}},"routing":{"routes":[
            {"id":"two","then":{"queue":"a","tags":["t","u"]}},{"id":"one","when":{"state":["x","y"]},"then":{"queue":"a"}},
            {"id":"new","then":{"priority":"high"}}]}}"#;
        assert_eq!(
            lines(old, new),
            [
                "routing.routes (order): one, two -> two, one",
                r#"routing.routes[one].when.state: x -> ["x","y"]"#,
                r#"routing.routes[two].then.tags: ["t"] -> ["t","u"]"#,
                "routing.routes[new].id: nothing -> new",
                "routing.routes[new].then.priority: nothing -> high",
                "texts.en.closing: nothing -> Bye",
                "texts.en.greeting: Hi -> false",
            ]
        );
        assert_eq!(lines(new, r#"{"version":1}"#).last().unwrap(), "texts.en.greeting: false -> nothing");
        assert_eq!(diff(&rules(old), &ServiceRules::default()).len(), 8);
    }
}
