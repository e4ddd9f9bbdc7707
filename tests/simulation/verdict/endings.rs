//! One open conversation a customer, none half-open, and an end that both sides saw.

use ponte::conversation::State;
use service_rules::EndReason;

use super::{
    super::{
        fault_plan::HOUR,
        helpdesk,
        ledger::{Kind, Ledger, Refused, Said, Speaker, Ticket},
        sqs::CLOSE_DELAY,
        world::World,
    },
    Verdict,
    words::{UNKNOWN, is_ghost},
};

pub(super) fn judge(world: &World, ledger: &Ledger, verdict: &mut Verdict) {
    for (number, chat) in ledger.chats.iter().enumerate() {
        // A ticket that is gone has nobody who closes it.
        let gone = ledger.tickets.iter().any(|ticket| ticket.chat == number && ticket.gone);
        let state = world.store.get(&chat.key).map(|conversation| conversation.state);
        let half_open = match state {
            Some(State::Claimed | State::Ticketed) => !gone,
            Some(State::Closing { .. }) => true,
            _ => false,
        };
        if half_open {
            verdict.wrong(format!("half-open: chat {number} is {state:?}"));
        }
        one_at_a_time(world, ledger, number, verdict);
    }
    for ticket in 0..ledger.tickets.len() {
        ending(world, ledger, ticket, verdict);
    }
    for (written, opening) in &ledger.closings {
        let first = ledger.system.iter().find(|s| s.opening == *opening && s.name == "redirect");
        let delay = u64::try_from(CLOSE_DELAY.as_millis()).unwrap();
        if let Some(first) = first.filter(|first| first.seen.at < written + delay) {
            let early = first.seen.at.saturating_sub(*written);
            verdict.wrong(format!("the customer was sent away {early} ms after the closing was written"));
        }
    }
}

/// When the agent closed this ticket, as far as the helpdesk knows.
fn closed_by_agent(ledger: &Ledger, ticket: usize) -> Option<u64> {
    ledger.said.iter().find(|said| said.by == Speaker::Agent(ticket) && said.kind == Kind::Close).map(|said| said.at)
}

fn one_at_a_time(world: &World, ledger: &Ledger, chat: usize, verdict: &mut Verdict) {
    let tickets: Vec<_> = (0..ledger.tickets.len()).filter(|ticket| ledger.tickets[*ticket].chat == chat).collect();
    for pair in tickets.windows(2) {
        let &[first, second] = pair else { continue };
        if ledger.tickets[first].gone {
            continue;
        }
        let ended = ledger.tickets[first].ended.first().copied();
        let end = [ended, closed_by_agent(ledger, first)].into_iter().flatten().min();
        if end.is_some_and(|end| end <= ledger.tickets[second].at) {
            continue;
        }
        if is_ghost(world, ledger, first) || is_ghost(world, ledger, second) {
            verdict.excepted("a second ticket of one opening");
        } else if told_later(world, ledger, first, ledger.tickets[second].at) {
            verdict
                .excepted("the customer was back before the helpdesk could be told of an end that nobody there made");
        } else {
            verdict.wrong(format!("T-{} was opened while T-{} was open", second + 1, first + 1));
        }
    }
}

/// The bridge ended this conversation of its own accord and sent the customer back, who came again by `next`, before the helpdesk could be told. It
/// is told within an hour, or within an hour of the last fault.
fn told_later(world: &World, ledger: &Ledger, number: usize, next: u64) -> bool {
    let Ticket { opening, ended, .. } = &ledger.tickets[number];
    let by_bridge = |reason: &EndReason| matches!(reason, EndReason::NoAgent | EndReason::Inactive);
    let is_ended = ledger.endings.iter().any(|(_, of, reason)| of == opening && by_bridge(reason));
    let left = ledger.system.iter().find(|system| system.opening == *opening && system.name == "redirect");
    let Some(left) = left.map(|redirect| redirect.seen.at).filter(|left| is_ended && *left <= next) else {
        return false;
    };
    ended.first().is_some_and(|told| *told <= left.max(world.plan.calm) + HOUR)
}

fn ending(world: &World, ledger: &Ledger, number: usize, verdict: &mut Verdict) {
    let ticket = &ledger.tickets[number];
    if is_ghost(world, ledger, number) || ticket.gone {
        return;
    }
    let name = helpdesk::name(ledger.first(number));
    let chat = &ledger.chats[ticket.chat];
    let present =
        world.store.get(&chat.key).filter(|c| c.opening == ticket.opening && c.ticket.as_ref() == Some(&name));
    let is_open = present.is_some_and(|conversation| conversation.state == State::Open);
    let closes = || {
        let closes = |said: &&Said| said.by == Speaker::Agent(number) && said.kind == Kind::Close;
        ledger.said.iter().filter(closes).filter(|said| said.stored)
    };
    let by_customer =
        ledger.said.iter().any(|said| said.by == Speaker::Customer(ticket.chat) && said.kind == Kind::Ended);
    if is_open {
        if closes().all(|close| close.unknown && close.markless) {
            closes().for_each(|_| verdict.excepted(UNKNOWN));
        } else if closes().next().is_some() {
            verdict.wrong(format!("T-{} was closed by its agent, and its conversation is open", number + 1));
        }
        if by_customer {
            verdict.wrong(format!("the customer of T-{} left, and the conversation is open", number + 1));
        }
        return;
    }
    if ticket.ended.is_empty() {
        verdict.wrong(format!("the helpdesk was not told of the end of T-{}", number + 1));
    }
    if ticket.ended.len() > 1 {
        if world.plan.keyless {
            verdict.excepted("the helpdesk has no idempotency key");
        } else {
            verdict.wrong(format!("the helpdesk was told twice of the end of T-{}", number + 1));
        }
    }
    let redirects: Vec<_> =
        ledger.system.iter().filter(|s| s.opening == ticket.opening && s.name == "redirect").map(|s| &s.seen).collect();
    if chat.desk.as_ref().is_some_and(|desk| !world.blip.desk.lock().unwrap()[desk].ended) {
        verdict.wrong(format!("Blip's ticket of T-{} was left open", number + 1));
    }
    let refused = ledger.refusals.iter().any(|refusal| refusal.what == Refused::Redirect(ticket.opening.clone()));
    if chat.desk.is_none() && redirects.is_empty() && !refused {
        verdict.wrong(format!("the customer of T-{} was never sent back", number + 1));
    }
    if redirects.len() > 1 {
        verdict.unless_excused(redirects, format!("the customer of T-{} was sent back twice", number + 1));
    }
}
