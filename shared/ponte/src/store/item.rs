//! A conversation as an item, and back.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};

use service_rules::{EndReason, Language};

use crate::{
    clock::Timestamp,
    conversation::{
        CustomerRecord, Desk, Direction, EarlierTickets, LastTicket, Placement, RecentIds, State, Timers, UnderWay, Who,
    },
    lime::Node,
    message::{ConversationId, CustomerKey, TicketId},
};

/// An item of the table as the SDK has it.
pub type Item = HashMap<String, AttributeValue>;

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

/// How far the clocks of two functions may be apart.
const SKEW: Duration = Duration::from_secs(5);
/// The name of the index of what is due.
pub(super) const DUE_INDEX: &str = "by-due";
/// The one partition of it: the attribute `due` of a conversation that is not closed.
pub(super) const OPEN: &str = "open";

/// The customer's earlier tickets: those that stay, and those that are there until the opening has its ticket.
pub(super) const PAST: &str = "past";
pub(super) const PAST_ONCE: &str = "past_once";

/// The ticket that a customer may go on in, until the opening has its ticket.
pub(super) const LAST_TICKET: &str = "back";

/// The names of one direction's attributes.
pub(super) struct DirectionNames {
    pub sequence: &'static str,
    pub last: &'static str,
    pub told: &'static str,
    pub recent_ids: &'static str,
    pub receipts: &'static str,
    pub under_way: &'static str,
}

pub(super) const INBOUND: DirectionNames = DirectionNames {
    sequence: "in_seq",
    last: "in_last",
    told: "in_told",
    recent_ids: "in_ring",
    receipts: "in_receipts",
    under_way: "in_parts",
};
pub(super) const OUTBOUND: DirectionNames = DirectionNames {
    sequence: "out_seq",
    last: "out_last",
    told: "out_told",
    recent_ids: "out_ring",
    receipts: "out_receipts",
    under_way: "out_parts",
};

fn packed<'a>(item: &'a Item, name: &str) -> &'a [u8] {
    item.get(name).and_then(|value| value.as_b().ok()).map(AsRef::as_ref).unwrap_or_default()
}

fn direction(item: &Item, names: &DirectionNames, opened: Timestamp) -> Direction {
    let last = Timestamp(integer(item, names.last).unwrap_or(0));
    Direction {
        sequence: integer(item, names.sequence).unwrap_or(0),
        // An earlier release left what was said in the conversation before. The clocks of two functions may differ by some seconds.
        last: if last.plus(SKEW) < opened { Timestamp::default() } else { last },
        last_notice_at: Timestamp(integer(item, names.told).unwrap_or(0)),
        recent_ids: RecentIds::unpack(packed(item, names.recent_ids)),
        receipts: RecentIds::unpack(packed(item, names.receipts)),
        under_way: UnderWay::unpack(packed(item, names.under_way)),
    }
}

/// Reads an item of a scan, for the operator's tool. `None` when it has expired, or is no conversation but a way back.
pub fn scanned(item: &Item, now: Timestamp) -> Option<CustomerRecord> {
    let key = CustomerKey::new(string(item, "pk")?.strip_prefix("conversation#")?);
    conversation(&key, item, now)
}

/// Who the customer of an item is on the channel, for the operator's tool. `None` where an earlier release wrote it.
pub fn who(item: &Item) -> Option<Who> {
    Who::unpack(item.get("who")?.as_b().ok()?.as_ref())
}

/// Reads a conversation. `None` when it has expired (the table's own deletion lags by days) or is not one.
pub(super) fn conversation(key: &CustomerKey, item: &Item, now: Timestamp) -> Option<CustomerRecord> {
    if integer::<i64>(item, "expires_at")? <= now.seconds() {
        return None;
    }
    let since = Timestamp(integer(item, "since").unwrap_or(0));
    let address = Node::parse(string(item, "address")?).ok()?;
    let opened = Timestamp(integer(item, "opened").unwrap_or(0));
    let offer = item.get("offer").and_then(|offer| offer.as_l().ok());
    let earlier = EarlierTickets::unpack(packed(item, PAST), packed(item, PAST_ONCE));
    let timers = Timers::unpack(packed(item, "timers"), integer(item, "due_at").map(Timestamp));
    Some(CustomerRecord {
        key: key.clone(),
        opening: ConversationId::new(string(item, "opening")?),
        state: match string(item, "state")? {
            "claimed" => State::Claimed,
            "ticketed" => State::Ticketed,
            "open" => State::Open,
            "closing" => State::Closing { since },
            "closed" => State::Closed { at: since },
            _ => return None,
        },
        opened,
        // An earlier release did not write it.
        channel: string(item, "channel").unwrap_or_else(|| address.domain()).to_owned(),
        offer: offer.into_iter().flatten().filter_map(|option| option.as_s().ok().cloned()).collect(),
        who: who(item),
        left: integer(item, "left").map(Timestamp),
        address,
        ticket: string(item, "ticket").map(TicketId::new),
        agent: string(item, "agent").map(str::to_owned),
        placement: Placement {
            queue: string(item, "queue").map(str::to_owned),
            language: string(item, "language").and_then(Language::parse),
            return_service: string(item, "return").map(str::to_owned),
            same_ticket: timers.same_ticket,
            callback: timers.callback,
        },
        timers,
        desk: Desk::unpack(packed(item, "desk")),
        rating_asked: integer(item, "rating_asked").map(Timestamp),
        ended: string(item, "ended").and_then(EndReason::parse),
        last_ticket: string(item, LAST_TICKET).and_then(|last| LastTicket::unpack(last, &earlier)),
        earlier,
        inbound: direction(item, &INBOUND, opened),
        outbound: direction(item, &OUTBOUND, opened),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::conversation::{INBOUND_ENTRIES, OUTBOUND_ENTRIES, Partial, RECEIPT_ENTRIES, RecentId};
    use crate::{hash::HashKey, message::SourceId};

    fn entry(n: usize) -> RecentId {
        RecentId::of("message", &SourceId::new(&n.to_string()), &HashKey::new(b"test"))
    }

    fn recent_ids(entries: usize) -> AttributeValue {
        let mut recent = RecentIds::default();
        (0..entries).for_each(|n| recent.push(entry(n), entries));
        bytes(recent.packed())
    }

    /// As DynamoDB counts it: names and texts in UTF-8, binaries as they are, of a number a byte for two digits and one more
    /// (docs.aws.amazon.com, "DynamoDB item sizes and formats").
    fn size(item: &Item) -> usize {
        let of = |value: &AttributeValue| match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(number) => number.len().div_ceil(2) + 1,
            AttributeValue::B(blob) => blob.as_ref().len(),
            other => panic!("not counted: {other:?}"),
        };
        item.iter().map(|(name, value)| name.len() + of(value)).sum()
    }

    /// An open conversation that has been long, with a message under way in each direction. While it closes it is larger by some bytes, which
    /// its last write or two pay.
    fn largest() -> Item {
        let mut under_way = UnderWay::default();
        under_way.put(Partial { entry: entry(1), through: 1 << 20, tries: 2, openings: 1 });
        let mut item = Item::new();
        let mut add = |name: &str, value| item.insert(name.to_owned(), value);
        let key = "0123456789abcdef0123456789abcdef";
        add("pk", text(&format!("conversation#{key}")));
        add("opening", text(&format!("{key}-0123456789ab")));
        add("state", text("open"));
        add("queue", text("suporte"));
        for name in ["opened", "in_last", "in_told", "out_last"] {
            add(name, number(1_763_640_120_250_i64));
        }
        add("expires_at", number(1_763_640_120));
        add("due", text("open"));
        add("due_at", number(1_763_640_120_250_i64));
        add("timers", bytes(&[255; 22]));
        add("address", text("f1a26d54-2b1c-4c64-a8f0-7a7a1e1d2c3b@tunnel.msging.net"));
        add("channel", text("instagram.gw.msging.net"));
        add("who", bytes(&[7; 8]));
        add("ticket", text("f1a26d54-2b1c-4c64-a8f0-7a7a1e1d2c3b"));
        add("agent", text("Maria Aparecida dos Santos"));
        let at = Some(1_763_640_120);
        add("desk", bytes(&Desk { assigned_at: at, first_word_at: at, ..Desk::default() }.packed()));
        add("in_seq", number(123_456));
        add("out_seq", number(123_456));
        add(INBOUND.recent_ids, recent_ids(INBOUND_ENTRIES));
        add(INBOUND.receipts, recent_ids(RECEIPT_ENTRIES));
        add(INBOUND.under_way, bytes(&under_way.packed()));
        add(OUTBOUND.recent_ids, recent_ids(OUTBOUND_ENTRIES));
        add(OUTBOUND.under_way, bytes(&under_way.packed()));
        item
    }

    /// With what few conversations have, and none of them all at once.
    pub(in crate::store) fn every_attribute() -> Item {
        let mut item = largest();
        for name in ["since", "out_told", "left", "rating_asked"] {
            item.insert(name.to_owned(), number(1_763_640_120_250_i64));
        }
        item
    }

    /// The same with the attributes of earlier tickets, in a helpdesk that names its tickets like this one.
    fn with_earlier_tickets(ticket: &str, has_receipts: bool, item: &mut Item) -> EarlierTickets {
        let earlier = (0..9).fold(EarlierTickets::default(), |earlier, day| {
            // Others each time, of the same length.
            let ticket = TicketId::new(format!("{}{}", &ticket[..ticket.len() - 1], 9 - day));
            let room = crate::conversation::earlier_room(Some(&ticket), has_receipts);
            earlier.with_ticket().of_next_opening(Some(&ticket), day, 5, room)
        });
        if !has_receipts {
            item.remove(INBOUND.receipts);
        }
        item.insert("ticket".to_owned(), text(ticket));
        for (name, list) in [PAST, PAST_ONCE].into_iter().zip(earlier.packed()) {
            if !list.is_empty() {
                item.insert(name.to_owned(), bytes(&list));
            }
        }
        earlier
    }

    #[test]
    fn a_conversation_costs_one_write_unit_however_long_it_is() {
        let size_of_all = size(&largest());
        assert!((900..=1024).contains(&size_of_all), "{size_of_all} bytes");
        let uuid = "f1a26d54-2b1c-4c64-a8f0-7a7a1e1d2c3b";
        for (ticket, has_receipts, kept) in [
            ("123456789", false, 5),
            ("123456789", true, 3),
            ("f1a26d542b1c4c64a8f07a7a1e1d2c3b", false, 2),
            (uuid, false, 2),
            (uuid, true, 0),
        ] {
            let mut open = largest();
            let earlier = with_earlier_tickets(ticket, has_receipts, &mut open);
            // Until the opening has its ticket there is more of them, and less of everything else.
            let mut claimed = open.clone();
            for name in ["ticket", "agent", "timers", "in_last", "out_last", "queue", "desk"] {
                claimed.remove(name);
            }
            // Of a customer who comes back soon, the last one stands there as well.
            let last = earlier.all().next().unwrap().ticket.clone();
            let last = LastTicket { ticket: last, queue: Some("suporte".to_owned()) };
            claimed.insert(LAST_TICKET.to_owned(), text(&last.packed(&earlier)));
            assert!(size(&claimed) <= 1024, "{ticket}: {} bytes", size(&claimed));
            open.remove(PAST_ONCE);
            assert!(size(&open) <= 1024, "{ticket}: {} bytes", size(&open));
            assert_eq!((earlier.with_ticket().all().count(), earlier.all().count() > 0), (kept, true), "{ticket}");
        }
    }

    #[test]
    fn a_claim_that_knows_the_last_ticket_costs_one_write_unit() {
        let mut claimed = largest();
        for name in ["ticket", "agent", "timers", "in_last", "out_last", "queue", "desk"] {
            claimed.remove(name);
        }
        let last = LastTicket { ticket: TicketId::new("x".repeat(64)), queue: Some("suporte".to_owned()) };
        claimed.insert(LAST_TICKET.to_owned(), text(&last.packed(&EarlierTickets::default())));
        assert!(size(&claimed) <= 1024, "{} bytes", size(&claimed));
        let read = conversation(&CustomerKey::new("k"), &claimed, Timestamp(0)).unwrap();
        assert_eq!(read.last_ticket, Some(last));
    }

    #[test]
    fn earlier_tickets_are_read_back() {
        let mut item = largest();
        let earlier = with_earlier_tickets("123456789", false, &mut item);
        assert_eq!(conversation(&CustomerKey::new("k"), &item, Timestamp(0)).unwrap().earlier, earlier);
        assert_eq!(earlier.all().count(), 5);
        item.remove(PAST);
        item.remove(PAST_ONCE);
        let none = conversation(&CustomerKey::new("k"), &item, Timestamp(0)).unwrap().earlier;
        assert_eq!(none, EarlierTickets::default(), "an earlier release wrote none");
    }

    /// A transfer, a hold and a place in the queue are rare, and all three in the largest conversation rarer: its writes cost two units then.
    #[test]
    fn what_a_helpdesk_tells_beside_words_is_small() {
        let place = service_rules::PlaceTold { times: 3, place: 12, at: 1_763_640_120 };
        let at = Some(1_763_640_120);
        let desk = Desk {
            queued_at: at,
            move_untold: true,
            held_at: at,
            resumed_at: at,
            place,
            known_agent: Some(u32::MAX),
            assigned_at: at,
            first_word_at: at,
        };
        // Who took the ticket, and when an agent wrote first, is in the largest one.
        let mut item = largest();
        let before = size(&item);
        item.insert("desk".to_owned(), bytes(&desk.packed()));
        assert_eq!(size(&item) - before, 25);
        assert_eq!(conversation(&CustomerKey::new("k"), &item, Timestamp(0)).unwrap().desk, desk);
    }

    #[test]
    fn what_was_written_is_read_back() {
        let mut item = largest();
        item.insert("left".to_owned(), number(1_763_640_120_250_i64));
        let conversation = conversation(&CustomerKey::new("k"), &item, Timestamp(0)).unwrap();
        assert_eq!(conversation.left, Some(Timestamp(1_763_640_120_250)));
        assert!(
            conversation.inbound.recent_ids.holds(entry(INBOUND_ENTRIES - 1))
                && conversation.inbound.receipts.holds(entry(5))
        );
        assert_eq!(conversation.inbound.under_way.of(entry(1)).through, 1 << 20);
        assert!(conversation.outbound.recent_ids.holds(entry(47)));
        assert_eq!(conversation.who, Who::unpack(&[7; 8]));
        assert_eq!(conversation.timers.due_at, Some(Timestamp(1_763_640_120_250)));
        assert_eq!(conversation.timers.packed().len(), 22);
        assert_eq!(conversation.placement.queue.as_deref(), Some("suporte"));
    }

    #[test]
    fn an_item_of_an_earlier_release_is_read_as_before() {
        let mut item = largest();
        item.remove("who");
        let read = conversation(&CustomerKey::new("k"), &item, Timestamp(0)).unwrap();
        assert_eq!((read.who, read.ticket.is_some()), (None, true));
        let said = |item: &Item| conversation(&CustomerKey::new("k"), item, Timestamp(0)).unwrap().outbound.last.0;
        for (before, kept) in [(0, true), (5_000, true), (5_001, false)] {
            item.insert("out_last".to_owned(), number(1_763_640_120_250_i64 - before));
            assert_eq!(said(&item) > 0, kept, "said in the conversation before this one: {before}");
        }
        item.insert("who".to_owned(), text("another release's"));
        assert_eq!(conversation(&CustomerKey::new("k"), &item, Timestamp(0)).unwrap().who, None);
    }
}
