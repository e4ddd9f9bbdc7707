//! What an event was about: the ticket's comments, its end and what it was merged into, as Zendesk has them now.

use async_trait::async_trait;

use super::{
    client::ZendeskClient,
    mapping::{self, Named},
    wire,
};
use crate::{
    helpdesk::route::{Looked, Part},
    message::{AgentEventKind, DeskQueue, SourceId, TicketId},
    relay::{
        Failure,
        ports::{EventReader, FileProblem, MAX_MISSED, Merges, NotDelivered, Notices, TicketRef},
    },
};

impl ZendeskClient {
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
        self.last.put(ticket, self.calls.now(), &comments);
        Ok(comments)
    }

    /// The comments of the look just made, where this comment is among them; else those of another.
    async fn comments_with(&self, ticket: &TicketId, id: &str) -> Result<Vec<wire::Comment>, Failure> {
        match self.last.with(ticket, id, self.calls.now()) {
            Some(comments) => Ok(comments),
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
                    self.not_delivered(to, event, &NotDelivered::File(FileProblem::Refused), &self.texts.now()).await?;
                }
                let contents = mapping::contents(&comment);
                let said = (!contents.is_empty()).then_some(AgentEventKind::Message { contents, agent });
                Ok(said.into_iter().collect())
            }
            Some(Named::Group(group, unassigned)) => {
                let search = self.names.search(self.calls.now());
                let name = match search.look(Part::Queue, group, self.calls.groups()).await {
                    Looked::Found(found) => found.names.into_iter().next(),
                    Looked::Absent | Looked::Unknown => None,
                };
                let queue = DeskQueue { id: Some(group.to_owned()), name };
                Ok(vec![AgentEventKind::Transferred { queue: Some(queue), unassigned, by: None }])
            }
            // What the bridge solved itself is no end of the agent's.
            Some(Named::Solved) => {
                let audits = self.calls.audits(to.ticket.as_str()).await?;
                let ended = to.opening.note_id(mapping::ENDED);
                if audits.iter().flat_map(mapping::marks).any(|id| id == ended) {
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
            Some(Named::Assignee(_) | Named::Group(..)) | None => return Ok(Vec::new()),
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
