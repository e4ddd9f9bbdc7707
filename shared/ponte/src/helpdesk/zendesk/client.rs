//! The relay's port on Zendesk's tickets.
//!
//! Only the creation of a ticket has an idempotency key, and only for two hours; a ticket is looked for by its external id before.
//! An update is recognised by the ids in its `metadata`: what was tried before is looked for in the ticket's history, and the
//! bridge's own notes always are.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;

use super::{
    Settings,
    calls::{Calls, number},
    look::LastLook,
    mapping, wire,
};
use crate::{
    fetch::Access,
    helpdesk::{AgentTexts, ClientDeps, answer::unless_refused, intro_note, recent_cache, route::Names},
    message::{Capabilities, Content, TicketId},
    relay::{
        Failure,
        ports::{
            AgentFiles, Batches, BridgeUser, Contacts, CustomerMessage, EndedBy, EventReader, Helpdesk, Merges,
            NewConversation, Notices, Ratings, Reopens, Schedules, StoredFiles, TicketRef,
        },
    },
    secret::Secret,
    settings::SettingsError,
};

/// The most comments of a ticket (developer.zendesk.com, ticket comments).
const MAX_COMMENTS: u64 = 5000;
/// The status that ends a ticket when the customer has left. `closed` is for ever, and never written.
const SOLVED: &str = "solved";

/// The client of the API of Zendesk Support.
#[derive(Clone)]
pub struct ZendeskClient {
    pub(super) calls: Calls,
    pub(super) texts: AgentTexts,
    pub(super) capabilities: Capabilities,
    minutes_from_utc: i32,
    /// Whether the agents' status says whether somebody is there.
    pub(super) agent_status: bool,
    files: Arc<dyn StoredFiles>,
    pub(super) users: recent_cache::RecentCache<String, wire::User>,
    /// Whose key it is.
    own_user: recent_cache::OwnUser,
    pub(super) requesters: recent_cache::RecentCache<TicketId, u64>,
    /// The ids of what routes name.
    pub(super) names: Names,
    /// An event is read just after what was missed before it.
    pub(super) last: LastLook,
}

shown_by_host!(ZendeskClient);

impl ZendeskClient {
    /// `url` is the account's address; `key` is an OAuth client as `id:secret`, `e-mail/token:…`, or an access token;
    /// `own` is the parameter `HelpdeskSettings`.
    pub fn new(
        url: &str,
        own: &str,
        key: Secret,
        means: ClientDeps,
        capabilities: Capabilities,
    ) -> Result<Self, SettingsError> {
        let ClientDeps { http, texts, clock, files } = means;
        let Settings { minutes_from_utc, agent_status, .. } = Settings::parse(own)?;
        Ok(Self {
            calls: Calls::new(http, url, key, clock)?,
            texts,
            capabilities,
            minutes_from_utc,
            agent_status,
            files,
            users: recent_cache::RecentCache::default(),
            own_user: recent_cache::OwnUser::default(),
            requesters: recent_cache::RecentCache::default(),
            names: Names::default(),
            last: LastLook::default(),
        })
    }

    /// The customer's user: who says the customer's words.
    pub(super) async fn requester(&self, ticket: &TicketId) -> Result<u64, Failure> {
        if let Some(known) = self.requesters.get(ticket) {
            return Ok(known);
        }
        let requester = number(self.calls.ticket(ticket.as_str()).await?.requester_id.as_deref())?;
        self.requesters.put(ticket.clone(), requester);
        Ok(requester)
    }

    /// The ids of what the bridge has written on the ticket.
    pub(super) async fn written(&self, ticket: &TicketId) -> Result<HashSet<String>, Failure> {
        let audits = self.calls.audits(ticket.as_str()).await?;
        Ok(audits.iter().flat_map(mapping::marks).map(str::to_owned).collect())
    }

    /// Uploads the file of a message. `None` where it is no file, or is shown by its link.
    async fn upload(&self, content: &Content) -> Result<Option<String>, Failure> {
        let Content::File { url, .. } = content else { return Ok(None) };
        let Some(file) = self.files.open(url).await?.filter(|file| file.size > 0) else { return Ok(None) };
        match self.calls.upload(file).await {
            Ok(token) => Ok(Some(token)),
            // An account may take less than the stack, or no such files.
            Err(Failure::Refused { .. }) => Ok(None),
            // It has no effect by itself.
            Err(failure) => Err(failure.harmless()),
        }
    }

    /// Posts what is not there yet, as one comment.
    async fn post(&self, to: &TicketRef, messages: &[CustomerMessage]) -> Result<(), Failure> {
        let mut left = messages.to_vec();
        if left.iter().any(|message| message.may_be_duplicate) {
            let written = self.written(&to.ticket).await?;
            left.retain(|message| !written.contains(&message.id));
        }
        if left.is_empty() {
            return Ok(());
        }
        let requester = self.requester(&to.ticket).await?;
        let mut uploads = Vec::new();
        for (at, message) in left.iter().enumerate() {
            uploads.extend(self.upload(&message.content).await?.map(|token| (at, token)));
        }
        let ticket = to.ticket.as_str();
        let update = |uploads, requester| mapping::comment(&left, uploads, requester, self.minutes_from_utc);
        let refused = match self.calls.update(ticket, &update(uploads.clone(), requester)).await {
            Err(refused @ Failure::Refused { status: 422, .. }) => refused,
            outcome => return outcome,
        };
        // The requester may be another one by now: an agent changed it, or merged the user into another.
        self.requesters.forget(&to.ticket);
        match self.requester(&to.ticket).await? {
            present if present != requester => self.calls.update(ticket, &update(uploads, present)).await,
            // A ticket that is full takes no comment any more: the next one is opened.
            _ if self.calls.count(ticket).await.is_ok_and(|comments| comments >= MAX_COMMENTS) => Err(Failure::Gone),
            _ => Err(refused),
        }
    }

    /// Writes what of the first note is not in the first comment, if it is not there yet. The pieces are called by their numbers, from 2 on.
    pub(super) async fn introduce(&self, to: &TicketRef, rest: &[String], was_there: bool) -> Result<(), Failure> {
        if rest.is_empty() {
            return Ok(());
        }
        let written = if was_there { self.written(&to.ticket).await? } else { HashSet::new() };
        for (number, part) in (2..).zip(rest) {
            let id = to.opening.note_id(&format!("dossier-{number}"));
            if !written.contains(&id) {
                unless_refused(self.calls.update(to.ticket.as_str(), &mapping::note(&id, part, Vec::new())).await)?;
            }
        }
        Ok(())
    }

    /// Writes a note that bears `id`, if the ticket has none such.
    pub(super) async fn tell(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        if self.written(&to.ticket).await?.contains(id) {
            return Ok(());
        }
        self.calls.update(to.ticket.as_str(), &mapping::note(id, text, Vec::new())).await
    }
}

#[async_trait]
impl Helpdesk for ZendeskClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let opened = self.opened(opening).await?;
        let to = TicketRef { opening: opening.id.clone(), ticket: opened.ticket };
        self.introduce(&to, &opened.rest, opened.was_there).await?;
        Ok(to.ticket)
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        if !message.late {
            return self.post(to, std::slice::from_ref(message)).await;
        }
        if message.may_be_duplicate && self.written(&to.ticket).await?.contains(&message.id) {
            return Ok(());
        }
        let upload = self.upload(&message.content).await?;
        let text = mapping::late(message, upload.is_some(), self.texts.now().language);
        let note = mapping::note(&message.id, &text, upload.into_iter().collect());
        self.calls.update(to.ticket.as_str(), &note).await
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        if !by.closes_ticket() {
            return Ok(());
        }
        let id = to.opening.note_id(mapping::ENDED);
        if self.written(&to.ticket).await?.contains(&id) {
            return Ok(());
        }
        let ticket = to.ticket.as_str();
        let over = self.calls.ticket(ticket).await?.status.as_deref().is_some_and(mapping::is_over);
        let text = intro_note::ended(by, &self.texts.now());
        if over && text.is_none() {
            return Ok(());
        }
        let status = (!over).then_some(SOLVED);
        match self.calls.update(ticket, &mapping::ended(id.clone(), text.as_deref(), status)).await {
            // A ticket without an assignee, or with a required field that is empty, cannot be solved: an agent does it.
            Err(Failure::Refused { .. }) if !over => {
                tracing::warn!("a ticket could not be solved");
                match text {
                    Some(text) => self.calls.update(ticket, &mapping::note(&id, &text, Vec::new())).await,
                    None => Ok(()),
                }
            }
            outcome => outcome,
        }
    }

    fn ratings(&self) -> Option<&dyn Ratings> {
        Some(self)
    }

    fn schedules(&self) -> Option<&dyn Schedules> {
        Some(self)
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn batches(&self) -> Option<&dyn Batches> {
        Some(self)
    }

    fn event_reader(&self) -> Option<&dyn EventReader> {
        Some(self)
    }

    fn merges(&self) -> Option<&dyn Merges> {
        Some(self)
    }

    fn reopens(&self) -> Option<&dyn Reopens> {
        Some(self)
    }

    fn bridge_user(&self) -> Option<&dyn BridgeUser> {
        Some(self)
    }

    fn agent_files(&self) -> Option<&dyn AgentFiles> {
        Some(self)
    }
}

#[async_trait]
impl Batches for ZendeskClient {
    async fn deliver_batch(&self, to: &TicketRef, messages: &[CustomerMessage]) -> Result<(), Failure> {
        self.post(to, messages).await
    }
}

#[async_trait]
impl BridgeUser for ZendeskClient {
    async fn bridge_user_id(&self) -> Result<Option<String>, Failure> {
        self.own_user.get(async { Ok(self.calls.user("me").await?.id) }).await
    }
}

impl AgentFiles for ZendeskClient {
    fn file_access(&self, url: &str) -> Option<Access> {
        Access::at_home(url, self.calls.base(), &self.calls.authorization()?)
    }
}

#[async_trait]
impl Contacts for ZendeskClient {
    async fn forget(&self, customer: &str) -> Result<bool, Failure> {
        let Some(user) = self.calls.find_user(customer).await? else { return Ok(false) };
        match self.calls.delete_user(&user.to_string()).await {
            Err(Failure::Refused { status, .. }) => Err(Failure::Refused {
                why: "a user is not deleted who has tickets that are not closed for good",
                status,
            }),
            outcome => outcome,
        }
    }
}
