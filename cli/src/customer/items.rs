//! The customer's items of the table, read through once: the ways back are under hashes of their tickets, and only what is in them
//! says whose they are.

use std::{cmp::Reverse, collections::HashMap};

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::AttributeValue};
use ponte::{
    clock::Timestamp,
    message::CustomerKey,
    store::{conversation_item, outbox_item, outbox_items},
};
use serde_json::{Map, Value};

use crate::{CliError, Stack};

pub(super) type Item = HashMap<String, AttributeValue>;

/// Attributes that are a moment: in milliseconds, and in seconds.
const MILLISECONDS: [&str; 6] = ["opened", "since", "in_last", "in_told", "out_last", "out_told"];
const SECONDS: [&str; 1] = ["expires_at"];
/// Attributes that are JSON in a text: the head of an outbox, and a message in it.
const TEXTS_OF_JSON: [&str; 2] = ["waiting", "message"];

/// A text of an item.
pub(super) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// All items of the customer, expired ones included: the table's own deletion lags by days. The conversation's is the last.
pub(super) async fn of(stack: &Stack, key: &CustomerKey) -> Result<Vec<Item>, CliError> {
    let value = AttributeValue::S;
    let scan = stack
        .dynamo
        .scan()
        .table_name(&stack.table)
        .consistent_read(true)
        .filter_expression(
            "pk IN (:conversation, :outbox) OR begins_with(pk, :of_outbox) OR begins_with(#opening, :mark)",
        )
        .expression_attribute_names("#opening", "opening")
        .expression_attribute_values(":conversation", value(conversation_item(key)))
        .expression_attribute_values(":outbox", value(outbox_item(key)))
        .expression_attribute_values(":of_outbox", value(outbox_items(key)))
        .expression_attribute_values(":mark", value(format!("{}-", key.as_str())));
    let mut pages = scan.into_paginator().send();
    let mut items: Vec<Item> = Vec::new();
    while let Some(page) = pages.next().await {
        items
            .extend(page.map_err(|error| CliError::aws("the table cannot be read", &error))?.items.unwrap_or_default());
    }
    let conversation = conversation_item(key);
    items.sort_by_key(|item| Reverse(text(item, "pk") != Some(conversation.as_str())));
    Ok(items)
}

/// Deletes items, in order. A record that another conversation has taken since it was read stays: the customer is writing again.
/// How many are gone.
pub(super) async fn delete(stack: &Stack, items: &[Item]) -> Result<u64, CliError> {
    let mut gone = 0;
    for item in items {
        let Some(pk) = item.get("pk") else { continue };
        let mut delete = stack.dynamo.delete_item().table_name(&stack.table).key("pk", pk.clone());
        if let Some(opening) = item.get("opening") {
            delete = delete
                .condition_expression("attribute_not_exists(pk) OR #opening = :opening")
                .expression_attribute_names("#opening", "opening")
                .expression_attribute_values(":opening", opening.clone());
        }
        match delete.send().await {
            Ok(_) => gone += 1,
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => {}
            Err(error) => return Err(CliError::aws("an item of the table stays", &error)),
        }
    }
    Ok(gone)
}

/// An item as JSON: every attribute under its name, moments in words, bytes as hexadecimal digits, and JSON as JSON.
pub(super) fn shown(item: &Item) -> Value {
    let shown = item.iter().map(|(name, value)| (name.clone(), attribute(name, value)));
    Value::Object(shown.collect::<Map<_, _>>())
}

fn attribute(name: &str, value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) if TEXTS_OF_JSON.contains(&name) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))
        }
        AttributeValue::S(text) => Value::from(text.as_str()),
        AttributeValue::N(number) => self::number(name, number),
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

    #[test]
    fn an_item_is_shown_with_every_attribute() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
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
}
