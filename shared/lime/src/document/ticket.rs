//! A ticket of Blip Desk.
//!
//! It announces a new attendance, or comes as the resource of a desk command. Never shown to anybody as text. Identities in it
//! are texts here, percent-encoded and unread: some are agents, some bots, some customers.

use serde_json::Value;

use crate::is_blank;
use crate::record::record;

use super::{Container, Document, TicketStatus};

record! {
    /// `application/vnd.iris.ticket+json` (docs.blip.ai, documents/ticket, 2023).
    Ticket
    needs {}
    may {
        /// The ticket's id, a uuid; also its address, `{id}@desk.msging.net`.
        id: String = "id",
        /// The status as it came; see [`Ticket::status`].
        status: String = "status",
        /// The bot that owns the ticket.
        owner_identity: String = "ownerIdentity",
        /// The customer; behind a router usually the tunnel identity.
        customer_identity: String = "customerIdentity",
        /// The customer's address where the router's context is used; the SDK sends to it instead of to `customer_identity`.
        routing_customer_identity: String = "routingCustomerIdentity",
        /// The customer's channel.
        customer_domain: String = "customerDomain",
        /// `Lime` is Blip Desk, `Webhook` a custom channel.
        provider: String = "provider",
        /// The agent, percent-encoded.
        agent_identity: String = "agentIdentity",
        /// The queue; `Default` and `DIRECT_TRANSFER` are Blip's own.
        team: String = "team",
        /// The ticket's number for people; a number, or a text.
        sequential_id: Value = "sequentialId",
        /// The number of the ticket this one was transferred from.
        parent_sequential_id: Value = "parentSequentialId",
        /// When the ticket was made: ISO 8601, UTC.
        storage_date: String = "storageDate",
        /// What the customer said last, as it came; see [`Ticket::customer_input`].
        customer_input: Value = "customerInput",
    }
}

impl Ticket {
    /// The status. A missing one is `None`: serialisers leave out what is the first of an enumeration.
    pub fn status(&self) -> TicketStatus {
        self.status.as_deref().map_or(TicketStatus::None, TicketStatus::parse)
    }

    /// What the customer said last. `{}`, an empty value, a blank text and a control document are nothing.
    pub fn customer_input(&self) -> Option<Document> {
        let input = Container::from_value(self.customer_input.clone()?)?;
        let is_empty = input.value.is_null() || input.value.as_str().is_some_and(is_blank);
        (!is_empty).then(|| input.document()).filter(|document| !document.is_control())
    }
}
