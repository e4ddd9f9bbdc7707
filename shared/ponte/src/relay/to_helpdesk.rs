//! Deliver to the helpdesk: what came from Blip, in the order of its conversation.
//!
//! Called by the function `to-helpdesk` for the records of one group: a customer's messages and tickets, or the
//! notifications of one opening.

use std::time::Duration;

use async_trait::async_trait;

use super::{
    Failure, ToHelpdesk,
    fate::{About, about_customer},
    files::Copies,
    incoming::{Incoming, Read},
    outcome::{GONE_TICKETS, Next, Opened},
    ports::{ClosedFrom, Journal, Status},
    replies::Reply,
    run::{Run, Side},
    tell::tell_parked,
    worker::{Deadline, RunOutcome, SOON, Worker, catch_panic},
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerDecision, CustomerEvent, RecentId, State, customer_event},
    job::{Record, ToHelpdeskJob},
    lime::{Envelope, Event},
    message::CustomerKey,
    texts::TextKey,
    trail::StepName,
};

/// How often one record is decided anew after the conversation store changed under it.
pub(super) const MAX_DECISIONS: usize = 6;

#[async_trait]
impl Worker for ToHelpdesk {
    fn name(&self) -> &'static str {
        "to-helpdesk"
    }

    fn journal(&self) -> &dyn Journal {
        &*self.journal
    }

    fn about(&self, record: &Record) -> About {
        about_customer(record, &self.key)
    }

    async fn run(&self, records: &[Record], deadline: Deadline) -> RunOutcome {
        self.rules.refresh().await;
        let mut run: Option<Run<'_>> = None;
        let mut done = 0;
        let mut failure = None;
        let copies = Copies::new(deadline, self.clock.now());
        let mut read: Vec<Read> = records.iter().map(|record| Read::of(record, deadline, &self.key)).collect();
        if let Err(unread) = deadline.cut(&*self.clock, Box::pin(self.copy_ahead(&mut run, &mut read, &copies))).await {
            return RunOutcome { done: 0, failure: Some(unread.harmless()) };
        }
        while let Some(rest) = read.get_mut(done..).filter(|rest| !rest.is_empty()) {
            if done > 0 && !deadline.allows(self.clock.now(), SOON) {
                failure = Some(Failure::TimeIsUp);
                break;
            }
            match deadline.cut(&*self.clock, Box::pin(catch_panic(self.next(&mut run, rest, &copies)))).await {
                Ok(records) => done += records,
                Err(stopped) => {
                    failure = Some(stopped);
                    break;
                }
            }
        }
        if let Some(run) = &mut run
            && let Err(unsaved) = run.save(self.clock.now()).await
        {
            return RunOutcome { done: 0, failure: Some(unsaved) };
        }
        if let Some(mut run) = run {
            self.tells(&mut run);
            // A courtesy: it ends with the time, and sooner where a record is about to be parked, which its agent must be told.
            let is_parked = failure.as_ref().is_some_and(|failure| !failure.is_retryable());
            let until = if is_parked { deadline.earlier(SOON) } else { deadline };
            let receipts = async {
                self.send_receipts(run).await;
                Ok(())
            };
            if until.cut(&*self.clock, receipts).await.is_err() {
                tracing::warn!("receipts were not sent in time");
            }
        }
        RunOutcome { done, failure }
    }

    async fn parked(&self, record: &Record) {
        let Some(ToHelpdeskJob { envelope, id, .. }) = record.any_version() else { return };
        let Ok(Envelope::Message(message)) = Envelope::from_value(envelope) else { return };
        let Some(address) = message.sender() else { return };
        let key = CustomerKey::of(address, &self.key);
        let run = Run::load(&*self.store, Side::Inbound, key, self.clock.now()).await;
        if let Some(to) = run.ok().as_ref().and_then(Run::ticket_ref) {
            let id = self.key.hex(&["parked", id.as_str()]);
            tell_parked(&*self.helpdesk, &self.agent_texts(), &to, &id, TextKey::Parked).await;
        }
    }
}

impl ToHelpdesk {
    /// The run's conversation, read once.
    pub(super) async fn loaded<'a, 'b>(
        &'a self,
        run: &'b mut Option<Run<'a>>,
        key: &CustomerKey,
    ) -> Result<&'b mut Run<'a>, Failure> {
        match run {
            Some(run) => Ok(run),
            none => {
                let read = Run::load(&*self.store, Side::Inbound, key.clone(), self.clock.now()).await?;
                Ok(none.insert(read))
            }
        }
    }

    /// Works the next record, or the next few at once. How many they were.
    async fn next<'a>(
        &'a self,
        run: &mut Option<Run<'a>>,
        rest: &mut [Read],
        copies: &Copies,
    ) -> Result<usize, Failure> {
        match (self.together(run, rest, copies).await?, rest.first_mut()) {
            (0, Some(first)) => self.record(run, first, copies).await.map(|()| 1),
            (records, _) => Ok(records),
        }
    }

    async fn record<'a>(&'a self, run: &mut Option<Run<'a>>, read: &mut Read, copies: &Copies) -> Result<(), Failure> {
        match read {
            Read::Broken(why) => Err(Failure::Broken { why }),
            Read::Nothing => Ok(()),
            Read::Message(incoming) => {
                let run = self.loaded(run, &incoming.conversation).await?;
                run.fate = None;
                self.incoming(run, incoming, copies).await?;
                self.done(run, incoming);
                Ok(())
            }
            Read::Typing { conversation, on } => {
                let run = self.loaded(run, conversation).await?;
                self.typing(run, *on).await;
                Ok(())
            }
            Read::Due { conversation, at } => {
                let run = self.loaded(run, conversation).await?;
                self.due(run, *at).await
            }
            Read::Notification(notification) => match notification.event {
                Event::Received => self.status(run, notification, Status::Received).await,
                Event::Consumed => self.status(run, notification, Status::Consumed).await,
                _ => self.failed(run, notification).await,
            },
        }
    }

    async fn incoming(&self, run: &mut Run<'_>, incoming: &mut Incoming, copies: &Copies) -> Result<(), Failure> {
        let kind = if incoming.is_said() { "message" } else { "ticket" };
        let entry = RecentId::of(kind, &incoming.id, &self.key);
        let mut reopen = false;
        let mut followed = false;
        if incoming.tries.replayed && incoming.tries.attempts == 1 {
            run.begins_anew(entry);
        }
        for _ in 0..MAX_DECISIONS {
            if run.knows(entry) {
                run.becomes(StepName::Known);
                return Ok(());
            }
            let decision = if std::mem::take(&mut reopen) {
                CustomerDecision::Open
            } else {
                customer_event(run.conversation.as_ref(), incoming.event, incoming.when())
            };
            let reply = self.reply(run, incoming, decision);
            let decision = if reply == Some(Reply::Crossed) { CustomerDecision::Late } else { decision };
            if let Some(reply) = reply
                && self.replied(run, incoming, entry, reply).await?
            {
                return Ok(());
            }
            self.hand_on_sent_back(run).await?;
            match decision {
                CustomerDecision::Ignore => {
                    run.becomes(StepName::Ignored);
                    return Ok(());
                }
                CustomerDecision::Wait => {
                    self.while_closing(run, incoming).await?;
                    return Err(Failure::Later {
                        after: Some(Duration::from_secs(2)),
                        why: "the conversation is closing",
                    });
                }
                CustomerDecision::Open if run.partial(entry).openings >= GONE_TICKETS => {
                    return self.no_more_tickets(run, incoming).await;
                }
                CustomerDecision::Open => self.claim(run, incoming, entry).await?,
                CustomerDecision::Resume => match self.resume(run, incoming, copies).await {
                    Ok(Opened::Not(why)) => return self.not_opened(run, incoming, entry, why).await,
                    Ok(Opened::Through) => {
                        let open = run.conversation.as_ref().is_some_and(|c| c.state == State::Open);
                        if open && incoming.event == CustomerEvent::Waiting {
                            run.delivered(entry);
                        }
                    }
                    Err(Failure::Gone) => {
                        self.gone(run, incoming, entry).await?;
                        reopen = true;
                    }
                    Err(failure) => return Err(failure),
                },
                CustomerDecision::Late if incoming.event == CustomerEvent::Waiting => {
                    self.typed_before_the_end(run, incoming, copies).await?;
                    run.delivered(entry);
                    return Ok(());
                }
                CustomerDecision::Deliver | CustomerDecision::Earlier | CustomerDecision::Late => {
                    match self.said(run, incoming, (entry, decision), copies, &mut followed).await? {
                        Next::Done => return Ok(()),
                        Next::Decide => {}
                        Next::Open => reopen = true,
                    }
                }
                CustomerDecision::End => {
                    if let Some(to) = run.ticket_ref() {
                        match self.helpdesk.ended(&to, incoming.ended_by).await {
                            Ok(()) | Err(Failure::Gone | Failure::Refused { .. }) => {}
                            Err(failure) => return Err(failure),
                        }
                    }
                    self.close_in_store(run, self.clock.now(), incoming.ended_by.as_str()).await?;
                    run.delivered(entry);
                    return Ok(());
                }
            }
        }
        Err(Failure::later("the conversation kept changing"))
    }

    /// Ends the present opening in the conversation store, for this reason.
    pub(super) async fn close_in_store(
        &self,
        run: &mut Run<'_>,
        at: Timestamp,
        reason: &'static str,
    ) -> Result<(), Failure> {
        if let Some(conversation) = &mut run.conversation {
            if self.store.close(&conversation.opening, at).await? == ClosedFrom::Live {
                self.ends(conversation, reason, self.clock.now());
            }
            conversation.state = State::Closed { at };
            run.opens = false;
            (run.timers, run.due_at) = (None, None);
        }
        Ok(())
    }
}
