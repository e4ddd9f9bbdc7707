//! Conditions of a route.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The name of a fact, such as `ticket.team` or `extra.fila`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactName {
    /// One of [`FactName::FIXED`].
    Fixed(&'static str),
    /// `extra.KEY`: a contact extra.
    Extra(String),
    /// `context.fields.KEY`: a field of the hand-over.
    Field(String),
}

impl FactName {
    /// The names that have no part of one's own, each with what it is.
    pub const FIXED: [(&'static str, &'static str); 20] = [
        ("context.queue", "The queue that the bot named in its hand-over."),
        ("context.agent", "The agent that the bot named."),
        ("context.skills", "The skills that the bot named; one of them is enough."),
        ("context.priority", "The priority that the bot named: low, normal, high or urgent."),
        ("context.tags", "The tags that the bot named; one of them is enough."),
        ("context.subject", "The subject that the bot named, or a plain text that it handed over."),
        ("ticket.team", "The queue of Blip's ticket. Default and DIRECT_TRANSFER are none."),
        ("ticket.priority", "The priority of Blip's ticket: low, normal, high or urgent."),
        ("ticket.tags", "The tags of Blip's ticket; one of them is enough."),
        ("ticket.external_id", "The foreign id of Blip's ticket."),
        ("ticket.campaign_id", "The campaign of Blip's ticket."),
        ("state", "The block of the bot's flow that the customer came from."),
        ("channel", "The channel: whatsapp, messenger, email and so on."),
        ("language", "The language of the conversation: pt-BR, en or es."),
        ("referral.id", "The number of the advertisement that the customer came by."),
        ("referral.kind", "What the customer came by: ad, post, or the channel's own word."),
        ("referral.headline", "The headline of the advertisement."),
        ("referral.body", "The text of the advertisement."),
        ("referral.url", "The address of the advertisement."),
        ("referral.reference", "What the link itself says, m.me/bot?ref=this."),
    ];

    /// The names before a part of one's own, each with what it is.
    pub const OPEN: [(&'static str, &'static str); 2] = [
        ("extra.", "A contact extra. It must be listed under routing.facts.extras."),
        ("context.fields.", "A field that the bot gave in its hand-over."),
    ];

    /// The fact of this name.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some((fixed, _)) = Self::FIXED.iter().find(|(fixed, _)| *fixed == name) {
            return Some(Self::Fixed(fixed));
        }
        let own = |start: &str| name.strip_prefix(start).filter(|own| !own.trim().is_empty()).map(str::to_owned);
        own("extra.").map(Self::Extra).or_else(|| own("context.fields.").map(Self::Field))
    }
}

impl fmt::Display for FactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(name) => f.write_str(name),
            Self::Extra(key) => write!(f, "extra.{key}"),
            Self::Field(key) => write!(f, "context.fields.{key}"),
        }
    }
}

impl Serialize for FactName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FactName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| D::Error::custom("no fact has this name"))
    }
}

/// Conditions by fact. All of them must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct When(pub BTreeMap<FactName, Condition>);

/// What must hold for one fact: all that is given here. Case, accents and needless blanks do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Form", into = "Form")]
pub struct Condition {
    /// The fact is this text.
    pub equals: Option<String>,
    /// The fact is one of these texts.
    pub one_of: Option<Vec<String>>,
    /// The fact contains one of these texts.
    pub contains: Option<Vec<String>>,
    /// Whether there is such a fact at all.
    pub present: Option<bool>,
}

impl Condition {
    /// Whether nothing is given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// As it is written: a text (it is this), a list (it is one of these), or tests by name.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum Form {
    /// The fact is this text.
    Equals(String),
    /// The fact is one of these texts.
    OneOf(Vec<String>),
    /// Tests by name; all must hold.
    Tests(Tests),
}

/// Tests by name.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Tests {
    /// The fact is this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    equals: Option<String>,
    /// The fact is one of these texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    one_of: Option<Vec<String>>,
    /// The fact contains this text, or one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contains: Option<OneOrMore>,
    /// true: there is such a fact. false: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    present: Option<bool>,
}

/// A text, or several.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum OneOrMore {
    /// One text.
    One(String),
    /// One of these is enough.
    More(Vec<String>),
}

impl From<Form> for Condition {
    fn from(form: Form) -> Self {
        match form {
            Form::Equals(text) => Self { equals: Some(text), ..Self::default() },
            Form::OneOf(texts) => Self { one_of: Some(texts), ..Self::default() },
            Form::Tests(Tests { equals, one_of, contains, present }) => {
                let contains = contains.map(|contains| match contains {
                    OneOrMore::One(text) => vec![text],
                    OneOrMore::More(texts) => texts,
                });
                Self { equals, one_of, contains, present }
            }
        }
    }
}

impl From<Condition> for Form {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition { equals: Some(text), one_of: None, contains: None, present: None } => Self::Equals(text),
            Condition { equals: None, one_of: Some(texts), contains: None, present: None } => Self::OneOf(texts),
            Condition { equals, one_of, contains, present } => {
                Self::Tests(Tests { equals, one_of, contains: contains.map(OneOrMore::More), present })
            }
        }
    }
}
