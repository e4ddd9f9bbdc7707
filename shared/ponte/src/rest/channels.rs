//! Both customers' sides as one: an address says which it is.

use std::sync::Arc;

use async_trait::async_trait;

use super::is_ours;
use crate::{
    failure::Failure,
    lime::{Node, Notification},
    relay::ports::{
        CustomerChannel, CustomerDirectory, CustomerFiles, CustomerReceipts, CustomerRef, DeskTickets, Outgoing,
        Profile, Spoken, Transcripts, Whereabouts,
    },
};

/// Blip, and the REST channel beside it. Tickets, files with keys and routers are Blip's alone.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds ports")]
pub struct Channels {
    pub blip: Arc<dyn CustomerChannel>,
    pub rest: Arc<dyn CustomerChannel>,
}

impl Channels {
    fn of(&self, address: Option<&Node>) -> &dyn CustomerChannel {
        if address.is_some_and(is_ours) { &*self.rest } else { &*self.blip }
    }
}

#[async_trait]
impl CustomerChannel for Channels {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        self.of(Some(&message.to)).send(message).await
    }

    async fn knows(&self, to: &Node, id: &str) -> Result<bool, Failure> {
        self.of(Some(to)).knows(to, id).await
    }

    fn receipts(&self) -> Option<&dyn CustomerReceipts> {
        Some(self)
    }

    fn directory(&self) -> Option<&dyn CustomerDirectory> {
        Some(self)
    }

    fn transcripts(&self) -> Option<&dyn Transcripts> {
        Some(self)
    }

    fn desk_tickets(&self) -> Option<&dyn DeskTickets> {
        self.blip.desk_tickets()
    }

    fn files(&self) -> Option<&dyn CustomerFiles> {
        self.blip.files()
    }

    fn whereabouts(&self) -> Option<&dyn Whereabouts> {
        self.blip.whereabouts()
    }
}

#[async_trait]
impl CustomerReceipts for Channels {
    async fn notify(&self, notification: &Notification) -> Result<(), Failure> {
        match self.of(notification.header.to.as_ref()).receipts() {
            Some(side) => side.notify(notification).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl CustomerDirectory for Channels {
    async fn profile(&self, whom: &CustomerRef) -> Result<Profile, Failure> {
        match self.of(Some(&whom.address)).directory() {
            Some(side) => side.profile(whom).await,
            None => Ok(Profile::default()),
        }
    }

    async fn clear_extras(&self, whom: &CustomerRef, extras: &[String]) -> Result<(), Failure> {
        match self.of(Some(&whom.address)).directory() {
            Some(side) => side.clear_extras(whom, extras).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Transcripts for Channels {
    async fn transcript(&self, whom: &CustomerRef, take: u8) -> Result<Vec<Spoken>, Failure> {
        match self.of(Some(&whom.address)).transcripts() {
            Some(side) => side.transcript(whom, take).await,
            None => Ok(Vec::new()),
        }
    }
}
