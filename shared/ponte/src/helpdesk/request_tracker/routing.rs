//! A route in RT's words: what a new ticket asks for, and what RT dropped of it. Pure.
//!
//! Source: RT 5.0.3, by running it. `Priority` is a number (a word is stored as 0), an unknown `Owner` makes a ticket of nobody's, and a custom
//! field that the queue does not have, or a value that it does not take, is left out. Of none of these RT says a word, so the ticket is
//! read. A queue that is not there, or not for the bridge's user, is a 400 or a 403.

use std::collections::BTreeMap;

use serde_json::Value;
use service_rules::{Priority, Route, same};

use super::{
    Settings,
    wire::{self, CustomField, Ticket},
};
use crate::helpdesk::{
    json::personal,
    route::{LeftOut, Part},
};

/// What a new ticket asks for because of a route.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// A name or number, in place of the setting.
    pub(super) queue: Option<String>,
    /// A user's name, e-mail or number.
    pub(super) owner: Option<String>,
    pub(super) priority: Option<String>,
    pub(super) subject: Option<String>,
    /// Custom fields by name or number. Tags are one of them, with a value for each.
    pub(super) fields: BTreeMap<String, Value>,
}

personal!(Wanted);

impl Wanted {
    /// All of a route but its queue. What RT has no place for is left out.
    pub(super) fn of(route: &Route, settings: &Settings, left_out: &mut LeftOut) -> Self {
        left_out.add_parts(&[Part::Skill, Part::Type, Part::Brand, Part::Form], route);
        let mut fields = BTreeMap::new();
        for (name, value) in &route.fields {
            // The bridge finds its tickets by them.
            if is_own(name) {
                left_out.add(Part::Field, name);
            } else {
                fields.insert(name.clone(), Value::from(value.as_str()));
            }
        }
        match &settings.tags_field {
            Some(field) if !route.tags.is_empty() => {
                fields.insert(field.clone(), Value::from(route.tags.clone()));
            }
            Some(_) => {}
            None => left_out.add_parts(&[Part::Tag], route),
        }
        Self {
            queue: None,
            owner: route.agent.clone(),
            priority: route.priority.map(|priority| settings.priority.of(priority).to_string()),
            subject: route.subject.clone(),
            fields,
        }
    }

    /// What of it the ticket does not have.
    pub(super) fn missing(&self, ticket: &Ticket, left_out: &mut LeftOut) {
        if let Some(owner) = &self.owner
            && ticket.owner.id.as_deref().is_none_or(|owner| owner == wire::NOBODY)
        {
            left_out.add(Part::Agent, owner);
        }
        for (name, value) in &self.fields {
            let Some(found) = ticket.custom_fields.iter().find(|field| is_called(field, name)) else {
                left_out.add(Part::Field, name);
                continue;
            };
            match value.as_array() {
                Some(tags) => {
                    let has = |tag: &str| found.values.iter().filter_map(Value::as_str).any(|known| same(known, tag));
                    tags.iter()
                        .filter_map(Value::as_str)
                        .filter(|tag| !has(tag))
                        .for_each(|tag| left_out.add(Part::Tag, tag));
                }
                None if found.values.is_empty() => left_out.add(Part::Value, name),
                None => {}
            }
        }
    }
}

/// Whether a custom field of tickets is the bridge's own: it finds its tickets by them.
pub(super) fn is_own(name: &str) -> bool {
    same(name, wire::TICKET_ID) || same(name, wire::IDENTITY)
}

/// Whether a custom field has this name or number.
pub(super) fn is_called(field: &CustomField, name: &str) -> bool {
    field.id.as_deref() == Some(name) || field.name.as_deref().is_some_and(|known| same(known, name))
}

/// The number of each priority. By default those of RT's own words (`%PriorityAsString`): Low, Medium and High. It has no fourth.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Priorities {
    low: u32,
    normal: u32,
    high: u32,
    urgent: u32,
}

impl Default for Priorities {
    fn default() -> Self {
        Self { low: 0, normal: 50, high: 100, urgent: 100 }
    }
}

impl Priorities {
    fn of(self, priority: Priority) -> u32 {
        match priority {
            Priority::Low => self.low,
            Priority::Normal => self.normal,
            Priority::High => self.high,
            Priority::Urgent => self.urgent,
        }
    }
}
