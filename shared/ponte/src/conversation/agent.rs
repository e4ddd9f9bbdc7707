//! What an event from the helpdesk means for a conversation.

use std::time::Duration;

use super::{CustomerRecord, Received, State};
use crate::{
    clock::Timestamp,
    message::{AgentEventKind, ConversationId, TicketId},
};

/// The longest that an agent's message may be under way to Blip once it has begun. Words that begin this long before
/// the customer is sent away are through by then.
pub const UNDER_WAY: Duration = Duration::from_secs(4);

/// Why an agent's words reach nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// This ticket's conversation is closed or closing.
    Closed,
    /// The customer is in a newer conversation, with another ticket.
    Superseded,
}

/// What to do about an event of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentDecision {
    /// Carry it to the customer.
    Deliver,
    /// Write `closing`, then hand the close on.
    Close,
    /// The conversation goes on in the ticket that this one was merged into.
    Move,
    /// The close is written but may not have been handed on: hand it on again.
    HandOn,
    /// The customer went back to the bot outside the hours: call them back, then deliver.
    CallBack,
    /// The customer is on the way back to the bot, and is called back from there: try again.
    Wait,
    /// The words reach nobody, and the agent is told.
    Refuse(Late),
    /// No effect.
    Ignore,
}

/// Decides about `event` of the `ticket` of the opening `of` at `now`. `conversation` is the customer's present one. A helpdesk may go on with a customer's
/// ticket, and then an event that was received before the present opening began is of an earlier one, though its ticket is the same.
///
/// A close of last week must not send today's customer away, so an event of another opening never has an
/// effect on the present one. Helpdesks send "closed" before the last words arrive: `close_delay` is how long the
/// customer stays after it (the delay of `close-ticket.fifo`), and the words still pass until [`UNDER_WAY`] before that.
///
/// A customer who went back to the bot outside the hours is called back by the first words ([`CustomerRecord::waits_for_callback`]).
pub fn agent_event(
    conversation: Option<&CustomerRecord>,
    of: &ConversationId,
    ticket: &TicketId,
    event: &AgentEventKind,
    received: Received,
    now: Timestamp,
    close_delay: Duration,
) -> AgentDecision {
    use AgentDecision as D;
    let words = matches!(event, AgentEventKind::Message { .. });
    let refuse = |why| if words { D::Refuse(why) } else { D::Ignore };
    let Some(conversation) = conversation else { return refuse(Late::Closed) };
    // In a ticket that goes on, more is told of the conversation before: what was received before this one began is of that.
    let received =
        Received { may_be_duplicate: received.may_be_duplicate || conversation.placement.same_ticket, ..received };
    if conversation.opening != *of || received.precedes(conversation.opened) {
        return refuse(Late::Superseded);
    }
    let closed = matches!(event, AgentEventKind::Closed { .. });
    let merged = matches!(event, AgentEventKind::Merged { .. });
    // A ticket that was merged into another one is closed with it: the conversation has left it.
    if (closed || merged) && conversation.ticket.as_ref().is_some_and(|present| present != ticket) {
        return D::Ignore;
    }
    if conversation.waits_for_callback() {
        return match conversation.state {
            // It only takes words back that were not sent yet.
            State::Closing { .. } if matches!(event, AgentEventKind::Withdrawn { .. }) => D::Deliver,
            State::Closing { .. } if words => D::Wait,
            _ if words => D::CallBack,
            // The answer will be in the other ticket.
            _ if merged => D::Move,
            // Who closes the ticket without an answer closes nothing for the customer.
            _ => D::Ignore,
        };
    }
    match conversation.state {
        State::Ticketed | State::Open if merged => D::Move,
        State::Closing { .. } if merged => D::HandOn,
        State::Claimed | State::Ticketed | State::Open if closed => D::Close,
        State::Claimed | State::Ticketed | State::Open => D::Deliver,
        State::Closing { .. } if closed => D::HandOn,
        // It only tells the agent, or takes words back that were not sent yet.
        State::Closing { .. } if matches!(event, AgentEventKind::Withdrawn { .. }) => D::Deliver,
        // Whether it is in time is for the rules to say, which may hold the customer for it.
        State::Closing { .. } if matches!(event, AgentEventKind::Survey { .. }) => D::Deliver,
        State::Closing { since } if words && now.since(since) < close_delay.saturating_sub(UNDER_WAY) => D::Deliver,
        State::Closing { .. } | State::Closed { .. } => refuse(Late::Closed),
    }
}

#[cfg(test)]
mod tests {
    use service_rules::EndReason;

    use super::{AgentDecision as D, *};
    use crate::conversation::tests_support::{conversation, other_opening};
    use crate::message::{Agent, Content, SourceId};

    const DELAY: Duration = Duration::from_secs(10);
    const WHEN: Received = Received { at: Timestamp(0), may_be_duplicate: true };

    fn ticket() -> TicketId {
        TicketId::new("T-1")
    }

    #[test]
    fn a_ticket_that_was_merged_into_another_one_is_left_and_its_close_is_not_the_conversations() {
        let merged = AgentEventKind::Merged { into: TicketId::new("T-2") };
        let close = AgentEventKind::Closed { service: None };
        let words = AgentEventKind::Message { contents: vec![], agent: None };
        let decide = |state, of: &str, event: &AgentEventKind| {
            let conversation = conversation("c@tunnel.msging.net", state);
            agent_event(
                Some(&conversation),
                &conversation.opening,
                &TicketId::new(of),
                event,
                WHEN,
                Timestamp(0),
                DELAY,
            )
        };
        let since = Timestamp(0);
        for (state, expected) in [
            (State::Ticketed, D::Move),
            (State::Open, D::Move),
            (State::Closing { since }, D::HandOn),
            (State::Closed { at: since }, D::Ignore),
        ] {
            assert_eq!(decide(state, "T-1", &merged), expected, "{state:?}");
        }
        // The conversation is in T-1 now.
        assert_eq!(decide(State::Open, "T-0", &close), D::Ignore);
        assert_eq!(decide(State::Open, "T-0", &merged), D::Ignore);
        assert_eq!(decide(State::Open, "T-0", &words), D::Deliver);
    }

    #[test]
    fn the_table_holds() {
        let events = [
            AgentEventKind::Message { contents: vec![Content::text("oi")], agent: None },
            AgentEventKind::Assigned { agent: Agent { id: None, name: None } },
            AgentEventKind::Typing { on: true },
            AgentEventKind::Closed { service: None },
            AgentEventKind::Withdrawn { message: SourceId::exact("m-1"), partly: false },
        ];
        // They share a column with an agent who joins.
        let of_ticket = [
            AgentEventKind::Transferred { queue: None, unassigned: true, by: None },
            AgentEventKind::Queued { position: 2 },
            AgentEventKind::OnHold { on: true },
        ];
        let since = Timestamp(10_000);
        let check = |state: Option<State>, now: i64, expected: [D; 5]| {
            let conversation = state.map(|state| conversation("c@tunnel.msging.net", state));
            let of = conversation.as_ref().map_or_else(other_opening, |c| c.opening.clone());
            let decide = |event: &AgentEventKind| {
                agent_event(conversation.as_ref(), &of, &ticket(), event, WHEN, Timestamp(now), DELAY)
            };
            assert_eq!(events.each_ref().map(decide), expected, "{state:?} at {now}");
            for event in &of_ticket {
                assert_eq!(decide(event), expected[1], "{event:?} while {state:?} at {now}");
            }
        };
        let late = || [D::Refuse(Late::Closed), D::Ignore, D::Ignore, D::Ignore, D::Ignore];
        check(None, 0, late());
        check(Some(State::Claimed), 0, [D::Deliver, D::Deliver, D::Deliver, D::Close, D::Deliver]);
        check(Some(State::Ticketed), 0, [D::Deliver, D::Deliver, D::Deliver, D::Close, D::Deliver]);
        check(Some(State::Open), 0, [D::Deliver, D::Deliver, D::Deliver, D::Close, D::Deliver]);
        check(Some(State::Closing { since }), 15_999, [D::Deliver, D::Ignore, D::Ignore, D::HandOn, D::Deliver]);
        let too_late = [D::Refuse(Late::Closed), D::Ignore, D::Ignore, D::HandOn, D::Deliver];
        check(Some(State::Closing { since }), 16_000, too_late);
        check(Some(State::Closed { at: since }), 0, late());
    }

    #[test]
    fn words_call_back_who_went_to_the_bot_outside_the_hours_and_nothing_else_does() {
        let events = [
            AgentEventKind::Message { contents: vec![Content::text("bom dia")], agent: None },
            AgentEventKind::Closed { service: None },
            AgentEventKind::Withdrawn { message: SourceId::exact("m-1"), partly: false },
            AgentEventKind::Assigned { agent: Agent { id: None, name: None } },
            AgentEventKind::Typing { on: true },
            AgentEventKind::Transferred { queue: None, unassigned: true, by: None },
            AgentEventKind::Queued { position: 2 },
            AgentEventKind::OnHold { on: true },
            AgentEventKind::Survey { contents: vec![Content::text("https://desk.test.invalid/survey")] },
        ];
        let since = Timestamp(10_000);
        let closed = State::Closed { at: since };
        let check = |conversation: &CustomerRecord, now: i64, words: D, withdrawn: D| {
            let decide = |event: &AgentEventKind| {
                agent_event(Some(conversation), &conversation.opening, &ticket(), event, WHEN, Timestamp(now), DELAY)
            };
            let [ignored, closing] = [D::Ignore, D::Ignore];
            let expected = [words, closing, withdrawn].into_iter().chain(std::iter::repeat_n(ignored, 6));
            assert_eq!(events.iter().map(decide).collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{conversation:?}");
        };
        let of = |address: &str, state: State, ended: EndReason| {
            let ended = Some(ended);
            CustomerRecord { ended, ..conversation(address, state) }
        };
        let router = "c@tunnel.msging.net";
        check(&of(router, closed, EndReason::OutsideHours), 0, D::CallBack, D::Ignore);
        let on_the_way = of(router, State::Closing { since }, EndReason::OutsideHours);
        // However long the way takes.
        for now in [10_000, 16_000, 600_000] {
            check(&on_the_way, now, D::Wait, D::Deliver);
        }
        // Any other end, another way onto Blip, and a conversation that never had a ticket.
        let no_ticket = CustomerRecord { ticket: None, ..of(router, closed, EndReason::OutsideHours) };
        let others = EndReason::ALL.into_iter().filter(|reason| *reason != EndReason::OutsideHours);
        let others = others.map(|reason| of(router, closed, reason)).chain([
            of("t@desk.msging.net/Webhook", closed, EndReason::OutsideHours),
            of("5531@wa.gw.msging.net", closed, EndReason::OutsideHours),
            no_ticket,
        ]);
        for conversation in others {
            check(&conversation, 0, D::Refuse(Late::Closed), D::Ignore);
        }
        // Of another opening, and from before this one.
        let conversation = of(router, closed, EndReason::OutsideHours);
        let decide = |conversation: &CustomerRecord, of: &ConversationId| {
            agent_event(Some(conversation), of, &ticket(), &events[0], WHEN, Timestamp(0), DELAY)
        };
        assert_eq!(decide(&conversation, &other_opening()), D::Refuse(Late::Superseded));
        let later = CustomerRecord { opened: Timestamp(100_000), ..conversation };
        assert_eq!(decide(&later, &later.opening), D::Refuse(Late::Superseded));
    }

    #[test]
    fn a_survey_passes_until_the_customer_is_away_and_is_never_refused_in_words() {
        let survey = AgentEventKind::Survey { contents: vec![Content::text("https://desk.test.invalid/survey")] };
        let since = Timestamp(10_000);
        for (state, expected) in [
            (State::Open, D::Deliver),
            (State::Closing { since }, D::Deliver),
            (State::Closed { at: since }, D::Ignore),
        ] {
            let conversation = conversation("c@tunnel.msging.net", state);
            let decide = |of: &ConversationId| {
                agent_event(Some(&conversation), of, &ticket(), &survey, WHEN, Timestamp(100_000), DELAY)
            };
            assert_eq!([decide(&conversation.opening), decide(&other_opening())], [expected, D::Ignore], "{state:?}");
        }
    }

    #[test]
    fn an_event_of_another_opening_has_no_effect_on_this_one() {
        let conversation = conversation("c@tunnel.msging.net", State::Open);
        let words = AgentEventKind::Message { contents: vec![], agent: None };
        let close = AgentEventKind::Closed { service: None };
        let decide =
            |event| agent_event(Some(&conversation), &other_opening(), &ticket(), event, WHEN, Timestamp(0), DELAY);
        assert_eq!(decide(&words), D::Refuse(Late::Superseded));
        assert_eq!(decide(&close), D::Ignore);
    }

    #[test]
    fn what_was_received_before_a_ticket_was_taken_up_again_is_of_the_conversation_before() {
        let mut conversation = conversation("c@tunnel.msging.net", State::Open);
        conversation.opened = Timestamp(100_000);
        let words = AgentEventKind::Message { contents: vec![], agent: None };
        let decide = |event: &AgentEventKind, at| {
            let when = Received { at: Timestamp(at), may_be_duplicate: false };
            agent_event(Some(&conversation), &conversation.opening, &ticket(), event, when, Timestamp(0), DELAY)
        };
        assert_eq!(decide(&words, 39_999), D::Refuse(Late::Superseded));
        assert_eq!(decide(&AgentEventKind::Closed { service: None }, 39_999), D::Ignore);
        assert_eq!(decide(&words, 40_000), D::Deliver);
        // Where the record says that the ticket goes on, less is put down to the clocks.
        conversation.placement.same_ticket = true;
        let decide = |event: &AgentEventKind, at| {
            let when = Received { at: Timestamp(at), may_be_duplicate: false };
            agent_event(Some(&conversation), &conversation.opening, &ticket(), event, when, Timestamp(0), DELAY)
        };
        assert_eq!(decide(&words, 94_999), D::Refuse(Late::Superseded));
        assert_eq!(decide(&AgentEventKind::Closed { service: None }, 94_999), D::Ignore);
        assert_eq!(decide(&AgentEventKind::Closed { service: None }, 95_000), D::Close);
    }
}
