//! The relay's port on RT's REST2.
//!
//! RT has no idempotency key. The **ticket** is looked for by our mark in `BlipTicketId` before it is made; a **message** that
//! was tried before, and everything that the bridge says by itself, by its id in `BlipMessageId`. RT writes that field after
//! the message: one whose field was lost on the way is repeated.

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::Url;

use super::{
    Settings,
    calls::{Calls, Order, Post},
    mapping::{self, Piece, Tells},
    wire,
};
use crate::{
    fetch::{Access, Authority, Home},
    helpdesk::{
        AgentTexts, ClientDeps, intro_note,
        recent_cache::RecentCache,
        route::{Looked, Names, Part},
    },
    message::{AgentEventKind, Capabilities, Content, DeskQueue, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            AgentFiles, CustomerMessage, EndedBy, EventReader, Helpdesk, MAX_MISSED, NamesTickets, NewConversation,
            Notices, Ratings, Reopens, StoredFiles, TicketRef,
        },
    },
    secret::Secret,
    settings::SettingsError,
};

/// The status that ends a ticket when the customer has left.
const RESOLVED: &str = "resolved";

/// The client of Request Tracker's REST 2 API.
#[derive(Clone)]
pub struct RequestTrackerClient {
    pub(super) calls: Calls,
    pub(super) settings: Settings,
    pub(super) texts: AgentTexts,
    pub(super) capabilities: Capabilities,
    files: Arc<dyn StoredFiles>,
    /// Who the users are that were met, by the name or number that they were asked by.
    users: RecentCache<String, wire::User>,
    /// The queues, by their names.
    pub(super) names: Names,
}

shown_by_host!(RequestTrackerClient);

impl RequestTrackerClient {
    /// `url` is RT's own base address; `token` is an authentication token of the bridge's user; `own` is the parameter
    /// `HelpdeskSettings`.
    pub fn new(
        url: &str,
        own: &str,
        token: Secret,
        means: ClientDeps,
        capabilities: Capabilities,
    ) -> Result<Self, SettingsError> {
        let settings = Settings::parse(own)?;
        let ClientDeps { http, texts, clock, files } = means;
        let calls = Calls::new(http, url, token, clock)?;
        Ok(Self { calls, settings, texts, capabilities, files, users: RecentCache::default(), names: Names::default() })
    }

    /// Comments on the ticket, unless a comment with this id is there.
    pub(super) async fn tell(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        let ticket = to.ticket.as_str();
        if self.calls.has(ticket, id).await? {
            return Ok(());
        }
        self.calls.post(ticket, Post::Comment, &mapping::message(id, text)).await
    }

    async fn user(&self, user: &str) -> Result<wire::User, Failure> {
        if let Some(known) = self.users.get(user) {
            return Ok(known);
        }
        let found = self.calls.user(user).await?;
        self.users.put(user.to_owned(), found.clone());
        Ok(found)
    }

    /// Text and files of a transaction.
    async fn contents(&self, transaction: &str) -> Result<Vec<Content>, Failure> {
        let attachments = self.calls.attachments(transaction).await?;
        let mut contents = Vec::new();
        for piece in mapping::pieces(&attachments) {
            match piece {
                Piece::Words(id, format) => {
                    let body = self.calls.attachment(id).await?;
                    let words = mapping::words(&body).ok_or(Failure::later("unexpected response from the helpdesk"))?;
                    contents.extend(mapping::text(&words, format, self.calls.base()));
                }
                Piece::File(id, attachment) => contents.push(mapping::file(self.calls.attachment_url(id), attachment)),
            }
        }
        Ok(contents)
    }
}

#[async_trait]
impl Helpdesk for RequestTrackerClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        self.opened(opening).await
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        let ticket = to.ticket.as_str();
        if message.may_be_duplicate && self.calls.has(ticket, &message.id).await? {
            return Ok(());
        }
        // Correspondence would open a closed ticket anew.
        let how = if message.late { Post::Comment } else { Post::Correspond };
        let language = self.texts.now().language;
        if let Content::File { url, .. } = &message.content
            // RT takes no file without bytes.
            && let Some(file) = self.files.open(url).await?.filter(|file| file.size > 0)
        {
            let said = mapping::message(&message.id, &mapping::beside_file(message, &file.name, language));
            match self.calls.attach(ticket, how, &said, file).await {
                // Whatever stands before RT may take less than the stack.
                Err(Failure::Refused { status: 413, .. }) => {}
                outcome => return outcome,
            }
        }
        self.calls.post(ticket, how, &mapping::message(&message.id, &mapping::said(message, language))).await
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        if !by.closes_ticket() {
            return Ok(());
        }
        if let Some(text) = intro_note::ended(by, &self.texts.now()) {
            self.tell(to, &to.opening.note_id("ended"), &text).await?;
        }
        let ticket = to.ticket.as_str();
        if mapping::is_closed(self.calls.ticket(ticket).await?.status.as_deref()) {
            return Ok(());
        }
        self.calls.set_status(ticket, RESOLVED).await?;
        // A lifecycle without this status, or a ticket that waits for another one: RT says 200 all the same.
        if !mapping::is_closed(self.calls.ticket(ticket).await?.status.as_deref()) {
            tracing::warn!("a ticket could not be resolved");
        }
        Ok(())
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

    fn reopens(&self) -> Option<&dyn Reopens> {
        Some(self)
    }

    fn agent_files(&self) -> Option<&dyn AgentFiles> {
        Some(self)
    }
}

impl RequestTrackerClient {
    /// That the ticket is in its present queue.
    async fn transferred(&self, ticket: &wire::Ticket, unassigned: bool) -> AgentEventKind {
        let id = ticket.queue.id.clone();
        let Some(number) = id.as_deref() else {
            return AgentEventKind::Transferred { queue: None, unassigned, by: None };
        };
        let search = self.names.search(self.calls.now());
        // A queue is called by its name; the number is among what people call it.
        let name = match search.look(Part::Queue, number, self.calls.queues()).await {
            Looked::Found(found) => Some(found.id),
            Looked::Absent | Looked::Unknown => None,
        };
        AgentEventKind::Transferred { queue: Some(DeskQueue { id, name }), unassigned, by: None }
    }
}

#[async_trait]
impl EventReader for RequestTrackerClient {
    async fn read(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        let transaction = self.calls.transaction(event.as_str()).await?;
        let ticket = self.calls.ticket(to.ticket.as_str()).await?;
        Ok(match mapping::tells(&transaction, &ticket, &self.settings.user) {
            Tells::Nothing => Vec::new(),
            Tells::Closed => vec![AgentEventKind::Closed { service: None }],
            Tells::OnHold(on) => vec![AgentEventKind::OnHold { on }],
            Tells::Queue => vec![self.transferred(&ticket, false).await],
            Tells::Owner(owner) => {
                let user = self.user(&owner).await?;
                if user.name.as_deref() == Some(mapping::NOBODY) {
                    return Ok(vec![self.transferred(&ticket, true).await]);
                }
                let agent = mapping::agent(&user);
                agent.map(|agent| AgentEventKind::Assigned { agent }).into_iter().collect()
            }
            Tells::Words(creator) => {
                let Some(agent) = mapping::agent(&self.user(&creator).await?) else { return Ok(Vec::new()) };
                let contents = self.contents(event.as_str()).await?;
                let said = (!contents.is_empty()).then_some(AgentEventKind::Message { contents, agent: Some(agent) });
                said.into_iter().collect()
            }
        })
    }

    async fn missed_before(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        let (ticket, before) = (mapping::quoted(to.ticket.as_str()), mapping::quoted(event.as_str()));
        let also = format!("ObjectId = {ticket} AND id < {before}");
        let mut found = self.calls.transactions(&also, Order::NewestFirst, MAX_MISSED).await?;
        found.reverse();
        Ok(found.into_iter().filter_map(|transaction| transaction.id).map(|id| SourceId::exact(&id)).collect())
    }
}

#[async_trait]
impl Notices for RequestTrackerClient {
    async fn quote(&self, _to: &TicketRef, message: &SourceId) -> Option<String> {
        mapping::quote(&self.contents(message.as_str()).await.ok()?)
    }

    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        self.tell(to, id, text).await
    }
}

impl AgentFiles for RequestTrackerClient {
    fn file_access(&self, url: &str) -> Option<Access> {
        let url = Url::parse(url).ok()?;
        let attachments = self.calls.attachment_url("");
        if !url.as_str().starts_with(&attachments) {
            return None;
        }
        let home = Home { own: Authority::of(self.calls.base())?, domains: &[] };
        Access::new("authorization", &format!("token {}", self.calls.token().trim()), home)
            .ok()
            .map(|access| access.in_member("Content"))
    }
}
