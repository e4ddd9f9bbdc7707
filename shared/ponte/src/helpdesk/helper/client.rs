//! The relay's port on Rasa's channels.
//!
//! A message has no id there: one whose answer did not arrive is said again, and the assistant hears it twice. What it answers is
//! known by the message, so that the customer does not.

use async_trait::async_trait;

use super::{
    Channel, Settings,
    calls::Calls,
    mapping,
    wire::{Button, Said},
};
use crate::{
    helpdesk::{AgentTexts, ClientDeps, recent_cache::RecentCache, to_text::in_words},
    message::{AgentEvent, Capabilities, ConversationId, TicketId},
    relay::{
        Failure,
        ports::{Answers, CustomerMessage, EndedBy, Helpdesk, NewConversation, TicketRef},
    },
    secret::Secret,
    settings::SettingsError,
};

/// The client of an assistant behind Rasa's REST or callback channel.
#[derive(Clone)]
pub struct HelperClient {
    calls: Calls,
    settings: Settings,
    texts: AgentTexts,
    capabilities: Capabilities,
    /// The answers to tap that were given last.
    buttons: RecentCache<ConversationId, Vec<Button>>,
}

shown_by_host!(HelperClient);

impl HelperClient {
    /// `url` is the server's address; `token` is that of its HTTP API, or empty; `own` is the parameter `HelpdeskSettings`.
    pub fn new(
        url: &str,
        own: &str,
        token: Secret,
        means: ClientDeps,
        capabilities: Capabilities,
    ) -> Result<Self, SettingsError> {
        let ClientDeps { http, texts, clock, .. } = means;
        let calls = Calls::new(http, url, token, clock)?;
        Ok(Self { calls, settings: Settings::parse(own)?, texts, capabilities, buttons: RecentCache::default() })
    }

    /// What is sent for these words: the payload of the answer that was tapped. Whoever did not give the last answer asks the
    /// assistant what it was; where that is not possible, the words go as they are.
    async fn payload(&self, opening: &ConversationId, words: String) -> String {
        let buttons = if let Some(known) = self.buttons.get(opening) {
            known
        } else {
            mapping::last_buttons(&self.calls.tracker(opening.as_str()).await.unwrap_or_default())
        };
        mapping::payload(&words, &buttons).unwrap_or(words)
    }
}

#[async_trait]
impl Helpdesk for HelperClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// A sender needs no opening: the first words are one.
    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        Ok(TicketId::new(opening.id.as_str()))
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        self.converse(to, message).await.map(drop)
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        let Some(payload) = self.settings.end_payload.clone().filter(|_| by != EndedBy::Agent) else { return Ok(()) };
        let said = Said { sender: to.opening.as_str().to_owned(), message: payload };
        match self.settings.channel {
            Channel::Callback => self.calls.tell(&said).await,
            Channel::Rest => self.calls.ask(&said).await.map(drop),
        }
    }

    fn answers(&self) -> Option<&dyn Answers> {
        Some(self)
    }
}

#[async_trait]
impl Answers for HelperClient {
    async fn converse(&self, to: &TicketRef, message: &CustomerMessage) -> Result<Vec<AgentEvent>, Failure> {
        // After the end nobody listens, and words would begin another conversation.
        if message.late {
            return Ok(Vec::new());
        }
        let words = self.payload(&to.opening, in_words(&message.content)).await;
        let said = Said { sender: to.opening.as_str().to_owned(), message: words };
        let mut events = match self.settings.channel {
            Channel::Callback => {
                self.calls.tell(&said).await?;
                Vec::new()
            }
            Channel::Rest => {
                let items = mapping::for_sender(self.calls.ask(&said).await?, &said.sender);
                self.buttons.put(to.opening.clone(), mapping::buttons(&items));
                mapping::answer(&items, &message.id, &self.settings, &self.texts.now())
            }
        };
        events.extend(mapping::ends(&said.message, &message.id, &self.settings));
        Ok(events)
    }
}
