//! The values of a JSON object that nothing else has words for: a line each, with its name.
//!
//! Whatever a channel adds next year arrives as this. What only programs read is left out: a type that names its neighbour, ids of
//! WhatsApp messages (they hold a telephone number), tokens, checksums, bytes in text.

use serde_json::{Map, Value};

use super::page::{Page, scalar, tame};
use crate::{MAX_DEPTH, is_blank};

/// Names whose values say nothing to people.
const MACHINERY: [&str; 5] = ["recipient_type", "messaging_product", "flow_token", "sha256", "mid"];

/// Bytes as text are at least this long, in characters.
const SHORTEST_BYTES: usize = 200;

/// Every value, the names as they came.
pub(super) fn write(fields: &Map<String, Value>, page: &mut Page) {
    named(fields, "", 0, page);
}

/// Every value on one line, ` - ` between them, without names.
pub(super) fn inline(value: &Value) -> String {
    let mut leaves = Vec::new();
    collect("", value, 0, &mut leaves);
    leaves.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(" - ")
}

/// A value that stands alone.
pub(super) fn value(value: &Value, page: &mut Page) {
    match value {
        Value::Object(fields) => write(fields, page),
        Value::Array(_) => field("", value, 0, page),
        other => page.line(&shown(other)),
    }
}

/// A text that is JSON itself, as Meta sends a form's answers.
pub(super) fn unpacked(value: &Value) -> Option<Value> {
    let text = value.as_str()?.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok()
}

fn named(fields: &Map<String, Value>, parent: &str, depth: usize, page: &mut Page) {
    for (name, value) in fields {
        if page.is_full() {
            return;
        }
        if !is_machinery(name, value, fields) {
            field(&joined(parent, name), value, depth, page);
        }
    }
}

fn field(name: &str, value: &Value, depth: usize, page: &mut Page) {
    let read = unpacked(value);
    match read.as_ref().unwrap_or(value) {
        other if depth >= MAX_DEPTH => line(name, &scalar(other), page),
        Value::Object(inner) => named(inner, name.rsplit(' ').next().unwrap_or(name), depth.saturating_add(1), page),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for item in items {
                if page.is_full() {
                    return;
                }
                line(name, &listed(item), page);
            }
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).filter(|item| !is_blank(item)).collect();
            line(name, &items.join(", "), page);
        }
        single => line(name, &shown(single), page),
    }
}

fn line(name: &str, value: &str, page: &mut Page) {
    if is_blank(value) {
        return;
    }
    if name.is_empty() { page.line(value) } else { page.line(&format!("{name}: {value}")) }
}

/// An item of a list on one line: its only value, or each with its name.
fn listed(item: &Value) -> String {
    let mut leaves = Vec::new();
    collect("", item, 0, &mut leaves);
    if let [(_, value)] = leaves.as_slice() {
        return value.clone();
    }
    let leaves =
        leaves.into_iter().map(|(name, value)| if name.is_empty() { value } else { format!("{name} {value}") });
    leaves.collect::<Vec<_>>().join(", ")
}

/// The values with their own names, in order.
fn collect(name: &str, value: &Value, depth: usize, leaves: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) if depth < MAX_DEPTH => {
            for (name, value) in fields.iter().filter(|(name, value)| !is_machinery(name, value, fields)) {
                collect(&tame(name), value, depth.saturating_add(1), leaves);
            }
        }
        Value::Array(items) if depth < MAX_DEPTH => {
            for item in items {
                collect(name, item, depth.saturating_add(1), leaves);
            }
        }
        single => {
            let shown = shown(single);
            if !is_blank(&shown) {
                leaves.push((name.to_owned(), shown));
            }
        }
    }
}

fn joined(parent: &str, name: &str) -> String {
    let name = tame(name);
    if parent.is_empty() || name.is_empty() { format!("{parent}{name}") } else { format!("{parent} {name}") }
}

/// What only programs read.
fn is_machinery(name: &str, value: &Value, around: &Map<String, Value>) -> bool {
    let text = value.as_str();
    MACHINERY.contains(&name)
        || text.is_some_and(|text| text.starts_with("wamid."))
        || (name == "type" && text.is_some_and(|text| around.contains_key(text)))
}

/// One value as people read it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if is_bytes(text) => "[data]".to_owned(),
        other => scalar(other),
    }
}

/// A `data:` link, or a long text of base64 (RFC 4648) and nothing else.
pub(super) fn is_bytes(text: &str) -> bool {
    let is_link = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")) && text.contains(";base64,");
    let has = |kind: fn(&u8) -> bool| text.as_bytes().iter().any(kind);
    is_link
        || (text.len() >= SHORTEST_BYTES
            && text.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(&letter))
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit))
}
