//! The relay's port on the Virtual Agent Bot Integration API.
//!
//! The API only takes: nothing can be looked for before it is repeated. Everything that is sent again carries the same ids.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{Settings, calls::Calls, mapping, routing};
use crate::{
    fetch::Access,
    helpdesk::{
        AgentTexts, ClientDeps, intro_note,
        route::{LeftOut, refusal},
    },
    message::{Capabilities, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            AgentFiles, AgentReceipts, CustomerMessage, EndedBy, Helpdesk, NewConversation, NotDelivered, Notices,
            Presence, Status, TicketRef,
        },
    },
    secret::Secret,
    settings::SettingsError,
    texts::Texts,
};

/// The client of the Virtual Agent API of `ServiceNow`.
#[derive(Clone)]
pub struct ServiceNowClient {
    calls: Calls,
    settings: Settings,
    texts: AgentTexts,
    capabilities: Capabilities,
}

shown_by_host!(ServiceNowClient);

impl ServiceNowClient {
    /// `url` is the instance's address; `key` is what [`super::Authentication`] says; `own` is the parameter
    /// `HelpdeskSettings`.
    pub fn new(
        url: &str,
        own: &str,
        key: Secret,
        means: ClientDeps,
        capabilities: Capabilities,
    ) -> Result<Self, SettingsError> {
        let own = Settings::parse(own)?;
        let ClientDeps { http, texts, clock, .. } = means;
        let calls = Calls::new(http, url, own.authentication, key, clock)?;
        Ok(Self { calls, settings: own, texts, capabilities })
    }

    /// Makes the calls of an opening, with these variables of its route.
    async fn call_agent(&self, opening: &NewConversation, route: &BTreeMap<String, String>) -> Result<(), Failure> {
        for request in mapping::opening(opening, &self.settings, route, self.texts.now().language) {
            self.calls.send(&request).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Helpdesk for ServiceNowClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let variables = routing::variables(&opening.route, self.texts.now().language);
        let called = self.call_agent(opening, &variables).await;
        let refused = called.as_ref().err().and_then(refusal);
        match refused.filter(|status| !variables.is_empty() && matches!(status, 400 | 422)) {
            Some(status) => {
                let noted = LeftOut::refused(&opening.route, status).noted(opening, &self.texts.now());
                self.call_agent(&noted, &BTreeMap::new()).await?;
            }
            None => called?,
        }
        Ok(TicketId::new(opening.id.as_str()))
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        let request = if message.late {
            mapping::late(&to.opening, message, self.texts.now().language)
        } else {
            mapping::said(&to.opening, message)
        };
        self.calls.send(&request).await
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        if !by.closes_ticket() {
            return Ok(());
        }
        let now = self.calls.now();
        if let Some(text) = intro_note::ended(by, &self.texts.now()) {
            self.calls.send(&mapping::told(&to.opening, "ended", text, now)).await?;
        }
        self.calls.send(&mapping::end(&to.opening, now)).await
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn agent_files(&self) -> Option<&dyn AgentFiles> {
        Some(self)
    }

    fn presence(&self) -> Option<&dyn Presence> {
        if self.capabilities.typing { Some(self) } else { None }
    }

    fn receipts(&self) -> Option<&dyn AgentReceipts> {
        if self.capabilities.receipts { Some(self) } else { None }
    }
}

#[async_trait]
impl Notices for ServiceNowClient {
    async fn not_delivered(
        &self,
        to: &TicketRef,
        message: &SourceId,
        reason: &NotDelivered,
        texts: &Texts,
    ) -> Result<(), Failure> {
        let now = self.calls.now();
        if let Some(id) = mapping::message_id(message).filter(|_| self.settings.third_party_chat) {
            self.calls.send(&mapping::status(&to.opening, id, "external_error", now)).await?;
        }
        // The reason is not in the id: a later try may find another one, and one notice of a message is enough.
        let id = format!("not-delivered.{}", message.as_str());
        self.calls.send(&mapping::told(&to.opening, &id, reason.words(texts), now)).await
    }

    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        let id = format!("note.{id}");
        self.calls.send(&mapping::told(&to.opening, &id, text.to_owned(), self.calls.now())).await
    }
}

impl AgentFiles for ServiceNowClient {
    fn file_access(&self, url: &str) -> Option<Access> {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let login = STANDARD.encode(self.calls.login()?.trim());
        Access::at_home(url, self.calls.base(), &format!("Basic {login}"))
    }
}

#[async_trait]
impl Presence for ServiceNowClient {
    async fn typing(&self, to: &TicketRef, on: bool) -> Result<(), Failure> {
        self.calls.send(&mapping::typing(&to.opening, on, self.calls.now())).await
    }
}

#[async_trait]
impl AgentReceipts for ServiceNowClient {
    async fn status(&self, to: &TicketRef, message: &SourceId, _status: Status) -> Result<(), Failure> {
        // The API knows one word for both: the customer has it.
        let Some(id) = mapping::message_id(message) else { return Ok(()) };
        self.calls.send(&mapping::status(&to.opening, id, "sent_to_user", self.calls.now())).await
    }
}
