//! What a helpdesk tells beside words: a transfer is told once, and the last queue counts; nobody acts during a hold; no place that rises is told;
//! and words that were taken back in time never reach the customer.

use ponte::{conversation::State, message::ConversationId, queue::Destination};
use service_rules::EndReason;

use super::{
    super::{
        desk::QUEUES,
        harsh::Harsh,
        helpdesk,
        ledger::{Kind, Ledger, Said, Seen, Speaker, System},
        world::World,
    },
    Verdict, is_adrift,
    silence::{ASKS, ENDS, SEARCHING, UNDER_WAY, answers},
    words::is_ghost,
};

/// Transfers so soon after each other are one.
const ONE_TRANSFER: u64 = 30_000;
/// A text is there so long after the bridge looked at its clock: a look at Blip, and the call itself.
const SENT_WITHIN: u64 = 8000;
/// Texts with a place, of one stay in a queue; and once that nobody is before the customer.
const MOST_PLACES: usize = 3 + 1;

pub(super) fn judge(world: &World, ledger: &Ledger, verdict: &mut Verdict) {
    if world.plan.harsh != Some(Harsh::Desk) {
        return;
    }
    for number in 0..ledger.tickets.len() {
        // Of several tickets of an opening nobody knows which one counts.
        let opening = &ledger.tickets[number].opening;
        if ledger.tickets.iter().filter(|ticket| ticket.opening == *opening).count() == 1 {
            transfers(world, ledger, number, verdict);
            untold(world, ledger, number, verdict);
            places(ledger, number, verdict);
            last_queue(world, ledger, number, verdict);
            holds(world, ledger, number, verdict);
        }
    }
    for said in ledger.said.iter().filter(|said| said.parts() > 0) {
        if let Speaker::Agent(ticket) = said.by {
            withdrawn(world, ledger, said, ticket, verdict);
        }
    }
}

/// What was told of this ticket that is no words, in the order of its arrival. Nothing where one of it was set aside, or went astray.
pub(super) fn told<'a>(
    world: &World,
    ledger: &'a Ledger,
    number: usize,
    is_meant: impl Fn(&Kind) -> bool,
) -> Option<Vec<&'a Said>> {
    let here = |said: &&Said| said.by == Speaker::Agent(number) && is_meant(&said.kind);
    let mut told: Vec<_> = ledger.said.iter().filter(here).collect();
    let queue = world.queues.to(Destination::ToCustomer);
    told.sort_by_key(|said| queue.first_place(said.number));
    told.iter().all(|said| !said.set_aside && !said.unknown && said.done.is_some()).then_some(told)
}

fn texts<'a>(ledger: &'a Ledger, number: usize, kind: &str) -> Vec<&'a Seen> {
    let opening = &ledger.tickets[number].opening;
    let mine = |system: &&System| system.opening == *opening && system.name.starts_with(kind);
    let mut texts: Vec<_> = ledger.system.iter().filter(mine).map(|system| &system.seen).collect();
    texts.sort_by_key(|seen| seen.at);
    texts
}

pub(super) fn is_move(kind: &Kind) -> bool {
    matches!(kind, Kind::Moves { .. })
}

/// One text of a transfer, and of those within half a minute one.
fn transfers(world: &World, ledger: &Ledger, number: usize, verdict: &mut Verdict) {
    let texts = texts(ledger, number, "transferred");
    let causes = ledger.said.iter().filter(|said| said.by == Speaker::Agent(number) && is_move(&said.kind)).count();
    if texts.len() > causes {
        let what = format!("the customer of T-{} read of {} transfers, of {causes}", number + 1, texts.len());
        verdict.unless_excused(texts.iter().copied(), what);
    }
    for pair in texts.windows(2) {
        let &[first, second] = pair else { continue };
        let apart = second.at - first.at;
        if apart + SENT_WITHIN + 2 * world.plan.skew < ONE_TRANSFER {
            let what = format!("the customer of T-{} read of two transfers within {apart} ms", number + 1);
            verdict.unless_excused(pair.iter().copied(), what);
        }
    }
}

/// A ticket that somebody has answered in goes to another queue: the customer is told, while the conversation lasts.
fn untold(world: &World, ledger: &Ledger, number: usize, verdict: &mut Verdict) {
    let ticket = &ledger.tickets[number];
    let present = world.store.get(&ledger.chats[ticket.chat].key);
    let lasts = present.is_some_and(|present| present.opening == ticket.opening && present.state == State::Open);
    let Some(moves) = told(world, ledger, number, is_move).filter(|_| lasts) else { return };
    let answer = answers(ledger, &ticket.opening).map(|seen| seen.at).min();
    let mut queue = None;
    for said in moves {
        let Kind::Moves { into, unassigned } = said.kind else { continue };
        let goes = unassigned || (into.is_some() && into != queue);
        queue = into.or(queue);
        let is_answered = answer.is_some_and(|answer| answer + UNDER_WAY < said.at);
        // Without a queue that has a name there is nothing to tell.
        if goes && queue.is_some() && is_answered && texts(ledger, number, "transferred").is_empty() {
            return verdict.wrong(format!("T-{} was transferred, and the customer was not told", number + 1));
        }
    }
}

/// Where the ticket went last, there the conversation is.
fn last_queue(world: &World, ledger: &Ledger, number: usize, verdict: &mut Verdict) {
    let ticket = &ledger.tickets[number];
    let Some(conversation) = world.store.get(&ledger.chats[ticket.chat].key) else { return };
    if conversation.opening != ticket.opening || conversation.state != State::Open {
        return;
    }
    let Some(moves) = told(world, ledger, number, is_move) else { return };
    let into = |said: &&Said| if let Kind::Moves { into, .. } = said.kind { into } else { None };
    let Some(last) = moves.iter().rev().find_map(into) else { return };
    let present = conversation.placement.queue.as_deref();
    if present != Some(last) {
        verdict.wrong(format!("T-{} went to {last}, and its conversation is in {present:?}", number + 1));
    }
}

/// The place in a text.
fn place(text: &str) -> u32 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(1)
}

/// Of one stay in a queue: places that fall, few of them.
fn places(ledger: &Ledger, number: usize, verdict: &mut Verdict) {
    let texts = texts(ledger, number, "place");
    let moves = |said: &&Said| said.by == Speaker::Agent(number) && is_move(&said.kind);
    let between = |first: &Seen, second: &Seen| {
        // Nobody knows to which stay a text belongs that is so near to a transfer.
        let near =
            |said: &Said| said.done.unwrap_or(u64::MAX).saturating_add(UNDER_WAY) > first.at && said.at < second.at;
        ledger.said.iter().filter(moves).any(near)
    };
    for pair in texts.windows(2) {
        let &[first, second] = pair else { continue };
        if place(&second.text) >= place(&first.text) && !between(first, second) {
            let rose = format!("from {} to {}", place(&first.text), place(&second.text));
            let what = format!("the customer of T-{} read of a place that rose, {rose}", number + 1);
            verdict.unless_excused(pair.iter().copied(), what);
        }
    }
    let most = MOST_PLACES * (1 + ledger.said.iter().filter(moves).count());
    if texts.len() > most {
        let what = format!("the customer of T-{} read {} places", number + 1, texts.len());
        verdict.unless_excused(texts, what);
    }
}

/// While the ticket is on hold nothing is due.
fn holds(world: &World, ledger: &Ledger, number: usize, verdict: &mut Verdict) {
    let ticket = &ledger.tickets[number];
    let Some(told) = told(world, ledger, number, |kind| matches!(kind, Kind::Holds(_)) || is_move(kind)) else {
        return;
    };
    let mut acts: Vec<(u64, &str)> = Vec::new();
    for kind in [SEARCHING, ASKS] {
        acts.extend(
            texts(ledger, number, kind).into_iter().filter(|seen| !is_adrift(seen)).map(|seen| (seen.at, kind)),
        );
    }
    let of = |(_, opening, reason): &&(u64, ConversationId, EndReason)| {
        *opening == ticket.opening && ENDS.contains(&reason_text(*reason))
    };
    acts.extend(ledger.endings.iter().filter(of).map(|(at, _, reason)| (*at, reason_text(*reason))));
    let notes = ledger.notes_of_silence.iter().filter(|(_, opening)| *opening == ticket.opening);
    acts.extend(notes.map(|(at, _)| (*at, "a note of silence")));
    for (hold, said) in told.iter().enumerate().filter(|(_, said)| said.kind == Kind::Holds(true)) {
        let Some(held) = said.done else { continue };
        // What ends it: the next one of these, or a word of the customer, whenever that is delivered.
        let next = told[hold + 1..].iter().find(|next| next.kind != Kind::Holds(true)).map_or(u64::MAX, |next| next.at);
        let is_customers = |said: &Said| said.by == Speaker::Customer(ticket.chat) && said.parts() > 0;
        let from = said.at.saturating_sub(UNDER_WAY);
        let delivered = |seen: &&Seen| seen.place == number && seen.at >= from;
        let words = ledger.at_helpdesk.iter().filter(delivered).map(|seen| seen.at).min();
        let said_then =
            ledger.said.iter().filter(|said| is_customers(said) && said.at >= from).map(|said| said.at).min();
        let until = next.min(words.unwrap_or(u64::MAX)).min(said_then.unwrap_or(u64::MAX));
        for (at, what) in &acts {
            if *at <= held + UNDER_WAY || *at >= until {
                continue;
            }
            // A word that was there before the hold, and whose delivery was made again after it, may have come after it for all that is known.
            let again = |said: &Said| {
                let mut there = ledger.at_helpdesk.iter().filter(|seen| said.texts().contains(&seen.text));
                let unanswered = |seen: &Seen| ledger.calls.get(seen.call).is_some_and(|call| call.answered.is_none());
                is_customers(said)
                    && there.any(|seen| seen.place == number && seen.at < from && unanswered(seen))
                    && said.done.is_none_or(|done| done >= from)
            };
            if ledger.said.iter().any(again) {
                verdict.excepted("words whose delivery was confirmed while the ticket was on hold");
            } else {
                verdict.wrong(format!("T-{} was on hold since {held}, and {what} came at {at}", number + 1));
            }
        }
    }
}

fn reason_text(reason: EndReason) -> &'static str {
    match reason {
        EndReason::NoAgent => ENDS[0],
        EndReason::Inactive => ENDS[1],
        _ => "",
    }
}

/// The withdrawals of these words.
fn withdrawals<'a>(ledger: &'a Ledger, words: &Said) -> impl Iterator<Item = &'a Said> {
    let of = Kind::Withdraws(words.number);
    ledger.said.iter().filter(move |said| said.kind == of && said.stored)
}

/// Whether words that did not arrive were taken back before the bridge was done with them.
pub(super) fn is_withdrawn(ledger: &Ledger, words: &Said) -> bool {
    withdrawals(ledger, words).any(|back| words.done.is_none_or(|done| back.at <= done))
}

/// Words that were taken back before they were sent never reach the customer; of those that did the agent is told once.
fn withdrawn(world: &World, ledger: &Ledger, words: &Said, ticket: usize, verdict: &mut Verdict) {
    let name = &words.name;
    let notes = ledger.notes_of_withdrawn.iter().filter(|(of, _)| *of == words.number).map(|(_, seen)| seen);
    let notes: Vec<_> = notes.collect();
    if notes.len() > 1 {
        verdict.unless_excused(
            notes.clone(),
            format!("the agent was told {} times that the customer has {name}", notes.len()),
        );
    }
    let astray = |said: &Said| said.set_aside || said.unknown;
    // What Blip or SQS does not let know, nobody knows; what the channel refuses counts as sent.
    if astray(words) || words.poison.is_some() || world.plan.blind_blip {
        return;
    }
    let queue = world.queues.to(Destination::ToCustomer);
    let there: Vec<_> = ledger.at_blip.iter().filter(|seen| words.texts().contains(&seen.text)).collect();
    let place = |said: &Said| queue.first_place(said.number);
    for back in withdrawals(ledger, words).filter(|back| !astray(back)) {
        let (Some(first), Some(second)) = (place(words), place(back)) else { continue };
        if let Some(seen) = there.first() {
            let by = ledger.calls.get(seen.call).map(|call| call.by);
            let together = by.and_then(|by| ledger.batches.get(&by)).is_some_and(|batch| batch.contains(&back.number));
            if second < first || together {
                verdict.wrong(format!("{name} reached the customer, and had been withdrawn before it was sent"));
            }
        }
        let lasts = |done: u64| {
            let opening = &ledger.tickets[ticket].opening;
            let left = ledger.tickets[ticket].ended.iter().any(|at| *at <= done);
            let ended = left || ledger.closings.iter().any(|(at, of)| of == opening && *at <= done);
            !ended && !ledger.tickets[ticket].gone && !is_ghost(world, ledger, ticket)
        };
        let arrived = there.iter().any(|seen| seen.at < back.at);
        if arrived && back.done.is_some_and(lasts) && notes.is_empty() {
            verdict.wrong(format!("{name} was withdrawn, and the agent was not told that the customer still has it"));
        }
    }
    // Of words that came too late the agent was told before that they did not arrive.
    let late = |notice: &Seen| notice.text == words.source && notice.place == ledger.first(ticket);
    let refused = words.poison.is_none() && ledger.notices.iter().any(late);
    if there.is_empty() && !notes.is_empty() && !refused {
        let on = helpdesk::name(ledger.first(ticket));
        verdict.wrong(format!("the agent was told on {} that the customer has {name}, and it never came", on.as_str()));
    }
}

/// The queue ids that the rules and the helpdesk have, and none.
pub(super) fn queues(world: &World) -> Vec<Option<&'static str>> {
    let none = std::iter::once(None);
    if world.plan.harsh == Some(Harsh::Desk) {
        none.chain(QUEUES.iter().map(|(id, _)| Some(*id))).collect()
    } else {
        none.collect()
    }
}
