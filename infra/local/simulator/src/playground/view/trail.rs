//! What passed the four ways between Blip, Ponte and the helpdesk, in order, with every try; and what is with Ponte now.

use crate::ledger::{Direction, Sent};
use crate::state::{State, World, encode};
use crate::transport::{Answered, FaultAction};

/// How many steps are shown: the last ones.
const SHOWN: usize = 120;

/// From where to where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::playground) enum Way {
    BlipToPonte,
    PonteToHelpdesk,
    HelpdeskToPonte,
    PonteToBlip,
}

/// Why a try was not answered well, where the simulator made it so on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::playground) enum Reason {
    Down,
    /// Seconds to wait, if it said so.
    Wait(Option<u32>),
    Slow,
    Fails,
}

/// One try. Times in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::playground) struct Attempt {
    pub(in crate::playground) at: i64,
    pub(in crate::playground) took: i64,
    /// None without an answer.
    pub(in crate::playground) status: Option<u16>,
    pub(in crate::playground) reason: Option<Reason>,
}

impl Attempt {
    pub(in crate::playground) fn worked(&self) -> bool {
        self.status.is_some_and(|status| status < 300)
    }
}

/// Something that passed, or tries to. `kind` is the contract's or Blip's own word for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::playground) struct Step {
    pub(in crate::playground) key: String,
    pub(in crate::playground) way: Way,
    pub(in crate::playground) kind: String,
    pub(in crate::playground) tries: Vec<Attempt>,
    /// The same message was posted before, and taken.
    pub(in crate::playground) again: bool,
}

impl Step {
    fn began(&self) -> i64 {
        self.tries.first().map_or(0, |one| one.at)
    }

    /// What is tried again and again has its place where it is tried last: it has not passed before.
    fn last(&self) -> i64 {
        self.tries.last().map_or(0, |one| one.at)
    }
}

#[derive(Clone, Debug)]
pub(in crate::playground) struct Trail {
    pub(in crate::playground) steps: Vec<Step>,
    /// How many steps there were before those.
    pub(in crate::playground) earlier: usize,
    /// When the customer's first step was, in milliseconds since 1970.
    pub(in crate::playground) began: i64,
    /// What was said and has not arrived: to the agent, and to the customer.
    pub(in crate::playground) to_agent: usize,
    pub(in crate::playground) to_customer: usize,
    /// Since when the oldest of them waits.
    pub(in crate::playground) since: Option<i64>,
}

/// The trail of the customer with this number.
pub(in crate::playground) fn trail(world: &World, index: usize) -> Option<Trail> {
    let (blip, helpdesk) = (world.blip_faults.answered(), world.helpdesk_faults.answered());
    world.read(|state| {
        let name = state.people.get(index)?.name.clone();
        let marks = marks(state, index);
        let own = |one: &&Answered| marks.iter().any(|mark| has_word(&one.line, mark));
        let mut steps = grouped(Way::PonteToBlip, "b", blip.iter().filter(own));
        steps.extend(grouped(Way::PonteToHelpdesk, "h", helpdesk.iter().filter(own)));
        steps.extend(posts(state, &name));
        steps.sort_by_key(Step::last);
        let began = steps.iter().map(Step::began).min().unwrap_or(0);
        let earlier = steps.len().saturating_sub(SHOWN);
        steps.drain(..earlier);
        let waits = |sent: &&Sent| sent.lane.customer == name && sent.arrived.is_none() && sent.refused.is_none();
        let waiting = || state.ledger.sent.iter().filter(waits);
        let count = |way: Direction| waiting().filter(|sent| sent.lane.direction == way).count();
        let (to_agent, to_customer) = (count(Direction::ToAgent), count(Direction::ToCustomer));
        Some(Trail { steps, earlier, began, to_agent, to_customer, since: waiting().map(|sent| sent.at).min() })
    })
}

/// What a request's line has if it concerns this customer: the addresses on Blip, and the helpdesk's tickets.
fn marks(state: &State, index: usize) -> Vec<String> {
    let Some(person) = state.people.get(index) else { return Vec::new() };
    let identity = &person.profile.identity;
    let mut marks = vec![identity.clone(), encode(identity)];
    if let Some(tunnel) = &person.tunnel {
        marks.extend(tunnel.split('@').next().map(str::to_owned));
    }
    marks.extend(state.tickets.iter().filter(|(_, ticket)| ticket.person == index).map(|(id, _)| id.clone()));
    let own = state.conversations.iter().filter(|one| one.customer == person.name);
    marks.extend(own.flat_map(|one| [one.id.clone(), one.ticket.clone()]));
    marks
}

/// Whether the mark is in the line, and no part of a longer word: `T-1` is not in `T-12`.
fn has_word(line: &str, mark: &str) -> bool {
    !mark.is_empty()
        && line.match_indices(mark).any(|(at, _)| {
            let after = line.get(at + mark.len()..).and_then(|rest| rest.chars().next());
            !after.is_some_and(char::is_alphanumeric)
        })
}

/// Requests of the bridge. A message of a conversation is tried again before the next one is sent, so an equal line after a failure is
/// the same message.
fn grouped<'a>(way: Way, prefix: &str, answered: impl Iterator<Item = &'a Answered>) -> Vec<Step> {
    let mut steps: Vec<(Step, &str)> = Vec::new();
    for one in answered {
        let attempt = Attempt { at: one.at, took: one.took, status: one.status, reason: one.fault.map(reason) };
        let last = steps.iter_mut().rfind(|(_, line)| *line == one.line);
        if let Some((step, _)) = last.filter(|(step, _)| step.tries.last().is_some_and(|last| !last.worked())) {
            step.tries.push(attempt);
            continue;
        }
        let key = format!("t-{prefix}{}-{}", one.at, steps.len());
        steps.push((Step { key, way, kind: kind(&one.line), tries: vec![attempt], again: false }, &one.line));
    }
    steps.into_iter().map(|(step, _)| step).collect()
}

/// What a line is about: `message.created`, `text/plain`, `consumed`, `get /threads`.
fn kind(line: &str) -> String {
    let mut words = line.split(' ');
    let (path, first) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match path {
        "/commands" => {
            let uri = words.next().unwrap_or_default();
            let uri = uri.split('?').next().unwrap_or_default();
            let uri =
                uri.strip_prefix("lime://").map_or(uri, |rest| rest.split_once('/').map_or(rest, |(_, path)| path));
            let parts: Vec<&str> =
                uri.trim_start_matches('/').split('/').filter(|part| part.len() < 20 && !part.contains('%')).collect();
            format!("{first} /{}", parts.join("/"))
        }
        _ => first.to_owned(),
    }
}

fn reason(fault: FaultAction) -> Reason {
    match fault {
        FaultAction::Down | FaultAction::Cut => Reason::Down,
        FaultAction::Delay(_) => Reason::Slow,
        FaultAction::Status { code: 429, retry_after } => Reason::Wait(retry_after),
        FaultAction::Status { .. } | FaultAction::StatusAfterEffect { .. } => Reason::Fails,
    }
}

/// What the two sides posted to the bridge.
fn posts(state: &State, name: &str) -> Vec<Step> {
    let tickets: Vec<&str> =
        state.conversations.iter().filter(|one| one.customer == name).map(|one| one.ticket.as_str()).collect();
    let mut taken: Vec<(String, String)> = Vec::new();
    let mut steps = Vec::new();
    for post in state.posted.iter() {
        let own = if post.from_helpdesk { tickets.contains(&post.key.as_str()) } else { post.key == name };
        if !own {
            continue;
        }
        let attempt =
            |one: &crate::state::Try| Attempt { at: one.at, took: one.took, status: one.status, reason: None };
        let tries: Vec<Attempt> = post.tries.iter().map(attempt).collect();
        if tries.is_empty() {
            continue;
        }
        let way = if post.from_helpdesk { Way::HelpdeskToPonte } else { Way::BlipToPonte };
        let named = (post.kind.clone(), post.id.clone());
        let again = !post.id.is_empty() && taken.contains(&named);
        taken.push(named);
        steps.push(Step { key: format!("t-p{}", post.number), way, kind: post.kind.clone(), tries, again });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(at: i64, line: &str, status: Option<u16>) -> Answered {
        Answered { at, took: 1, line: line.to_owned(), status, fault: status.is_none().then_some(FaultAction::Down) }
    }

    #[test]
    fn tries_of_one_message_are_one_step() {
        let line = "/events message.created T-1 c1";
        let all = [
            answered(1, "/events conversation.started T-1 c1", Some(200)),
            answered(2, line, None),
            answered(3, line, Some(503)),
            answered(4, line, Some(204)),
            answered(5, line, Some(204)),
        ];
        let steps = grouped(Way::PonteToHelpdesk, "h", all.iter());
        let tries: Vec<(&str, usize)> = steps.iter().map(|step| (step.kind.as_str(), step.tries.len())).collect();
        assert_eq!(tries, [("conversation.started", 1), ("message.created", 3), ("message.created", 1)]);
        assert_eq!(steps[1].tries[0].reason, Some(Reason::Down));
    }

    #[test]
    fn a_ticket_is_a_whole_word() {
        assert!(has_word("/events x T-1 c", "T-1") && has_word("/commands get /a/T-1", "T-1"));
        assert!(!has_word("/events x T-12 c", "T-1") && !has_word("/events", ""));
    }

    #[test]
    fn a_command_is_named_without_whom_it_concerns() {
        assert_eq!(
            kind("/commands get lime://router@msging.net/threads/5531%40wa.gw.msging.net?$take=5"),
            "get /threads"
        );
        assert_eq!(kind("/commands set /tickets/change-status"), "set /tickets/change-status");
        assert_eq!(kind("/messages text/plain 1@x"), "text/plain");
    }
}
