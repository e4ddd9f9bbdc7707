//! What a bot is told before it hands a customer over: whether it is open and somebody is there, when somebody will be, and how long others
//! waited.
//!
//! Called by the function `availability`. It names no customer and changes nothing.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde::Serialize;
use service_rules::{Language, Said, ServiceRules};

use super::{
    ports::{Rejection, Rules, Waits},
    staffing::StaffedQueues,
    tell::CustomerTexts,
    waiting::{known_wait, says_opening, says_wait},
};
use crate::{
    clock::{Clock, Timestamp},
    texts::TextKey,
};

/// The longest query that is read, in bytes. A queue's name is far shorter, even where each letter of it takes six.
const MAX_QUERY: usize = 2_048;

/// The use case of the function `availability`: answers a bot that asks whether somebody is there.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds ports")]
pub struct Availability {
    pub rules: Arc<dyn Rules>,
    pub waits: Arc<dyn Waits>,
    pub clock: Arc<dyn Clock>,
    pub staffed: StaffedQueues,
}

/// The answer to the bot, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AvailabilityAnswer {
    /// 200.
    Available(Available),
    /// 404.
    UnknownQueue(UnknownQueue),
}

/// Whether somebody is there for a queue. What is not known is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Available {
    /// The queue's id in the service rules; `null` is what has no queue.
    pub queue: Option<String>,
    /// Whether it is within the hours now.
    pub open: bool,
    /// While open: whether somebody is online who can take the conversation, where the helpdesk tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staffed: Option<bool>,
    /// While closed: the next opening, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<String>,
    /// While open: the end of it, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<String>,
    /// While open: how long the last conversations waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<ToldWait>,
    /// The same as a sentence for the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How long the last conversations waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ToldWait {
    /// Between these minutes.
    Range { from: u32, to: u32 },
    /// More than an hour: always `true`.
    Long { over_an_hour: bool },
}

impl ToldWait {
    fn of(said: Said) -> Option<Self> {
        match said {
            Said::Nothing => None,
            Said::Range { from, to } => Some(Self::Range { from, to }),
            Said::Long => Some(Self::Long { over_an_hour: true }),
        }
    }
}

/// No queue of the rules has this id or name. The asked one is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownQueue {
    pub error: &'static str,
    /// The ids that there are.
    pub queues: Vec<String>,
}

impl Availability {
    /// Answers a query string as it came, without its `?`.
    pub async fn answer(&self, query: &str) -> Result<AvailabilityAnswer, Rejection> {
        let question = Question::parse(query)?;
        self.rules.refresh().await;
        let (rules, now) = (self.rules.current(), self.clock.now());
        let queue = match &question.queue {
            None => rules.routing.default.queue.as_deref(),
            Some(meant) => match rules.find_queue(meant) {
                Some(id) => Some(id),
                None => return Ok(AvailabilityAnswer::UnknownQueue(unknown(&rules))),
            },
        };
        let opening = rules.schedule(queue).open_at(now.seconds());
        let texts = CustomerTexts::of_queue(rules.clone(), queue, question.language.unwrap_or(rules.language.default));
        let (staffed, wait, text) = if opening.open {
            let of_helpdesk = queue.map(|id| rules.helpdesk_queue(id));
            let said = known_wait(&*self.waits, &rules, queue, now.seconds());
            let (said, staffed) = tokio::join!(said, self.staffed.is_staffed(of_helpdesk, now));
            let nobody = (staffed == Some(false)).then(|| texts.say(TextKey::NobodyThere, &[])).flatten();
            (staffed, ToldWait::of(said), nobody.or_else(|| says_wait(&texts, said)))
        } else {
            (None, None, says_opening(&texts, &rules, queue, now))
        };
        let moment = |seconds: i64| Timestamp(seconds.saturating_mul(1_000)).rfc3339();
        Ok(AvailabilityAnswer::Available(Available {
            queue: queue.map(str::to_owned),
            open: opening.open,
            staffed,
            opens_at: opening.opens_at.map(moment),
            closes_at: opening.until.map(moment),
            wait,
            text,
        }))
    }
}

fn unknown(rules: &ServiceRules) -> UnknownQueue {
    UnknownQueue { error: "unknown queue", queues: rules.queues.keys().cloned().collect() }
}

/// What is asked. An empty value is none: a bot sends one where its variable is empty.
struct Question {
    queue: Option<String>,
    language: Option<Language>,
}

impl Question {
    /// Reads a query string. What it has beside `queue` and `language` is passed over.
    fn parse(query: &str) -> Result<Self, Rejection> {
        if query.len() > MAX_QUERY {
            return Err(Rejection::Malformed("the query is too long"));
        }
        let (mut queue, mut language) = (None, None);
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match decoded(name)?.as_str() {
                "queue" => &mut queue,
                "language" => &mut language,
                _ => continue,
            };
            if place.replace(decoded(value)?).is_some() {
                return Err(Rejection::Malformed("a parameter of the query is there twice"));
            }
        }
        let given =
            |value: Option<String>| value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let language = given(language)
            .map(|tag| Language::guess(&tag).ok_or(Rejection::Malformed("`language` is none of pt-BR, en and es")));
        Ok(Self { queue: given(queue), language: language.transpose()? })
    }
}

/// A name or a value of a query, as forms encode it.
fn decoded(text: &str) -> Result<String, Rejection> {
    let is_whole = |after: &str| after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !text.split('%').skip(1).all(is_whole) {
        return Err(Rejection::Malformed("the query has a % without two hexadecimal digits"));
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| Rejection::Malformed("the query is not UTF-8"))
}
