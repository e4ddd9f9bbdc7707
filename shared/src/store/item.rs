//! A conversation as an item, and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};

use crate::{
    clock::Timestamp,
    conversation::{Conversation, Direction, Ring, State},
    lime::Node,
    message::{ConversationKey, OpeningId, TicketId},
};

pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(super) fn number(number: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(format!("{number}"))
}

pub(super) fn bytes(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

pub(super) fn string<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

pub(super) fn integer<T: std::str::FromStr>(item: &Item, name: &str) -> Option<T> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// The names of one direction's attributes.
pub(super) struct DirectionNames {
    pub sequence: &'static str,
    pub last: &'static str,
    pub told: &'static str,
    pub ring: &'static str,
}

pub(super) const INBOUND: DirectionNames =
    DirectionNames { sequence: "in_seq", last: "in_last", told: "in_told", ring: "in_ring" };
pub(super) const OUTBOUND: DirectionNames =
    DirectionNames { sequence: "out_seq", last: "out_last", told: "out_told", ring: "out_ring" };

fn direction(item: &Item, names: &DirectionNames) -> Direction {
    let ring = item.get(names.ring).and_then(|value| value.as_b().ok());
    Direction {
        sequence: integer(item, names.sequence).unwrap_or(0),
        last: Timestamp(integer(item, names.last).unwrap_or(0)),
        told: Timestamp(integer(item, names.told).unwrap_or(0)),
        ring: ring.map(|ring| Ring::unpack(ring.as_ref())).unwrap_or_default(),
    }
}

/// Reads an item of a scan, for the operator's tool. `None` when it has expired, or is no conversation but a way back.
pub fn scanned(item: &Item, now: Timestamp) -> Option<Conversation> {
    let key = ConversationKey::new(string(item, "pk")?.strip_prefix("conversation#")?);
    conversation(&key, item, now)
}

/// Reads a conversation. `None` when it has expired (the table's own deletion lags by days) or is not one.
pub(super) fn conversation(key: &ConversationKey, item: &Item, now: Timestamp) -> Option<Conversation> {
    if integer::<i64>(item, "expires_at")? <= now.seconds() {
        return None;
    }
    let since = Timestamp(integer(item, "since").unwrap_or(0));
    let address = Node::parse(string(item, "address")?).ok()?;
    let offer = item.get("offer").and_then(|offer| offer.as_l().ok());
    Some(Conversation {
        key: key.clone(),
        opening: OpeningId::new(string(item, "opening")?),
        state: match string(item, "state")? {
            "claimed" => State::Claimed,
            "ticketed" => State::Ticketed,
            "open" => State::Open,
            "closing" => State::Closing { since },
            "closed" => State::Closed { at: since },
            _ => return None,
        },
        opened: Timestamp(integer(item, "opened").unwrap_or(0)),
        // A release before this one did not write it.
        channel: string(item, "channel").unwrap_or_else(|| address.domain()).to_owned(),
        offer: offer.into_iter().flatten().filter_map(|option| option.as_s().ok().cloned()).collect(),
        address,
        ticket: string(item, "ticket").map(TicketId::new),
        agent: string(item, "agent").map(str::to_owned),
        inbound: direction(item, &INBOUND),
        outbound: direction(item, &OUTBOUND),
    })
}
