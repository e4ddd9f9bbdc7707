//! The relay's port on Chatwoot's API.
//!
//! Chatwoot has no idempotency key. The **conversation** is looked for by our mark among the contact's before it is made; a
//! **message** that was tried before, and everything that the bridge says by itself, by its `source_id` among the
//! conversation's last messages.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Settings,
    calls::{Begun, Calls, PAGE},
    mapping::{self, Named},
    routing, wire,
};
use crate::{
    helpdesk::{
        AgentTexts, ClientDeps,
        answer::unless_refused,
        intro_note,
        recent_cache::{OwnUser, RecentCache},
        route::Names,
    },
    message::{AgentEventKind, Capabilities, Content, ConversationId, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            BridgeUser, Contacts, CustomerMessage, EndedBy, EventReader, Helpdesk, MAX_MISSED, NewConversation,
            Notices, Ratings, Reopens, StoredFiles, TicketRef,
        },
    },
    secret::Secret,
    settings::SettingsError,
};

/// How many pages of 20 messages are looked through for one of ours.
const MAX_PAGES: usize = 10;

/// The client of Chatwoot's API.
#[derive(Clone)]
pub struct ChatwootClient {
    pub(super) calls: Calls,
    pub(super) inbox: u64,
    pub(super) texts: AgentTexts,
    capabilities: Capabilities,
    files: Arc<dyn StoredFiles>,
    /// Messages that were read together with others, by conversation and number.
    read: RecentCache<(String, u64), wire::Message>,
    /// Whose token it is.
    own_user: OwnUser,
    /// The ids of what routes name.
    pub(super) names: Names,
}

shown_by_host!(ChatwootClient);

impl ChatwootClient {
    /// `url` is Chatwoot's own base address; `token` is an access token of an agent; `own` is the parameter
    /// `HelpdeskSettings`.
    pub fn new(
        url: &str,
        own: &str,
        token: Secret,
        means: ClientDeps,
        capabilities: Capabilities,
    ) -> Result<Self, SettingsError> {
        let Settings { account, inbox, .. } = Settings::parse(own)?;
        let ClientDeps { http, texts, clock, files } = means;
        let calls = Calls::new(http, url, account, token, clock)?;
        Ok(Self {
            calls,
            inbox,
            texts,
            capabilities,
            files,
            read: RecentCache::default(),
            own_user: OwnUser::default(),
            names: Names::default(),
        })
    }

    /// Whether a message of ours with this id is among the last of the conversation.
    async fn has(&self, ticket: &str, id: &str) -> Result<bool, Failure> {
        let source = mapping::source(id);
        let mut before = None;
        for _ in 0..MAX_PAGES {
            let page = self.calls.messages(ticket, before).await?;
            if page.iter().any(|message| message.source_id.as_deref() == Some(source.as_str())) {
                return Ok(true);
            }
            before = older(&page, before);
            if before.is_none() {
                break;
            }
        }
        Ok(false)
    }

    /// Writes what agents read first, if it is not there yet. The pieces are called by their numbers.
    pub(super) async fn introduce(
        &self,
        ticket: &str,
        opening: &NewConversation,
        was_there: bool,
    ) -> Result<(), Failure> {
        let parts = intro_note::parts(opening, self.texts.now().language, self.capabilities.text);
        for (number, part) in (1..).zip(&parts) {
            let id = opening.id.note_id(&format!("dossier-{number}"));
            if was_there && self.has(ticket, &id).await? {
                continue;
            }
            unless_refused(self.calls.say(ticket, &mapping::note(&id, part)).await)?;
        }
        Ok(())
    }

    /// The contact's conversation that bears the opening's mark.
    pub(super) async fn marked(
        &self,
        contact: &str,
        opening: &ConversationId,
    ) -> Result<Option<wire::Conversation>, Failure> {
        let ours = |conversation: &wire::Conversation| mapping::marked(conversation).as_ref() == Some(opening);
        Ok(self.calls.conversations_of(contact).await?.into_iter().find(ours))
    }

    /// Writes a note, unless one with this id is there.
    async fn tell(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        let ticket = to.ticket.as_str();
        if self.has(ticket, id).await? {
            return Ok(());
        }
        self.calls.say(ticket, &mapping::note(id, text)).await
    }

    /// Chatwoot's survey of a conversation. Nothing, where there is no link to it.
    async fn survey(&self, ticket: &str, message: &wire::Message) -> Result<Vec<AgentEventKind>, Failure> {
        let link = if mapping::has_link(message) {
            None
        } else {
            let uuid = self.calls.conversation(ticket).await?.uuid;
            uuid.and_then(|uuid| mapping::survey_link(self.calls.base(), &uuid))
        };
        Ok(mapping::survey(message, link.as_deref()).into_iter().collect())
    }

    /// One message. `None` when it is gone.
    async fn message(&self, ticket: &str, id: u64) -> Result<Option<wire::Message>, Failure> {
        let key = (ticket.to_owned(), id);
        if let Some(known) = self.read.get(&key) {
            return Ok(Some(known));
        }
        self.look(ticket, Some(id)).await?;
        Ok(self.read.get(&key))
    }

    /// Reads a message and those before it; without one, the last of the conversation. Oldest first.
    async fn look(&self, ticket: &str, id: Option<u64>) -> Result<Vec<wire::Message>, Failure> {
        let mut page = self.calls.messages(ticket, id.map(|id| id.saturating_add(1))).await?;
        page.retain(|message| mapping::is_of(message, ticket));
        for message in &page {
            if let Some(number) = number(message) {
                self.read.put((ticket.to_owned(), number), message.clone());
            }
        }
        Ok(page)
    }

    /// The customer's contact, with its name in the inbox. Whether it may have conversations.
    async fn contact_of(&self, opening: &NewConversation) -> Result<(u64, String, bool), Failure> {
        let contact = |contact: &wire::Contact| -> Result<(u64, String, bool), Failure> {
            let inbox = self.inbox.to_string();
            let here = contact.contact_inboxes.iter().find(|here| here.inbox.id.as_deref() == Some(inbox.as_str()));
            let source = here.and_then(|here| here.source_id.clone()).unwrap_or_else(|| opening.customer.clone());
            Ok((whole(contact.id.as_deref())?, source, true))
        };
        if let Some(found) = self.calls.find_contact(&opening.customer).await? {
            return contact(&found);
        }
        if let Some(id) = self.calls.create_contact(&mapping::contact(self.inbox, opening)).await? {
            return Ok((whole(Some(id.as_str()))?, opening.customer.clone(), false));
        }
        // Somebody was quicker, or it is refused for another reason.
        let found = self.calls.find_contact(&opening.customer).await?;
        contact(&found.ok_or(Failure::Refused { why: "the helpdesk refuses the contact", status: 422 })?)
    }
}

/// The number of a message.
pub(super) fn number(message: &wire::Message) -> Option<u64> {
    message.id.as_deref()?.parse().ok()
}

/// Where the next page before `page` begins. `None` where there is none; a server that does not know `before` answers with the same
/// page for ever.
pub(super) fn older(page: &[wire::Message], before: Option<u64>) -> Option<u64> {
    let oldest = page.iter().filter_map(number).min().filter(|_| page.len() >= PAGE);
    oldest.filter(|oldest| before.is_none_or(|last| *oldest < last))
}

/// Ids of Chatwoot are numbers, and are written as such.
fn whole(id: Option<&str>) -> Result<u64, Failure> {
    id.and_then(|id| id.parse().ok()).ok_or(Failure::later("unexpected response from the helpdesk"))
}

#[async_trait]
impl Helpdesk for ChatwootClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let spelled = routing::spelled(&self.calls, &self.names, &opening.route).await;
        let (contact, source, may_have) = self.contact_of(opening).await?;
        let found = if may_have { self.marked(&contact.to_string(), &opening.id).await? } else { None };
        let found = found.and_then(|found| Some(Begun { id: found.id?, meta: found.meta }));
        let was_there = found.is_some();
        let (ticket, left_out) = self.routed((contact, &source), opening, found, spelled).await?;
        let opening = &left_out.noted(opening, &self.texts.now());
        self.introduce(&ticket, opening, was_there).await?;
        Ok(TicketId::new(ticket))
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        let (ticket, language) = (to.ticket.as_str(), self.texts.now().language);
        if message.may_be_duplicate && self.has(ticket, &message.id).await? {
            return Ok(());
        }
        if let Content::File { url, .. } = &message.content
            && let Some(file) = self.files.open(url).await?
        {
            match self.calls.attach(ticket, &mapping::beside_file(message, language), file).await {
                // Its administrator may allow less, or not this kind: then it is a link.
                Err(Failure::Refused { .. }) => {}
                outcome => return outcome,
            }
        }
        self.calls.say(ticket, &mapping::said(message, language)).await
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        if !by.closes_ticket() {
            return Ok(());
        }
        if let Some(text) = intro_note::ended(by, &self.texts.now()) {
            self.tell(to, &to.opening.note_id("ended"), &text).await?;
        }
        let ticket = to.ticket.as_str();
        if self.calls.conversation(ticket).await?.status.as_deref() == Some(mapping::RESOLVED) {
            return Ok(());
        }
        self.calls.set_status(ticket, mapping::RESOLVED).await
    }

    fn ratings(&self) -> Option<&dyn Ratings> {
        Some(self)
    }

    fn sends_surveys(&self) -> bool {
        true
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn event_reader(&self) -> Option<&dyn EventReader> {
        Some(self)
    }

    fn reopens(&self) -> Option<&dyn Reopens> {
        Some(self)
    }

    fn bridge_user(&self) -> Option<&dyn BridgeUser> {
        Some(self)
    }
}

#[async_trait]
impl EventReader for ChatwootClient {
    async fn read(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        let ticket = to.ticket.as_str();
        match mapping::named(event) {
            Some(Named::Message(id)) => match self.message(ticket, id).await? {
                Some(message) if mapping::is_survey(&message) => self.survey(ticket, &message).await,
                message => Ok(message.map(|message| mapping::told(&message)).unwrap_or_default()),
            },
            Some(Named::End) => {
                let over = self.calls.conversation(ticket).await?.status.as_deref() == Some(mapping::RESOLVED);
                Ok(over.then_some(AgentEventKind::Closed { service: None }).into_iter().collect())
            }
            None => Ok(Vec::new()),
        }
    }

    async fn missed_before(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        let id = match mapping::named(event) {
            Some(Named::Message(id)) => Some(id),
            Some(Named::End) => None,
            None => return Ok(Vec::new()),
        };
        let page = self.look(to.ticket.as_str(), id).await?;
        let before = page.iter().filter(|message| mapping::is_told(message)).filter_map(number);
        let before: Vec<u64> = before.filter(|number| id.is_none_or(|id| *number < id)).collect();
        let missed = before.iter().skip(before.len().saturating_sub(MAX_MISSED));
        Ok(missed.map(|number| SourceId::exact(&number.to_string())).collect())
    }
}

#[async_trait]
impl BridgeUser for ChatwootClient {
    async fn bridge_user_id(&self) -> Result<Option<String>, Failure> {
        self.own_user.get(self.calls.me()).await
    }
}

#[async_trait]
impl Notices for ChatwootClient {
    async fn quote(&self, to: &TicketRef, message: &SourceId) -> Option<String> {
        let Some(Named::Message(id)) = mapping::named(message) else { return None };
        let message = self.message(to.ticket.as_str(), id).await.ok()??;
        mapping::quote(&message)
    }

    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        self.tell(to, id, text).await
    }
}

#[async_trait]
impl Contacts for ChatwootClient {
    async fn forget(&self, customer: &str) -> Result<bool, Failure> {
        let Some(contact) = self.calls.find_contact(customer).await? else { return Ok(false) };
        let id = contact.id.ok_or(Failure::later("unexpected response from the helpdesk"))?;
        self.calls.delete_contact(&id).await
    }
}
