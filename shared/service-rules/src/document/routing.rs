//! Which queue a conversation goes to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{When, is_default};
use crate::Language;

/// Where conversations go. A queue that the bot names in its hand-over counts before the routes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Routing {
    /// How facts are read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub facts: FactRules,
    /// The routes. The first one whose conditions all hold is taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<RouteRule>,
    /// Fields of the helpdesk's ticket that each conversation gets. A route's own field of that name counts before.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldSource>,
    /// Where a conversation goes that no route takes. Absent: as the helpdesk decides.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Target,
}

/// How facts are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FactRules {
    /// The contact extras that rules may use, each with how Ponte knows that it belongs to this hand-over. Extras stay in the contact, so that
    /// last week's choice is still there today.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extras: BTreeMap<String, Believed>,
    /// What a number in Blip's ticket means as a priority. Absent: 1000 low, 2000 normal, 3000 high, 4000 urgent, and 0 is none. A number that
    /// is not here is no priority.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ticket_priority: BTreeMap<String, Priority>,
}

/// The urgencies of Blip's portal: none, low, medium, high, maximum. What the small numbers of live tickets (0 to 7) mean is documented
/// nowhere; the rules may say it.
const PORTAL: [(i64, Priority); 4] =
    [(1000, Priority::Low), (2000, Priority::Normal), (3000, Priority::High), (4000, Priority::Urgent)];

impl FactRules {
    /// The priority that a number of Blip's ticket means.
    pub fn priority(&self, number: i64) -> Option<Priority> {
        if self.ticket_priority.is_empty() {
            return PORTAL.iter().find(|(known, _)| *known == number).map(|(_, priority)| *priority);
        }
        self.ticket_priority.get(&number.to_string()).copied()
    }
}

/// How Ponte knows that a contact extra belongs to this hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Believed {
    /// It is a property of the person (a contract, a plan) and holds on every day.
    Always,
    /// Ponte empties it once the conversation is open, so what is there was set since.
    Cleared,
    /// The bot writes the day beside it, into the extra that is named here: 2026-11-29, 29/11/2026, or a date with a time. It counts on that
    /// day only.
    DayIn(String),
}

/// A priority. Each helpdesk has its own word or number for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// It can wait.
    Low,
    /// As usual.
    Normal,
    /// Before the others.
    High,
    /// At once.
    Urgent,
}

impl Priority {
    /// All of them, the lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The word in the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// A route: what must hold, and where the conversation goes then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RouteRule {
    /// A short name of your own, for figures and notes: small letters, digits, - and _.
    pub id: String,
    /// What must hold, all of it. Absent: the route takes every conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// Where the conversation goes.
    pub then: Target,
}

/// Where a conversation goes, and with what. What a helpdesk does not have stands in the agent's first note.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The id of a queue, from `queues`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// One agent, by the helpdesk's name, e-mail or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Skills that the agent must have, by the helpdesk's names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// The priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Tags (labels) of the ticket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Fields of the helpdesk's ticket, by its name or id of the field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldSource>,
    /// The language of Ponte's texts in this conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The subject of the ticket. In braces a fact, such as {subject}, {queue}, {channel}, {extra.fila} or {contact.name}.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The type of the ticket, by the helpdesk's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_type: Option<String>,
    /// The brand, by the helpdesk's name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The form of the ticket, by the helpdesk's name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Router only: the service that takes the customer back after this conversation. Empty: the main bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_service: Option<String>,
}

/// Where the value of a field comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldSource {
    /// Always this value.
    Static(String),
    /// From the ticket of Blip.
    Ticket(TicketKey),
    /// From the contact in Blip.
    Contact(ContactKey),
    /// From this contact extra, if it counts (see `facts`).
    Extra(String),
    /// A fact, such as `state`, `channel`, `referral.id` or `context.fields.contract`.
    Fact(super::FactName),
    /// From the message that opened the conversation.
    Message(MessagePart),
}

/// A part of the message that opened the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessagePart {
    /// Its text.
    Text,
}

macro_rules! keys {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $key:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $(#[doc = concat!("`", $key, "`")] #[serde(rename = $key)] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in the document.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $key,)*
                }
            }
        }
    };
}

keys! {
    /// What Blip's ticket tells. Its wire names are those in camel case (docs.blip.ai, documents/ticket, 2023); the two of campaigns and
    /// transfers were seen on live tickets.
    TicketKey {
        Id = "id",
        Team = "team",
        Priority = "priority",
        Tags = "tags",
        ExternalId = "external_id",
        SequentialId = "sequential_id",
        ParentSequentialId = "parent_sequential_id",
        CampaignId = "campaign_id",
    }
}

keys! {
    /// What a contact of Blip has (docs.blip.ai, documents/contact, 2023), in snake case.
    ContactKey {
        Name = "name",
        FirstName = "first_name",
        LastName = "last_name",
        Email = "email",
        PhoneNumber = "phone_number",
        CellPhoneNumber = "cell_phone_number",
        Address = "address",
        City = "city",
        Culture = "culture",
        Group = "group",
        TaxDocument = "tax_document",
        Source = "source",
    }
}
