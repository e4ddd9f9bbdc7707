//! The relay's port on `ServiceNow`'s Table API.
//!
//! The **record** is looked for by our mark before it is made. The **customer's words** are written together with their id, in one
//! call; they come one after the other, so that the id of the last is enough. **Work notes** bear a mark that is looked for. A
//! **file** is attached before the words that name it: one of the same name and size that the bridge attached before is taken
//! for it, where it may be there.

use std::{cmp::Ordering, sync::Arc};

use async_trait::async_trait;

use super::{
    Settings,
    calls::Calls,
    journal,
    mapping::{self, Named},
    pages::PAGE,
    wire,
};
use crate::{
    fetch::Access,
    helpdesk::{AgentTexts, ClientDeps, intro_note, recent_cache::RecentCache},
    message::{Agent, AgentEventKind, Capabilities, Content, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            AgentFiles, CustomerMessage, EndedBy, EventReader, FileBytes, Helpdesk, MAX_MISSED, NamesTickets,
            NewConversation, Notices, Ratings, StoredFiles, TicketRef,
        },
    },
    secret::Secret,
    settings::SettingsError,
};

/// The client of the Table API of `ServiceNow`.
#[derive(Clone)]
pub struct ServiceNowTicketsClient {
    pub(super) calls: Calls,
    pub(super) settings: Settings,
    pub(super) texts: AgentTexts,
    pub(super) capabilities: Capabilities,
    files: Arc<dyn StoredFiles>,
    /// Rows that were read together with others.
    read: RecentCache<String, wire::Entry>,
    /// Who the users are that were met, by the name that they log in with, or their id.
    users: RecentCache<String, wire::User>,
}

shown_by_host!(ServiceNowTicketsClient);

impl ServiceNowTicketsClient {
    /// `url` is the instance's address; `key` is `user:password`, or an access token; `own` is the parameter
    /// `HelpdeskSettings`.
    pub fn new(
        url: &str,
        own: &str,
        key: Secret,
        means: ClientDeps,
        capabilities: Capabilities,
    ) -> Result<Self, SettingsError> {
        let own = Settings::parse(own)?;
        let ClientDeps { http, texts, clock, files } = means;
        let calls = Calls::new(http, url, &own.table, key, clock)?;
        let (read, users) = (RecentCache::default(), RecentCache::default());
        Ok(Self { calls, settings: own, texts, capabilities, files, read, users })
    }

    /// Writes a work note, unless one with this id is there.
    pub(super) async fn tell(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        let record = to.ticket.as_str();
        if self.calls.notes_with(record, &mapping::note_mark(id)).await? {
            return Ok(());
        }
        self.calls.change(record, &mapping::note(id, text)).await
    }

    async fn entry(&self, id: &str) -> Result<wire::Entry, Failure> {
        if let Some(known) = self.read.get(id) {
            return Ok(known);
        }
        let found = self.calls.entry(id).await?;
        self.read.put(id.to_owned(), found.clone());
        Ok(found)
    }

    /// Who logs in with this name.
    async fn who(&self, login: &str) -> Result<Option<Agent>, Failure> {
        if let Some(known) = self.users.get(login) {
            return Ok(mapping::agent(&known));
        }
        let Some(found) = self.calls.user_by_login(login).await? else { return Ok(None) };
        self.users.put(login.to_owned(), found.clone());
        Ok(mapping::agent(&found))
    }

    async fn owner(&self, id: &str) -> Result<Option<Agent>, Failure> {
        if let Some(known) = self.users.get(id) {
            return Ok(mapping::agent(&known));
        }
        let found = match self.calls.user(id).await {
            Err(Failure::Gone) => return Ok(None),
            found => found?,
        };
        self.users.put(id.to_owned(), found.clone());
        Ok(mapping::agent(&found))
    }

    pub(super) fn is_closed(&self, record: &wire::Record) -> bool {
        record.state.as_ref().is_some_and(|state| self.settings.closed_states.contains(state))
    }

    /// Attaches the file of a message. Whether it is there.
    async fn attach(&self, record: &str, file: FileBytes, may_be_there: bool) -> Result<bool, Failure> {
        if may_be_there {
            let size = file.size.to_string();
            let same = |known: &wire::Attachment| {
                known.name.as_deref() == Some(file.name.as_str())
                    && known.size.as_deref() == Some(size.as_str())
                    && known.author.as_deref() == Some(self.settings.user.as_str())
            };
            if self.calls.attachments(&[record], "").await?.iter().any(same) {
                return Ok(true);
            }
        }
        match self.calls.attach(record, file).await {
            Ok(()) => Ok(true),
            // Its administrator may allow less, or not this kind: then it is a link.
            Err(Failure::Refused { .. }) => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}

#[async_trait]
impl Helpdesk for ServiceNowTicketsClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        self.opened(opening).await
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        let record = to.ticket.as_str();
        if message.may_be_duplicate && !message.late {
            let last = self.calls.record(record).await?.correlation_display;
            if last.as_deref() == Some(mapping::id_of(message).as_str()) {
                return Ok(());
            }
        }
        let mut uploaded = false;
        if let Content::File { url, .. } = &message.content
            && let Some(file) = self.files.open(url).await?
        {
            uploaded = self.attach(record, file, message.may_be_duplicate).await?;
        }
        if message.late {
            return self.tell(to, &message.id, &mapping::late(message, uploaded, self.texts.now().language)).await;
        }
        self.calls.change(record, &mapping::said(message, uploaded)).await
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        if !by.closes_ticket() {
            return Ok(());
        }
        let record = to.ticket.as_str();
        if let Some(text) = intro_note::ended(by, &self.texts.now()) {
            self.tell(to, "ended", &text).await?;
        }
        if self.settings.resolve.is_empty() || self.is_closed(&self.calls.record(record).await?) {
            return Ok(());
        }
        match self.calls.change(record, &self.settings.resolve).await {
            // A field that must be filled in, or a state that this one has no way to: an agent does it.
            Err(Failure::Refused { .. } | Failure::Unauthorized { .. }) => {
                tracing::warn!("a record could not be resolved");
                Ok(())
            }
            outcome => outcome,
        }
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

    fn agent_files(&self) -> Option<&dyn AgentFiles> {
        Some(self)
    }
}

#[async_trait]
impl EventReader for ServiceNowTicketsClient {
    async fn read(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        let record = to.ticket.as_str();
        match mapping::named(event) {
            Named::Entry(id) => {
                let entry = self.entry(id).await?;
                let contents = mapping::contents(entry.value.as_deref().unwrap_or_default());
                if contents.is_empty() || !mapping::is_for_customer(&entry, record, &self.settings) {
                    return Ok(Vec::new());
                }
                let agent = self.who(entry.author.as_deref().unwrap_or_default()).await?;
                Ok(vec![AgentEventKind::Message { contents, agent }])
            }
            Named::File(id) => {
                let file = self.calls.attachment(id).await?;
                let ours = file.record.as_deref() == Some(record)
                    && mapping::is_somebodys(file.author.as_deref(), &self.settings);
                if !ours || !self.settings.agent_files {
                    return Ok(Vec::new());
                }
                let agent = self.who(file.author.as_deref().unwrap_or_default()).await?;
                let contents = vec![mapping::file(self.calls.file_url(id), &file)];
                Ok(vec![AgentEventKind::Message { contents, agent }])
            }
            Named::Owner(user) => {
                let owner = self.owner(user).await?;
                Ok(owner.map(|agent| AgentEventKind::Assigned { agent }).into_iter().collect())
            }
            Named::End => {
                let over = self.is_closed(&self.calls.record(record).await?);
                Ok(over.then_some(AgentEventKind::Closed { service: None }).into_iter().collect())
            }
            Named::Change => {
                let found = self.calls.record(record).await?;
                let owner = match found.assigned_to.value.as_deref() {
                    Some(owner) => self.owner(owner).await?,
                    None => None,
                };
                let mut told: Vec<_> = owner.map(|agent| AgentEventKind::Assigned { agent }).into_iter().collect();
                if self.is_closed(&found) {
                    told.push(AgentEventKind::Closed { service: None });
                }
                Ok(told)
            }
        }
    }

    async fn missed_before(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        let record = to.ticket.as_str();
        let before = match mapping::named(event) {
            Named::Change | Named::End => None,
            Named::Entry(id) => Some(id),
            // The sweep has what was before them.
            Named::Owner(_) | Named::File(_) => return Ok(Vec::new()),
        };
        let mut newest = self.calls.entries(record, "comments", PAGE).await?;
        if let Some(id) = before {
            // If it is not in the list, nothing is known to be before it. Of its own second is what its id tells: where ids tell
            // nothing, each row comes when it is named itself.
            let named =
                newest.iter().find(|entry| entry.id.as_deref() == Some(id)).and_then(|entry| entry.created.clone());
            newest.retain(|entry| match (&named, &entry.created, entry.id.as_deref()) {
                (Some(named), Some(created), Some(other)) if created == named => {
                    journal::counted(other, id) == Some(Ordering::Less)
                }
                (Some(named), Some(created), _) => created < named,
                _ => false,
            });
        }
        let place =
            |entry: &wire::Entry| (entry.created.clone().unwrap_or_default(), entry.id.clone().unwrap_or_default());
        newest.sort_by(|one, other| {
            let (one, other) = (place(one), place(other));
            journal::order((&other.0, &other.1), (&one.0, &one.1))
        });
        newest.retain(|entry| mapping::is_for_customer(entry, record, &self.settings));
        newest.truncate(MAX_MISSED);
        newest.reverse();
        let mut missed = Vec::new();
        for entry in newest {
            if let Some(id) = entry.id.clone() {
                missed.push(SourceId::exact(&id));
                self.read.put(id, entry);
            }
        }
        Ok(missed)
    }
}

#[async_trait]
impl Notices for ServiceNowTicketsClient {
    async fn quote(&self, _to: &TicketRef, message: &SourceId) -> Option<String> {
        let Named::Entry(id) = mapping::named(message) else { return None };
        mapping::quote(&self.entry(id).await.ok()?)
    }

    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        self.tell(to, id, text).await
    }
}

impl AgentFiles for ServiceNowTicketsClient {
    fn file_access(&self, url: &str) -> Option<Access> {
        Access::at_home(url, self.calls.base(), &self.calls.authorization())
    }
}
