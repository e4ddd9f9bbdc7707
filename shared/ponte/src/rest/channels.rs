//! Both customers' sides as one: an address says which it is.

use std::sync::Arc;

use async_trait::async_trait;

use super::is_ours;
use crate::{
    fetch::Access,
    lime::{Node, Notification},
    relay::{
        Failure,
        ports::{Blip, CustomerRef, Outgoing, Profile, Spoken, Typed},
    },
};

/// Blip, and the REST channel beside it.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds ports")]
pub struct Channels {
    pub blip: Arc<dyn Blip>,
    pub rest: Arc<dyn Blip>,
}

impl Channels {
    fn of(&self, address: Option<&Node>) -> &dyn Blip {
        if address.is_some_and(is_ours) { &*self.rest } else { &*self.blip }
    }
}

#[async_trait]
impl Blip for Channels {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        self.of(Some(&message.to)).send(message).await
    }

    async fn notify(&self, notification: &Notification) -> Result<(), Failure> {
        self.of(notification.to.as_ref()).notify(notification).await
    }

    async fn knows(&self, to: &Node, id: &str) -> Result<bool, Failure> {
        self.of(Some(to)).knows(to, id).await
    }

    async fn profile(&self, whom: &CustomerRef) -> Result<Profile, Failure> {
        self.of(Some(&whom.address)).profile(whom).await
    }

    async fn transcript(&self, whom: &CustomerRef, take: u8) -> Result<Vec<Spoken>, Failure> {
        self.of(Some(&whom.address)).transcript(whom, take).await
    }

    async fn open_ticket(&self, ticket: &str, agent: &str) -> Result<(), Failure> {
        self.blip.open_ticket(ticket, agent).await
    }

    async fn ticket_messages(&self, ticket: &str) -> Result<Vec<Typed>, Failure> {
        self.blip.ticket_messages(ticket).await
    }

    async fn close_ticket(&self, ticket: &str) -> Result<(), Failure> {
        self.blip.close_ticket(ticket).await
    }

    fn file_access(&self, url: &str) -> Option<Access> {
        self.blip.file_access(url)
    }

    async fn refresh_file(&self, url: &str) -> Result<Option<String>, Failure> {
        self.blip.refresh_file(url).await
    }
}
