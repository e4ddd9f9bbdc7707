//! Where a conversation goes: a pure function of facts and rules.

mod condition;
mod note;
mod subject;

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    FactName, Facts, FieldSource, Language, Priority, RouteRule, ServiceRules, Target,
    facts::Known,
    fold::{cut, cut_line, same},
};

pub(crate) use condition::holds;
pub(crate) use subject::{Part, parts};

/// Characters of a value of a field.
const MAX_VALUE: usize = 1_000;
/// Characters of a subject.
pub(crate) const MAX_SUBJECT: usize = 160;

/// Where a conversation goes, and with what. Each helpdesk spells it in its own words. Fields are personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Route {
    /// The id of a queue in the rules; without routes in the rules it may be the helpdesk's own name, as the bot gave it. See
    /// [`ServiceRules::helpdesk_queue`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// One agent, by the helpdesk's name, e-mail or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Skills, by the helpdesk's names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// The priority; `None`: as the helpdesk decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Tags, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Fields, by the helpdesk's name or id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// The language of Ponte's texts.
    pub language: Language,
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The type of the ticket, by the helpdesk's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_type: Option<String>,
    /// The brand, by the helpdesk's name or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The form, by the helpdesk's name or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The router's service that takes the customer back; empty: the main bot. See [`crate::ReturnService::of`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_service: Option<String>,
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The queue may be in the bot's words.
        f.debug_struct("Route").field("priority", &self.priority).finish_non_exhaustive()
    }
}

/// What decided about the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// The bot's hand-over named a queue.
    Context,
    /// A route of the rules.
    Rule,
    /// Blip's ticket is of a team that is a queue of the rules.
    Ticket,
    /// The default of the rules.
    Default,
    /// Nothing: the helpdesk decides.
    Nothing,
}

impl DecidedBy {
    /// A word for figures. No route may have it as its id.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::Rule => "rule",
            Self::Ticket => "ticket",
            Self::Default => "default",
            Self::Nothing => "none",
        }
    }
}

/// A route, and how it came about.
#[derive(Clone, PartialEq, Eq)]
pub struct Routed {
    /// Where the conversation goes.
    pub route: Route,
    /// What decided about the queue.
    pub by: DecidedBy,
    /// The id of the route of the rules that gave anything, also where the bot had named the queue.
    pub rule: Option<String>,
    /// The queue that the bot named and the rules do not have.
    pub unknown_queue: Option<String>,
    /// Contact extras to empty (`merge` with `""`) once the conversation is open.
    pub clear_extras: Vec<String>,
}

impl fmt::Debug for Routed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routed").field("by", &self.by).field("rule", &self.rule).finish_non_exhaustive()
    }
}

impl Routed {
    /// A stable name for the count of this route: the route's id, or what decided.
    pub fn metric(&self) -> &str {
        match (self.by, &self.rule) {
            (DecidedBy::Rule, Some(rule)) => rule,
            (by, _) => by.as_str(),
        }
    }
}

/// Where the conversation of these facts goes.
///
/// - A queue that the bot named counts first, if the rules have it, or if they have no routes at all. Then only routes to that queue, or to
///   none, are looked at; the first of them that holds adds its priority, tags and the rest.
/// - Else the first route whose conditions all hold is taken; else the team of Blip's ticket, if it is a queue of the rules; else the default.
///   A route without a queue leaves the queue to the ticket's team, else to the default.
/// - What the bot named itself (agent, priority, language, fields) counts before what the route says; tags and skills are put together.
pub fn route(facts: &Facts, rules: &ServiceRules) -> Routed {
    let known = Known::new(facts, rules);
    let routing = &rules.routing;
    let named = facts.context.queue.as_deref();
    let of_context = named.and_then(|name| {
        let literal = routing.routes.is_empty().then_some(name);
        rules.find_queue(name).or(literal)
    });
    let is_open = |target: &Target| match (of_context, target.queue.as_deref()) {
        (Some(chosen), Some(other)) => chosen == other,
        _ => true,
    };
    let matched = routing.routes.iter().find(|rule| is_open(&rule.then) && takes(rule, &known));
    let of_ticket = || facts.ticket.team().and_then(|team| rules.find_queue(team));
    let nothing = Target::default();
    let (by, queue, target) = match (of_context, matched) {
        (Some(queue), Some(rule)) => (DecidedBy::Context, Some(queue), &rule.then),
        (Some(queue), None) if is_open(&routing.default) => (DecidedBy::Context, Some(queue), &routing.default),
        (Some(queue), None) => (DecidedBy::Context, Some(queue), &nothing),
        (None, Some(rule)) => {
            let queue = rule.then.queue.as_deref().or_else(of_ticket).or(routing.default.queue.as_deref());
            (DecidedBy::Rule, queue, &rule.then)
        }
        (None, None) => match of_ticket() {
            Some(queue) if routing.default.queue.as_deref().is_none_or(|default| default == queue) => {
                (DecidedBy::Ticket, Some(queue), &routing.default)
            }
            Some(queue) => (DecidedBy::Ticket, Some(queue), &nothing),
            None if routing.default == nothing => (DecidedBy::Nothing, None, &nothing),
            None => (DecidedBy::Default, routing.default.queue.as_deref(), &routing.default),
        },
    };
    // A route may give a meaning to a name that is no queue of the rules.
    let explains = matched.and_then(|rule| rule.when.as_ref()).is_some_and(|when| {
        let condition = when.0.get(&FactName::Fixed("context.queue"));
        condition.is_some_and(|condition| {
            condition.equals.is_some() || condition.one_of.is_some() || condition.contains.is_some()
        })
    });
    Routed {
        route: build(&known, queue, target),
        by,
        rule: matched.map(|rule| rule.id.clone()),
        unknown_queue: named.filter(|_| of_context.is_none() && !explains).map(str::to_owned),
        clear_extras: known.to_clear(),
    }
}

fn takes(rule: &RouteRule, known: &Known<'_>) -> bool {
    rule.when.as_ref().is_none_or(|when| {
        when.0.iter().all(|(name, condition)| match name {
            // Nothing is known of them, not even that there is none.
            FactName::Extra(_) if known.facts.extras.is_none() => false,
            FactName::Fixed("channel") => {
                let domain = known.facts.channel_domain.as_deref().map(Cow::Borrowed);
                holds(condition, &known.values(name).into_iter().chain(domain).collect::<Vec<_>>())
            }
            _ => holds(condition, &known.values(name)),
        })
    })
}

fn build(known: &Known<'_>, queue: Option<&str>, target: &Target) -> Route {
    let context = &known.facts.context;
    let language = target.language.filter(|_| context.language.is_none()).unwrap_or(known.language);
    let priority = context.priority.or(target.priority).or_else(|| known.ticket_priority());
    let subject = target.subject.as_deref().and_then(|template| subject::fill(template, known, queue, language));
    let named = |own: &Option<String>, other: &Option<String>| own.clone().or_else(|| other.clone());
    Route {
        queue: queue.map(str::to_owned),
        agent: named(&context.agent, &target.agent),
        skills: together(&target.skills, &context.skills),
        priority,
        tags: together(&target.tags, &context.tags),
        fields: fields(known, target),
        language,
        subject: subject.or_else(|| context.subject.clone()),
        ticket_type: target.ticket_type.clone(),
        brand: target.brand.clone(),
        form: target.form.clone(),
        return_service: target.return_service.clone(),
    }
}

/// Both lists, each text once.
fn together(first: &[String], second: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in first.iter().chain(second) {
        if !all.iter().any(|known| same(known, text)) {
            all.push(text.clone());
        }
    }
    all
}

/// The fields of the route, those of all routes, and those that the bot gave. A field of the bot that a rule passes on under another name is not
/// passed on under its own, too.
fn fields(known: &Known<'_>, target: &Target) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut translated: Vec<&str> = Vec::new();
    for (name, source) in known.rules.routing.fields.iter().chain(&target.fields) {
        if let FieldSource::Fact(FactName::Field(key)) = source {
            translated.push(key);
        }
        if let Some(value) = value(known, source) {
            found.insert(name.clone(), value);
        }
    }
    let of_bot = known.facts.context.fields.iter().filter(|(name, _)| !translated.iter().any(|key| same(key, name)));
    found.extend(of_bot.map(|(name, value)| (name.clone(), value.clone())));
    found
}

fn value(known: &Known<'_>, source: &FieldSource) -> Option<String> {
    let facts = known.facts;
    let found = match source {
        FieldSource::Static(text) => Some(text.clone()),
        FieldSource::Ticket(key) => facts.ticket.text(*key),
        FieldSource::Contact(key) => known.contact(*key).map(str::to_owned),
        FieldSource::Extra(key) => known.extra(key).map(str::to_owned),
        FieldSource::Fact(name) => Some(known.values(name).join(", ")),
        FieldSource::Message(crate::MessagePart::Text) => facts.message.as_deref().map(|text| cut(text, MAX_VALUE)),
    };
    found
        .map(|text| if matches!(source, FieldSource::Message(_)) { text } else { cut_line(&text, MAX_VALUE) })
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
