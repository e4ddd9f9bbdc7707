//! The relay's port on Zendesk's tickets.
//!
//! Only the creation of a ticket has an idempotency key, and only for two hours; a ticket is looked for by its external id before.
//! An update is recognised by the ids in its `metadata`: what was tried before is looked for in the ticket's history, and the
//! bridge's own notes always are.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use super::{
    Settings,
    calls::{Calls, number},
    mapping::{self, Named},
    wire,
};
use crate::{
    clock::Timestamp,
    fetch::Access,
    helpdesk::{ClientDeps, intro_note, recent_cache, route::Names},
    message::{AgentEventKind, Capabilities, Content, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            AgentFiles, Batches, BridgeUser, Contacts, CustomerMessage, EndedBy, EventReader, FileProblem, Helpdesk,
            MAX_MISSED, Merges, NewConversation, NotDelivered, Notices, Schedules, StoredFiles, TicketRef,
        },
    },
    secret::Secret,
    settings::SettingsError,
    texts::Texts,
};

/// How long the comments that were read last serve: as long as a run takes from looking for what was missed to reading it.
const SAME_LOOK: Duration = Duration::from_secs(5);
/// The most comments of a ticket (developer.zendesk.com, ticket comments).
const MAX_COMMENTS: u64 = 5000;
/// The mark of the note that the customer has left, which the bridge solves the ticket with.
const ENDED: &str = "ended";
/// The status that ends a ticket when the customer has left. `closed` is for ever, and never written.
const SOLVED: &str = "solved";

/// Zendesk Support.
#[derive(Clone)]
pub struct ZendeskClient {
    pub(super) calls: Calls,
    pub(super) texts: Texts,
    pub(super) capabilities: Capabilities,
    minutes_from_utc: i32,
    files: Arc<dyn StoredFiles>,
    users: recent_cache::RecentCache<String, wire::User>,
    /// Whose key it is.
    own_user: recent_cache::OwnUser,
    pub(super) requesters: recent_cache::RecentCache<TicketId, u64>,
    /// The ids of what routes name.
    pub(super) names: Names,
    /// An event is read just after what was missed before it.
    last: Arc<Mutex<Option<Look>>>,
}

/// The last comments of a ticket, as they were read.
#[derive(Clone)]
struct Look {
    ticket: TicketId,
    at: Timestamp,
    comments: Vec<wire::Comment>,
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
        Ok(Self {
            calls: Calls::new(http, url, key, clock)?,
            texts,
            capabilities,
            minutes_from_utc: Settings::parse(own)?.minutes_from_utc,
            files,
            users: recent_cache::RecentCache::default(),
            own_user: recent_cache::OwnUser::default(),
            requesters: recent_cache::RecentCache::default(),
            names: Names::default(),
            last: Arc::default(),
        })
    }

    /// The customer's user: who says the customer's words.
    async fn requester(&self, ticket: &TicketId) -> Result<u64, Failure> {
        if let Some(known) = self.requesters.get(ticket) {
            return Ok(known);
        }
        let requester = number(self.calls.ticket(ticket.as_str()).await?.requester_id.as_deref())?;
        self.requesters.put(ticket.clone(), requester);
        Ok(requester)
    }

    async fn user(&self, id: &str) -> Result<wire::User, Failure> {
        if let Some(known) = self.users.get(id) {
            return Ok(known);
        }
        let user = self.calls.user(id).await?;
        self.users.put(id.to_owned(), user.clone());
        Ok(user)
    }

    /// The last comments of a ticket, newest first, as they are now.
    async fn look(&self, ticket: &TicketId) -> Result<Vec<wire::Comment>, Failure> {
        let comments = self.calls.comments(ticket.as_str()).await?;
        let look = Look { ticket: ticket.clone(), at: self.calls.now(), comments: comments.clone() };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(look);
        Ok(comments)
    }

    /// The comments of the look just made, where this comment is among them; else those of another.
    async fn comments_with(&self, ticket: &TicketId, id: &str) -> Result<Vec<wire::Comment>, Failure> {
        let now = self.calls.now();
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let has = |look: &Look| look.comments.iter().any(|comment| comment.id.as_deref() == Some(id));
        let last = last.filter(|look| look.ticket == *ticket && now.since(look.at) < SAME_LOOK && has(look));
        match last {
            Some(look) => Ok(look.comments),
            None => self.look(ticket).await,
        }
    }

    /// Whether an agent wrote it for the customer. Most comments are of the customer, who need not be looked up.
    async fn is_agents(&self, comment: &wire::Comment, requester: u64) -> Result<bool, Failure> {
        let Some(author) = comment.author_id.as_deref().filter(|_| comment.public == Some(true)) else {
            return Ok(false);
        };
        if author.parse() == Ok(requester) {
            return Ok(false);
        }
        match self.user(author).await {
            Ok(user) => Ok(mapping::agent(&user).is_some()),
            // Nobody by this id: Zendesk itself (-1).
            Err(Failure::Gone | Failure::Refused { .. }) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// The ids of what the bridge has written on the ticket.
    async fn written(&self, ticket: &TicketId) -> Result<HashSet<String>, Failure> {
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

    /// Writes a note that bears `id`, if the ticket has none such.
    async fn tell(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        if self.written(&to.ticket).await?.contains(id) {
            return Ok(());
        }
        self.calls.update(to.ticket.as_str(), &mapping::note(id, text, None, Vec::new())).await
    }
}

#[async_trait]
impl Helpdesk for ZendeskClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let opened = self.opened(opening).await?;
        let (ticket, rest) = (opened.ticket, opened.rest);
        if !rest.is_empty() {
            let written = if opened.was_there { self.written(&ticket).await? } else { HashSet::new() };
            for (number, part) in rest.iter().enumerate() {
                let id = format!("dossier-{}", number + 2);
                if !written.contains(&id) {
                    self.calls.update(ticket.as_str(), &mapping::note(&id, part, None, Vec::new())).await?;
                }
            }
        }
        Ok(ticket)
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        if !message.late {
            return self.post(to, std::slice::from_ref(message)).await;
        }
        if message.may_be_duplicate && self.written(&to.ticket).await?.contains(&message.id) {
            return Ok(());
        }
        let upload = self.upload(&message.content).await?;
        let text = mapping::late(message, upload.is_some(), self.texts.language);
        let note = mapping::note(&message.id, &text, None, upload.into_iter().collect());
        self.calls.update(to.ticket.as_str(), &note).await
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        // An agent who ended it did so in Zendesk.
        let Some(text) = intro_note::ended(by, self.texts.language) else { return Ok(()) };
        if self.written(&to.ticket).await?.contains(ENDED) {
            return Ok(());
        }
        let ticket = to.ticket.as_str();
        let over = self.calls.ticket(ticket).await?.status.as_deref().is_some_and(mapping::is_over);
        let status = (!over).then_some(SOLVED);
        match self.calls.update(ticket, &mapping::note(ENDED, text, status, Vec::new())).await {
            // A ticket without an assignee, or with a required field that is empty, cannot be solved: an agent does it.
            Err(Failure::Refused { .. }) if !over => {
                tracing::warn!("a ticket could not be solved");
                self.calls.update(ticket, &mapping::note(ENDED, text, None, Vec::new())).await
            }
            outcome => outcome,
        }
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
impl EventReader for ZendeskClient {
    async fn read(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        match mapping::named(event) {
            Some(Named::Assignee(user)) => {
                let agent = mapping::agent(&self.user(user).await?);
                Ok(agent.map(|agent| AgentEventKind::Assigned { agent }).into_iter().collect())
            }
            Some(Named::Comment(id)) => {
                let requester = self.requester(&to.ticket).await?;
                let comments = self.comments_with(&to.ticket, id).await?;
                let newest = comments.first().and_then(|comment| comment.id.as_deref()?.parse::<u64>().ok());
                let Some(comment) = comments.into_iter().find(|comment| comment.id.as_deref() == Some(id)) else {
                    // An event may be quicker than the API. What is older than all that is there was deleted, or is long past.
                    let is_past = newest.zip(id.parse().ok()).is_none_or(|(newest, id): (u64, u64)| newest > id);
                    return if is_past { Ok(Vec::new()) } else { Err(Failure::later("the comment is not there yet")) };
                };
                if !self.is_agents(&comment, requester).await? {
                    return Ok(Vec::new());
                }
                let agent = match comment.author_id.as_deref() {
                    Some(author) => mapping::agent(&self.user(author).await?),
                    None => None,
                };
                if mapping::has_malware(&comment) {
                    self.not_delivered(to, event, &NotDelivered::File(FileProblem::Refused), &self.texts).await?;
                }
                let contents = mapping::contents(&comment);
                let said = (!contents.is_empty()).then_some(AgentEventKind::Message { contents, agent });
                Ok(said.into_iter().collect())
            }
            // What the bridge solved itself is no end of the agent's.
            Some(Named::Solved) => {
                let audits = self.calls.audits(to.ticket.as_str()).await?;
                if audits.iter().flat_map(mapping::marks).any(|id| id == ENDED) {
                    return Ok(Vec::new());
                }
                let merged = mapping::merged_into(&audits, &to.ticket);
                Ok(vec![
                    merged.map_or(AgentEventKind::Closed { service: None }, |into| AgentEventKind::Merged { into }),
                ])
            }
            None => Ok(Vec::new()),
        }
    }

    async fn missed_before(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        let id = match mapping::named(event) {
            Some(Named::Comment(id)) => Some(id),
            Some(Named::Solved) => None,
            Some(Named::Assignee(_)) | None => return Ok(Vec::new()),
        };
        let requester = self.requester(&to.ticket).await?;
        let comments = self.look(&to.ticket).await?;
        // Before an end are all of them.
        let is_after = |comment: &&wire::Comment| id.is_some() && comment.id.as_deref() != id;
        let before = comments.iter().skip_while(is_after).skip(usize::from(id.is_some()));
        let mut missed = Vec::new();
        for comment in before {
            if missed.len() == MAX_MISSED {
                break;
            }
            if let Some(id) = comment.id.as_deref().filter(|_| comment.public == Some(true))
                && self.is_agents(comment, requester).await?
            {
                missed.push(mapping::comment_event(id));
            }
        }
        missed.reverse();
        Ok(missed)
    }
}

#[async_trait]
impl Merges for ZendeskClient {
    async fn merged_into(&self, to: &TicketRef) -> Result<Option<TicketId>, Failure> {
        match self.calls.audits(to.ticket.as_str()).await {
            Ok(audits) => Ok(mapping::merged_into(&audits, &to.ticket)),
            Err(Failure::Gone) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

#[async_trait]
impl BridgeUser for ZendeskClient {
    async fn bridge_user_id(&self) -> Result<Option<String>, Failure> {
        self.own_user.get(async { Ok(self.calls.user("me").await?.id) }).await
    }
}

#[async_trait]
impl Notices for ZendeskClient {
    async fn quote(&self, to: &TicketRef, message: &SourceId) -> Option<String> {
        let Some(Named::Comment(id)) = mapping::named(message) else { return None };
        let comments = self.comments_with(&to.ticket, id).await.ok()?;
        mapping::quote(comments.iter().find(|comment| comment.id.as_deref() == Some(id))?)
    }

    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        self.tell(to, id, text).await
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
