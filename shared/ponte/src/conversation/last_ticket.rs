//! The ticket of a customer's last conversation, for one who comes back soon.
//!
//! The claim of the next opening writes it into the customer's record, and the opening's ticket takes its place. Pure.

use std::time::Duration;

use super::{CustomerRecord, EarlierTickets, State};
use crate::{clock::Timestamp, message::TicketId};

/// A longer name of a ticket is not kept: until the opening has its ticket, the record has room for this one.
const MAX_NAME: usize = 64;

/// The ticket of the conversation before, which ended no longer ago than the service rules say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastTicket {
    pub ticket: TicketId,
    /// The queue of the rules where it was at the end.
    pub queue: Option<String>,
}

impl LastTicket {
    /// That of `before`, where its conversation ended at most `within` before the next one begins at `at`.
    pub fn of(before: &CustomerRecord, at: Timestamp, within: Duration) -> Option<Self> {
        let State::Closed { at: ended } = before.state else { return None };
        let ticket = before.ticket.as_ref().filter(|ticket| ticket.as_str().len() <= MAX_NAME)?;
        // What crossed the end is dated before it.
        (at.since(ended) <= within).then(|| Self { ticket: ticket.clone(), queue: before.placement.queue.clone() })
    }

    /// Whether a conversation that the routes send to `queue` stays in it. One that they send to no queue does.
    pub fn is_in(&self, queue: Option<&str>) -> bool {
        queue.is_none() || queue == self.queue.as_deref()
    }

    /// How it is stored, beside the `earlier` tickets: the first of them, which it is where the rules name any, is not written twice. A line
    /// break in the helpdesk's own name of a queue becomes a space.
    pub fn packed(&self, earlier: &EarlierTickets) -> String {
        let ticket = if first(earlier) == Some(&self.ticket) { "" } else { self.ticket.as_str() };
        format!("{}\n{ticket}", self.queue.as_deref().unwrap_or_default().replace('\n', " "))
    }

    /// Reads what was stored.
    pub fn unpack(packed: &str, earlier: &EarlierTickets) -> Option<Self> {
        let (queue, ticket) = packed.split_once('\n')?;
        let ticket = if ticket.is_empty() { first(earlier)?.clone() } else { TicketId::new(ticket) };
        let queue = (!queue.is_empty()).then(|| queue.to_owned());
        Some(Self { ticket, queue })
    }
}

fn first(earlier: &EarlierTickets) -> Option<&TicketId> {
    earlier.all().next().map(|earlier| &earlier.ticket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::tests_support::conversation;

    const WITHIN: Duration = Duration::from_mins(30);

    fn closed(at: i64) -> CustomerRecord {
        conversation("c@tunnel.msging.net", State::Closed { at: Timestamp(at) })
    }

    #[test]
    fn a_ticket_goes_on_for_as_long_as_the_rules_say_and_only_once_it_is_over() {
        let of = |record: &CustomerRecord, at| LastTicket::of(record, Timestamp(at), WITHIN).is_some();
        let end = 10_000_000;
        assert_eq!(
            [-5_000, 0, 1_800_000, 1_800_001].map(|after| of(&closed(end), end + after)),
            [true, true, true, false]
        );
        for state in [State::Claimed, State::Ticketed, State::Open, State::Closing { since: Timestamp(end) }] {
            assert!(!of(&conversation("c@tunnel.msging.net", state), end), "{state:?}");
        }
        assert!(!of(&CustomerRecord { ticket: None, ..closed(end) }, end), "outside the hours there was none");
        for (length, kept) in [(MAX_NAME, true), (MAX_NAME + 1, false)] {
            let ticket = Some(TicketId::new("x".repeat(length)));
            assert_eq!(of(&CustomerRecord { ticket, ..closed(end) }, end), kept);
        }
    }

    #[test]
    fn it_is_read_back_as_it_was() {
        let none = EarlierTickets::default();
        let after = |ticket: &str| none.of_next_opening(Some(&TicketId::new(ticket)), 1, 5, 79);
        for queue in [None, Some("billing".to_owned())] {
            for ticket in ["4711", "a\nb", "f1a26d54-2b1c-4c64-a8f0-7a7a1e1d2c3b"] {
                let last = LastTicket { ticket: TicketId::new(ticket), queue: queue.clone() };
                for (earlier, written) in [(&none, ticket), (&after("8"), ticket), (&after(ticket), "")] {
                    let packed = last.packed(earlier);
                    assert_eq!(packed, format!("{}\n{written}", queue.as_deref().unwrap_or_default()));
                    assert_eq!(LastTicket::unpack(&packed, earlier), Some(last.clone()));
                }
            }
        }
        for odd in ["", "4711", "\n", "billing\n"] {
            assert_eq!(LastTicket::unpack(odd, &none), None, "{odd:?}");
        }
    }

    #[test]
    fn another_queue_is_another_matter() {
        let last = |queue: Option<&str>| LastTicket { ticket: TicketId::new("1"), queue: queue.map(str::to_owned) };
        let stays = |of: Option<&str>, to: Option<&str>| last(of).is_in(to);
        assert!(stays(None, None) && stays(Some("a"), None) && stays(Some("a"), Some("a")));
        assert!(!stays(Some("a"), Some("b")) && !stays(None, Some("b")));
    }
}
