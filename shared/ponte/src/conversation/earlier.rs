//! The customer's earlier tickets, for an agent who does not see them in the helpdesk.
//!
//! They are in the customer's record, so that they cost no read and no write of their own, and are erased with it. A record must stay under 1 KB,
//! which a long conversation fills. So what fits beside it stays, and the rest is there only until the opening has its ticket: until then the
//! record is short. Pure.

use crate::message::TicketId;

/// How many are kept at most. As `context.earlier_tickets` of the service rules.
pub const MAX_EARLIER: usize = 5;
/// Bytes of a packed list that is there until the opening has its ticket, beside what stays.
const MAX_ONCE: usize = 100;
/// A name of a ticket that is longer is not kept.
const MAX_NAME: usize = 64;

/// How a name is packed; else its length in bytes, and the name.
const NUMBER: u8 = 0x80;
const HEXADECIMAL: u8 = 0xc0;
const UUID: u8 = 0xc1;

/// A ticket of an earlier conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierTicket {
    pub ticket: TicketId,
    /// The day on which its conversation began, in days since 1 January 1970 in the company's time zone.
    pub day: u16,
}

/// The earlier tickets, the last one first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EarlierTickets {
    kept: Vec<EarlierTicket>,
    once: Vec<EarlierTicket>,
}

impl EarlierTickets {
    /// All of them, the last one first.
    pub fn all(&self) -> impl Iterator<Item = &EarlierTicket> {
        self.kept.iter().chain(&self.once)
    }

    /// Those of the next opening: the ticket of this one, whose conversation began on `day`, and its earlier ones, `most` in all. `room` are the bytes
    /// that stay ([`earlier_room`]).
    #[must_use]
    pub fn of_next_opening(&self, ticket: Option<&TicketId>, day: u16, most: usize, room: usize) -> Self {
        let own = ticket.map(|ticket| EarlierTicket { ticket: ticket.clone(), day });
        let mut next = Self::default();
        let (mut kept, mut once) = (0_usize, 0_usize);
        let before = self.all().filter(|earlier| Some(&earlier.ticket) != ticket);
        for earlier in own.iter().chain(before).take(most.min(MAX_EARLIER)) {
            let Some(size) = packed(earlier).map(|packed| packed.len()) else { continue };
            // In order: once one does not fit, no older one takes its place.
            if next.once.is_empty() && kept.saturating_add(size) <= room {
                kept = kept.saturating_add(size);
                next.kept.push(earlier.clone());
            } else if once.saturating_add(size) <= MAX_ONCE {
                once = once.saturating_add(size);
                next.once.push(earlier.clone());
            } else {
                break;
            }
        }
        next
    }

    /// What is left once the opening has its ticket.
    #[must_use]
    pub fn with_ticket(&self) -> Self {
        Self { kept: self.kept.clone(), once: Vec::new() }
    }

    /// How they are stored: what stays, and what is there until the opening has its ticket. Empty where there are none.
    pub fn packed(&self) -> [Vec<u8>; 2] {
        let list = |list: &[EarlierTicket]| list.iter().filter_map(packed).flatten().collect();
        [list(&self.kept), list(&self.once)]
    }

    /// Reads what was stored. What cannot be read is left out, with all that follows.
    pub fn unpack(kept: &[u8], once: &[u8]) -> Self {
        Self { kept: unpacked(kept), once: unpacked(once) }
    }
}

/// What a list that stays may have beside a ticket like this one. A record with a name of 36 bytes and full receipts has 1 KB.
pub fn earlier_room(ticket: Option<&TicketId>, has_receipts: bool) -> usize {
    /// The longest usual name of a ticket, in bytes.
    const NAME: usize = 36;
    /// Full receipts with the name of their attribute.
    const RECEIPTS: usize = 47;
    /// The name of our own attribute.
    const OWN: usize = 4;
    let name = NAME.saturating_sub(ticket.map_or(NAME, |ticket| ticket.as_str().len()));
    name.saturating_add(if has_receipts { 0 } else { RECEIPTS }).saturating_sub(OWN)
}

/// A ticket as it is stored: its name as short as it can be, and the day in 2 bytes. `None` where the name is too long.
fn packed(earlier: &EarlierTicket) -> Option<Vec<u8>> {
    let name = earlier.ticket.as_str();
    let mut packed = match (name.parse::<u64>(), uuid::Uuid::try_parse(name)) {
        (Ok(number), _) if number.to_string() == name => {
            let bytes: Vec<u8> = number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            let mut packed = vec![NUMBER | u8::try_from(bytes.len()).ok()?];
            packed.extend(bytes);
            packed
        }
        (_, Ok(uuid)) if uuid.simple().to_string() == name => of_uuid(HEXADECIMAL, &uuid),
        (_, Ok(uuid)) if uuid.hyphenated().to_string() == name => of_uuid(UUID, &uuid),
        _ => {
            let length =
                u8::try_from(name.len()).ok().filter(|length| (1..=MAX_NAME).contains(&usize::from(*length)))?;
            let mut packed = vec![length];
            packed.extend(name.as_bytes());
            packed
        }
    };
    packed.extend(earlier.day.to_be_bytes());
    Some(packed)
}

fn of_uuid(kind: u8, uuid: &uuid::Uuid) -> Vec<u8> {
    let mut packed = vec![kind];
    packed.extend(uuid.as_bytes());
    packed
}

fn unpacked(mut packed: &[u8]) -> Vec<EarlierTicket> {
    let mut list = Vec::new();
    while let Some((earlier, rest)) = first(packed).filter(|_| list.len() < MAX_EARLIER) {
        list.push(earlier);
        packed = rest;
    }
    list
}

/// The first ticket of a list, and what follows it.
fn first(packed: &[u8]) -> Option<(EarlierTicket, &[u8])> {
    let (kind, rest) = packed.split_first()?;
    let length = match *kind {
        HEXADECIMAL | UUID => 16,
        kind => usize::from(kind & !NUMBER),
    };
    let (name, rest) = rest.split_at_checked(length)?;
    let (day, rest) = rest.split_first_chunk::<2>()?;
    let name = match *kind {
        HEXADECIMAL => uuid::Uuid::from_slice(name).ok()?.simple().to_string(),
        UUID => uuid::Uuid::from_slice(name).ok()?.hyphenated().to_string(),
        kind if kind & NUMBER != 0 => {
            let number = name.iter().try_fold(0_u64, |number, byte| {
                number.checked_mul(256).and_then(|number| number.checked_add(u64::from(*byte)))
            });
            number?.to_string()
        }
        _ => std::str::from_utf8(name).ok()?.to_owned(),
    };
    Some((EarlierTicket { ticket: TicketId::new(name), day: u16::from_be_bytes(*day) }, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEX: &str = "f1a26d542b1c4c64a8f07a7a1e1d2c3b";
    const LONG: &str = "f1a26d54-2b1c-4c64-a8f0-7a7a1e1d2c3b";

    fn names(earlier: &EarlierTickets) -> Vec<&str> {
        earlier.all().map(|earlier| earlier.ticket.as_str()).collect()
    }

    /// The list after conversations with these tickets, in a helpdesk with or without receipts.
    fn after(tickets: &[&str], most: usize, has_receipts: bool) -> EarlierTickets {
        tickets.iter().zip(1..).fold(EarlierTickets::default(), |earlier, (ticket, day)| {
            let ticket = TicketId::new(*ticket);
            earlier.with_ticket().of_next_opening(Some(&ticket), day, most, earlier_room(Some(&ticket), has_receipts))
        })
    }

    #[test]
    fn the_last_ones_are_kept_and_the_last_one_is_always_there() {
        let numbers = ["8", "700001", "700002", "700003", "700004", "700005", "700006"];
        assert_eq!(names(&after(&numbers, 5, false)), ["700006", "700005", "700004", "700003", "700002"]);
        assert_eq!(names(&after(&numbers, 2, false)), ["700006", "700005"]);
        assert_eq!(names(&after(&numbers, 0, false)), [""; 0]);
        assert_eq!(names(&after(&numbers[..1], 5, true)), ["8"]);
        // Where names are long, fewer stay.
        let uuids: Vec<String> = (0..9).map(|n| format!("f1a26d54-2b1c-4c64-a8f0-7a7a1e1d2c3{n}")).collect();
        let uuids: Vec<&str> = uuids.iter().map(String::as_str).collect();
        assert_eq!(names(&after(&uuids, 5, false)), [uuids[8], uuids[7], uuids[6]]);
        assert_eq!(names(&after(&uuids, 5, true)), [uuids[8]]);
        // One that was gone on with stands there once.
        assert_eq!(names(&after(&["7", "8", "7"], 5, false)), ["7", "8"]);
        assert_eq!(after(&["7", "8", "7"], 5, false).all().next().map(|earlier| earlier.day), Some(3));
        // An opening that got no ticket leaves those before it.
        let before = after(&["7", "8"], 5, false);
        assert_eq!(names(&before.of_next_opening(None, 9, 5, earlier_room(None, false))), ["8", "7"]);
    }

    #[test]
    fn a_list_that_stays_has_no_more_bytes_than_there_is_room() {
        for (ticket, has_receipts) in
            [("123456789", false), ("123456789", true), (HEX, false), (LONG, false), (LONG, true)]
        {
            let mut earlier = EarlierTickets::default();
            for day in 0..20 {
                // Others each time, of the same length.
                let name: String =
                    ticket.chars().map(|c| if c == '1' { char::from(b'1' + day % 9) } else { c }).collect();
                let ticket = TicketId::new(name);
                let room = earlier_room(Some(&ticket), has_receipts);
                earlier = earlier.with_ticket().of_next_opening(Some(&ticket), u16::from(day), 5, room);
                let [kept, once] = earlier.packed();
                assert!(kept.len() <= room && once.len() <= MAX_ONCE, "{ticket:?} {} {}", kept.len(), once.len());
            }
        }
        assert_eq!(
            (earlier_room(Some(&TicketId::new(LONG)), true), earlier_room(Some(&TicketId::new("4711")), false)),
            (0, 75)
        );
        let huge = TicketId::new("x".repeat(MAX_NAME + 1));
        assert_eq!(EarlierTickets::default().of_next_opening(Some(&huge), 1, 5, 79), EarlierTickets::default());
    }

    #[test]
    fn bytes_that_are_none_of_ours_are_no_tickets() {
        for bytes in [&[0xff][..], &[3, b'a'], &[2, 0xff, 0xfe, 0, 1], &[NUMBER | 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1]] {
            assert_eq!(EarlierTickets::unpack(bytes, bytes), EarlierTickets::default(), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_stored_is_read_back(
            tickets in prop::collection::vec(("[0-9]{1,20}|0*[0-9]|[0-9a-f]{32}|[A-Z0-9-]{1,64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", any::<u16>()), 0..7),
            room in 0_usize..80,
        ) {
            let earlier = tickets.iter().fold(EarlierTickets::default(), |earlier, (ticket, day)| {
                earlier.with_ticket().of_next_opening(Some(&TicketId::new(ticket.as_str())), *day, 5, room)
            });
            let [kept, once] = earlier.packed();
            prop_assert_eq!(EarlierTickets::unpack(&kept, &once), earlier);
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let read = EarlierTickets::unpack(&bytes, &[]);
            prop_assert!(read.all().count() <= MAX_EARLIER);
        }
    }
}
