//! Close: the agent's last words are through, and the customer goes back to the bot.
//!
//! Called by the function `close-ticket`, some seconds after `closing` was written (the queue's own delay). A close is never
//! parked: it is repeated until it is done, since a customer whose redirect failed would be stranded.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use service_rules::{AskedBy, EndReason, ServiceRules};

use super::{
    Failure,
    fate::{About, about_close},
    ports::{Clock, ClosedFrom, CustomerChannel, EndedBy, Helpdesk, Journal, Rules, Store, StoreError, TicketRef},
    rating::{asker, held_for},
    redirect::{REDIRECT, context, tell_not_returned},
    system_message::{DuplicateCheck, send_once},
    tell::{CustomerTexts, agent_texts, tell_parked},
    worker::{Deadline, RunOutcome, SOON, Worker},
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, EntryPoint, State},
    job::{CloseJob, Record},
    lime::{Container, Document},
    message::{BlipId, channel_names},
    texts::{Placeholder, TextKey},
    trail::{Figures, Line, Metric, StepName},
};

/// A redirect that Blip turns out to have was sent at most this long after the conversation store says that it was about to be: the limit of one
/// send, and the skew of two clocks. What the customer says later was said to the bot's side again.
const SENT_WITHIN: Duration = Duration::from_secs(14);

/// The use case of the worker `close-ticket`: hands the customer back, and tells the helpdesk.
#[derive(Clone)]
pub struct CloseTicket {
    pub store: Arc<dyn Store>,
    pub channel: Arc<dyn CustomerChannel>,
    pub helpdesk: Arc<dyn Helpdesk>,
    pub clock: Arc<dyn Clock>,
    pub rules: Arc<dyn Rules>,
    /// Where the steps of messages and the figures go.
    pub journal: Arc<dyn Journal>,
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

    fn journal(&self) -> &dyn Journal {
        &*self.journal
    }

    fn about(&self, record: &Record) -> About {
        about_close(record)
    }

    async fn parked(&self, record: &Record) {
        let Some(CloseJob { opening, ticket: Some(ticket), .. }) = record.any_version() else { return };
        let id = opening.note_id("parked-close");
        tell_parked(
            &*self.helpdesk,
            &agent_texts(&*self.rules),
            &TicketRef { opening, ticket },
            &id,
            TextKey::ParkedAgent,
        )
        .await;
    }

    async fn run(&self, records: &[Record], deadline: Deadline) -> RunOutcome {
        self.rules.refresh().await;
        for (done, record) in records.iter().enumerate() {
            let outcome = if done == 0 || deadline.allows(self.clock.now(), SOON) {
                deadline.cut(&*self.clock, Box::pin(self.record(record))).await
            } else {
                Err(Failure::TimeIsUp)
            };
            if let Err(failure) = outcome {
                return RunOutcome { done, failure: Some(failure) };
            }
        }
        RunOutcome { done: records.len(), failure: None }
    }
}

impl CloseTicket {
    async fn record(&self, record: &Record) -> Result<(), Failure> {
        let job: CloseJob = record.job().ok_or(Failure::Broken { why: "not a job of this version" })?;
        let now = self.clock.now();
        let conversation = self.store.conversation(&job.opening.conversation(), now).await?;
        let is_of_job = |conversation: &&CustomerRecord| conversation.opening == job.opening;
        let Some(conversation) = conversation.as_ref().filter(is_of_job) else {
            if record.attempts == 1 && !job.replayed {
                tracing::info!(opening = job.opening.as_str(), "close job of an earlier conversation dropped");
                return Ok(());
            }
            return self.tell_earlier_end(job, conversation.as_ref()).await;
        };
        if job.ended == Some(EndReason::OutsideHours) && conversation.ended != job.ended {
            tracing::info!("close job of a customer who was called back since dropped");
            return Ok(());
        }
        match conversation.state {
            State::Closed { .. } => {}
            State::Closing { .. } if self.waits_for_rating(conversation, &job, record).await? => return Ok(()),
            State::Closing { .. } => {
                let again = record.attempts > 1 || job.replayed;
                let at = self.send_away(conversation, &job, again).await.map_err(never_parked)?;
                if self.store.close(&job.opening, at).await? != ClosedFrom::Closed {
                    self.left(conversation, &job);
                }
            }
            State::Claimed | State::Ticketed | State::Open => {
                return Err(Failure::later("the conversation is not closing yet"));
            }
        }
        self.tell_end(job, conversation.ended).await
    }

    /// The customer is back with the bot, with this write.
    fn left(&self, conversation: &CustomerRecord, job: &CloseJob) {
        let Some(rating) = job.rating else {
            let reason = conversation.ended.unwrap_or(EndReason::Agent).as_str().to_owned();
            return self.journal.step(Line { reason: Some(reason), ..Line::new(StepName::Left).of(&job.opening) });
        };
        let left = Figures::new(StepName::Left, conversation, &self.rules.current(), self.clock.now());
        self.journal.figures(left.with(Metric::Rating, rating.into()));
    }

    /// Whether the customer stays for a rating before the way back: for the answer to Ponte's question, or for the helpdesk's own survey.
    async fn waits_for_rating(
        &self,
        conversation: &CustomerRecord,
        job: &CloseJob,
        record: &Record,
    ) -> Result<bool, Failure> {
        if job.asked || job.ticket.is_none() {
            return Ok(false);
        }
        if conversation.rating_asked.is_some() {
            return Ok(true);
        }
        let (rules, now) = (self.rules.current(), self.clock.now());
        let is_held = match asker(conversation, conversation.outbound.last, &rules, now) {
            AskedBy::Nobody => false,
            // A ticket that goes on had its survey at the end before.
            AskedBy::Helpdesk => self.helpdesk.sends_surveys() && !conversation.placement.same_ticket,
            AskedBy::Bridge => self.asks(conversation, record.attempts > 1 || job.replayed).await?,
        };
        if is_held {
            let until = now.plus(held_for(conversation, &rules));
            // The job behind the answer is a new one, and knows no service.
            self.store.ask(&job.opening, now, job.service.as_deref(), until).await?;
            let asked = Figures::new(StepName::Asked, conversation, &rules, now);
            self.journal.figures(asked.with(Metric::RatingsAsked, 1));
        }
        Ok(is_held)
    }

    /// Asks the rating question. Whether it was asked: the text may be switched off, and the channel may refuse it.
    async fn asks(&self, conversation: &CustomerRecord, again: bool) -> Result<bool, Failure> {
        // Only one whom the customer knows.
        let agent = conversation.agent.as_deref().filter(|_| conversation.desk.known_agent.is_none());
        let agent = agent.map(|agent| (Placeholder::Agent, agent));
        let values: Vec<_> = agent.into_iter().collect();
        let texts = CustomerTexts::of(self.rules.current(), conversation);
        let Some(question) = texts.say(TextKey::RatingQuestion, &values) else { return Ok(false) };
        match self.once(conversation, "rating", Document::text(question), again).await {
            Ok(()) => Ok(true),
            Err(Failure::Refused { .. }) => Ok(false),
            Err(failure) => Err(never_parked(failure)),
        }
    }

    /// The customer left and came back before the helpdesk could be told: `present` is the conversation now.
    async fn tell_earlier_end(&self, job: CloseJob, present: Option<&CustomerRecord>) -> Result<(), Failure> {
        let reason = job.ended.unwrap_or(EndReason::Agent);
        let closes = EndedBy::from(reason).closes_ticket() && job.ticket.is_some();
        if let Some(present) = present.filter(|_| closes) {
            let last = present.last_ticket.as_ref().filter(|_| present.state == State::Claimed);
            if last.map(|last| &last.ticket) == job.ticket.as_ref() {
                return Err(Failure::later("the customer is coming back to the same ticket"));
            }
            // The customer is in it again: it must not be closed under them.
            if present.ticket == job.ticket {
                return Ok(());
            }
        }
        self.tell_end(job, Some(reason)).await
    }

    async fn tell_end(&self, job: CloseJob, reason: Option<EndReason>) -> Result<(), Failure> {
        let Some(ticket) = job.ticket else { return Ok(()) };
        let to = TicketRef { opening: job.opening, ticket };
        match self.helpdesk.ended(&to, reason.unwrap_or(EndReason::Agent).into()).await {
            Ok(()) | Err(Failure::Gone | Failure::Refused { .. }) => Ok(()),
            Err(failure) => Err(never_parked(failure)),
        }
    }

    /// The closing text, then the customer's way back to the bot. When the customer left.
    async fn send_away(
        &self,
        conversation: &CustomerRecord,
        job: &CloseJob,
        again: bool,
    ) -> Result<Timestamp, Failure> {
        // Where the helpdesk took no ticket, the customer was told so, and nothing was closed.
        let rules = self.rules.current();
        let reason = conversation.ended.unwrap_or(EndReason::Agent);
        let closing = CustomerTexts::of(rules.clone(), conversation).say(TextKey::Closing, &[]);
        // Of another end the customer was told by whoever ended it.
        if let Some(closing) = closing.filter(|_| job.ticket.is_some() && reason == EndReason::Agent) {
            match self.once(conversation, "closing", Document::text(closing), again).await {
                Ok(()) | Err(Failure::Refused { .. }) => {}
                Err(failure) => return Err(failure),
            }
        }
        let way = EntryPoint::of(&conversation.address);
        let outcome = match &way {
            EntryPoint::Router | EntryPoint::Rest => {
                // The router's own service is none of the REST channel's.
                let placement = &conversation.placement;
                let (queue, own) = (placement.queue.as_deref(), placement.return_service.as_deref());
                let back = rules.return_service.of(queue, reason, own);
                let back = back.filter(|service| way == EntryPoint::Router && !service.trim().is_empty());
                let service = job.service.as_deref().or(back);
                if again && self.knows(conversation, REDIRECT).await? {
                    let now = self.clock.now();
                    return Ok(conversation.left.map_or(now, |left| left.plus(SENT_WITHIN).min(now)));
                }
                let told = way == EntryPoint::Router
                    && (job.ticket.is_some() || reason != EndReason::Agent)
                    && rules.return_service.tells(reason, job.rating.is_some() || job.surveyed);
                self.redirect(conversation, service, told.then(|| context(reason, job.rating, job.surveyed))).await
            }
            EntryPoint::Desk { ticket } => match self.channel.desk_tickets() {
                Some(tickets) => {
                    tickets.close_ticket(ticket, tag(&rules, conversation, reason)).await.or_else(none_if_gone)
                }
                None => Ok(()),
            },
            EntryPoint::Bot => Ok(()),
        };
        match outcome {
            Err(failure @ Failure::Refused { .. }) => {
                tracing::error!(reason = %failure, "Blip refuses to take the customer back");
                tell_not_returned(&*self.helpdesk, &*self.rules, &job.opening, job.ticket.as_ref()).await?;
            }
            outcome => outcome?,
        }
        Ok(self.clock.now())
    }

    /// Sends the customer to `service`, and to the router's main bot where Blip refuses that: a service that the router does not have must
    /// strand nobody. That it is about to be sent is written first, so that whoever finds it sent knows when.
    async fn redirect(
        &self,
        conversation: &CustomerRecord,
        service: Option<&str>,
        context: Option<Container>,
    ) -> Result<(), Failure> {
        match self.store.leave(&conversation.opening, self.clock.now()).await {
            Ok(()) => {}
            Err(StoreError::Conflict) => {
                let why = "the conversation changed while it was closing";
                return Err(Failure::Later { after: Some(Duration::ZERO), why });
            }
            Err(error) => return Err(error.into()),
        }
        let sent = self.once(conversation, REDIRECT, Document::redirect(service, context.clone()), false).await;
        let (Err(Failure::Refused { status, .. }), true) = (&sent, service.is_some()) else { return sent };
        tracing::error!(status, "Blip refuses the return service: redirecting to the main bot");
        self.once(conversation, REDIRECT, Document::redirect(None, context), false).await
    }

    async fn knows(&self, conversation: &CustomerRecord, name: &str) -> Result<bool, Failure> {
        let id = BlipId::system(&conversation.opening, name).render();
        self.channel.knows(&conversation.address, &id).await
    }

    async fn once(
        &self,
        conversation: &CustomerRecord,
        name: &str,
        document: Document,
        again: bool,
    ) -> Result<(), Failure> {
        send_once(&*self.channel, conversation, name, document, &mut DuplicateCheck::new(again)).await.map(drop)
    }
}

/// The tag of Blip's ticket, where the rules have one for this end.
fn tag<'a>(rules: &'a ServiceRules, conversation: &CustomerRecord, reason: EndReason) -> Option<&'a str> {
    let channel = channel_names(&conversation.channel);
    (reason == EndReason::Inactive).then(|| rules.silence.customer_silent(Some(channel)).tag.as_deref())?
}

fn never_parked(failure: Failure) -> Failure {
    if failure.is_retryable() { failure } else { Failure::later("Blip or the helpdesk refuses the closing") }
}

/// A ticket that is gone is closed.
fn none_if_gone(failure: Failure) -> Result<(), Failure> {
    if failure == Failure::Gone { Ok(()) } else { Err(failure) }
}
