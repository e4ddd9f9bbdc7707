//! A route as columns of a record, and what the record has of it. Pure.
//!
//! Sources: `c_TableAPI.md` (`sysparm_input_display_value`: a reference is set by its name); a name that matches nothing leaves the column
//! empty, and an unknown column is ignored, each in silence, so the record's columns are read back. `priority` is worked out from
//! `impact` and `urgency` (`def-prio-lookup-rules.md`); a case of customer service has a `priority` of its own.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use service_rules::{Priority, Route};

use super::Settings;
use crate::helpdesk::{
    json::personal,
    route::{LeftOut, Part},
};

/// The columns that the bridge itself writes: what customers and colleagues read, and what a record is found by.
pub(super) const OWN: [&str; 5] = ["comments", "work_notes", "correlation_id", "correlation_display", "sys_id"];
/// The table of cases.
const CASE: &str = "sn_customerservice_case";

/// The columns that a priority sets, and their values.
pub(super) type Columns = BTreeMap<String, String>;

/// A column that a route sets.
#[derive(Clone, PartialEq, Eq)]
struct Column {
    value: String,
    part: Part,
    /// What a note calls it: a subject that the record does not have stands there itself.
    name: String,
}

/// What a record gets because of a route.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted(BTreeMap<String, Column>);

personal!(Column, Wanted);

impl Wanted {
    /// Of what `ServiceNow` has no column for, the name is left out.
    pub(super) fn of(route: &Route, settings: &Settings, left_out: &mut LeftOut) -> Self {
        left_out.add_parts(&[Part::Skill, Part::Tag, Part::Brand, Part::Form], route);
        let mut wanted = Self::default();
        for (name, value) in &route.fields {
            if is_column(name) && !OWN.contains(&name.as_str()) {
                wanted.set(name, value, Part::Value, name);
            } else {
                left_out.add(Part::Field, name);
            }
        }
        if let Some(priority) = route.priority {
            for (column, value) in settings.priority.get(&priority).into_iter().flatten() {
                wanted.set(column, value, Part::Priority, priority.as_str());
            }
        }
        for (column, part, name) in [
            ("assignment_group", Part::Queue, &route.queue),
            ("assigned_to", Part::Agent, &route.agent),
            ("category", Part::Type, &route.ticket_type),
        ] {
            if let Some(name) = name {
                wanted.set(column, name, part, name);
            }
        }
        if let Some(subject) = &route.subject {
            wanted.set("short_description", subject, Part::Subject, subject);
        }
        wanted
    }

    fn set(&mut self, column: &str, value: &str, part: Part, name: &str) {
        self.0.insert(column.to_owned(), Column { value: value.to_owned(), part, name: name.to_owned() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each column with its value.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(column, wanted)| (column.as_str(), wanted.value.as_str()))
    }

    /// Whether a value may be a name, which `ServiceNow` is asked to look up: a group, an agent, or a column of the company's own.
    pub(super) fn has_names(&self) -> bool {
        self.0.values().any(|Column { part, value, .. }| {
            matches!(part, Part::Queue | Part::Agent | Part::Value) && !is_record_id(value)
        })
    }

    /// The columns that are read back.
    pub(super) fn columns(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// What of it the record does not have.
    pub(super) fn missing(&self, record: &Map<String, Value>, left_out: &mut LeftOut) {
        for (column, Column { part, name, .. }) in &self.0 {
            match record.get(column) {
                Some(value) if has(value) => {}
                None if *part == Part::Value => left_out.add(Part::Field, name),
                _ => left_out.add(*part, name),
            }
        }
    }
}

/// Whether a column is filled: text, or a reference as an object with its `value`.
fn has(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Object(reference) => reference.get("value").is_some_and(has),
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::Array(_) => false,
    }
}

/// Whether this is the id of a record (`sys_id`): 32 hexadecimal digits.
pub(super) fn is_record_id(value: &str) -> bool {
    value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether this may be a column: letters, digits and `_`.
pub(super) fn is_column(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The columns of each priority, where the settings say none. The values are those of the product as it is delivered: impact and urgency
/// are 1 high, 2 medium, 3 low, and its table makes of them 1 critical, 2 high, 3 moderate, 4 low.
pub(super) fn priorities(table: &str) -> BTreeMap<Priority, Columns> {
    let columns =
        |of: &[(&str, &str)]| of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let rows = [
        (Priority::Low, "4", "3", "2"),
        (Priority::Normal, "3", "2", "2"),
        (Priority::High, "2", "2", "1"),
        (Priority::Urgent, "1", "1", "1"),
    ];
    let row = |(word, priority, impact, urgency): (Priority, &str, &str, &str)| {
        let of_case = columns(&[("priority", priority)]);
        (word, if table == CASE { of_case } else { columns(&[("impact", impact), ("urgency", urgency)]) })
    };
    rows.into_iter().map(row).collect()
}
