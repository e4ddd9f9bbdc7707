//! Tickets of the custom attendance channel (docs.blip.ai, desk extension, 2023).
//!
//! One ticket is `get /ticket/{id}`, singular; its commands are `/tickets/…`, plural. The code that `change-status`
//! gives on an ended ticket is documented nowhere, so a failure is followed by a look at the ticket.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{BlipClient, client::command_id, dates::sort_by_date};
use crate::{
    lime::{self, Command, Document, ThreadMessage, Ticket, TicketStatus, encode_uri, items},
    message::SourceId,
    relay::{Failure, ports::Typed},
};

pub(super) const DESK: &str = "postmaster@desk.msging.net";
const TICKET: &str = "application/vnd.iris.ticket+json";
/// The most that Blip gives at once.
const TAKE: u8 = 100;
/// How many pages are read: what somebody types before a ticket is opened, and the calls fit into one try.
const MAX_PAGES: usize = 10;

impl BlipClient {
    async fn change_status(&self, resource: Value) -> Result<bool, Failure> {
        let command = Command::set(&command_id(), DESK, "/tickets/change-status", TICKET, resource);
        Ok(self.command(command).await?.is_success())
    }

    async fn ticket_status(&self, ticket: &str) -> Result<Option<TicketStatus>, Failure> {
        let resource = self.get(DESK, format!("/ticket/{}", encode_uri(ticket))).await?;
        Ok(resource.and_then(|resource| match Document::new(TICKET, resource) {
            Document::Ticket(ticket) => Some(Ticket::status(&ticket)),
            _ => None,
        }))
    }

    pub(super) async fn assign_ticket(&self, ticket: &str, agent: &str) -> Result<(), Failure> {
        let resource = json!({ "id": ticket, "status": "Open", "agentIdentity": agent });
        if self.change_status(resource).await? {
            return Ok(());
        }
        match self.ticket_status(ticket).await? {
            Some(TicketStatus::Open | TicketStatus::Assigned) => Ok(()),
            Some(TicketStatus::Closed(_) | TicketStatus::Transferred) => Err(Failure::Gone),
            _ => Err(Failure::later(
                "Blip does not open its ticket; is `agent_identity` of the service rules one of its attendants?",
            )),
        }
    }

    pub(super) async fn end_ticket(&self, ticket: &str, tag: Option<&str>) -> Result<(), Failure> {
        // Before the end: a finished ticket takes none any more. A tag that Blip does not take ends nothing less.
        if let Some(tag) = tag {
            self.tag(ticket, tag).await;
        }
        if self.change_status(json!({ "id": ticket, "status": "ClosedAttendant" })).await? {
            return Ok(());
        }
        match self.ticket_status(ticket).await? {
            Some(TicketStatus::Closed(_) | TicketStatus::Transferred) => Ok(()),
            _ => Err(Failure::later("Blip does not close its ticket")),
        }
    }

    /// Adds a tag to a ticket that is open (docs.blip.ai, Desk, `change-tags`, 2023).
    async fn tag(&self, ticket: &str, tag: &str) {
        let uri = format!("/tickets/{}/change-tags", encode_uri(ticket));
        let resource = json!({ "id": ticket, "tags": [tag] });
        match self.command(Command::set(&command_id(), DESK, &uri, TICKET, resource)).await {
            Ok(response) if response.is_success() => {}
            Ok(_) => tracing::warn!("Blip does not take the tag of a ticket"),
            Err(failure) => tracing::warn!(kind = failure.kind(), reason = %failure, "a ticket was not tagged"),
        }
    }

    /// What the customer typed. The ticket's thread is the owner bot's talk with the desk, so the customer's words
    /// are `sent` with a forwarded id (`fwd:…`), or `received`; what else is `sent` is the bot's.
    pub(super) async fn read_ticket_messages(&self, ticket: &str) -> Result<Vec<Typed>, Failure> {
        let mut messages: Vec<ThreadMessage> = Vec::new();
        let mut known = HashSet::new();
        for page in 0..MAX_PAGES {
            let skip = page * usize::from(TAKE);
            let uri = format!(
                "/tickets/{}/messages?$skip={skip}&$take={TAKE}&$ascending=true&getFromOwnerIfTunnel=true",
                encode_uri(ticket)
            );
            let Some(resource) = self.get(DESK, uri).await? else {
                return Err(Failure::Refused { why: "Blip does not give the ticket's messages", status: 404 });
            };
            let items = items(&resource);
            let full = items.len() >= usize::from(TAKE);
            // A server that does not know `$skip` answers with the same page again.
            let before = known.len();
            let new = items.into_iter().filter(|item| known.insert(item.to_string()));
            messages.extend(new.filter_map(ThreadMessage::from_value));
            if !full || known.len() == before {
                break;
            }
            if page + 1 == MAX_PAGES {
                tracing::warn!("a ticket has more messages than are read");
            }
        }
        // Asked for in ascending order, and sorted all the same: a server that ignores the parameter gives the newest first.
        sort_by_date(&mut messages, |message| message.date.as_deref());
        let customers = messages.into_iter().filter(|message| {
            let forwarded = message.id.as_deref().is_some_and(|id| lime::bare_id(id) != id);
            (forwarded || message.direction == lime::Direction::Received) && !message.document.is_control()
        });
        Ok(customers
            .filter_map(|message| Some(Typed { id: SourceId::new(message.id.as_deref()?), document: message.document }))
            .collect())
    }
}
