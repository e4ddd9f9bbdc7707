//! What Ponte itself says to customers and agents, and what a company puts in its place.

#[macro_use]
mod for_agents;
#[macro_use]
mod for_customers;
mod table;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

pub use table::TextKey;

use crate::Language;

/// Longest text of a company, in characters. WhatsApp's limit for a text is 4,096, and names are put in.
pub const MAX_TEXT: usize = 2_000;

/// Who reads a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The customer, on the channel.
    Customer,
    /// The agent, in the helpdesk.
    Agent,
}

/// What stands in braces in a text, and is replaced when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// `{agent}`: the agent's name.
    Agent,
    /// `{queue}`: the queue's name for customers.
    Queue,
    /// `{position}`: the place in the queue, 1 is next.
    Position,
    /// `{status}`: an HTTP status.
    Status,
    /// `{kind}`: the kind of what it is about.
    Kind,
    /// `{limit}`: megabytes.
    Limit,
    /// `{number}`: the customer's new number.
    Number,
    /// `{words}`: what the channel said.
    Words,
    /// `{priority}`: the priority in words.
    Priority,
    /// `{rule}`: the id of a route.
    Rule,
    /// `{name}`: a name that was looked for.
    Name,
    /// `{details}`: what the helpdesk answered.
    Details,
    /// `{from}`: the lower end of a wait, in minutes.
    From,
    /// `{to}`: the upper end of a wait, in minutes.
    To,
    /// `{opens_at}`: the next opening in words, such as "segunda-feira às 9h" ([`crate::says_opens_at`]).
    OpensAt,
    /// `{minutes}`: a time in minutes, the number alone.
    Minutes,
    /// `{time}`: the same with its unit, such as "1 minuto" and "10 minutos". It is made of `{minutes}` where a text is sent.
    Time,
    /// `{score}`: a rating.
    Score,
    /// `{tickets}`: tickets, each with its day.
    Tickets,
}

impl Placeholder {
    /// The word in the braces.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Queue => "queue",
            Self::Position => "position",
            Self::Status => "status",
            Self::Kind => "kind",
            Self::Limit => "limit",
            Self::Number => "number",
            Self::Words => "words",
            Self::Priority => "priority",
            Self::Rule => "rule",
            Self::Name => "name",
            Self::Details => "details",
            Self::From => "from",
            Self::To => "to",
            Self::OpensAt => "opens_at",
            Self::Minutes => "minutes",
            Self::Time => "time",
            Self::Score => "score",
            Self::Tickets => "tickets",
        }
    }
}

/// What is known of a text beside its words.
pub(crate) struct Row {
    pub(crate) key: &'static str,
    pub(crate) about: &'static str,
    pub(crate) audience: Audience,
    pub(crate) may_be_off: bool,
    pub(crate) placeholders: &'static [Placeholder],
}

impl TextKey {
    /// The name, as in the document.
    pub fn as_str(self) -> &'static str {
        self.row().key
    }

    /// The text of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.as_str() == name)
    }

    /// When it is sent, in a sentence.
    pub fn about(self) -> &'static str {
        self.row().about
    }

    /// Who reads it.
    pub fn audience(self) -> Audience {
        self.row().audience
    }

    /// Whether it may be switched off. What says that something is lost may not.
    pub fn may_be_off(self) -> bool {
        self.row().may_be_off
    }

    /// What it may hold in braces.
    pub fn placeholders(self) -> &'static [Placeholder] {
        self.row().placeholders
    }
}

/// What a company says in place of one text: its own words, or nothing (`false`, or a single `-`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnText {
    /// These words.
    Words(String),
    /// It is not sent.
    Off,
}

impl Serialize for OwnText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Words(words) => serializer.serialize_str(words),
            Self::Off => serializer.serialize_bool(false),
        }
    }
}

impl<'de> Deserialize<'de> for OwnText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Words(String),
            Switch(bool),
        }
        match Form::deserialize(deserializer)? {
            Form::Words(words) if words.trim() == "-" => Ok(Self::Off),
            Form::Words(words) => Ok(Self::Words(words)),
            Form::Switch(false) => Ok(Self::Off),
            Form::Switch(true) => Err(D::Error::custom("a text, or false")),
        }
    }
}

/// The company's texts of one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageTexts(pub BTreeMap<TextKey, OwnText>);

/// The company's texts, by language. What is not here is said in Ponte's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(pub BTreeMap<Language, LanguageTexts>);

impl Texts {
    /// Whether nothing is replaced.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text as it is sent, its placeholders not yet replaced. `None` when it is switched off.
    pub fn get(&self, language: Language, key: TextKey) -> Option<&str> {
        match self.0.get(&language).and_then(|texts| texts.0.get(&key)) {
            Some(OwnText::Off) if key.may_be_off() => None,
            Some(OwnText::Words(words)) => Some(words),
            Some(OwnText::Off) | None => Some(key.own(language)),
        }
    }

    /// The text with its placeholders replaced. `None` when it is switched off.
    ///
    /// A conversation without a queue has no `{queue}`: where the company's text needs a value that is missing, Ponte's own words are
    /// taken, and when they need it too, nothing is said.
    pub fn render(&self, language: Language, key: TextKey, values: &[(Placeholder, &str)]) -> Option<String> {
        let text = self.get(language, key)?;
        let minutes = values.iter().find(|(placeholder, _)| *placeholder == Placeholder::Minutes);
        let time = minutes.map(|(_, minutes)| language.minutes(minutes));
        let time = time.as_deref().map(|time| (Placeholder::Time, time));
        let values: Vec<_> = values.iter().copied().chain(time).collect();
        fill(key, text, &values).or_else(|| fill(key, key.own(language), &values))
    }
}

/// One pass over the text, so that a name with braces in it is no placeholder. `None` when a value is missing.
fn fill(key: TextKey, text: &str, values: &[(Placeholder, &str)]) -> Option<String> {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        let known = match piece {
            Piece::Words(words) => {
                filled.push_str(words);
                continue;
            }
            Piece::Braces { word, .. } => key.placeholders().iter().find(|placeholder| placeholder.word() == word),
        };
        match known {
            None => filled.push_str(piece.source()),
            Some(known) => {
                let (_, value) = values.iter().find(|(placeholder, _)| placeholder == known)?;
                filled.push_str(value);
            }
        }
    }
    Some(filled)
}

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Words(&'a str),
    /// `{word}`, with the braces in `source`.
    Braces {
        word: &'a str,
        source: &'a str,
    },
}

impl<'a> Piece<'a> {
    fn source(self) -> &'a str {
        match self {
            Self::Words(words) => words,
            Self::Braces { source, .. } => source,
        }
    }
}

/// The pieces of a template. Braces stand on one line and hold a word of letters, digits, `_`, `-` and `.`; all others are words.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let open = rest.find('{').unwrap_or(rest.len());
        let (words, after) = rest.split_at_checked(open)?;
        if !words.is_empty() {
            rest = after;
            return Some(Piece::Words(words));
        }
        let inside = after.strip_prefix('{')?;
        let is_of_a_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
        let word = inside.split(|letter| !is_of_a_word(letter)).next().unwrap_or_default();
        if let Some(left) = inside.get(word.len()..).and_then(|left| left.strip_prefix('}'))
            && !word.is_empty()
        {
            let source = after.get(..after.len() - left.len())?;
            rest = left;
            return Some(Piece::Braces { word, source });
        }
        rest = inside;
        Some(Piece::Words(after.get(..1)?))
    })
}

#[cfg(test)]
mod tests;
