//! The relay's port on Omnize's API.
//!
//! The API has nothing to look with before a call is made again: what may have arrived may be there twice.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Own, calls::Calls, map};
use crate::{
    helpdesk::{Means, dossier},
    message::{AgentEventKind, Capabilities, Content, SourceId, TicketId},
    relay::{
        Failure,
        ports::{CustomerMessage, EndedBy, Helpdesk, NotDelivered, Opening, StoredFiles, TicketRef},
    },
    secret::Secret,
    settings::SettingsError,
    texts::Texts,
};

/// Omnize.
#[derive(Clone)]
pub struct OmnizeClient {
    calls: Calls,
    own: Own,
    texts: Texts,
    capabilities: Capabilities,
    files: Arc<dyn StoredFiles>,
}

shown_by_host!(OmnizeClient);

impl OmnizeClient {
    /// `url` is Omnize's own address; `token` is the account's; `own` is the parameter `HelpdeskSettings`.
    pub fn new(
        url: &str,
        own: &str,
        token: Secret,
        means: Means,
        capabilities: Capabilities,
    ) -> Result<Self, SettingsError> {
        let Means { http, texts, clock, files } = means;
        Ok(Self { calls: Calls::new(http, url, token, clock)?, own: Own::parse(own)?, texts, capabilities, files })
    }

    /// Puts who the customer is and the talk with the bot behind a link.
    async fn history(&self, opening: &Opening) -> Result<Option<String>, Failure> {
        let history = map::history(opening, self.own.minutes_from_utc, self.texts.language);
        let text = serde_json::to_string(&history).map_err(|_| Failure::Broken { why: "the transcript is no JSON" })?;
        let id = map::history_id(&opening.id, &self.calls.token());
        self.files.share(&id, "history.json", "application/json", text).await
    }
}

#[async_trait]
impl Helpdesk for OmnizeClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &Opening) -> Result<TicketId, Failure> {
        let history = self.history(opening).await?;
        let interaction = |token| map::interaction(opening, self.own.department, history.clone(), token);
        Ok(TicketId::new(self.calls.begin(interaction).await?))
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        if message.late {
            return self.calls.note(to.ticket.as_str(), &map::late(message, self.texts.language)).await;
        }
        self.calls.say(to.ticket.as_str(), |token| map::said(message, token)).await
    }

    async fn read(&self, _to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        let place = map::place(event, self.texts.language).map(Content::text);
        Ok(place.map(|text| AgentEventKind::Message { contents: vec![text], agent: None }).into_iter().collect())
    }

    async fn not_delivered(&self, to: &TicketRef, _message: &SourceId, reason: &NotDelivered) -> Result<(), Failure> {
        self.calls.note(to.ticket.as_str(), &reason.words(self.texts.language)).await
    }

    async fn note(&self, to: &TicketRef, _id: &str, text: &str) -> Result<(), Failure> {
        self.calls.note(to.ticket.as_str(), text).await
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        // An agent who ended it did so in Omnize.
        let Some(text) = dossier::ended(by, self.texts.language) else { return Ok(()) };
        let ticket = to.ticket.as_str();
        self.calls.note(ticket, text).await?;
        self.calls.set(ticket, "finish").await
    }

    async fn typing(&self, to: &TicketRef, on: bool) -> Result<(), Failure> {
        self.calls.set(to.ticket.as_str(), if on { "typing" } else { "cleared" }).await
    }
}
