//! The optional ports of an adapter, called as the relay calls them: where there is none, nothing happens.

use ponte::{
    message::{AgentEvent, AgentEventKind, SourceId, TicketId},
    relay::{
        Failure,
        ports::{Access, CustomerMessage, Helpdesk, NotDelivered, Rating, Status, TicketRef},
    },
};

/// All that a helpdesk may offer.
pub(crate) trait EveryPort {
    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure>;
    async fn not_delivered(&self, to: &TicketRef, message: &SourceId, reason: &NotDelivered) -> Result<(), Failure>;
    async fn converse(&self, to: &TicketRef, message: &CustomerMessage) -> Result<Vec<AgentEvent>, Failure>;
    async fn deliver_batch(&self, to: &TicketRef, messages: &[CustomerMessage]) -> Result<(), Failure>;
    async fn read(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure>;
    async fn missed_before(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<SourceId>, Failure>;
    async fn bridge_user_id(&self) -> Result<Option<String>, Failure>;
    async fn typing(&self, to: &TicketRef, on: bool) -> Result<(), Failure>;
    async fn status(&self, to: &TicketRef, message: &SourceId, status: Status) -> Result<(), Failure>;
    async fn merged_into(&self, to: &TicketRef) -> Result<Option<TicketId>, Failure>;
    async fn rated(&self, to: &TicketRef, score: u8, field: Option<&str>) -> Result<(), Failure>;
    fn file_access(&self, url: &str) -> Option<Access>;
}

impl<H: Helpdesk + ?Sized> EveryPort for H {
    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        match self.notices() {
            Some(notices) => notices.note(to, id, text).await,
            None => Ok(()),
        }
    }

    async fn not_delivered(&self, to: &TicketRef, message: &SourceId, reason: &NotDelivered) -> Result<(), Failure> {
        match self.notices() {
            Some(notices) => notices.not_delivered(to, message, reason, &crate::rules::english()).await,
            None => Ok(()),
        }
    }

    async fn converse(&self, to: &TicketRef, message: &CustomerMessage) -> Result<Vec<AgentEvent>, Failure> {
        match self.answers() {
            Some(helpdesk) => helpdesk.converse(to, message).await,
            None => self.deliver(to, message).await.map(|()| Vec::new()),
        }
    }

    async fn deliver_batch(&self, to: &TicketRef, messages: &[CustomerMessage]) -> Result<(), Failure> {
        match self.batches() {
            Some(batches) => batches.deliver_batch(to, messages).await,
            None => panic!("it takes no batches"),
        }
    }

    async fn read(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        match self.event_reader() {
            Some(reader) => reader.read(to, event).await,
            None => Ok(Vec::new()),
        }
    }

    async fn missed_before(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        match self.event_reader() {
            Some(reader) => reader.missed_before(to, event).await,
            None => Ok(Vec::new()),
        }
    }

    async fn bridge_user_id(&self) -> Result<Option<String>, Failure> {
        match self.bridge_user() {
            Some(helpdesk) => helpdesk.bridge_user_id().await,
            None => Ok(None),
        }
    }

    async fn typing(&self, to: &TicketRef, on: bool) -> Result<(), Failure> {
        match self.presence() {
            Some(presence) => presence.typing(to, on).await,
            None => Ok(()),
        }
    }

    async fn status(&self, to: &TicketRef, message: &SourceId, status: Status) -> Result<(), Failure> {
        match self.receipts() {
            Some(receipts) => receipts.status(to, message, status).await,
            None => Ok(()),
        }
    }

    async fn merged_into(&self, to: &TicketRef) -> Result<Option<TicketId>, Failure> {
        match self.merges() {
            Some(merges) => merges.merged_into(to).await,
            None => Ok(None),
        }
    }

    async fn rated(&self, to: &TicketRef, score: u8, field: Option<&str>) -> Result<(), Failure> {
        match self.ratings() {
            Some(ratings) => ratings.rated(to, &Rating { score, field }).await,
            None => Ok(()),
        }
    }

    fn file_access(&self, url: &str) -> Option<Access> {
        self.agent_files().and_then(|files| files.file_access(url))
    }
}
