//! What the bridge does of its own accord while nobody says anything: once for each silence, not at night, to nobody who waits, with a reason,
//! and at last.

use ponte::{
    conversation::{CustomerRecord, State},
    message::ConversationId,
};
use service_rules::{Count, EndReason, Period, ServiceRules};

use super::{
    super::{
        ledger::{Kind, Ledger, Said, Seen, Speaker, System},
        world::World,
    },
    Verdict, desk,
    words::is_ghost,
};

/// A text was decided on so long before it is there: a look at Blip, a note, the call itself, and two clocks.
pub(super) const UNDER_WAY: u64 = 20_000;
/// A timer's job is worked at most so long after it was handed on, so that nobody's words wait behind it; and two clocks.
const BEHIND: u64 = 45_000;
/// Which of two words was the last is not for the judge to say where they are closer than this.
const NEAR: u64 = 10 * 60_000;
/// What is overdue so long was forgotten.
const FORGOTTEN: u64 = 15 * 60_000;

/// What the helpdesk told of the queue: nothing of it is told at night.
const PLACE: &str = "place-";
pub(super) const SEARCHING: &str = "still-searching";
pub(super) const ASKS: &str = "inactive-warning";
pub(super) const ENDS: [&str; 2] = ["no-agent-now", "inactive-closed"];

pub(super) fn judge(world: &World, ledger: &Ledger, verdict: &mut Verdict) {
    for redirect in ledger.system.iter().filter(|system| system.name == "redirect") {
        reason(world, ledger, redirect, verdict);
    }
    if world.plan.time.is_none() {
        return;
    }
    for number in 0..ledger.tickets.len() {
        once(ledger, number, verdict);
    }
    for (at, opening, reason) in &ledger.endings {
        let Some(number) = ledger.tickets.iter().position(|ticket| ticket.opening == *opening) else { continue };
        match reason {
            EndReason::Inactive => waiting(world, ledger, number, *at, verdict),
            EndReason::NoAgent => answered(world, ledger, number, *at, verdict),
            _ => {}
        }
    }
    for system in ledger.system.iter().filter(|system| is_own(system)) {
        night(world, ledger, system, verdict);
    }
    for chat in &ledger.chats {
        if let Some(conversation) = world.store.get(&chat.key) {
            undone(world, ledger, &conversation, verdict);
        }
    }
}

fn is_own(system: &System) -> bool {
    [SEARCHING, ASKS, ENDS[0], ENDS[1], PLACE].iter().any(|kind| system.name.starts_with(kind))
}

/// A redirect that no agent caused says why.
fn reason(world: &World, ledger: &Ledger, redirect: &System, verdict: &mut Verdict) {
    let of = |number: &usize| ledger.tickets[*number].opening == redirect.opening;
    let tickets: Vec<_> = (0..ledger.tickets.len()).filter(of).collect();
    // A ticket that the helpdesk hands out again by itself may be closed by whoever had it before. Where the rules open it again, a closing of
    // the conversation before is none of this one.
    let same = |ticket: usize| tickets.iter().any(|number| ledger.first(*number) == ledger.first(ticket));
    let its_own = |ticket: usize| if world.plan.reopens() { tickets.contains(&ticket) } else { same(ticket) };
    let closed = |said: &Said| said.kind == Kind::Close && matches!(said.by, Speaker::Agent(ticket) if its_own(ticket));
    let place = redirect.seen.place;
    match &redirect.ended {
        // Where no ticket was opened, or it is gone, the customer was told so.
        None => {
            let gone = tickets.iter().all(|number| ledger.tickets[*number].gone);
            if !gone && !ledger.said.iter().any(closed) {
                verdict.wrong(format!("chat {place} was sent back without a reason, and no agent closed"));
            }
        }
        Some(reason) => {
            let ended = |(_, opening, why): &(u64, ConversationId, EndReason)| {
                *opening == redirect.opening && why.as_str() == reason
            };
            if !ledger.endings.iter().any(ended) {
                verdict.wrong(format!("chat {place} was sent back for {reason}, and that did not end it"));
            }
        }
    }
}

/// One text for one silence.
fn once(ledger: &Ledger, number: usize, verdict: &mut Verdict) {
    let ticket = &ledger.tickets[number];
    if ledger.tickets[..number].iter().any(|earlier| earlier.opening == ticket.opening) {
        return;
    }
    let texts = |kinds: &[&str]| -> Vec<&Seen> {
        let mine = |system: &&System| {
            system.opening == ticket.opening && kinds.iter().any(|kind| system.name.starts_with(kind))
        };
        ledger.system.iter().filter(mine).map(|system| &system.seen).collect()
    };
    // A transfer and the end of a hold begin each silence anew, and so do words that end a hold.
    let anew = |first: &Seen, second: &Seen| {
        let event = |said: &Said| said.by == Speaker::Agent(number) && (desk::is_move(&said.kind) || is_hold(said));
        let between =
            |said: &Said| said.done.unwrap_or(u64::MAX).saturating_add(UNDER_WAY) > first.at && said.at < second.at;
        ledger.said.iter().any(|said| event(said) && between(said))
    };
    for (kind, seen) in [(SEARCHING, texts(&[SEARCHING])), ("end", texts(&ENDS))] {
        let again = seen.windows(2).any(|pair| kind != SEARCHING || !anew(pair[0], pair[1]));
        if again {
            let what = format!("the customer of T-{} read {} texts ({kind}) for one silence", number + 1, seen.len());
            verdict.unless_excused(seen, what);
        }
    }
    for pair in texts(&[ASKS]).windows(2) {
        let &[first, second] = pair else { continue };
        // An answer that the bridge had not written down yet begins a silence of its own.
        let between = |said: &Said| {
            is_of(ledger, said, number)
                && said.done.unwrap_or(u64::MAX).saturating_add(UNDER_WAY) > first.at
                && ledger.at_blip.iter().any(|seen| seen.text.starts_with(&said.name) && seen.at < second.at)
        };
        if !ledger.said.iter().any(between) && !anew(first, second) {
            let what = format!("the customer of T-{} was asked twice for one silence", number + 1);
            verdict.unless_excused(pair.iter().copied(), what);
        }
    }
}

fn is_hold(said: &Said) -> bool {
    matches!(said.kind, Kind::Holds(_))
}

/// Whether these are words of an agent on this ticket.
fn is_of(ledger: &Ledger, said: &Said, number: usize) -> bool {
    let here = |ticket: usize| ledger.tickets[ticket].opening == ledger.tickets[number].opening;
    said.parts() > 0 && matches!(said.by, Speaker::Agent(ticket) if here(ticket))
}

/// When words of an agent reached the customer of this ticket.
pub(super) fn answers<'a>(ledger: &'a Ledger, opening: &ConversationId) -> impl Iterator<Item = &'a Seen> {
    ledger.at_blip.iter().filter(move |seen| seen.opening.as_ref() == Some(opening))
}

/// When somebody's words were accepted. Of those that came in several copies, or first with the ticket that they were typed into: when they were
/// delivered.
fn accepted(said: &Said, row: &[Seen]) -> Option<u64> {
    let delivered = row.iter().find(|seen| said.texts().contains(&seen.text)).map(|seen| seen.at);
    if said.copies > 1 || said.came == 0 || said.typed { delivered } else { Some(said.came) }
}

/// Closed for silence, though the last word was the customer's.
fn waiting(world: &World, ledger: &Ledger, number: usize, at: u64, verdict: &mut Verdict) {
    let ticket = &ledger.tickets[number];
    let answered = answers(ledger, &ticket.opening).map(|seen| seen.at).filter(|then| *then < at).max();
    let since = answered.unwrap_or(ticket.at);
    for said in ledger.said.iter().filter(|said| said.by == Speaker::Customer(ticket.chat) && said.parts() > 0) {
        if !said.stored || said.poison.is_some() || said.cursed {
            continue;
        }
        let Some(came) = accepted(said, &ledger.at_helpdesk) else { continue };
        // The word, and the answer, are each dated by the clock of the function that had it.
        if came > since && came <= since + 2 * world.plan.skew && came + BEHIND < at {
            verdict.excepted("an answer and a word that are closer than two clocks");
        } else if came > since && came + BEHIND < at {
            let before = at - came;
            verdict.wrong(format!(
                "T-{} was closed for silence, and its customer had said {} {before} ms before",
                number + 1,
                said.name
            ));
        }
    }
}

/// Handed back for want of an agent, though one had answered.
fn answered(world: &World, ledger: &Ledger, number: usize, at: u64, verdict: &mut Verdict) {
    let opening = &ledger.tickets[number].opening;
    for said in ledger.said.iter().filter(|said| is_of(ledger, said, number)) {
        let there = answers(ledger, opening).filter(|seen| said.texts().contains(&seen.text) && seen.at < at).count();
        // A transfer after it begins the wait anew.
        let moved = |moved: &Said| {
            let later = moved.done.unwrap_or(u64::MAX).saturating_add(UNDER_WAY) > said.at && moved.at < at;
            moved.by == Speaker::Agent(number) && desk::is_move(&moved.kind) && later
        };
        if there == 0 || ledger.said.iter().any(moved) {
            continue;
        }
        if world.plan.blind_blip && desk::is_withdrawn(ledger, said) {
            // They were sent, and taken back before that was written down: for all that Blip says, the customer has nothing of them.
            verdict.excepted("Blip could not be asked");
            continue;
        }
        if said.done.is_some_and(|done| done + 2 * world.plan.skew < at) {
            verdict.wrong(format!("T-{} was handed back, and {} had answered", number + 1, said.name));
        } else {
            verdict.excepted("an answer that the bridge had not written down yet");
        }
    }
}

/// The rules that may have been in force then.
fn in_force(world: &World, at: u64) -> Vec<&ServiceRules> {
    let [old, new] = [&world.rules.0, &world.new_rules.0].map(|rules| &**rules);
    // A function goes on for some minutes with those that it began with.
    match world.plan.releases {
        None => vec![old],
        Some((from, _)) if at < from => vec![old],
        Some((_, until)) if at > until + NEAR => vec![new],
        Some(_) => vec![old, new],
    }
}

/// A text of the bridge's own accord, inside the night.
fn night(world: &World, ledger: &Ledger, system: &System, verdict: &mut Verdict) {
    let at = system.seen.at;
    let night = |at: u64| {
        let seconds = world.at(at).seconds();
        let queues = desk::queues(world);
        let is_night = |rules: &ServiceRules| queues.iter().all(|queue| !rules.waking(*queue).is_open(seconds));
        in_force(world, at).into_iter().all(is_night)
    };
    // By the clock of the function, which may be ahead, and when the text was decided on.
    let skew = world.plan.skew;
    if !night(at) || !night(at + skew) || !night(at.saturating_sub(UNDER_WAY)) {
        return;
    }
    let by_day = |(then, opening, _): &&(u64, ConversationId, EndReason)| {
        *opening == system.opening && *then <= at && !(night(*then) && night(then.saturating_sub(UNDER_WAY)))
    };
    if ENDS.contains(&system.name.as_str()) && ledger.endings.iter().any(|ending| by_day(&ending)) {
        return verdict.excepted("an end that was written before the night, and told in it");
    }
    let what = format!("chat {} read {} at night", system.seen.place, system.name);
    verdict.unless_adrift([&system.seen], what);
}

/// What is due by the rules and the ledger, and was not done.
fn undone(world: &World, ledger: &Ledger, conversation: &CustomerRecord, verdict: &mut Verdict) {
    let Some(number) = ledger.tickets.iter().position(|ticket| ticket.opening == conversation.opening) else { return };
    if conversation.state != State::Open || is_ghost(world, ledger, number) || ledger.tickets[number].gone {
        return;
    }
    let mut wrong = |what: &str| verdict.wrong(format!("due and undone: T-{}: {what}", number + 1));
    let past = world.at(world.now().saturating_sub(FORGOTTEN));
    if conversation.timers.due_at.is_some_and(|due_at| due_at < past) {
        wrong("the index has it since long");
    }
    // What was opened under other rules is looked at when those said.
    if world.plan.releases.is_some() {
        return;
    }
    let (rules, queue) = (&*world.rules.0, conversation.placement.queue.as_deref());
    let due = service_rules::due(&conversation.times(), rules, None, queue, past.seconds());
    if !due.effects.is_empty() {
        wrong(&format!("{:?}", due.effects));
    }
    // What the timers of a ticket that was on hold began with is the bridge's own to say.
    let Some(moves) = desk::told(world, ledger, number, |kind| desk::is_move(kind) || matches!(kind, Kind::Holds(_)))
    else {
        return;
    };
    let last_told = moves.last().map(|last| (last.at, last.done.unwrap_or_default()));
    let near = |seen: &Seen| last_told.is_some_and(|(at, done)| seen.at + NEAR > at && seen.at < done + NEAR);
    if moves.iter().any(|said| is_hold(said)) || answers(ledger, &conversation.opening).any(near) {
        return;
    }
    let moved_at = last_told.map_or(0, |(_, done)| done);
    let silence = &rules.silence;
    // Of the time that counts, twice as much as the timer has: a warning that came late moves what follows. A history ends after two days at the
    // most, which may be too little where only open hours count.
    let is_over = |since: u64, count: Option<Count>, period: Option<Period>| {
        let Some(period) = period else { return false };
        let (since, past) = (world.at(since).seconds(), past.seconds());
        let counted = match count {
            Some(Count::OpenHours) => rules.schedule(queue).working_time(since, past),
            _ => past - since,
        };
        counted >= 2 * period.seconds()
    };
    let (unanswered, customer) = (silence.unanswered(None), silence.customer_silent(None));
    let has = |kind: &str| {
        ledger.system.iter().any(|system| system.opening == conversation.opening && system.name.starts_with(kind))
    };
    let since = answers(ledger, &conversation.opening).map(|seen| seen.at).filter(|at| *at >= moved_at);
    let Some(answer) = since.max() else {
        if unanswered.hand_back_after.is_some() {
            wrong("nobody answered, and the customer was not handed back");
        } else if unanswered.warn_after.is_some() && !has(SEARCHING) {
            wrong("nobody answered, and the customer was not told");
        }
        return;
    };
    let mine = |seen: &&Seen| seen.place == number && !seen.late;
    let said = ledger.at_helpdesk.iter().filter(mine).map(|seen| seen.at).max().unwrap_or_default();
    if answer > said + NEAR && is_over(answer, customer.count, customer.close_after) {
        wrong("the customer says nothing, and it was not closed");
    } else if answer > said + NEAR && is_over(answer, customer.count, customer.warn_after) && !has(ASKS) {
        wrong("the customer says nothing, and was not asked");
    }
    let noted = ledger.notes_of_silence.iter().any(|(at, of)| *of == conversation.opening && *at > answer);
    if said > answer + NEAR && silence.agent_silent(None).note_after.is_some() && !noted {
        wrong("the agent says nothing, and nobody was told");
    }
}
