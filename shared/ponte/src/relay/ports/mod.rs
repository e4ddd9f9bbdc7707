//! What the relay needs of the outside. Adapters implement these and know nothing of each other.

use std::time::Duration;

use async_trait::async_trait;

mod contacts;
mod customer;
mod due;
mod files;
mod helpdesk;
mod journal;
mod outbox;
mod poll;
mod route_names;
mod rules;
mod schedules;
mod staffing;
mod status;
mod store;
mod waits;
mod webhook;
mod whereabouts;

pub use crate::access::Access;
pub use crate::clock::Clock;
pub use crate::message::TicketEvents;
pub use crate::rejection::{Rejection, Unfit};
pub use contacts::Contacts;
pub use customer::{
    Author, CustomerChannel, CustomerDirectory, CustomerFiles, CustomerReceipts, CustomerRef, DeskTickets, Line,
    Outgoing, Profile, Spoken, Transcripts, Typed,
};
pub use due::{Due, DueIndex};
pub use files::{FileBytes, FileProblem, Files, NoFiles, NotCopied, SourceFile, StoredFile, StoredFiles};
pub use helpdesk::{
    AgentFiles, AgentReceipts, Answers, Batches, BridgeUser, CustomerMessage, EndedBy, EventReader, Helpdesk,
    MAX_MISSED, Merges, NamesTickets, NewConversation, NotDelivered, Notices, Origin, Presence, Rating, Ratings,
    Reopens, TicketRef, shown_name,
};
pub use journal::{Journal, NoJournal};
pub use outbox::{Button, Entry, HEAD_KEPT_FOR, Head, Item, KEPT_FOR, KNOWN_FOR, Outbox};
pub use poll::{Cursors, EventPoller, Swept};
pub use route_names::{NameFound, RouteNames};
pub use rules::{FixedRules, Rules};
pub use schedules::{FoundSchedules, MAX_SCHEDULES, Schedules};
pub use staffing::Staffing;
pub use status::Status;
pub use store::{ClosedFrom, Progress, Store, StoreError};
pub use waits::Waits;
pub use webhook::{HandshakeRequest, Headers, Unverified, Verified, WebhookVerifier};
pub use whereabouts::Whereabouts;

use crate::{
    failure::Failure,
    job::{Job, Record},
};

/// Jobs on their way, and what becomes of the records of a batch.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Sends a job. After `Ok` it is safe.
    async fn send(&self, job: &Job) -> Result<(), Failure>;
    /// Keeps records invisible for `wait`; best effort, since the queue's own time-out does the same, later.
    async fn postpone(&self, records: &[Record], wait: Duration);
    /// Moves a record to the parked queue, with the reason.
    async fn park(&self, record: &Record, failure: &Failure) -> Result<(), Failure>;
}
