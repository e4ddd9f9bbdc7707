//! The relay's port on Sunshine Conversations.
//!
//! There is no idempotency key. A **conversation** is looked for among the user's by the mark in its metadata, a **message** that was
//! tried before, and every notice, by the id in its metadata; the user has an `externalId`, and control that is passed twice to the
//! same one is passed once. So nothing is doubled, as long as a message is among the last thousand of its conversation.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::{OnEnd, Settings, calls::Calls, capabilities, mapping, routing, wire, written};
use crate::{
    fetch::{Access, Authority, Home},
    helpdesk::{
        AgentTexts, ClientDeps,
        answer::unless_refused,
        intro_note,
        recent_cache::RecentCache,
        route::{LeftOut, is_given_up, refusal, set},
        to_text::in_words,
    },
    message::{Capabilities, ConversationId, SourceId, TicketId, text::split},
    relay::{
        Failure,
        ports::{
            AgentFiles, AgentReceipts, Contacts, CustomerMessage, EndedBy, Helpdesk, NewConversation, Notices, Status,
            TicketRef,
        },
    },
    secret::Secret,
    settings::SettingsError,
};

/// The client of Sunshine Conversations, the API of Zendesk messaging.
#[derive(Clone)]
pub struct SunshineClient {
    calls: Calls,
    settings: Settings,
    texts: AgentTexts,
    capabilities: Capabilities,
    home: Home,
    known: RecentCache<ConversationId, Known>,
}

#[derive(Clone)]
struct Known {
    ticket: TicketId,
    /// The customer, as the author of messages.
    author: written::Author,
}

shown_by_host!(SunshineClient);

impl SunshineClient {
    /// `url` is `https://{subdomain}.zendesk.com/sc`; `key` is key id and secret with a colon between; `own` is the parameter
    /// `HelpdeskSettings`.
    pub fn new(url: &str, own: &str, key: Secret, means: ClientDeps) -> Result<Self, SettingsError> {
        let ClientDeps { http, texts, clock, .. } = means;
        let capabilities = capabilities(own)?;
        let own = Settings::read(own)?;
        let calls = Calls::new(http, url, &own.app, key, clock)?;
        let home = Authority::of(calls.base()).ok_or(SettingsError::Invalid("HELPDESK_URL"))?;
        let home = Home { own: home, domains: &[] };
        Ok(Self { calls, settings: own, texts, capabilities, home, known: RecentCache::default() })
    }

    fn remember(&self, opening: &ConversationId, ticket: &TicketId, author: &written::Author) {
        self.known.put(opening.clone(), Known { ticket: ticket.clone(), author: author.clone() });
    }

    /// The customer as an author, if this conversation was met before.
    fn known(&self, to: &TicketRef) -> Option<written::Author> {
        self.known.get(&to.opening).filter(|known| known.ticket == to.ticket).map(|known| known.author)
    }

    /// The customer as an author, asked of the conversation: users can be merged into others.
    async fn ask_author(&self, to: &TicketRef) -> Result<written::Author, Failure> {
        let id = Some(self.calls.user_of(to.ticket.as_str()).await?);
        let author = written::Author::User { id, external_id: None };
        self.remember(&to.opening, &to.ticket, &author);
        Ok(author)
    }

    /// Finds the conversation that bears the opening's mark, or begins it. Whether it was there.
    async fn conversation_of(&self, opening: &NewConversation) -> Result<(TicketId, bool), Failure> {
        let created = self.calls.create_user(&mapping::user(opening)).await?;
        let mut found = None;
        if created.is_none() {
            let ours = |c: &wire::Conversation| mapping::marked(c.metadata.as_ref()).as_ref() == Some(&opening.id);
            found = self.calls.find_conversation(&opening.customer, ours).await?.and_then(|found| found.id);
        }
        let was_there = found.is_some();
        let ticket = TicketId::new(match found {
            Some(ticket) => ticket,
            None => self.calls.begin(&mapping::begin(opening)).await?,
        });
        let author = match created.flatten() {
            Some(id) => written::Author::User { id: Some(id), external_id: None },
            None => written::Author::User { id: None, external_id: Some(opening.customer.clone()) },
        };
        self.remember(&opening.id, &ticket, &author);
        Ok((ticket, was_there))
    }

    /// Profile and transcript, as messages of the bridge. The id of the first of them: where the agents begin to read.
    async fn introduce(
        &self,
        opening: &NewConversation,
        ticket: &str,
        seen: &[wire::Message],
    ) -> Result<Option<String>, Failure> {
        let mut first = None;
        for (number, part) in
            intro_note::parts(opening, self.texts.now().language, self.capabilities.text).iter().enumerate()
        {
            let id = format!("dossier/{number}");
            let there = seen.iter().find(|message| mapping::bears(message, &id));
            let said = match there {
                Some(message) => message.id.clone(),
                None => match self.calls.say(ticket, &mapping::notice(&id, part)).await {
                    // Without it the agent still has the customer's words.
                    Err(Failure::Refused { status, .. }) => {
                        tracing::warn!(status, "the helpdesk refused the introductory note of a ticket");
                        return Ok(first);
                    }
                    said => said?,
                },
            };
            first = first.or(said);
        }
        Ok(first)
    }

    /// Whether the agents have control of a conversation.
    async fn is_theirs(&self, ticket: &TicketId) -> Result<bool, Failure> {
        let active = self.calls.conversation(ticket.as_str()).await?.active;
        Ok(active.is_some_and(|active| active.is(&self.settings.agents)))
    }

    /// Gives control to the agents with the parts of the route; once more without them, where they are refused or fail.
    async fn pass_to_agents(
        &self,
        opening: &NewConversation,
        ticket: &TicketId,
        first: Option<&str>,
        routing: wire::Metadata,
        seen: &[wire::Message],
    ) -> Result<(), Failure> {
        let plain = mapping::to_agents(&self.settings, opening, first);
        if routing.is_empty() {
            return self.calls.pass_control(ticket.as_str(), &plain).await;
        }
        let mut routed = mapping::to_agents(&self.settings, opening, first);
        routed.metadata.extend(routing.clone());
        let failure = match set(|| self.calls.pass_control(ticket.as_str(), &routed)).await {
            Err(failure) if is_given_up(&failure) => failure,
            outcome => return outcome,
        };
        // Without an answer it may have been passed, with its route: then nothing is told, and nothing passed again.
        if matches!(failure, Failure::Unknown { .. }) && self.is_theirs(ticket).await? {
            return Ok(());
        }
        let mut left_out = LeftOut::default();
        match refusal(&failure) {
            Some(status) => left_out.refuse(&opening.route, status, ""),
            None => routing::not_set(&opening.route, &routing, &mut left_out),
        }
        let to = TicketRef { opening: opening.id.clone(), ticket: ticket.clone() };
        if let Some(text) = left_out.note(&self.texts.now()) {
            unless_refused(self.tell(&to, seen, "route-refused", &text).await)?;
        }
        self.calls.pass_control(ticket.as_str(), &plain).await
    }

    /// Tells the agents something that is known by `id`, each once. It takes several messages when it is long.
    async fn tell(&self, to: &TicketRef, seen: &[wire::Message], id: &str, text: &str) -> Result<(), Failure> {
        for (number, part) in split(text, self.capabilities.text).iter().enumerate() {
            let id = if number == 0 { id.to_owned() } else { format!("{id}/{number}") };
            if !part.trim().is_empty() && !seen.iter().any(|message| mapping::bears(message, &id)) {
                self.calls.say(to.ticket.as_str(), &mapping::notice(&id, part)).await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Helpdesk for SunshineClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Control is first passed to us, so that no bot of Zendesk's answers and no ticket is made before its fields are known; then the
    /// customer is introduced, control goes to the agents, and is offered to us, so that events reach our webhook.
    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let (ticket, was_there) = self.conversation_of(opening).await?;
        let id = ticket.as_str();
        // A conversation that the agents have already must not be taken from them.
        let theirs = was_there && self.is_theirs(&ticket).await?;
        if !theirs {
            let seen = if was_there { self.calls.last_messages(id).await? } else { Vec::new() };
            if !self.settings.bridge.is_empty() {
                self.calls.pass_control(id, &mapping::to_us(&self.settings, &opening.id)).await?;
            }
            let plain = mapping::to_agents(&self.settings, opening, None).metadata;
            let (routing, left_out) = routing::spelled(&opening.route, &plain);
            let first = self.introduce(&left_out.noted(opening, &self.texts.now()), id, &seen).await?;
            self.pass_to_agents(opening, &ticket, first.as_deref(), routing, &seen).await?;
        }
        if self.settings.offer && !self.settings.bridge.is_empty() {
            self.calls.offer_control(id, &mapping::to_us(&self.settings, &opening.id)).await?;
        }
        Ok(ticket)
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        let ticket = to.ticket.as_str();
        if message.late {
            let seen = self.calls.last_messages(ticket).await?;
            let text = format!("{}\n{}", intro_note::late(self.texts.now().language), in_words(&message.content));
            return self.tell(to, &seen, &format!("late/{}", message.id), &text).await;
        }
        if message.may_be_duplicate && self.calls.find_message(ticket, |seen| mapping::bears(seen, &message.id)).await?
        {
            return Ok(());
        }
        if let Some(author) = self.known(to) {
            match self.calls.say(ticket, &mapping::message(author, message)).await {
                // The user may have been merged into another one: the conversation knows.
                Err(Failure::Gone) => {}
                outcome => return outcome.map(drop),
            }
        }
        let author = self.ask_author(to).await?;
        self.calls.say(ticket, &mapping::message(author, message)).await.map(drop)
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        if !by.closes_ticket() {
            return Ok(());
        }
        let ticket = to.ticket.as_str();
        if let Some(text) = intro_note::ended(by, &self.texts.now()) {
            let seen = self.calls.last_messages(ticket).await?;
            self.tell(to, &seen, "ended", &text).await?;
        }
        if self.settings.on_end == OnEnd::Keep {
            return Ok(());
        }
        // Nobody has it any more, or somebody else: it is not ours to end.
        if !self.is_theirs(&to.ticket).await? {
            return Ok(());
        }
        match self.settings.on_end {
            OnEnd::Release => {
                let release = written::Release { reason: "ticketClosed", metadata: mapping::mark(&to.opening) };
                self.calls.release_control(ticket, &release).await
            }
            OnEnd::Pass => self.calls.pass_control(ticket, &mapping::to_us(&self.settings, &to.opening)).await,
            OnEnd::Keep => Ok(()),
        }
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn agent_files(&self) -> Option<&dyn AgentFiles> {
        Some(self)
    }

    fn receipts(&self) -> Option<&dyn AgentReceipts> {
        if self.capabilities.receipts { Some(self) } else { None }
    }
}

#[async_trait]
impl Notices for SunshineClient {
    async fn quote(&self, to: &TicketRef, message: &SourceId) -> Option<String> {
        let seen = self.calls.last_messages(to.ticket.as_str()).await.ok()?;
        mapping::quote(&seen, message)
    }

    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        let seen = self.calls.last_messages(to.ticket.as_str()).await?;
        self.tell(to, &seen, id, text).await
    }
}

impl AgentFiles for SunshineClient {
    /// Links of an app with private attachments need the key (the specification, `mediaUrl`). It goes to `HelpdeskUrl`'s own host
    /// only.
    fn file_access(&self, _url: &str) -> Option<Access> {
        let key = self.calls.key();
        let (id, secret) = key.trim().split_once(':')?;
        let value = format!("Basic {}", BASE64.encode(format!("{}:{}", id.trim(), secret.trim())));
        Access::new("authorization", &value, self.home.clone()).ok()
    }
}

#[async_trait]
impl AgentReceipts for SunshineClient {
    async fn status(&self, to: &TicketRef, _message: &SourceId, status: Status) -> Result<(), Failure> {
        // A user can show that all was read, and nothing else.
        if status != Status::Consumed {
            return Ok(());
        }
        let author = match self.known(to) {
            Some(author) => author,
            None => self.ask_author(to).await?,
        };
        self.calls.show(to.ticket.as_str(), &written::NewActivity { author, kind: "conversation:read" }).await
    }
}

#[async_trait]
impl Contacts for SunshineClient {
    async fn forget(&self, customer: &str) -> Result<bool, Failure> {
        self.calls.delete_user(customer).await
    }
}
