//! What is refused for good is told to somebody within an hour, and who was sent back is not answered on what is over.

use ponte::message::SourceId;

use super::{
    super::{
        fault_plan::HOUR,
        helpdesk,
        ledger::{Kind, Ledger, Refused, Said, Seen, Speaker, System},
        world::World,
    },
    Verdict,
    desk::is_withdrawn,
};

/// What was said so long after the customer was sent back is for the next conversation, in milliseconds.
const NEXT: u64 = 15_000;

pub(super) fn judge(world: &World, ledger: &Ledger, verdict: &mut Verdict) {
    for (number, refusal) in ledger.refusals.iter().enumerate() {
        let what = &refusal.what;
        if ledger.refusals[..number].iter().any(|earlier| earlier.what == *what) {
            continue;
        }
        // While Blip or the helpdesk is away nobody can be told.
        let until = refusal.at.max(world.plan.calm) + HOUR;
        match what {
            Refused::Words(said) => words(world, ledger, &ledger.said[*said], (refusal.at, until), verdict),
            Refused::Redirect(opening) => {
                let usual = |name: &str| name == "greeting" || name == "closing" || name.starts_with("joined");
                let after = |at: u64| at >= refusal.at && at <= until;
                let at_blip =
                    ledger.system.iter().any(|s| s.opening == *opening && !usual(&s.name) && after(s.seen.at));
                let at_helpdesk = ledger.notes.iter().any(|(at, of)| of == opening && *at <= until);
                if !at_blip && !at_helpdesk {
                    let at = refusal.at;
                    verdict
                        .wrong(format!("silence: a redirect was refused at {at}, and nobody was told within an hour"));
                }
            }
        }
    }
    for said in ledger.said.iter().filter(|said| matches!(said.kind, Kind::Words(_)) && said.stored) {
        sent_back(world, ledger, said, verdict);
    }
}

fn words(world: &World, ledger: &Ledger, said: &Said, (at, until): (u64, u64), verdict: &mut Verdict) {
    let told = match said.by {
        // The customer is told in words at most once an hour.
        Speaker::Customer(chat) => {
            // The hour is measured by the clocks of two functions.
            let near = |at_then: u64| at_then + HOUR + 2 * world.plan.skew >= at && at_then <= until;
            // Of this very message it is told once: while the conversation closed, that it may not be read.
            let hash = world.key.hex(&["not-delivered", SourceId::new(&said.source).as_str()]);
            let of_it = format!("not-delivered-{}", &hash[..8]);
            let notice = |s: &System| s.name == of_it || (s.name.starts_with("not-delivered") && near(s.seen.at));
            ledger.system.iter().any(|s| s.seen.place == chat && notice(s))
                || arrived(ledger, said)
                || said.parked > 0
                || ledger.unread.contains(&said.number)
        }
        Speaker::Agent(ticket) => {
            let first = ledger.first(ticket);
            let here = |place: usize| ledger.first(place) == first;
            let gone = ledger.tickets.iter().enumerate().any(|(number, ticket)| here(number) && ticket.gone);
            let told = |seen: &Seen| here(seen.place) && seen.text == said.source && seen.at <= until;
            // What its agent took back while nobody could be told, and of which the customer has nothing, is what the agent wants.
            let at_blip = ledger.at_blip.iter().any(|seen| said.texts().contains(&seen.text));
            let withdrawn = !at_blip && is_withdrawn(ledger, said);
            gone || withdrawn
                || ledger.notices.iter().any(told)
                || ledger.unheard.iter().any(|(place, source)| here(*place) && *source == said.source)
        }
        Speaker::Channel(_) => true,
    };
    if !told {
        let name = &said.name;
        let sender = if matches!(said.by, Speaker::Agent(_)) { "agent" } else { "customer" };
        verdict.wrong(format!("silence: {name} was refused at {at}, and the {sender} was not told within an hour"));
    }
}

/// All of it reached the helpdesk after all.
fn arrived(ledger: &Ledger, said: &Said) -> bool {
    said.texts().iter().all(|text| ledger.at_helpdesk.iter().any(|seen| seen.text == *text))
}

/// A late note for what was said well after the customer was sent back from that opening.
fn sent_back(world: &World, ledger: &Ledger, said: &Said, verdict: &mut Verdict) {
    let Some(first) = said.texts().first().cloned() else { return };
    for seen in ledger.at_helpdesk.iter().filter(|seen| seen.late && seen.text == first) {
        let opening = &ledger.tickets[seen.place].opening;
        let Some(redirect) = ledger.system.iter().find(|s| s.opening == *opening && s.name == "redirect") else {
            continue;
        };
        let after = said.at.saturating_sub(redirect.seen.at);
        if after >= NEXT && world.plan.blind_blip {
            // It does not say that the customer had left already.
            verdict.excepted("Blip could not be asked");
        } else if after >= NEXT {
            let ticket = helpdesk::name(ledger.first(seen.place));
            verdict.unless_adrift(
                [seen],
                format!(
                    "{} was said {after} ms after the customer was sent back, and is a late note on {}",
                    said.name,
                    ticket.as_str()
                ),
            );
        }
    }
}
