//! How a ticket is made: once, with its route; and once more without it, where Zendesk refuses the route.

use async_trait::async_trait;
use service_rules::HelpdeskName;

use super::{calls::Created, client::ZendeskClient, mapping, routing, wire};
use crate::{
    helpdesk::{
        intro_note,
        route::{LeftOut, refusal},
    },
    message::TicketId,
    relay::{
        Failure,
        ports::{NameFound, NewConversation, RouteNames},
    },
};

/// A ticket of an opening.
pub(super) struct Opened {
    pub(super) ticket: TicketId,
    /// An earlier try made it.
    pub(super) was_there: bool,
    /// What of the first note is not in the ticket's first comment.
    pub(super) rest: Vec<String>,
}

impl ZendeskClient {
    /// The customer's user. Where Blip did not say the name, one that is known keeps its own.
    async fn customer(&self, opening: &NewConversation) -> Result<u64, Failure> {
        if opening.profile.name.is_none()
            && let Some(known) = self.calls.find_user(&opening.customer).await?
        {
            return Ok(known);
        }
        self.calls.user_of(&mapping::user(opening)).await
    }

    /// The agents' first note in parts, of which there is at least one: a ticket must have a comment.
    pub(super) fn dossier(&self, opening: &NewConversation, left_out: &LeftOut) -> Vec<String> {
        let opening = left_out.noted(opening, &self.texts.now());
        let parts = intro_note::parts(&opening, self.texts.now().language, self.capabilities.text);
        if parts.is_empty() { vec!["Blip".to_owned()] } else { parts }
    }

    /// The ticket of an opening, which goes where its route says, as far as Zendesk lets it.
    pub(super) async fn opened(&self, opening: &NewConversation) -> Result<Opened, Failure> {
        let (routing, mut left_out) = routing::spelled(&self.calls, &self.names, &opening.route).await;
        let (ticket, was_there) = self.ticket_of(opening, &routing, &mut left_out).await?;
        let rest = self.dossier(opening, &left_out).into_iter().skip(1).collect();
        Ok(Opened { ticket, was_there, rest })
    }

    /// Finds the ticket that bears the opening's mark, or makes it. What it is made without is added to `left_out`. Whether it was there.
    async fn ticket_of(
        &self,
        opening: &NewConversation,
        routing: &wire::Routing,
        left_out: &mut LeftOut,
    ) -> Result<(TicketId, bool), Failure> {
        let mark = opening.id.as_str();
        let named = |ticket: wire::Ticket| ticket.id.map(TicketId::new).ok_or(Failure::later("the ticket has no id"));
        if let Some(found) = self.calls.find_ticket(mark).await? {
            return Ok((named(found)?, true));
        }
        let requester = self.customer(opening).await?;
        let follows = self.follows(opening).await?;
        let mut created = self.create(opening, mark, requester, (routing, follows), left_out).await?;
        if let Created::Refused { reasons, failure } = &created
            && (*routing != wire::Routing::default() || follows.is_some())
            && let Some(status) = refusal(failure)
        {
            // The follow-up may be what is refused: of that there is nothing to tell.
            if *routing != wire::Routing::default() {
                routing::refused(&self.names);
                left_out.refuse(&opening.route, status, reasons);
            }
            // Another key, since another ticket is sent with it. To the same key with other words Zendesk answers 400
            // (`IdempotentRequestError`), which says that an earlier try made the ticket ([`Created::Before`]): the opening would wait for a
            // ticket that nobody made. An opening that is repeated is refused once more and makes the same two calls with the same two keys, so
            // that the second makes no second ticket.
            let key = format!("{mark}-unrouted");
            created = self.create(opening, &key, requester, (&wire::Routing::default(), None), left_out).await?;
        }
        match created {
            Created::Ticket(ticket) => {
                let ticket = named(ticket)?;
                self.requesters.put(ticket.clone(), requester);
                Ok((ticket, false))
            }
            Created::Before => Err(Failure::later("the ticket was made by another try, and is not found yet")),
            Created::Refused { failure, .. } => Err(failure),
        }
    }

    /// The ticket of the conversation before, if a new one can follow it: it is closed for good (developer.zendesk.com, creating a follow-up
    /// ticket). Where it cannot be read, the new one stands alone.
    async fn follows(&self, opening: &NewConversation) -> Result<Option<u64>, Failure> {
        let Some(previous) = &opening.previous else { return Ok(None) };
        match self.calls.ticket(previous.as_str()).await {
            Ok(found) if found.status.as_deref().is_some_and(mapping::is_final) => Ok(previous.as_str().parse().ok()),
            Ok(_) | Err(Failure::Gone | Failure::Refused { .. } | Failure::Unauthorized { .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn create(
        &self,
        opening: &NewConversation,
        key: &str,
        requester: u64,
        (routing, follows): (&wire::Routing, Option<u64>),
        left_out: &LeftOut,
    ) -> Result<Created, Failure> {
        let dossier = self.dossier(opening, left_out);
        let first = dossier.first().map_or("Blip", String::as_str);
        self.calls.create(key, &mapping::ticket(opening, requester, first, routing, follows)).await
    }
}

#[async_trait]
impl RouteNames for ZendeskClient {
    async fn find_name(&self, name: &HelpdeskName) -> Result<NameFound, Failure> {
        let names = self.names.for_check();
        let (_, left_out) = routing::spelled(&self.calls, &names, &name.route()).await;
        names.found(name, &routing::CHECKED, &left_out)
    }
}
