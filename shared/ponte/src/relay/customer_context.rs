//! What the agent is told about a new customer: who it is, and what was said to the bot.
//!
//! It must never hold up the first message: both are read at once, within [`READ_LIMIT`] together, and what did not
//! come in time is said to be missing.

use std::time::Duration;

use super::{
    incoming::Incoming,
    ports::{Author, CustomerChannel, CustomerRef, Line, Origin, Profile, Spoken, Typed},
};
use crate::{
    conversation::EntryPoint,
    lime::{Message, Node, Referral, Ticket, in_short},
};

/// The time for profile and transcript together.
pub(crate) const READ_LIMIT: Duration = Duration::from_secs(3);

pub(crate) struct CustomerContext {
    pub profile: Option<Profile>,
    pub transcript: Option<Vec<Spoken>>,
}

/// Reads both within the limit: of the talk with the bot, the last `lines` messages.
pub(crate) async fn read(channel: &dyn CustomerChannel, whom: &CustomerRef, lines: u8) -> CustomerContext {
    let profile = async {
        match channel.directory() {
            Some(directory) => directory.profile(whom).await,
            None => Ok(Profile::default()),
        }
    };
    let transcript = async {
        match channel.transcripts() {
            Some(transcripts) if lines > 0 => transcripts.transcript(whom, lines).await,
            _ => Ok(Vec::new()),
        }
    };
    let (profile, transcript) =
        tokio::join!(tokio::time::timeout(READ_LIMIT, profile), tokio::time::timeout(READ_LIMIT, transcript));
    let context = CustomerContext {
        profile: profile.ok().and_then(Result::ok),
        transcript: transcript.ok().and_then(Result::ok),
    };
    if context.profile.is_none() || context.transcript.is_none() {
        tracing::warn!(
            profile = context.profile.is_some(),
            transcript = context.transcript.is_some(),
            "conversation opened without profile or transcript"
        );
    }
    context
}

/// The transcript without what comes as messages of the conversation: what opened it, and what the customer said since. Blip's log holds it by
/// now, or not yet.
///
/// What opened it is found by its id, or as the last thing that the customer said in the same words where the log has no ids. What was typed
/// into a waiting ticket of Blip's is found by its id.
pub(crate) fn before(lines: Vec<Spoken>, incoming: &Incoming, typed: &[Typed]) -> Vec<Line> {
    let of_customer = |spoken: &Spoken| spoken.line.author == Author::Customer;
    let opens = if incoming.ticket().is_some() {
        None
    } else {
        let known = lines.iter().position(|spoken| spoken.id.as_ref() == Some(&incoming.id));
        known.or_else(|| {
            let last = lines.iter().rposition(of_customer)?;
            let Spoken { id, line } = lines.get(last)?;
            (id.is_none() && line.text == in_short(&incoming.message.document, usize::MAX)).then_some(last)
        })
    };
    let opens = opens.unwrap_or(lines.len());
    let is_typed = |spoken: &Spoken| typed.iter().any(|typed| spoken.id.as_ref() == Some(&typed.id));
    let kept = |(at, spoken): &(usize, Spoken)| !of_customer(spoken) || (*at < opens && !is_typed(spoken));
    lines.into_iter().enumerate().filter(kept).map(|(_, spoken)| spoken.line).collect()
}

/// Whom to look up, from the message or ticket that opens the conversation.
pub(crate) fn whom(address: &Node, message: &Message, ticket: Option<&Ticket>) -> CustomerRef {
    let customer = ticket.and_then(|ticket| ticket.customer_identity.as_deref()).and_then(|id| Node::parse(id).ok());
    CustomerRef {
        address: address.clone(),
        originator: message.originator().or_else(|| customer.map(|node| node.identity())),
        router: message
            .header
            .metadata
            .get("#tunnel.owner")
            .and_then(|id| Node::parse(id).ok())
            .map(|node| node.identity()),
    }
}

/// Where the conversation comes from.
pub(crate) fn origin(way: &EntryPoint, whom: &CustomerRef, message: &Message, ticket: Option<&Ticket>) -> Origin {
    let owner = ticket.and_then(|ticket| ticket.owner_identity.as_deref()).and_then(|id| Node::parse(id).ok());
    Origin {
        mode: way.name(),
        bot: whom
            .router
            .clone()
            .or_else(|| owner.map(|node| node.identity()))
            .or_else(|| message.header.to.as_ref().map(Node::identity)),
        blip_ticket: match way {
            EntryPoint::Desk { ticket } => Some(ticket.clone()),
            EntryPoint::Router | EntryPoint::Bot | EntryPoint::Rest => None,
        },
        referral: Referral::of(&message.header.metadata),
    }
}

/// The domain of the channel that the customer writes on, lower case.
pub(crate) fn channel_domain(whom: &CustomerRef) -> String {
    whom.customer().domain().to_ascii_lowercase()
}
