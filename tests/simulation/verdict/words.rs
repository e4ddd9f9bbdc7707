//! Each accepted message once, in order, where it belongs, or refused with a notice to its sender.

use ponte::queue::Destination;

use super::{
    super::{
        ledger::{Kind, Ledger, Said, Seen, Speaker, System},
        world::World,
    },
    Verdict, is_adrift,
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
    for ticket in 0..ledger.tickets.len() {
        order(world, ledger, (Destination::ToBlip, &ledger.at_blip), |said| said.by == Speaker::Agent(ticket), verdict);
    }
}

fn seen<'a>(row: &'a [Seen], text: &str) -> Vec<&'a Seen> {
    row.iter().filter(|seen| seen.text == text).collect()
}

/// A second effect is never excused when the bridge had been done with the message before it.
fn once(said: &Said, seen: &[&Seen], what: &str, verdict: &mut Verdict) {
    let Some(second) = seen.get(1..).filter(|more| !more.is_empty()) else { return };
    let what = format!("repeated: {what}");
    let late: Vec<_> = second.iter().copied().filter(|seen| said.done.is_some_and(|done| seen.at > done)).collect();
    if late.is_empty() {
        verdict.unless_excused(seen.iter().copied(), what);
    } else {
        verdict.unless_adrift(late, format!("{what}, after it was done"));
    }
}

fn customer(world: &World, ledger: &Ledger, said: &Said, chat: usize, verdict: &mut Verdict) {
    for text in said.texts() {
        let there = seen(&ledger.at_helpdesk, &text);
        for seen in there.iter().filter(|seen| !seen.late) {
            if let Some(end) = said_before_an_end(ledger, said, seen) {
                verdict.unless_adrift(
                    [*seen],
                    format!("{text} is of a conversation that ended at {end}, and came into the next"),
                );
            }
        }
        if let Some(elsewhere) = there.iter().find(|seen| ledger.tickets[seen.place].chat != chat) {
            verdict.wrong(format!("crossed: {text} of chat {chat} is on T-{}", elsewhere.place + 1));
        }
        if said.typed && there.len() == 2 && world.weather.unreadable {
            verdict.excepted("what was typed into a waiting ticket could not be read, and came twice");
            continue;
        }
        once(said, &there, &format!("{text} at the helpdesk"), verdict);
        if there.is_empty() && left_unseen(ledger, chat) {
            verdict.excepted("the customer left before anybody came");
        } else if there.is_empty() && !said.poison {
            verdict.wrong(format!("lost: {text} of chat {chat}"));
        }
    }
    if said.poison {
        let told =
            ledger.system.iter().any(|system| system.seen.place == chat && system.name.starts_with("not-delivered"));
        let open = ledger.tickets.iter().any(|ticket| ticket.chat == chat);
        if open && !told {
            verdict.wrong(format!("silence: {} was refused, and the customer was not told", said.name));
        }
    }
}

/// Doors' and workers' clocks are off, and an end takes its time: what is closer than this to it belongs to either side.
const BETWEEN: u64 = 10_000;

/// When an earlier conversation of this chat ended, if the words were said before that.
fn said_before_an_end(ledger: &Ledger, said: &Said, seen: &Seen) -> Option<u64> {
    let present = &ledger.tickets[seen.place];
    let earlier = ledger.tickets[..seen.place].iter().filter(|earlier| earlier.chat == present.chat);
    let ends = earlier.filter(|earlier| earlier.opening != present.opening).filter_map(|earlier| {
        let redirect = |system: &&System| system.opening == earlier.opening && system.name == "redirect";
        ledger.system.iter().find(redirect).map(|redirect| redirect.seen.at)
    });
    ends.filter(|end| said.came + BETWEEN < *end).max()
}

/// Blip's ticket ended before the helpdesk had one: there is nobody to talk to.
fn left_unseen(ledger: &Ledger, chat: usize) -> bool {
    let ended = |said: &Said| said.by == Speaker::Customer(chat) && said.kind == Kind::Ended;
    ledger.said.iter().any(ended) && ledger.tickets.iter().all(|ticket| ticket.chat != chat)
}

fn agent(world: &World, ledger: &Ledger, said: &Said, ticket: usize, verdict: &mut Verdict) {
    let chat = ledger.tickets[ticket].chat;
    let mut effects = Vec::new();
    let mut whole = true;
    for text in said.texts() {
        let there = seen(&ledger.at_blip, &text);
        if there.iter().any(|seen| seen.place != chat) {
            verdict.wrong(format!("crossed: {text} of T-{} reached another customer", ticket + 1));
        }
        once(said, &there, &format!("{text} at Blip"), verdict);
        whole &= !there.is_empty();
        for seen in &there {
            if let Some(left) = left(ledger, ticket).filter(|left| seen.at > *left) {
                let late = seen.at - left;
                if late <= 2 * world.weather.skew {
                    verdict.excepted("the clocks of two functions differ");
                } else {
                    verdict.unless_adrift([*seen], format!("{text} came {late} ms after the customer had left"));
                }
            }
        }
        effects.extend(there);
    }
    let notices: Vec<_> =
        ledger.notices.iter().filter(|notice| notice.place == ticket && notice.text == said.source).collect();
    if notices.len() > 1 {
        verdict.unless_excused(notices.clone(), format!("{} notices about {}", notices.len(), said.name));
    }
    match (whole, notices.is_empty()) {
        (true, false) if channel_failed(ledger, said) => {}
        (true, false) => {
            let all = effects.into_iter().chain(notices);
            verdict.unless_excused(all, format!("{} was delivered, and its agent was told that it was not", said.name));
        }
        (false, true) if is_ghost(world, ledger, ticket) => verdict.excepted("words on a second ticket of one opening"),
        (false, true) if said.unknown && said.markless => verdict.excepted(UNKNOWN),
        (false, true) => verdict.wrong(format!("lost: {} of T-{}", said.name, ticket + 1)),
        _ => {}
    }
}

/// When the customer of this ticket's opening was sent away.
fn left(ledger: &Ledger, ticket: usize) -> Option<u64> {
    let ticket = &ledger.tickets[ticket];
    let redirected =
        ledger.system.iter().find(|s| s.opening == ticket.opening && s.name == "redirect").map(|s| s.seen.at);
    let closed = ledger.desk_closed.iter().find(|(_, chat)| *chat == ticket.chat).map(|(at, _)| *at);
    redirected.or(closed)
}

/// A helpdesk without idempotency key may open a second ticket for an opening: nobody knows it.
pub(super) fn is_ghost(world: &World, ledger: &Ledger, ticket: usize) -> bool {
    let opening = &ledger.tickets[ticket].opening;
    world.weather.keyless
        && world.map.way_back(&super::super::helpdesk::name(ticket)).is_none()
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
    if !ledger.notices.iter().any(|notice| notice.place == ticket && notice.text == said.source) {
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
        let Some(arrived) = queue.place(said.number, seen.at) else { continue };
        if firsts.iter().any(|(_, text)| *text == seen.text) {
            continue;
        }
        if let Some((_, before)) = firsts.last().filter(|(last, _)| *last > arrived) {
            verdict.unless_adrift([seen], format!("out of order: {} after {before}", seen.text));
        }
        // The effect of a call from before it was parked: nobody can say where that belongs.
        if !world.queues.were_parked(said.number) || !is_adrift(seen) {
            firsts.push((arrived, &seen.text));
        }
    }
}
