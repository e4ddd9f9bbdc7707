//! What the agent is told about a new customer: who it is, and what was said to the bot.
//!
//! It must never hold up the first message: both are read at once, within [`READ_LIMIT`] together, and what did not
//! come in time is said to be missing.

use std::time::Duration;

use super::ports::{Blip, Line, Origin, Profile, Whom};
use crate::{
    conversation::Way,
    lime::{Message, Node, Referral, Ticket},
};

/// The time for profile and transcript together.
pub(crate) const READ_LIMIT: Duration = Duration::from_secs(3);
/// How much of the talk with the bot the agent gets.
const TRANSCRIPT_MESSAGES: u8 = 50;

pub(crate) struct Dossier {
    pub profile: Option<Profile>,
    pub transcript: Option<Vec<Line>>,
}

/// Reads both within the limit.
pub(crate) async fn read(blip: &dyn Blip, whom: &Whom) -> Dossier {
    let (profile, transcript) = tokio::join!(
        tokio::time::timeout(READ_LIMIT, blip.profile(whom)),
        tokio::time::timeout(READ_LIMIT, blip.transcript(whom, TRANSCRIPT_MESSAGES)),
    );
    let dossier =
        Dossier { profile: profile.ok().and_then(Result::ok), transcript: transcript.ok().and_then(Result::ok) };
    if dossier.profile.is_none() || dossier.transcript.is_none() {
        tracing::warn!(
            profile = dossier.profile.is_some(),
            transcript = dossier.transcript.is_some(),
            "opened without what Blip knows"
        );
    }
    dossier
}

/// Whom to look up, from the message or ticket that opens the conversation.
pub(crate) fn whom(address: &Node, message: &Message, ticket: Option<&Ticket>) -> Whom {
    let customer = ticket.and_then(|ticket| ticket.customer_identity.as_deref()).and_then(|id| Node::parse(id).ok());
    Whom {
        address: address.clone(),
        originator: message.originator().or_else(|| customer.map(|node| node.identity())),
        router: message.metadata.get("#tunnel.owner").and_then(|id| Node::parse(id).ok()).map(|node| node.identity()),
    }
}

/// Where the conversation comes from.
pub(crate) fn origin(way: &Way, whom: &Whom, message: &Message, ticket: Option<&Ticket>) -> Origin {
    let owner = ticket.and_then(|ticket| ticket.owner_identity.as_deref()).and_then(|id| Node::parse(id).ok());
    Origin {
        mode: way.name(),
        bot: whom
            .router
            .clone()
            .or_else(|| owner.map(|node| node.identity()))
            .or_else(|| message.to.as_ref().map(Node::identity)),
        blip_ticket: match way {
            Way::Desk { ticket } => Some(ticket.clone()),
            Way::Router | Way::Bot | Way::Rest => None,
        },
        referral: Referral::of(&message.metadata),
    }
}

/// The domain of the channel that the customer writes on, lower case.
pub(crate) fn channel_domain(whom: &Whom) -> String {
    whom.customer().domain().to_ascii_lowercase()
}
