//! What is known when a conversation opens, as plain texts. Personal data: it has no readable `Debug`.

mod context;
mod known;
mod reader;

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

pub use context::{ContextFacts, ContextKind, Ignored, ReadContext};
pub(crate) use known::Known;
pub use known::find_extra;

use crate::{ChannelNames, ContactKey, TicketKey};

/// Blip's teams that are no choice: they stand for "none" and for "given to one person" (seen on live tickets).
const NO_TEAM: [&str; 2] = ["default", "direct_transfer"];

/// What is known when a conversation opens. Every part may be missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// What the bot handed over.
    pub context: ContextFacts,
    /// Blip's ticket.
    pub ticket: TicketFacts,
    /// The contact's extras, as Blip has them. Which of them count is said by the rules. `None`: they could not be read. Then no condition on one
    /// holds, and those that the rules clear are cleared all the same.
    pub extras: Option<BTreeMap<String, String>>,
    /// The contact.
    pub contact: BTreeMap<ContactKey, String>,
    /// The block of the bot's flow: `#stateName` in the metadata of the first message.
    pub state: Option<String>,
    /// The channel's name, as in [`crate::CHANNELS`], or its domain.
    pub channel: Option<String>,
    /// The channel's domain, such as `wa.gw.msging.net`: a condition may name it in place of the name.
    pub channel_domain: Option<String>,
    /// The advertisement.
    pub referral: Referral,
    /// The text of the message that opened the conversation. Never a condition: the bot decides, not its customer's words.
    pub message: Option<String>,
    /// Now, in seconds since 1970, for extras that name their day. `None`: these do not count.
    pub now: Option<i64>,
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Facts(…)")
    }
}

impl Facts {
    /// The facts of a redirect context, all others unknown.
    pub fn from_context(context: &Value) -> (Self, Vec<Ignored>) {
        let read = ContextFacts::read(context);
        (Self { context: read.facts, ..Self::default() }, read.ignored)
    }

    /// The channel, as rules may name it.
    pub(crate) fn channel_names(&self) -> Option<ChannelNames<'_>> {
        let name = self.channel.as_deref()?;
        Some(ChannelNames { name, domain: self.channel_domain.as_deref().unwrap_or(name) })
    }
}

/// Blip's ticket, as far as it matters here.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TicketFacts {
    /// The ticket's id.
    pub id: Option<String>,
    /// The queue, as it came; see [`TicketFacts::team`].
    pub team_as_sent: Option<String>,
    /// A number on one of two scales (0 to 7, or 0 to 4000); the rules say what it means.
    pub priority: Option<i64>,
    /// The tags.
    pub tags: Vec<String>,
    /// `externalId`.
    pub external_id: Option<String>,
    /// `sequentialId`.
    pub sequential_id: Option<String>,
    /// `parentSequentialId`.
    pub parent_sequential_id: Option<String>,
    /// `CampaignId`.
    pub campaign_id: Option<String>,
}

impl fmt::Debug for TicketFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketFacts(…)")
    }
}

impl TicketFacts {
    /// What a ticket's JSON tells, from any types: a number for a text, a text for a number.
    pub fn of(ticket: &Value) -> Self {
        let text = |key: &str| ticket.get(key).and_then(reader::word);
        let tags = match ticket.get("tags") {
            Some(Value::Array(tags)) => tags.iter().filter_map(reader::word).take(reader::MAX_TAGS).collect(),
            Some(other) => reader::word(other).into_iter().collect(),
            None => Vec::new(),
        };
        Self {
            id: text("id"),
            team_as_sent: text("team"),
            priority: text("priority").and_then(|number| number.parse().ok()),
            tags,
            external_id: text("externalId"),
            sequential_id: text("sequentialId"),
            parent_sequential_id: text("parentSequentialId"),
            campaign_id: text("CampaignId").or_else(|| text("campaignId")),
        }
    }

    /// The queue that Blip chose. `Default` and `DIRECT_TRANSFER` are no choice.
    pub fn team(&self) -> Option<&str> {
        self.team_as_sent.as_deref().filter(|team| {
            let team = crate::fold::fold(team);
            !team.is_empty() && !NO_TEAM.contains(&team.as_str())
        })
    }

    /// One of its texts.
    pub(crate) fn text(&self, key: TicketKey) -> Option<String> {
        match key {
            TicketKey::Id => self.id.clone(),
            TicketKey::Team => self.team().map(str::to_owned),
            TicketKey::Priority => self.priority.map(|number| number.to_string()),
            TicketKey::Tags => (!self.tags.is_empty()).then(|| self.tags.join(", ")),
            TicketKey::ExternalId => self.external_id.clone(),
            TicketKey::SequentialId => self.sequential_id.clone(),
            TicketKey::ParentSequentialId => self.parent_sequential_id.clone(),
            TicketKey::CampaignId => self.campaign_id.clone(),
        }
    }
}

/// The advertisement or link that the customer came by.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Referral {
    /// The channel's number for it.
    pub id: Option<String>,
    /// `ad`, `post`, or the channel's own word.
    pub kind: Option<String>,
    /// What stands above.
    pub headline: Option<String>,
    /// What is said.
    pub body: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// What the link says, or the number of the click.
    pub reference: Option<String>,
}

impl fmt::Debug for Referral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Referral(…)")
    }
}

#[cfg(test)]
mod tests;
