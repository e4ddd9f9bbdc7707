//! A route as metadata of the `passControl` to the agents: flat values, 4 KB in all (the specification, `metadata`).
//!
//! The system fields are those that a public client passes (botpress/botpress, `zendesk-messaging-hitl`): `priority`, `tags` (one text,
//! with commas), `group_id`, `brand_id`, `assignee_id`. A custom field is `ticketField.{id}`. Everything is named by its id: the key of
//! Sunshine Conversations does not open the API that has the names.

use serde_json::Value;
use service_rules::Route;

use super::wire::Metadata;
use crate::helpdesk::route::{LeftOut, Part, is_number};

/// What all metadata of one `passControl` may have, in bytes of JSON.
const MAX_METADATA: usize = 4096;
/// What is kept free of it for `first_message_id`, which is not known yet.
const FIRST: usize = 100;
/// How the fields of the ticket begin that Zendesk has itself.
const SYSTEM: &str = "dataCapture.systemField.";
/// How the account's own do. The id follows.
const FIELD: &str = "dataCapture.ticketField.";

/// The metadata of a route, which are set beside `other`, which are what `HelpdeskSettings` and the bridge set, and what is left out.
pub(super) fn spelled(route: &Route, other: &Metadata) -> (Metadata, LeftOut) {
    let mut left_out = LeftOut::default();
    let mut metadata = other.clone();
    let mut set = |part: Part, name: &str, key: String, value: String, left_out: &mut LeftOut| {
        let before = metadata.insert(key.clone(), value.into());
        if size(&metadata).saturating_add(FIRST) > MAX_METADATA {
            left_out.add(part, name);
            match before {
                Some(before) => drop(metadata.insert(key, before)),
                None => drop(metadata.remove(&key)),
            }
        }
    };
    for (part, key, name) in ids(route) {
        match name.as_deref().map(str::trim) {
            Some(id) if is_number(id) => set(part, id, format!("{SYSTEM}{key}"), id.to_owned(), &mut left_out),
            Some(name) => left_out.add(part, name),
            None => {}
        }
    }
    if let Some(priority) = route.priority {
        let word = priority.as_str();
        set(Part::Priority, word, format!("{SYSTEM}priority"), word.to_owned(), &mut left_out);
    }
    if !route.tags.is_empty() {
        let key = format!("{SYSTEM}tags");
        let before = other.get(&key).and_then(Value::as_str).unwrap_or_default();
        let mut tags: Vec<String> = before.split(',').map(tag).filter(|tag| !tag.is_empty()).collect();
        for new in route.tags.iter().map(|name| tag(name)) {
            if !new.is_empty() && !tags.contains(&new) {
                tags.push(new);
            }
        }
        set(Part::Tag, &route.tags.join(", "), key, tags.join(","), &mut left_out);
    }
    for (name, value) in &route.fields {
        if is_number(name.trim()) {
            set(Part::Value, name, format!("{FIELD}{}", name.trim()), value.clone(), &mut left_out);
        } else {
            left_out.add(Part::Field, name);
        }
    }
    // No public page names a key for these.
    left_out.add_parts(&[Part::Skill, Part::Subject, Part::Type, Part::Form], route);
    metadata.retain(|key, value| other.get(key) != Some(value));
    (metadata, left_out)
}

/// What is named by an id, and the system field of each.
fn ids(route: &Route) -> [(Part, &'static str, &Option<String>); 3] {
    [
        (Part::Queue, "group_id", &route.queue),
        (Part::Agent, "assignee_id", &route.agent),
        (Part::Brand, "brand_id", &route.brand),
    ]
}

/// What of a route is in these metadata, which could not be passed: it is left out.
pub(super) fn not_set(route: &Route, metadata: &Metadata, left_out: &mut LeftOut) {
    let mut check = |part: Part, key: String, name: &str| {
        if metadata.contains_key(&key) {
            left_out.not_set(part, name);
        }
    };
    for (part, key, name) in ids(route) {
        if let Some(name) = name {
            check(part, format!("{SYSTEM}{key}"), name);
        }
    }
    if let Some(priority) = route.priority {
        check(Part::Priority, format!("{SYSTEM}priority"), priority.as_str());
    }
    for name in &route.tags {
        check(Part::Tag, format!("{SYSTEM}tags"), name);
    }
    for name in route.fields.keys() {
        check(Part::Field, format!("{FIELD}{}", name.trim()), name);
    }
}

/// A tag has neither blanks nor commas: Zendesk would make two of it.
fn tag(name: &str) -> String {
    name.split(|letter: char| letter.is_whitespace() || letter == ',')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

/// Bytes of the metadata as JSON.
fn size(metadata: &Metadata) -> usize {
    serde_json::to_vec(metadata).map_or(usize::MAX, |json| json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_have_4_kb_and_keep_what_was_there() {
        let mut other = Metadata::default();
        other.insert("ponte_opening".to_owned(), "x".into());
        other.insert("dataCapture.systemField.tags".to_owned(), "vip".into());
        let long = "ç".repeat(1500);
        let fields = [("1", "a"), ("2", long.as_str()), ("3", long.as_str()), ("4", "d")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let route = Route { fields, tags: vec!["Segunda via".into(), "vip".into()], ..Route::default() };
        let (metadata, left_out) = spelled(&route, &other);
        assert!(size(&metadata) <= MAX_METADATA);
        // What is there already is not set again.
        assert!(!metadata.contains_key("ponte_opening"));
        let keys: Vec<&str> = metadata.keys().map(|key| key.trim_start_matches("dataCapture.")).collect();
        for key in ["ticketField.1", "ticketField.2", "ticketField.4"] {
            assert!(keys.contains(&key), "{key}: {keys:?}");
        }
        assert_eq!(metadata.get("dataCapture.systemField.tags"), Some(&"vip,Segunda_via".into()));
        let mut expected = LeftOut::default();
        expected.add(Part::Value, "3");
        assert_eq!(left_out, expected);
    }
}
