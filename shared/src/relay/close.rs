//! Close: the agent's last words are through, and the customer goes back to the bot.
//!
//! Called by the function `close-ticket`, some seconds after `closing` was written (the queue's own delay). A close is never
//! parked: it is repeated until it is done, since a customer whose redirect failed would be stranded.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use super::{
    Failure,
    batch::{Deadline, Stopped, Worker},
    ports::{Blip, Clock, EndedBy, Helpdesk, Outgoing, Store, TicketRef},
    to_helpdesk::tell_parked,
};
use crate::{
    conversation::{Conversation, State, Way},
    lime::Document,
    message::BlipId,
    queue::{CloseJob, Record},
    texts::{Text, Texts},
};

/// The longest that one close may take once it has begun: three calls.
const LONGEST_EFFECT: Duration = Duration::from_secs(8);

/// The use case.
#[derive(Clone)]
pub struct CloseTicket {
    pub store: Arc<dyn Store>,
    pub blip: Arc<dyn Blip>,
    pub helpdesk: Arc<dyn Helpdesk>,
    pub clock: Arc<dyn Clock>,
    pub texts: Texts,
    /// The router's service that customers go to; `None` is its main bot.
    pub return_service: Option<String>,
}

impl std::fmt::Debug for CloseTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CloseTicket")
    }
}

#[async_trait]
impl Worker for CloseTicket {
    fn name(&self) -> &'static str {
        "close-ticket"
    }

    async fn parked(&self, record: &Record) {
        let Some(CloseJob { opening, ticket, .. }) = record.any_version() else { return };
        tell_parked(&*self.helpdesk, &self.texts, &TicketRef { opening, ticket }, "parked-close", "parked_agent").await;
    }

    async fn run(&self, records: &[Record], deadline: Deadline) -> Stopped {
        for (done, record) in records.iter().enumerate() {
            let outcome = if done == 0 || deadline.allows(self.clock.now(), LONGEST_EFFECT) {
                self.record(record).await
            } else {
                Err(Failure::Later { after: Some(Duration::ZERO), why: "the function's time is up" })
            };
            if let Err(failure) = outcome {
                return Stopped { done, failure: Some(failure) };
            }
        }
        Stopped { done: records.len(), failure: None }
    }
}

impl CloseTicket {
    async fn record(&self, record: &Record) -> Result<(), Failure> {
        let job: CloseJob = record.job().ok_or(Failure::Broken { why: "not a job of this version" })?;
        let now = self.clock.now();
        let conversation = self.store.conversation(&job.opening.conversation(), now).await?;
        let Some(conversation) = conversation.filter(|conversation| conversation.opening == job.opening) else {
            tracing::info!(opening = job.opening.as_str(), "the close of an earlier opening");
            if record.attempts == 1 && !job.replayed {
                return Ok(());
            }
            // The customer left and came back before the helpdesk could be told.
            return self.tell_end(job).await;
        };
        match conversation.state {
            State::Closed { .. } => {}
            State::Closing { .. } => {
                self.send_away(&conversation, &job, record.attempts > 1 || job.replayed).await.map_err(never_parked)?;
                self.store.close(&job.opening, self.clock.now()).await?;
            }
            State::Claimed | State::Ticketed | State::Open => {
                return Err(Failure::later("the conversation is not closing yet"));
            }
        }
        self.tell_end(job).await
    }

    async fn tell_end(&self, job: CloseJob) -> Result<(), Failure> {
        let to = TicketRef { opening: job.opening, ticket: job.ticket };
        match self.helpdesk.ended(&to, EndedBy::Agent).await {
            Ok(()) | Err(Failure::Gone | Failure::Refused { .. }) => Ok(()),
            Err(failure) => Err(never_parked(failure)),
        }
    }

    /// The closing text, then the customer's way back to the bot.
    async fn send_away(&self, conversation: &Conversation, job: &CloseJob, again: bool) -> Result<(), Failure> {
        if let Some(closing) = self.texts.get(Text::Closing) {
            match self.once(conversation, "closing", Document::text(closing), again).await {
                Ok(()) | Err(Failure::Refused { .. }) => {}
                Err(failure) => return Err(failure),
            }
        }
        let way = Way::of(&conversation.address);
        match &way {
            Way::Router | Way::Rest => {
                // The router's own service is none of the REST channel's.
                let back = self.return_service.as_deref().filter(|_| way == Way::Router);
                let service = job.service.as_deref().or(back);
                self.once(conversation, "redirect", Document::redirect(service, None), again).await
            }
            Way::Desk { ticket } => self.blip.close_ticket(ticket).await,
            Way::Bot => Ok(()),
        }
    }

    async fn once(
        &self,
        conversation: &Conversation,
        name: &str,
        document: Document,
        again: bool,
    ) -> Result<(), Failure> {
        let id = BlipId::system(&conversation.opening, name).render();
        if again && self.blip.knows(&conversation.address, &id).await? {
            return Ok(());
        }
        self.blip.send(&Outgoing { id: Some(id), to: conversation.address.clone(), document }).await
    }
}

fn never_parked(failure: Failure) -> Failure {
    if failure.is_retryable() { failure } else { Failure::later("the far side refuses the close") }
}
