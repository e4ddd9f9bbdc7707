//! Opens a conversation: the ticket, where its route sends it, and what agents read first.

use async_trait::async_trait;
use service_rules::{HelpdeskName, Route};

use super::{RequestTrackerClient, calls::Post, mapping, routing::Wanted};
use crate::{
    helpdesk::{
        answer::unless_refused,
        intro_note,
        route::{LeftOut, Part, refusal, told},
    },
    message::TicketId,
    relay::{
        Failure,
        ports::{NameFound, NamesTickets, NewConversation, RouteNames, TicketRef},
    },
};

/// The note about what of a route a ticket does not have.
const ROUTE: &str = "route";

impl RequestTrackerClient {
    /// Makes the ticket, or finds the one that bears the opening's mark.
    pub(super) async fn opened(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let mut left_out = LeftOut::default();
        let found = self.calls.find_ticket(opening.id.as_str()).await?;
        let was_there = found.is_some();
        let mut wanted = self.spell(&opening.route, &mut left_out).await;
        let (ticket, refused) = match found {
            Some(ticket) => (ticket, None),
            None => self.create(opening, &mut wanted, &left_out).await?,
        };
        let to = TicketRef { opening: opening.id.clone(), ticket: TicketId::new(ticket) };
        // At once, and under the name of what `check` says: an opening that is repeated finds the ticket and nothing of its route.
        let refused = refused.and_then(|status| LeftOut::refused(&opening.route, status).note(&self.texts.now()));
        if let Some(text) = refused {
            unless_refused(self.tell(&to, ROUTE, &text).await)?;
        }
        // RT makes a ticket without what it does not know, and says nothing.
        if !was_there || wanted != Wanted::default() {
            self.check(&to, &wanted, was_there).await;
        }
        // Once: the call takes the place of all links of this kind, those of agents too.
        if let Some(previous) = opening.previous.as_ref().filter(|_| !was_there)
            && let Err(failure) = self.calls.refer(to.ticket.as_str(), previous.as_str()).await
        {
            tracing::warn!(kind = failure.kind(), "a new ticket is not linked to the one before");
        }
        let rest = self.dossier(&left_out.noted(opening, &self.texts.now())).into_iter().skip(1);
        self.introduce(&to, (2..).zip(rest), was_there).await?;
        Ok(to.ticket)
    }

    /// Writes pieces of what agents read first, if they are not there yet. They are called by their numbers.
    pub(super) async fn introduce(
        &self,
        to: &TicketRef,
        parts: impl Iterator<Item = (usize, String)> + Send,
        was_there: bool,
    ) -> Result<(), Failure> {
        for (number, part) in parts {
            let id = to.opening.note_id(&format!("dossier-{number}"));
            if !was_there || !self.calls.has(to.ticket.as_str(), &id).await? {
                let posted = self.calls.post(to.ticket.as_str(), Post::Comment, &mapping::message(&id, &part)).await;
                unless_refused(posted)?;
            }
        }
        Ok(())
    }

    /// What a route asks of the ticket. The queue is looked up: RT refuses a ticket in one that is not there.
    async fn spell(&self, route: &Route, left_out: &mut LeftOut) -> Wanted {
        let mut wanted = Wanted::of(route, &self.settings, left_out);
        if let Some(queue) = &route.queue {
            let search = self.names.search(self.calls.now());
            wanted.queue = search.id(Part::Queue, queue, left_out, self.calls.queues()).await;
        }
        wanted
    }

    /// Makes the ticket. One whose route is refused is made without it: with which status it was.
    async fn create(
        &self,
        opening: &NewConversation,
        wanted: &mut Wanted,
        left_out: &LeftOut,
    ) -> Result<(String, Option<u16>), Failure> {
        let ticket = |wanted: &Wanted| {
            let dossier = self.dossier(&left_out.noted(opening, &self.texts.now()));
            mapping::new_ticket(&self.settings.queue, opening, dossier.first().map_or("", String::as_str), wanted)
        };
        let made = self.calls.create(&ticket(wanted)).await;
        let refused = made.as_ref().err().and_then(refusal).filter(|_| *wanted != Wanted::default());
        if refused.is_none() {
            return Ok((made?, None));
        }
        self.names.forget(&[Part::Queue]);
        *wanted = Wanted::default();
        Ok((self.calls.create(&ticket(wanted)).await?, refused))
    }

    /// What agents read first, in pieces.
    pub(super) fn dossier(&self, opening: &NewConversation) -> Vec<String> {
        intro_note::parts(opening, self.texts.now().language, self.capabilities.text)
    }

    /// Reads the ticket, and says what RT left out of it without a word. Nothing of this keeps a conversation from being opened.
    async fn check(&self, to: &TicketRef, wanted: &Wanted, was_there: bool) {
        let made = match self.calls.ticket(to.ticket.as_str()).await {
            Ok(made) => made,
            Err(failure) => return tracing::warn!(kind = failure.kind(), "a new ticket could not be read"),
        };
        if !was_there && !mapping::has_value(&made.custom_fields, mapping::TICKET_ID, to.opening.as_str()) {
            tracing::error!(field = mapping::TICKET_ID, "a custom field of tickets is missing in the queue");
        }
        let mut dropped = LeftOut::default();
        wanted.missing(&made, &mut dropped);
        if let Some(text) = dropped.note(&self.texts.now()) {
            told(self.tell(to, ROUTE, &text).await);
        }
    }
}

#[async_trait]
impl RouteNames for RequestTrackerClient {
    async fn find_name(&self, name: &HelpdeskName) -> Result<NameFound, Failure> {
        let mut client = self.clone();
        client.names = self.names.for_check();
        let mut left_out = LeftOut::default();
        client.spell(&name.route(), &mut left_out).await;
        client.names.found(name, &[Part::Queue], &left_out)
    }
}

impl NamesTickets for RequestTrackerClient {
    fn ticket_name(&self, ticket: &TicketId) -> String {
        format!("#{} {}", ticket.as_str(), self.calls.page(ticket.as_str()))
    }
}
