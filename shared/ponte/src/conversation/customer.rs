//! What an event from the customer's side means for a conversation.

use std::time::Duration;

use super::{CustomerRecord, EntryPoint, State};
use crate::clock::Timestamp;

/// What a message or ticket from Blip means for the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerEvent {
    /// Something a person said or showed.
    Words,
    /// What the channel itself says of the customer (a number that changed, an edit, a revocation): nobody speaks.
    Notice,
    /// A ticket of the custom attendance channel waits for an attendant.
    Waiting,
    /// Blip's ticket ended on the customer's side (closed, expired or transferred).
    Ended,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerDecision {
    /// Claim a new opening, then deliver.
    Open,
    /// Finish the opening under way, then deliver.
    Resume,
    /// Post it on the ticket.
    Deliver,
    /// The conversation is closing: try again when it is closed.
    Wait,
    /// It was said in an earlier opening than the present one: a note for the agent who is at work.
    Earlier,
    /// It was said before the end, or its ticket cannot be reopened: a note on the ticket, which nobody may read any more, so that the
    /// customer is told as well.
    Late,
    /// The conversation ends here; the agent is told.
    End,
    /// No effect.
    Ignore,
}

/// What was received this long before the words that opened the conversation belongs to an earlier one. Less is the skew of
/// the endpoints' clocks, or an endpoint that was slow to put it into the queue.
pub const EARLIER: Duration = Duration::from_mins(1);
/// The same for what was tried before, above all what was parked and comes back: a conversation may have ended and the next
/// begun within a minute of it.
pub const EARLIER_WHEN_TRIED: Duration = Duration::from_secs(5);

/// When an event was received, and whether it was tried before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    pub at: Timestamp,
    pub may_be_duplicate: bool,
}

/// Where no bot stands between, what was said this long before the end opens the next conversation: the words that crossed the agent's
/// closing, while the last words of both sides were under way. Older ones were parked, and come back to what is over.
pub(super) const CROSSED: Duration = Duration::from_mins(1);

impl Received {
    /// Whether it is of an earlier opening than the one that began at `opened`.
    pub(super) fn precedes(self, opened: Timestamp) -> bool {
        self.at.plus(if self.may_be_duplicate { EARLIER_WHEN_TRIED } else { EARLIER }) < opened
    }
}

/// Decides about an event.
///
/// | state | words | notice | waiting | ended |
/// |---|---|---|---|---|
/// | none | open | ignore | open | ignore |
/// | claimed, ticketed | resume | resume | resume | end |
/// | open | deliver | deliver | ignore | end |
/// | open, said before this opening | earlier | earlier | ignore | end |
/// | closing | wait | ignore | wait | ignore |
/// | closed, said before that or on Blip's closed ticket | late | ignore | ignore; late, if tried before | ignore |
/// | closed, said within a minute before that, and no bot in between | open | ignore | open | ignore |
/// | closed, said after | open | ignore | open | ignore |
/// | closing outside the hours, or said before that end, and the first answer calls back | deliver | ignore | as above | ignore |
///
/// Words that cross the agent's closing cannot open the next conversation where a bot takes the customer back: the answers to it would go
/// to the bot. There they are late, and the customer is told to write again.
pub fn customer_event(
    conversation: Option<&CustomerRecord>,
    event: CustomerEvent,
    received: Received,
) -> CustomerDecision {
    use CustomerDecision as D;
    use CustomerEvent as E;
    let Some(conversation) = conversation else {
        return if matches!(event, E::Ended | E::Notice) { D::Ignore } else { D::Open };
    };
    let way = EntryPoint::of(&conversation.address);
    let desk = matches!(way, EntryPoint::Desk { .. });
    let called_back = conversation.waits_for_callback();
    let of_the_ticket = if received.precedes(conversation.opened) { D::Earlier } else { D::Deliver };
    let crossed = |end: Timestamp| way == EntryPoint::Bot && received.at.plus(CROSSED) >= end;
    #[allow(clippy::match_same_arms, reason = "the arms stand in the order of the table")]
    match (conversation.state, event) {
        (State::Claimed | State::Ticketed | State::Open, E::Ended) => D::End,
        (_, E::Ended) => D::Ignore,
        // The ticket stays open: what was said on the way back to the bot is part of the request.
        (State::Closing { .. }, E::Words) if called_back => of_the_ticket,
        (State::Closed { at }, E::Words) if called_back && received.at <= at => of_the_ticket,
        (State::Closing { .. } | State::Closed { .. }, E::Notice) => D::Ignore,
        (State::Claimed | State::Ticketed, _) => D::Resume,
        (State::Open, E::Words | E::Notice) => of_the_ticket,
        (State::Open, E::Waiting) => D::Ignore,
        (State::Closing { .. }, _) => D::Wait,
        // An agent closed before an opening that failed was tried again: what was typed meanwhile is late, as words are.
        (State::Closed { .. }, E::Waiting) if desk && received.may_be_duplicate => D::Late,
        (State::Closed { .. }, E::Waiting) if desk => D::Ignore,
        (State::Closed { at }, E::Words) if desk || (received.at <= at && !crossed(at)) => D::Late,
        (State::Closed { .. }, _) => D::Open,
    }
}

#[cfg(test)]
mod tests {
    use service_rules::EndReason;

    use super::{CustomerDecision as D, CustomerEvent as E, *};
    use crate::conversation::tests_support::conversation;

    #[test]
    fn what_was_said_in_an_earlier_opening_is_told_and_not_delivered() {
        let mut conversation = conversation("c@tunnel.msging.net", State::Open);
        conversation.opened = Timestamp(100_000);
        let decide = |at| {
            [false, true].map(|again| {
                customer_event(Some(&conversation), E::Words, Received { at: Timestamp(at), may_be_duplicate: again })
            })
        };
        assert_eq!(decide(39_999), [D::Earlier, D::Earlier]);
        assert_eq!(decide(40_000), [D::Deliver, D::Earlier]);
        assert_eq!(decide(94_999), [D::Deliver, D::Earlier]);
        assert_eq!(decide(95_000), [D::Deliver, D::Deliver]);
    }

    #[test]
    fn the_table_holds() {
        let before = Timestamp(10);
        let at = Timestamp(20);
        let after = Timestamp(30);
        let router = "c@tunnel.msging.net";
        let desk = "t@desk.msging.net/Webhook";
        for (state, address, received, expected) in [
            (None, router, after, [D::Open, D::Ignore, D::Open, D::Ignore]),
            (Some(State::Claimed), router, after, [D::Resume, D::Resume, D::Resume, D::End]),
            (Some(State::Ticketed), router, after, [D::Resume, D::Resume, D::Resume, D::End]),
            (Some(State::Open), router, after, [D::Deliver, D::Deliver, D::Ignore, D::End]),
            (Some(State::Closing { since: at }), router, after, [D::Wait, D::Ignore, D::Wait, D::Ignore]),
            (Some(State::Closed { at }), router, before, [D::Late, D::Ignore, D::Open, D::Ignore]),
            (Some(State::Closed { at }), router, after, [D::Open, D::Ignore, D::Open, D::Ignore]),
            (Some(State::Closed { at }), desk, after, [D::Late, D::Ignore, D::Ignore, D::Ignore]),
        ] {
            let conversation = state.map(|state| conversation(address, state));
            let got = [E::Words, E::Notice, E::Waiting, E::Ended].map(|event| {
                customer_event(conversation.as_ref(), event, Received { at: received, may_be_duplicate: false })
            });
            assert_eq!(got, expected, "{state:?} {address} {received:?}");
        }
    }

    #[test]
    fn what_is_said_on_the_way_to_the_bot_is_for_the_ticket_that_waits_outside_the_hours() {
        let at = Timestamp(200_000);
        for (state, said, expected) in [
            (State::Closing { since: at }, 210_000, [D::Deliver, D::Ignore, D::Wait, D::Ignore]),
            (State::Closing { since: at }, 30_000, [D::Earlier, D::Ignore, D::Wait, D::Ignore]),
            (State::Closed { at }, 200_000, [D::Deliver, D::Ignore, D::Open, D::Ignore]),
            (State::Closed { at }, 30_000, [D::Earlier, D::Ignore, D::Open, D::Ignore]),
            (State::Closed { at }, 200_001, [D::Open, D::Ignore, D::Open, D::Ignore]),
        ] {
            let mut conversation = conversation("c@tunnel.msging.net", state);
            (conversation.opened, conversation.ended) = (Timestamp(100_000), Some(EndReason::OutsideHours));
            let decide = |event| {
                let received = Received { at: Timestamp(said), may_be_duplicate: false };
                customer_event(Some(&conversation), event, received)
            };
            assert_eq!([E::Words, E::Notice, E::Waiting, E::Ended].map(decide), expected, "{state:?} {said}");
        }
    }

    #[test]
    fn words_that_cross_the_closing_open_the_next_conversation_where_no_bot_is_in_between() {
        let end = Timestamp(100_000);
        let decide = |address, at| {
            let closed = conversation(address, State::Closed { at: end });
            customer_event(Some(&closed), E::Words, Received { at: Timestamp(at), may_be_duplicate: true })
        };
        let bot = "5531900000000@wa.gw.msging.net";
        assert_eq!([39_999, 40_000, 100_000, 100_001].map(|at| decide(bot, at)), [D::Late, D::Open, D::Open, D::Open]);
        for with_a_bot in ["c@tunnel.msging.net", "t@desk.msging.net/Webhook"] {
            assert_eq!([40_000, 100_000].map(|at| decide(with_a_bot, at)), [D::Late, D::Late], "{with_a_bot}");
        }
    }

    #[test]
    fn a_waiting_ticket_that_failed_before_its_agent_closed_is_late_and_another_is_nothing() {
        let conversation = conversation("t@desk.msging.net/Webhook", State::Closed { at: Timestamp(20) });
        let decide = |again| {
            customer_event(Some(&conversation), E::Waiting, Received { at: Timestamp(10), may_be_duplicate: again })
        };
        assert_eq!([false, true].map(decide), [D::Ignore, D::Late]);
    }
}
