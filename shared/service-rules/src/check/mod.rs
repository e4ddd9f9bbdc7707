//! What types alone do not hold: names that must be known, texts that must be sent, routes that must be reached.

mod ending;
mod hours;
mod routes;
mod silence;
mod target;
mod words;

use std::collections::BTreeMap;

use crate::{
    CHANNELS, MAX_EARLIER_TICKETS, QueueName, ReturnTo, ServiceRules,
    fold::{fold, same},
    near::{listed, nearest},
    path::Path,
    problem::{Fault, Faults, Problem, Severity},
};

/// Characters of a name.
const MAX_NAME: usize = 100;
/// Characters of an id of one's own: it is a dimension of a metric.
const MAX_ID: usize = 40;
/// Characters of a service of the router, as `ReturnService` had.
const MAX_SERVICE: usize = 64;
/// Characters of the agent identity, as `AgentIdentity` had.
const MAX_IDENTITY: usize = 256;

impl ServiceRules {
    /// All that is wrong with the document, errors first.
    pub fn problems(&self) -> Vec<Problem> {
        faults(self).into_iter().map(|fault| fault.at(None)).collect()
    }
}

pub(crate) fn faults(rules: &ServiceRules) -> Vec<Fault> {
    let mut faults = Faults::default();
    if let Some(zone) = &rules.time_zone {
        check_zone(zone, &Path::of(&["time_zone"]), &mut faults);
    }
    language(rules, &mut faults);
    words::check(rules, &mut faults);
    queues(rules, &mut faults);
    returns(rules, &mut faults);
    identity(rules, &mut faults);
    routes::check(rules, &mut faults);
    context(rules, &mut faults);
    hours::check(rules, &mut faults);
    silence::check(rules, &mut faults);
    ending::check(rules, &mut faults);
    let mut faults = faults.0;
    faults.sort_by_key(|fault| fault.severity == Severity::Warning);
    faults
}

/// A time zone by its IANA name.
fn check_zone(zone: &str, path: &Path, faults: &mut Faults) {
    if jiff::tz::TimeZone::get(zone).is_ok() {
        return;
    }
    let known: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    // `Sao_Paulo` alone, and a city with a blank.
    let city =
        known.iter().find(|name| name.rsplit('/').next().is_some_and(|city| same(city, &zone.replace(' ', "_"))));
    let near = city.map(String::as_str).or_else(|| nearest(zone, known.iter().map(String::as_str)));
    let right = near
        .map_or_else(|| "write one such as `America/Sao_Paulo`".to_owned(), |near| format!("did you mean `{near}`?"));
    faults.error(path, format!("there is no time zone of this name; {right}"));
}

fn language(rules: &ServiceRules, faults: &mut Faults) {
    let path = Path::of(&["language"]);
    if let Some(extra) = &rules.language.from_extra {
        name(extra, MAX_NAME, &path.key("from_extra"), faults);
    }
    for channel in rules.language.by_channel.keys() {
        check_channel(channel, &path.key("by_channel").key(channel), faults);
    }
}

/// A channel by Ponte's name, or by its domain.
fn check_channel(channel: &str, path: &Path, faults: &mut Faults) {
    if !CHANNELS.contains(&channel) && !channel.contains('.') {
        faults.error(path, format!("there is no channel of this name; {}", right(channel, CHANNELS)));
    }
}

/// The nearest of the names, or all of them.
fn right<'a>(written: &str, allowed: impl IntoIterator<Item = &'a str> + Clone) -> String {
    nearest(written, allowed.clone())
        .map_or_else(|| format!("write {}", listed(allowed)), |near| format!("did you mean `{near}`?"))
}

fn queues(rules: &ServiceRules, faults: &mut Faults) {
    let meant = meant(rules);
    for (id, queue) in &rules.queues {
        let path = Path::of(&["queues"]).key(id);
        check_id(id, &path, faults);
        match &queue.name {
            QueueName::One(text) => name(text, MAX_NAME, &path.key("name"), faults),
            QueueName::ByLanguage(names) if names.is_empty() => {
                faults.error(&path.key("name"), "give a name in one language at least");
            }
            QueueName::ByLanguage(names) => {
                for (language, text) in names {
                    name(text, MAX_NAME, &path.key("name").key(language.tag()), faults);
                }
            }
        }
        if let Some(helpdesk) = &queue.helpdesk {
            name(helpdesk, MAX_NAME, &path.key("helpdesk"), faults);
        }
        let all = queue.name.all().chain(queue.helpdesk.as_deref());
        let other = all.filter_map(|name| meant.get(&fold(name))).find(|other| **other != id);
        if let Some(other) = other {
            faults.warn(
                &path,
                format!("the queue `{other}` goes by the same name, so a bot that names it means that one"),
            );
        }
    }
}

/// The id that each name means, as [`ServiceRules::find_queue`] finds it.
fn meant(rules: &ServiceRules) -> BTreeMap<String, &String> {
    let mut meant = BTreeMap::new();
    for id in rules.queues.keys() {
        meant.entry(fold(id)).or_insert(id);
    }
    for (id, queue) in &rules.queues {
        for name in queue.name.all().chain(queue.helpdesk.as_deref()) {
            meant.entry(fold(name)).or_insert(id);
        }
    }
    meant
}

fn returns(rules: &ServiceRules, faults: &mut Faults) {
    let path = Path::of(&["return_service"]);
    if let Some(default) = &rules.return_service.default {
        service(default, &path.key("default"), faults);
    }
    for (key, text) in rules.return_service.by_reason.each() {
        service(text, &path.key("by_reason").key(key), faults);
    }
    for (queue, to) in &rules.return_service.by_queue {
        let path = path.key("by_queue").key(queue);
        queue_exists(rules, queue, &path, faults);
        match to {
            ReturnTo::Service(text) => service(text, &path, faults),
            ReturnTo::ByReason(reasons) => reasons.each().for_each(|(key, text)| service(text, &path.key(key), faults)),
        }
    }
}

fn identity(rules: &ServiceRules, faults: &mut Faults) {
    let Some(identity) = &rules.agent_identity else { return };
    let is_fit = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '\'' | ',' | '=' | '\\');
    if identity.is_empty() || identity.len() > MAX_IDENTITY || !identity.chars().all(is_fit) {
        let right = "write an identity such as `maria%40company.com@blip.ai`, in ASCII and without blanks, quotes, commas, = and backslashes";
        faults.error(&Path::of(&["agent_identity"]), right);
    }
}

fn context(rules: &ServiceRules, faults: &mut Faults) {
    let path = Path::of(&["context"]);
    for (index, extra) in rules.context.extras.iter().flatten().enumerate() {
        name(extra, MAX_NAME, &path.key("extras").index(index), faults);
    }
    if rules.context.lines() > 100 {
        faults.error(&path.key("transcript_lines"), "at most 100");
    }
    if rules.context.tickets() > MAX_EARLIER_TICKETS {
        faults.error(&path.key("earlier_tickets"), format!("at most {MAX_EARLIER_TICKETS}"));
    }
}

/// A queue that the rules must have.
fn queue_exists(rules: &ServiceRules, id: &str, path: &Path, faults: &mut Faults) {
    if rules.queues.contains_key(id) || faults.is_full() {
        return;
    }
    let ids = rules.queues.keys().map(String::as_str);
    let right = match rules.find_queue(id).or_else(|| nearest(id, ids.clone())) {
        Some(near) => format!("did you mean `{near}`?"),
        None if rules.queues.is_empty() => "name your queues under `queues` first".to_owned(),
        None => format!("write {}, or add it under `queues`", listed(ids)),
    };
    faults.error(path, format!("there is no queue `{id}`; {right}"));
}

/// An id of one's own.
fn check_id(id: &str, path: &Path, faults: &mut Faults) {
    let is_fit = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '-' | '_');
    if id.is_empty() || id.len() > MAX_ID || !id.chars().all(is_fit) {
        faults.error(path, format!("an id has 1 to {MAX_ID} small letters without accents, digits, - and _"));
    }
}

/// A name that must not be blank.
fn name(text: &str, limit: usize, path: &Path, faults: &mut Faults) {
    if text.trim().is_empty() {
        faults.error(path, "is empty; write a text, or take the line away");
    } else if text.chars().count() > limit {
        faults.error(path, format!("has more than {limit} characters"));
    } else if text.chars().any(char::is_control) {
        faults.error(path, "has a line break or another control character; write it on one line");
    }
}

/// A service of the router; empty is the main bot.
fn service(text: &str, path: &Path, faults: &mut Faults) {
    if text.is_empty() {
        return;
    }
    if text.trim() == text {
        name(text, MAX_SERVICE, path, faults);
    } else {
        faults.error(path, "has a blank at an end; a service is spelt exactly as in the router");
    }
}
