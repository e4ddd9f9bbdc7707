//! The relay's port on Omnize's API.
//!
//! The API has nothing to look with before a call is made again: what may have arrived may be there twice.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use service_rules::{HelpdeskName, Route};

use super::{Settings, calls::Calls, mapping, routing};
use crate::{
    helpdesk::{
        AgentTexts, ClientDeps, intro_note,
        route::{LeftOut, Names, Part, refusal, told},
    },
    message::{AgentEventKind, Capabilities, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            CustomerMessage, EndedBy, EventReader, Helpdesk, NameFound, NamesTickets, NewConversation, Notices,
            Presence, Rating, Ratings, RouteNames, StoredFiles, TicketRef,
        },
    },
    secret::Secret,
    settings::SettingsError,
};

/// The client of Omnize's API.
#[derive(Clone)]
pub struct OmnizeClient {
    pub(super) calls: Calls,
    pub(super) settings: Settings,
    texts: AgentTexts,
    capabilities: Capabilities,
    files: Arc<dyn StoredFiles>,
    /// The departments, by their names.
    pub(super) names: Names,
}

shown_by_host!(OmnizeClient);

impl OmnizeClient {
    /// `url` is Omnize's own address; `token` is the account's; `own` is the parameter `HelpdeskSettings`.
    pub fn new(
        url: &str,
        own: &str,
        token: Secret,
        means: ClientDeps,
        capabilities: Capabilities,
    ) -> Result<Self, SettingsError> {
        let ClientDeps { http, texts, clock, files } = means;
        Ok(Self {
            calls: Calls::new(http, url, token, clock)?,
            settings: Settings::parse(own)?,
            texts,
            capabilities,
            files,
            names: Names::default(),
        })
    }

    /// The department that a route names.
    async fn department(&self, route: &Route, left_out: &mut LeftOut) -> Option<u64> {
        let name = route.queue.as_deref()?;
        let search = self.names.search(self.calls.now());
        search.number(Part::Queue, name, left_out, self.calls.departments()).await
    }

    /// Begins the interaction, in the department of the settings where there is no other.
    async fn begin(
        &self,
        opening: &NewConversation,
        department: Option<u64>,
        fields: &BTreeMap<String, String>,
        history: Option<&str>,
    ) -> Result<String, Failure> {
        let department = department.unwrap_or(self.settings.department);
        let history = history.map(str::to_owned);
        let interaction = |token| mapping::interaction(opening, department, fields.clone(), history.clone(), token);
        self.calls.begin(interaction).await
    }

    /// Says in a note what a conversation was opened without, where there is no history that does. It must not keep it from opening.
    async fn tell_left_out(&self, interaction: &str, left_out: &LeftOut) {
        if let Some(text) = left_out.note(&self.texts.now()) {
            told(self.calls.note(interaction, &text).await);
        }
    }

    /// Puts who the customer is and the talk with the bot behind a link.
    async fn history(&self, opening: &NewConversation) -> Result<Option<String>, Failure> {
        let history = mapping::history(opening, self.settings.minutes_from_utc, self.texts.now().language);
        let text = serde_json::to_string(&history).map_err(|_| Failure::Broken { why: "the transcript is no JSON" })?;
        let id = mapping::history_id(&opening.id, &self.calls.token());
        self.files.share(&id, "history.json", "application/json", text).await
    }
}

#[async_trait]
impl Helpdesk for OmnizeClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let mut left_out = LeftOut::default();
        let mut fields = routing::fields(&opening.route, &mut left_out);
        let mut department = self.department(&opening.route, &mut left_out).await;
        let mut history = self.history(&left_out.noted(opening, &self.texts.now())).await?;
        let mut begun = self.begin(opening, department, &fields, history.as_deref()).await;
        let refused = begun.as_ref().err().and_then(refusal);
        if let Some(status) = refused.filter(|_| department.is_some() || !fields.is_empty()) {
            left_out.refuse(&opening.route, status, "");
            self.names.forget(&[Part::Queue]);
            (department, fields) = (None, BTreeMap::new());
            history = self.history(&left_out.noted(opening, &self.texts.now())).await?;
            begun = self.begin(opening, department, &fields, history.as_deref()).await;
        }
        let interaction = begun?;
        if history.is_none() {
            self.tell_left_out(&interaction, &left_out).await;
        }
        Ok(TicketId::new(interaction))
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        if message.late {
            return self.calls.note(to.ticket.as_str(), &mapping::late(message, self.texts.now().language)).await;
        }
        self.calls.say(to.ticket.as_str(), |token| mapping::said(message, token)).await
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        if !by.closes_ticket() {
            return Ok(());
        }
        let ticket = to.ticket.as_str();
        if let Some(text) = intro_note::ended(by, &self.texts.now()) {
            self.calls.note(ticket, &text).await?;
        }
        self.calls.set(ticket, "finish").await
    }

    fn earlier_tickets(&self) -> Option<&dyn NamesTickets> {
        Some(self)
    }

    fn ratings(&self) -> Option<&dyn Ratings> {
        Some(self)
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn event_reader(&self) -> Option<&dyn EventReader> {
        Some(self)
    }

    fn presence(&self) -> Option<&dyn Presence> {
        Some(self)
    }
}

#[async_trait]
impl EventReader for OmnizeClient {
    async fn read(&self, _to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        let queued = |position| AgentEventKind::Queued { position };
        Ok(mapping::place(event).map(queued).into_iter().collect())
    }
}

#[async_trait]
impl Notices for OmnizeClient {
    async fn note(&self, to: &TicketRef, _id: &str, text: &str) -> Result<(), Failure> {
        self.calls.note(to.ticket.as_str(), text).await
    }
}

#[async_trait]
impl Ratings for OmnizeClient {
    /// Its service evaluation has two values and no field of a company's own.
    async fn rated(&self, to: &TicketRef, rating: &Rating<'_>) -> Result<(), Failure> {
        match mapping::mood(rating.score) {
            Some(mood) => self.calls.rate(to.ticket.as_str(), mood).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Presence for OmnizeClient {
    async fn typing(&self, to: &TicketRef, on: bool) -> Result<(), Failure> {
        self.calls.set(to.ticket.as_str(), if on { "typing" } else { "cleared" }).await
    }
}

#[async_trait]
impl RouteNames for OmnizeClient {
    async fn find_name(&self, name: &HelpdeskName) -> Result<NameFound, Failure> {
        let mut client = self.clone();
        client.names = self.names.for_check();
        let mut left_out = LeftOut::default();
        let route = name.route();
        routing::fields(&route, &mut left_out);
        client.department(&route, &mut left_out).await;
        client.names.found(name, &[Part::Queue], &left_out)
    }
}

impl NamesTickets for OmnizeClient {
    fn ticket_name(&self, ticket: &TicketId) -> String {
        ticket.as_str().to_owned()
    }
}
