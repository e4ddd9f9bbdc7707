//! The relay's port on Intercom's API.
//!
//! Intercom has no idempotency key. What is possible, and done: a **conversation** is looked for among the contact's recent ones by
//! the mark in its first line, **notes** and the **close** bear marks of their own and are looked for in the conversation, and a
//! **reply** that was tried before is looked for by its second and its words (`created_at` is ours to set). So a repetition is
//! doubled only where Intercom's search is behind by more than a minute; and of two equal texts that a customer sends within one
//! second, the later one may be taken for the first, only when it is being repeated.

use std::time::Duration;

use super::{calls::Calls, mapping, wire};
use crate::{
    clock::Timestamp,
    hash::HashKey,
    helpdesk::{AgentTexts, ClientDeps, answer::unless_refused, intro_note, recent_cache::RecentCache, route::Names},
    message::{Capabilities, ConversationId, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            BridgeUser, Contacts, CustomerMessage, EndedBy, Helpdesk, NewConversation, Notices, Ratings, Reopens,
            TicketRef,
        },
    },
    secret::Secret,
    settings::SettingsError,
};
use async_trait::async_trait;

/// How far back a conversation of the same opening is looked for: no queue of SQS keeps a record for longer.
const LOOK_BACK: Duration = Duration::from_hours(14 * 24);

/// The client of Intercom's API.
#[derive(Clone)]
pub struct IntercomClient {
    pub(super) calls: Calls,
    texts: AgentTexts,
    capabilities: Capabilities,
    known: RecentCache<ConversationId, Known>,
    /// The ids of what routes name.
    pub(super) names: Names,
    /// The ids of tags, by their names.
    pub(super) tags: RecentCache<String, String>,
    pub(super) priority_attribute: String,
}

#[derive(Clone)]
pub(super) struct Known {
    ticket: TicketId,
    contact: String,
}

impl std::fmt::Debug for IntercomClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IntercomClient({})", self.calls.host())
    }
}

impl IntercomClient {
    /// `url` is the API of the workspace's region; `token` is an access token.
    /// `priority_attribute` is the attribute that a route's priority is written into, empty for none.
    pub fn new(
        url: &str,
        token: Secret,
        means: ClientDeps,
        capabilities: Capabilities,
        priority_attribute: String,
    ) -> Result<Self, SettingsError> {
        let ClientDeps { http, texts, clock, .. } = means;
        Ok(Self {
            calls: Calls::new(http, url, token, clock)?,
            texts,
            capabilities,
            known: RecentCache::default(),
            names: Names::default(),
            tags: RecentCache::default(),
            priority_attribute,
        })
    }

    pub(super) fn remember(&self, opening: &ConversationId, ticket: &TicketId, contact: &str) -> Known {
        let known = Known { ticket: ticket.clone(), contact: contact.to_owned() };
        self.known.put(opening.clone(), known.clone());
        known
    }

    /// A conversation, and the contact that it is of, which is remembered.
    pub(super) async fn read(&self, to: &TicketRef) -> Result<(wire::Conversation, String), Failure> {
        let (conversation, contact) = self.look(&to.ticket).await?;
        self.remember(&to.opening, &to.ticket, &contact);
        Ok((conversation, contact))
    }

    /// A conversation, and the contact that it is of.
    pub(super) async fn look(&self, ticket: &TicketId) -> Result<(wire::Conversation, String), Failure> {
        let conversation = self.calls.conversation(ticket.as_str()).await?;
        // Something else that answers in Intercom's place must not end conversations.
        if conversation.id.as_deref() != Some(ticket.as_str()) {
            return Err(Failure::later("unexpected response from the helpdesk"));
        }
        let contacts = conversation.contacts.as_ref().map(|contacts| contacts.contacts.as_slice()).unwrap_or_default();
        let contact = contacts.iter().find_map(|contact| contact.id.clone());
        // Without a contact, nobody can say anything in it: it was deleted.
        Ok((conversation, contact.ok_or(Failure::Gone)?))
    }

    /// Finds the conversation that bears the opening's mark, or begins it. Whether it was there.
    async fn conversation_of(&self, opening: &NewConversation) -> Result<(Known, bool), Failure> {
        if let Some(known) = self.known.get(&opening.id) {
            return Ok((known, true));
        }
        let (contact, was_there) = match self.calls.find_contact(&opening.customer).await? {
            Some(contact) => (contact, true),
            None => self.calls.create_contact(&mapping::contact(opening)).await?,
        };
        let found = if was_there { self.marked(&contact, opening).await? } else { None };
        let found = match found {
            None => self.reopened_before(opening).await?,
            found => found,
        };
        let was_there = found.is_some();
        let ticket = match found {
            Some(ticket) => ticket,
            None => self.calls.begin(&mapping::begin(&contact, opening)).await?,
        };
        Ok((self.remember(&opening.id, &TicketId::new(ticket), &contact), was_there))
    }

    /// The contact's conversation that bears the opening's mark.
    pub(super) async fn marked(&self, contact: &str, opening: &NewConversation) -> Result<Option<String>, Failure> {
        let back = i64::try_from(LOOK_BACK.as_millis()).unwrap_or(i64::MAX);
        let since = Timestamp(opening.at.0.saturating_sub(back));
        let ours = |c: &wire::Conversation| mapping::marked(c.first_words()).as_ref() == Some(&opening.id);
        Ok(self.calls.search(contact, since).await?.into_iter().find(ours).and_then(|found| found.id))
    }

    /// Profile and transcript as notes. `seen` is the conversation, where it may hold them already.
    pub(super) async fn introduce(
        &self,
        opening: &NewConversation,
        ticket: &TicketId,
        seen: Option<&wire::Conversation>,
    ) -> Result<(), Failure> {
        for (number, part) in
            intro_note::parts(opening, self.texts.now().language, self.capabilities.text).iter().enumerate()
        {
            let id = dossier_mark(&opening.id, number);
            if !seen.is_some_and(|seen| mapping::has_mark(seen, &id)) {
                let note = mapping::note(&self.calls.admin().await?, part, &id);
                self.calls.reply(ticket.as_str(), &note).await?;
            }
        }
        Ok(())
    }

    /// Posts a note that bears `id`, if the conversation has none such.
    async fn tell(&self, to: &TicketRef, seen: &wire::Conversation, id: &str, text: &str) -> Result<(), Failure> {
        if mapping::has_mark(seen, id) {
            return Ok(());
        }
        let note = mapping::note(&self.calls.admin().await?, text, id);
        self.calls.reply(to.ticket.as_str(), &note).await
    }
}

/// What a note is recognised by: short, since agents see it.
fn mark(parts: &[&str]) -> String {
    HashKey::new(b"intercom-note").hex(parts).chars().take(12).collect()
}

/// What a piece of that which agents read first is recognised by.
pub(super) fn dossier_mark(opening: &ConversationId, number: usize) -> String {
    mark(&["dossier", opening.as_str(), &number.to_string()])
}

#[async_trait]
impl Helpdesk for IntercomClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let (wanted, mut left_out) = self.spelled(&opening.route).await;
        let (known, was_there) = self.conversation_of(opening).await?;
        let to = TicketRef { opening: opening.id.clone(), ticket: known.ticket.clone() };
        let seen = if was_there { Some(self.read(&to).await?.0) } else { None };
        self.set(&wanted, known.ticket.as_str(), &mut left_out).await?;
        let opening = &left_out.noted(opening, &self.texts.now());
        unless_refused(self.introduce(opening, &known.ticket, seen.as_ref()).await)?;
        Ok(known.ticket)
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        if message.late {
            let (seen, _) = self.read(to).await?;
            let text = mapping::late(message, self.texts.now().language);
            return self.tell(to, &seen, &mark(&["late", &message.id]), &text).await;
        }
        let ticket = to.ticket.as_str();
        if let Some(known) =
            self.known.get(&to.opening).filter(|known| !message.may_be_duplicate && known.ticket == to.ticket)
        {
            match self.calls.reply(ticket, &mapping::reply(&known.contact, message)).await {
                // The contact may have been merged into another one: the conversation knows.
                Err(Failure::Gone) => {}
                outcome => return outcome,
            }
        }
        let (seen, contact) = self.read(to).await?;
        let reply = mapping::reply(&contact, message);
        if message.may_be_duplicate && mapping::has_reply(&seen, &reply) {
            return Ok(());
        }
        self.calls.reply(ticket, &reply).await
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        if !by.closes_ticket() {
            return Ok(());
        }
        let (seen, _) = self.read(to).await?;
        if let Some(text) = intro_note::ended(by, &self.texts.now()) {
            self.tell(to, &seen, &mark(&["ended", to.opening.as_str()]), &text).await?;
        }
        if seen.state.as_deref() == Some("closed") {
            return Ok(());
        }
        let close = mapping::close(&self.calls.admin().await?, &to.opening);
        self.calls.close(to.ticket.as_str(), &close).await
    }

    fn ratings(&self) -> Option<&dyn Ratings> {
        Some(self)
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn bridge_user(&self) -> Option<&dyn BridgeUser> {
        Some(self)
    }

    fn reopens(&self) -> Option<&dyn Reopens> {
        Some(self)
    }
}

#[async_trait]
impl BridgeUser for IntercomClient {
    async fn bridge_user_id(&self) -> Result<Option<String>, Failure> {
        self.calls.admin().await.map(Some)
    }
}

#[async_trait]
impl Notices for IntercomClient {
    async fn quote(&self, to: &TicketRef, message: &SourceId) -> Option<String> {
        let (seen, _) = self.read(to).await.ok()?;
        mapping::quote(&seen, message)
    }

    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        let (seen, _) = self.read(to).await?;
        self.tell(to, &seen, &mark(&[id]), text).await
    }
}

#[async_trait]
impl Contacts for IntercomClient {
    async fn forget(&self, customer: &str) -> Result<bool, Failure> {
        let Some(contact) = self.calls.find_contact(customer).await? else { return Ok(false) };
        self.calls.delete_contact(&contact).await
    }
}
