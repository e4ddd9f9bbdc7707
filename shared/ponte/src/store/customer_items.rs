//! All items of one customer, for the operator's tool: found, told apart, shown and deleted without a word of the table's attributes.
//!
//! The ways back are under hashes of their tickets, and only what is in them says whose they are. So the table is read through once.

use std::cmp::Reverse;

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{delete_item::DeleteItemError, scan::ScanError},
    types::AttributeValue,
};
use serde_json::{Map, Value};

use super::{
    conversation_item,
    item::{Item, PAST, PAST_ONCE, string, text},
    outbox_item, outbox_items,
};
use crate::{
    clock::Timestamp,
    conversation::EarlierTickets,
    lime::Node,
    message::{ConversationId, CustomerKey, TicketId},
};

/// Attributes that are a moment in milliseconds.
const MILLISECONDS: [&str; 9] =
    ["opened", "since", "in_last", "in_told", "out_last", "out_told", "due_at", "left", "rating_asked"];
/// Attributes that are a moment in seconds.
const SECONDS: [&str; 1] = ["expires_at"];
/// Attributes that are JSON in a text: the head of an outbox, and a message in it.
const TEXTS_OF_JSON: [&str; 2] = ["waiting", "message"];

/// The items of the customers in one table.
#[derive(Debug, Clone)]
pub struct CustomerItems {
    client: Client,
    table: String,
}

impl CustomerItems {
    /// The items of the table of this name.
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// All items of the customer, expired ones included: the table's own deletion lags by days. The conversation's is the last.
    pub async fn of(&self, key: &CustomerKey) -> Result<Vec<Item>, SdkError<ScanError>> {
        let scan = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .filter_expression(
                "pk IN (:conversation, :outbox) OR begins_with(pk, :of_outbox) OR begins_with(#opening, :mark)",
            )
            .expression_attribute_names("#opening", "opening")
            .expression_attribute_values(":conversation", text(&conversation_item(key)))
            .expression_attribute_values(":outbox", text(&outbox_item(key)))
            .expression_attribute_values(":of_outbox", text(&outbox_items(key)))
            .expression_attribute_values(":mark", text(&format!("{}-", key.as_str())));
        let mut pages = scan.into_paginator().send();
        let mut items: Vec<Item> = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page?.items.unwrap_or_default());
        }
        let conversation = conversation_item(key);
        items.sort_by_key(|item| Reverse(string(item, "pk") != Some(conversation.as_str())));
        Ok(items)
    }

    /// Deletes an item; whether it is gone. A record that another conversation has taken since it was read stays: the customer is writing
    /// again.
    pub async fn delete(&self, item: &Item) -> Result<bool, SdkError<DeleteItemError>> {
        let Some(pk) = item.get("pk") else { return Ok(false) };
        let mut delete = self.client.delete_item().table_name(&self.table).key("pk", pk.clone());
        if let Some(opening) = item.get("opening") {
            delete = delete
                .condition_expression("attribute_not_exists(pk) OR #opening = :opening")
                .expression_attribute_names("#opening", "opening")
                .expression_attribute_values(":opening", opening.clone());
        }
        match delete.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Whose an item is: its own key says so, or the conversation that it names. `None` for an item of no customer.
pub fn owner(item: &Item) -> Option<CustomerKey> {
    let pk = string(item, "pk")?;
    if let Some(key) = pk.strip_prefix("conversation#").or_else(|| pk.strip_prefix("outbox#")) {
        return Some(CustomerKey::new(key.split('#').next().unwrap_or_default()));
    }
    Some(ConversationId::parse(string(item, "opening")?)?.conversation())
}

/// The conversation that an item is of, or leads to.
pub fn opening(item: &Item) -> Option<ConversationId> {
    string(item, "opening").map(ConversationId::new)
}

/// The ticket of a conversation's item.
pub fn ticket(item: &Item) -> Option<TicketId> {
    string(item, "ticket").map(TicketId::new)
}

/// The customer's address in a conversation's item.
pub fn address(item: &Item) -> Option<Node> {
    Node::parse(string(item, "address")?).ok()
}

/// The channel in a conversation's item, as the domain of the customer's identity on it. `None` where an earlier release
/// wrote it.
pub fn channel(item: &Item) -> Option<&str> {
    string(item, "channel")
}

/// An item as JSON: every attribute under its name, moments as RFC 3339, the numbers of earlier tickets, other bytes as hexadecimal digits,
/// and JSON as JSON.
pub fn shown(item: &Item) -> Value {
    let shown = item.iter().map(|(name, value)| (name.clone(), attribute(name, value)));
    Value::Object(shown.collect::<Map<_, _>>())
}

/// The names of the earlier tickets that an attribute holds.
fn earlier_tickets(packed: &[u8]) -> Value {
    EarlierTickets::unpack(packed, &[]).all().map(|earlier| Value::from(earlier.ticket.as_str())).collect()
}

fn attribute(name: &str, value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) if TEXTS_OF_JSON.contains(&name) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))
        }
        AttributeValue::S(text) => Value::from(text.as_str()),
        AttributeValue::N(number) => self::number(name, number),
        AttributeValue::B(bytes) if [PAST, PAST_ONCE].contains(&name) => earlier_tickets(bytes.as_ref()),
        AttributeValue::B(bytes) => Value::from(hex::encode(bytes)),
        AttributeValue::Bool(truth) => Value::from(*truth),
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::L(values) => values.iter().map(|value| attribute("", value)).collect(),
        AttributeValue::M(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), attribute(name, value))).collect())
        }
        AttributeValue::Ss(values) | AttributeValue::Ns(values) => {
            values.iter().map(|value| Value::from(value.as_str())).collect()
        }
        // No release writes any other kind.
        other => Value::from(format!("{other:?}")),
    }
}

fn number(name: &str, number: &str) -> Value {
    let Ok(whole) = number.parse::<i64>() else { return Value::from(number) };
    if MILLISECONDS.contains(&name) {
        return Value::from(Timestamp(whole).rfc3339());
    }
    if SECONDS.contains(&name) {
        return Value::from(Timestamp(whole.saturating_mul(1000)).rfc3339());
    }
    Value::from(whole)
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;
    use serde_json::json;

    use super::*;
    use crate::store::item::tests::every_attribute;

    #[test]
    fn an_item_is_shown_with_every_attribute() {
        let number = |number: &str| AttributeValue::N(number.to_owned());
        let item = Item::from([
            ("pk".to_owned(), text("conversation#0f")),
            ("address".to_owned(), text("5511@wa.gw.msging.net")),
            ("opened".to_owned(), number("1764000006250")),
            ("expires_at".to_owned(), number("1764000006")),
            ("in_seq".to_owned(), number("3")),
            ("in_ring".to_owned(), AttributeValue::B(Blob::new([0, 255]))),
            ("offer".to_owned(), AttributeValue::L(vec![text("Sim"), text("Não")])),
            ("waiting".to_owned(), text(r#"{"last":1}"#)),
            ("message".to_owned(), text(r#"{"items":[{"text":"oi"}]}"#)),
        ]);
        let expected = json!({
            "pk": "conversation#0f", "address": "5511@wa.gw.msging.net", "opened": "2025-11-24T16:00:06.25Z",
            "expires_at": "2025-11-24T16:00:06Z", "in_seq": 3, "in_ring": "00ff", "offer": ["Sim", "Não"],
            "waiting": {"last": 1}, "message": {"items": [{"text": "oi"}]},
        });
        assert_eq!(shown(&item), expected);
    }

    /// A number that the store writes is a moment, or one of these counts.
    #[test]
    fn every_moment_of_a_conversation_is_shown_in_words() {
        const COUNTS: [&str; 2] = ["in_seq", "out_seq"];
        let item = every_attribute();
        let numbers: Vec<&str> = item.iter().filter(|(_, value)| value.is_n()).map(|(name, _)| name.as_str()).collect();
        assert!(numbers.len() >= 10, "{numbers:?}");
        let shown = shown(&item);
        for name in numbers {
            assert_eq!(shown[name].is_number(), COUNTS.contains(&name), "{name}: {}", shown[name]);
        }
    }

    #[test]
    fn earlier_tickets_are_shown_by_their_names() {
        let earlier = EarlierTickets::default().of_next_opening(Some(&TicketId::new("4711")), 9, 5, 100);
        let item = Item::from([(PAST.to_owned(), AttributeValue::B(Blob::new(earlier.packed()[0].clone())))]);
        assert_eq!(shown(&item), json!({ "past": ["4711"] }));
    }

    #[test]
    fn whose_an_item_is_follows_from_its_key_or_the_conversation_that_it_names() {
        let key = "0123456789abcdef0123456789abcdef";
        let of = |pk: &str, opening: Option<String>| {
            let mut item = Item::from([("pk".to_owned(), text(pk))]);
            item.extend(opening.map(|opening| ("opening".to_owned(), text(&opening))));
            owner(&item).map(|owner| owner.as_str().to_owned())
        };
        assert_eq!(of(&format!("conversation#{key}"), None).as_deref(), Some(key));
        assert_eq!(of(&format!("outbox#{key}"), None).as_deref(), Some(key));
        assert_eq!(of(&format!("outbox#{key}#id#ff"), None).as_deref(), Some(key));
        assert_eq!(of("ticket#ff", Some(format!("{key}-0123456789ab"))).as_deref(), Some(key));
        assert_eq!(of("settings#service", None), None);
        assert_eq!(of("wait#suporte", None), None);
    }
}
