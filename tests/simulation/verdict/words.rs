//! Each accepted message once, in order, where it belongs, or refused with a notice to its sender.

use std::collections::BTreeMap;

use ponte::{message::ConversationId, queue::Destination};

use super::{
    super::{
        files,
        ledger::{Kind, Ledger, Refused, Said, Seen, Speaker, System},
        sqs::CLOSE_DELAY,
        world::World,
    },
    Verdict,
    desk::is_withdrawn,
    is_adrift,
};

/// A helpdesk without marks cannot show that a ticket is ours; its events are let go after two minutes.
pub(super) const UNKNOWN: &str = "an event of a ticket without our mark, unknown for two minutes";

pub(super) fn judge(world: &World, ledger: &Ledger, verdict: &mut Verdict) {
    for said in ledger.said.iter().filter(|said| said.stored && said.parts() > 0) {
        match said.by {
            Speaker::Customer(chat) => customer(world, ledger, said, chat, verdict),
            Speaker::Agent(ticket) => agent(world, ledger, said, ticket, verdict),
            Speaker::Channel(_) => {}
        }
    }
    for said in ledger.said.iter().filter(|said| said.stored && said.kind == Kind::Failed) {
        channel(ledger, said, verdict);
    }
    for chat in 0..ledger.chats.len() {
        let ours = |said: &Said| said.by == Speaker::Customer(chat) && !said.typed;
        order(world, ledger, (Destination::ToHelpdesk, &ledger.at_helpdesk), ours, verdict);
    }
    // An event that is only named is brought by the look of a later one, should its own hook be lost.
    let looked_up = world.plan.named && world.plan.hooks_lost > 0;
    for ticket in (0..ledger.tickets.len()).filter(|_| !looked_up) {
        order(
            world,
            ledger,
            (Destination::ToCustomer, &ledger.at_blip),
            |said| said.by == Speaker::Agent(ticket),
            verdict,
        );
    }
}

fn seen<'a>(row: &'a [Seen], text: &str) -> Vec<&'a Seen> {
    row.iter().filter(|seen| seen.text == text).collect()
}

/// An effect that comes again though the bridge knew of an earlier one: its call was answered, and then the same function did it
/// again, or the next one after that one had written down what it did. The same call twice is worse.
fn knowingly<'a>(ledger: &Ledger, seen: &[&'a Seen]) -> Option<&'a Seen> {
    let knew = |first: &Seen, again: &Seen| {
        let Some(call) = ledger.calls.get(first.call) else { return false };
        let Some(answered) = call.answered else { return false };
        let same = ledger.calls.get(again.call).is_some_and(|again| again.by == call.by);
        let known = if same { Some(&answered) } else { ledger.written.get(&call.by) };
        // What was written while the second call was under way could not stop it.
        let begun = ledger.calls.get(again.call).map_or(again.at, |call| call.begun);
        first.call == again.call || known.is_some_and(|known| *known <= begun)
    };
    let mut pairs =
        seen.iter().enumerate().flat_map(|(at, first)| seen[at + 1..].iter().map(move |again| (first, again)));
    pairs.find(|(first, again)| knew(first, again) && !is_adrift(again)).map(|(_, again)| *again)
}

/// A second effect is never excused when the bridge had been done with the message before it, or knew of the first.
fn once(ledger: &Ledger, said: &Said, seen: &[&Seen], what: &str, verdict: &mut Verdict) {
    let Some(second) = seen.get(1..).filter(|more| !more.is_empty()) else { return };
    let what = format!("repeated: {what}");
    let late: Vec<_> = second.iter().copied().filter(|seen| said.done.is_some_and(|done| seen.at > done)).collect();
    if !late.is_empty() {
        verdict.unless_adrift(late, format!("{what}, after it was done"));
    } else if knowingly(ledger, seen).is_some() {
        verdict.wrong(format!("{what}, after a confirmed answer"));
    } else {
        verdict.unless_excused(seen.iter().copied(), what);
    }
}

/// Whom the helpdesk takes no ticket of has nothing there, and was told.
fn suspended(ledger: &Ledger, said: &Said, chat: usize, verdict: &mut Verdict) {
    if said.texts().iter().any(|text| !seen(&ledger.at_helpdesk, text).is_empty()) {
        verdict.wrong(format!("{} is at the helpdesk, which takes no ticket of chat {chat}", said.name));
    }
    let told = |system: &System| system.seen.place == chat && system.name.starts_with("not-delivered");
    if !left_unseen(ledger, chat) && !ledger.system.iter().any(told) {
        verdict.wrong(format!("silence: no ticket was opened for {}, and the customer was not told", said.name));
    }
}

fn customer(world: &World, ledger: &Ledger, said: &Said, chat: usize, verdict: &mut Verdict) {
    if world.suspends(chat) {
        return suspended(ledger, said, chat, verdict);
    }
    for (at, text) in said.texts().into_iter().enumerate() {
        let (part, there) = (at + 1, seen(&ledger.at_helpdesk, &text));
        for seen in there.iter().filter(|seen| !seen.late) {
            if let Some(end) = said_before_an_end(ledger, said, seen) {
                // Where Blip took the customer back long after it was asked to, nobody knew until then where the words were said.
                verdict.unless_adrift(
                    [*seen, end],
                    format!("{text} is of a conversation that ended at {}, and came into the next", end.at),
                );
            }
        }
        if let Some(elsewhere) = there.iter().find(|seen| ledger.tickets[seen.place].chat != chat) {
            verdict.wrong(format!("crossed: {text} of chat {chat} is on T-{}", elsewhere.place + 1));
        }
        if said.typed && world.plan.unreadable {
            typed(ledger, said, &there, &text, verdict);
        } else {
            once(ledger, said, &there, &format!("{text} at the helpdesk"), verdict);
        }
        if there.is_empty() && left_unseen(ledger, chat) {
            verdict.excepted("the customer left before anybody came");
        } else if there.is_empty() && ledger.unread.contains(&said.number) {
            verdict.excepted("a late note for a ticket that is gone");
        } else if there.is_empty() && !said.refused(part) && !said.cursed && left_without_ticket(ledger, chat) {
            verdict.excepted("the customer left, and the ticket was gone");
        } else if there.is_empty() && !said.refused(part) && !said.cursed {
            verdict.wrong(format!("lost: {text} of chat {chat}"));
        }
        if there.iter().any(|seen| seen.lost) {
            lost_file(ledger, said, part, &text, verdict);
        }
    }
    let (lost, told) = (lost_files(ledger, said), notices_of_files(ledger, chat));
    if lost > 0 && told == 0 && !left_unseen(ledger, chat) {
        verdict.wrong(format!("silence: a file of {} was lost, and the customer was not told", said.name));
    }
    // What is cursed is judged with the refusals.
    if said.poison.is_some() {
        let told =
            ledger.system.iter().any(|system| system.seen.place == chat && system.name.starts_with("not-delivered"));
        let open = ledger.tickets.iter().any(|ticket| ticket.chat == chat);
        if open && !told {
            verdict.wrong(format!("silence: {} was refused, and the customer was not told", said.name));
        }
    }
}

/// What was typed into a waiting ticket, and came with the ticket, which gives it no id, and once more as itself: nobody can know that these are
/// the same. Under each of the two names it comes once, as all else.
fn typed(ledger: &Ledger, said: &Said, there: &[&Seen], text: &str, verdict: &mut Verdict) {
    let mut named: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
    for seen in there {
        named.entry(&seen.named).or_default().push(seen);
    }
    if named.len() > 2 {
        verdict.wrong(format!("repeated: {text} at the helpdesk, under {} names", named.len()));
    } else if named.len() == 2 {
        verdict.excepted("what was typed into a waiting ticket could not be read, and came twice");
    }
    for seen in named.values() {
        once(ledger, said, seen, &format!("{text} at the helpdesk"), verdict);
    }
}

/// How many files of a customer's message are lost.
fn lost_files(ledger: &Ledger, said: &Said) -> usize {
    ledger.at_helpdesk.iter().filter(|seen| seen.lost && said.texts().contains(&seen.text)).count()
}

/// How often a customer was told of a lost file.
fn notices_of_files(ledger: &Ledger, chat: usize) -> usize {
    ledger.system.iter().filter(|system| system.seen.place == chat && system.name.starts_with("lost-file")).count()
}

/// A file is lost only where its host does not have it, or said nothing three times.
fn lost_file(ledger: &Ledger, said: &Said, part: usize, text: &str, verdict: &mut Verdict) {
    let Some(host) = said.files.get(&part) else {
        return verdict.wrong(format!("{text} is no file, and counts as lost"));
    };
    let tries = ledger.tries.get(&files::counted(text, *host)).map_or(0, Vec::len);
    if !host.may_lose(tries) {
        verdict.wrong(format!("the file {text} was given up after {tries} tries ({host:?})"));
    }
}

/// Endpoints' and workers' clocks are off, and an end takes its time: what is closer than this to it belongs to either side.
const BETWEEN: u64 = 10_000;

/// How an earlier conversation of this chat ended, if the words were said before that.
fn said_before_an_end<'a>(ledger: &'a Ledger, said: &Said, seen: &Seen) -> Option<&'a Seen> {
    let present = &ledger.tickets[seen.place];
    let earlier = ledger.tickets[..seen.place].iter().filter(|earlier| earlier.chat == present.chat);
    let ends = earlier.filter(|earlier| earlier.opening != present.opening).filter_map(|earlier| {
        let redirect = |system: &&System| system.opening == earlier.opening && system.name == "redirect";
        ledger.system.iter().find(redirect).map(|redirect| &redirect.seen)
    });
    ends.filter(|end| said.came + BETWEEN < end.at).max_by_key(|end| end.at)
}

/// Blip's ticket ended before the helpdesk had one: there is nobody to talk to.
fn left_unseen(ledger: &Ledger, chat: usize) -> bool {
    let ended = |said: &Said| said.by == Speaker::Customer(chat) && said.kind == Kind::Ended;
    ledger.said.iter().any(ended) && ledger.tickets.iter().all(|ticket| ticket.chat != chat)
}

/// Each of the customer's tickets is gone, and Blip's ended before another one could be opened: no agent is left to read anything. The customer
/// was told.
fn left_without_ticket(ledger: &Ledger, chat: usize) -> bool {
    let ended = |said: &Said| said.by == Speaker::Customer(chat) && said.kind == Kind::Ended;
    let told = |system: &System| system.seen.place == chat && system.name.starts_with("not-delivered");
    let mut tickets = ledger.tickets.iter().filter(|ticket| ticket.chat == chat);
    ledger.said.iter().any(ended) && tickets.all(|ticket| ticket.gone) && ledger.system.iter().any(told)
}

fn agent(world: &World, ledger: &Ledger, said: &Said, ticket: usize, verdict: &mut Verdict) {
    let chat = ledger.tickets[ticket].chat;
    let first = ledger.first(ticket);
    let mine = |notice: &&Seen| notice.place == first && notice.text == said.source;
    let (of_files, notices): (Vec<_>, Vec<_>) = ledger.notices.iter().filter(mine).partition(|notice| notice.lost);
    let unheard = ledger.unheard.iter().any(|(place, source)| *place == first && *source == said.source);
    let mut effects = Vec::new();
    let (mut whole, mut lost) = (true, 0);
    for (at, text) in said.texts().into_iter().enumerate() {
        let (part, there) = (at + 1, seen(&ledger.at_blip, &text));
        if there.iter().any(|seen| seen.place != chat) {
            verdict.wrong(format!("crossed: {text} of T-{} reached another customer", ticket + 1));
        }
        once(ledger, said, &there, &format!("{text} at Blip"), verdict);
        // A lost file, or a refused part, is told, and the others arrive.
        let file = said.files.contains_key(&part)
            && !said.refused(part)
            && there.is_empty()
            && !of_files.is_empty()
            && notices.is_empty();
        if file {
            lost += 1;
            // What was left of a message when its conversation ended is told with the notice that there is.
            let ends = |s: &Said| {
                // An agent's last words may come in the time that a close waits for them.
                let closes = s.kind == Kind::Close
                    && s.by == said.by
                    && s.at + u64::try_from(CLOSE_DELAY.as_millis()).unwrap() >= said.at;
                let leaves = s.kind == Kind::Ended && s.by == Speaker::Customer(chat) && s.at >= said.at;
                closes || leaves
            };
            if !ledger.said.iter().any(ends) {
                lost_file(ledger, said, part, &text, verdict);
            }
        }
        whole &= !there.is_empty() || file;
        for seen in &there {
            if let Some(left) = left(ledger, ticket, seen.opening.as_ref()).filter(|left| seen.at > *left) {
                let late = seen.at - left;
                if late <= 2 * world.plan.skew {
                    verdict.excepted("the clocks of two functions differ");
                } else {
                    verdict.unless_adrift([*seen], format!("{text} came {late} ms after the customer had left"));
                }
            }
        }
        effects.extend(there);
    }
    if of_files.len() > lost.max(1) {
        verdict.unless_excused(of_files.clone(), format!("{} notices about files of {}", of_files.len(), said.name));
    }
    if notices.len() > said.parts().max(1) || (notices.len() > 1 && said.poison.is_none()) {
        verdict.unless_excused(notices.clone(), format!("{} notices about {}", notices.len(), said.name));
    }
    if ledger.tickets[ticket].gone {
        return;
    }
    // A helpdesk shows one notice of a message; that of a lost file is one.
    match (whole, notices.is_empty() && (whole || of_files.is_empty()) && !unheard) {
        (true, false) if channel_failed(ledger, said) || unheard => {}
        // Its first conversation is over, and the ids that Blip knows it by are of that one.
        (true, false) if world.plan.lasting && said.set_aside => {
            verdict.excepted("what was parked came back after its ticket was taken up again");
        }
        (true, false) => {
            let all = effects.into_iter().chain(notices);
            verdict.unless_excused(all, format!("{} was delivered, and its agent was told that it was not", said.name));
        }
        (false, true) if is_ghost(world, ledger, ticket) => verdict.excepted("words on a second ticket of one opening"),
        (false, true) if said.unknown && said.markless => verdict.excepted(UNKNOWN),
        (false, true) if effects.is_empty() && is_withdrawn(ledger, said) => {}
        (false, true) => verdict.wrong(format!("lost: {} of T-{}", said.name, ticket + 1)),
        _ => beside(ledger, said, verdict),
    }
}

/// A refusal is of one part: beside it all others arrive, unless the conversation was closed between them.
fn beside(ledger: &Ledger, said: &Said, verdict: &mut Verdict) {
    let Speaker::Agent(ticket) = said.by else { return };
    let closes = |other: &Said| other.by == said.by && other.kind == Kind::Close;
    let left =
        ledger.said.iter().any(|s| s.kind == Kind::Ended && s.by == Speaker::Customer(ledger.tickets[ticket].chat));
    let refused = ledger.refusals.iter().any(|refusal| refusal.what == Refused::Words(said.number));
    if !refused || left || ledger.said.iter().any(closes) {
        return;
    }
    for (at, text) in said.texts().iter().enumerate() {
        let part = at + 1;
        if !said.refused(part) && !said.files.contains_key(&part) && seen(&ledger.at_blip, text).is_empty() {
            verdict.wrong(format!("lost: {text} of T-{}, beside a part that was refused", ticket + 1));
        }
    }
}

/// When the customer of this opening was sent away, or of the ticket's own: a ticket that the helpdesk goes on with has several.
fn left(ledger: &Ledger, ticket: usize, opening: Option<&ConversationId>) -> Option<u64> {
    let ticket = &ledger.tickets[ticket];
    let opening = opening.unwrap_or(&ticket.opening);
    let redirected = ledger.system.iter().find(|s| s.opening == *opening && s.name == "redirect").map(|s| s.seen.at);
    let closed = ledger.desk_closed.iter().find(|(_, chat)| *chat == ticket.chat).map(|(at, _)| *at);
    redirected.or(closed)
}

/// A helpdesk without idempotency key may open a second ticket for an opening: nobody knows it.
pub(super) fn is_ghost(world: &World, ledger: &Ledger, ticket: usize) -> bool {
    let opening = &ledger.tickets[ticket].opening;
    world.plan.keyless
        && world.store.conversation_of_ticket(&super::super::helpdesk::name(ledger.first(ticket))).is_none()
        && ledger.tickets.iter().filter(|ticket| ticket.opening == *opening).count() > 1
}

fn channel_failed(ledger: &Ledger, said: &Said) -> bool {
    let of = |by: Speaker| matches!(by, Speaker::Channel(number) if ledger.said[number].name == said.name);
    ledger.said.iter().any(|failed| failed.kind == Kind::Failed && of(failed.by))
}

/// What the channel did not take, the agent is told.
fn channel(ledger: &Ledger, failed: &Said, verdict: &mut Verdict) {
    let Speaker::Channel(number) = failed.by else { return };
    let said = &ledger.said[number];
    let Speaker::Agent(ticket) = said.by else { return };
    let first = ledger.first(ticket);
    let told = ledger.notices.iter().any(|notice| notice.place == first && notice.text == said.source)
        || ledger.unheard.iter().any(|(place, source)| *place == first && *source == said.source);
    if !told && !ledger.tickets[ticket].gone {
        verdict.wrong(format!("silence: the channel refused {}, and its agent was not told", said.name));
    }
}

/// First effects follow the order of arrival.
fn order(
    world: &World,
    ledger: &Ledger,
    (queue, row): (Destination, &[Seen]),
    ours: impl Fn(&Said) -> bool,
    verdict: &mut Verdict,
) {
    let queue = world.queues.to(queue);
    let mut firsts: Vec<(usize, &str)> = Vec::new();
    for seen in row {
        let Some(said) = ledger.of_text(&seen.text).filter(|said| ours(said) && !said.unknown) else { continue };
        // A look brings those before it, too: there the helpdesk's own order counts.
        let named = world.plan.named && matches!(said.by, Speaker::Agent(_));
        let place = if named { Some(said.number) } else { queue.place(said.number, seen.at) };
        let Some(arrived) = place else { continue };
        if firsts.iter().any(|(_, text)| *text == seen.text) {
            continue;
        }
        if let Some((_, before)) = firsts.last().filter(|(last, _)| *last > arrived) {
            verdict.unless_adrift([seen], format!("out of order: {} after {before}", seen.text));
        }
        // The effect of a call from before it was parked, once it is back: nobody can say where that belongs.
        let is_first = !named && queue.first_place(said.number) == Some(arrived);
        if is_first || !world.queues.were_parked(said.number) || !is_adrift(seen) {
            firsts.push((arrived, &seen.text));
        }
    }
}
