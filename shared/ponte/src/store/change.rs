//! A conditional write, as it is put together.

use std::{collections::HashMap, fmt::Write};

use aws_sdk_dynamodb::types::AttributeValue;
use service_rules::Language;

use super::item::{INBOUND, LAST_TICKET, OUTBOUND, PAST, PAST_ONCE, bytes, number};
use crate::conversation::{CustomerRecord, EarlierTickets, Placement, Timers};

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

    /// Only where neither direction was written since it was read: the sequences of the customer's and of the agent's.
    pub(super) fn unless_said(&mut self, (inbound, outbound): (u64, u64)) {
        for (name, attribute, sequence) in [("in", INBOUND.sequence, inbound), ("out", OUTBOUND.sequence, outbound)] {
            let unwritten = if sequence == 0 { format!("attribute_not_exists(#{name}) OR ") } else { String::new() };
            let _ = write!(self.condition, " AND ({unwritten}#{name} = :{name})");
            self.name(name, attribute).value(name, number(sequence));
        }
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
        let (same_ticket, callback) = (placement.same_ticket, placement.callback);
        if same_ticket || callback {
            let timers = Timers { same_ticket, callback, ..Timers::default() };
            self.update.push_str(", #timers = :timers");
            self.name("timers", "timers").value("timers", bytes(&timers.packed()));
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

    /// Sets the ticket that the customer may go on in, beside the earlier ones. Where there is none, what is to be removed: the end of a `REMOVE`.
    pub(super) fn last_ticket(&mut self, conversation: &CustomerRecord) -> String {
        self.name(LAST_TICKET, LAST_TICKET);
        match &conversation.last_ticket {
            Some(last) => {
                let _ = write!(self.update, ", #{LAST_TICKET} = :{LAST_TICKET}");
                self.value(LAST_TICKET, AttributeValue::S(last.packed(&conversation.earlier)));
                String::new()
            }
            None => format!(", #{LAST_TICKET}"),
        }
    }

    pub(super) fn value(&mut self, placeholder: &str, value: AttributeValue) -> &mut Self {
        self.values.insert(format!(":{placeholder}"), value);
        self
    }
}
