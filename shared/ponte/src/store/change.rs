//! A conditional write, as it is put together.

use std::{collections::HashMap, fmt::Write};

use aws_sdk_dynamodb::types::AttributeValue;
use service_rules::Language;

use super::item::{PAST, PAST_ONCE, bytes};
use crate::conversation::{EarlierTickets, Placement};

/// An update with its condition. Every name is a placeholder: DynamoDB reserves hundreds of words.
pub(super) struct Change {
    pub update: String,
    pub condition: String,
    pub names: HashMap<String, String>,
    pub values: HashMap<String, AttributeValue>,
}

impl Change {
    pub(super) fn new(update: &str, condition: &str) -> Self {
        Self {
            update: update.to_owned(),
            condition: condition.to_owned(),
            names: HashMap::new(),
            values: HashMap::new(),
        }
    }

    pub(super) fn name(&mut self, placeholder: &str, name: &str) -> &mut Self {
        self.names.insert(format!("#{placeholder}"), name.to_owned());
        self
    }

    /// Sets where the service rules sent the conversation, as far as it is known.
    pub(super) fn places(&mut self, placement: &Placement) {
        let parts = [
            ("queue", placement.queue.as_deref()),
            ("language", placement.language.map(Language::tag)),
            ("return", placement.return_service.as_deref()),
        ];
        for (name, value) in parts {
            if let Some(value) = value {
                let _ = write!(self.update, ", #{name} = :{name}");
                self.name(name, name).value(name, AttributeValue::S(value.to_owned()));
            }
        }
    }

    /// Sets the customer's earlier tickets. Where there are none, what is to be removed: the end of a `REMOVE`.
    pub(super) fn earlier(&mut self, earlier: &EarlierTickets) -> String {
        let mut without = String::new();
        for (name, list) in [PAST, PAST_ONCE].into_iter().zip(earlier.packed()) {
            self.name(name, name);
            if list.is_empty() {
                let _ = write!(without, ", #{name}");
            } else {
                let _ = write!(self.update, ", #{name} = :{name}");
                self.value(name, bytes(&list));
            }
        }
        without
    }

    pub(super) fn value(&mut self, placeholder: &str, value: AttributeValue) -> &mut Self {
        self.values.insert(format!(":{placeholder}"), value);
        self
    }
}
