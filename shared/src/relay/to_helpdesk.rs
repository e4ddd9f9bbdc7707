//! Deliver to the helpdesk: what came from Blip, in the order of its conversation.
//!
//! Called by the function `to-helpdesk` for the records of one group: a customer's messages and tickets, or the
//! notifications of one opening.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::future::join_all;

use super::{
    Failure,
    batch::{Deadline, Stopped, Worker},
    ports::{Blip, Clock, CustomerMessage, EndedBy, Helpdesk, NotDelivered, Outgoing, Store, TicketRef},
    run::{Run, Side},
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerDecision, CustomerEvent, RingEntry, State, customer_event},
    hash::HashKey,
    lime::{Document, Envelope, Event, Message, Node, Notification, Ticket, TicketStatus},
    message::{BlipId, BlipPart, ConversationKey, SourceId, contents_of},
    queue::{Record, ToHelpdeskJob},
    texts::{Texts, own},
};

/// The longest that one record may take once it has begun: an opening with its look-ups.
const LONGEST_EFFECT: Duration = Duration::from_secs(8);
/// How often one record is decided anew after the map changed under it.
const MAX_DECISIONS: usize = 6;

/// The use case.
#[derive(Clone)]
pub struct ToHelpdesk {
    pub store: Arc<dyn Store>,
    pub blip: Arc<dyn Blip>,
    pub helpdesk: Arc<dyn Helpdesk>,
    pub clock: Arc<dyn Clock>,
    pub key: HashKey,
    pub texts: Texts,
    /// The attendant that Blip's tickets are given to (`mail%40company.com@blip.ai`).
    pub agent_identity: String,
}

impl std::fmt::Debug for ToHelpdesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToHelpdesk")
    }
}

/// A message or ticket as it came, with what the decisions need.
pub(super) struct Incoming {
    pub id: SourceId,
    pub received: Timestamp,
    pub event: CustomerEvent,
    pub address: Node,
    pub conversation: ConversationKey,
    pub message: Message,
    ended_by: EndedBy,
}

impl Incoming {
    /// The ticket document, when it is one.
    pub(super) fn ticket(&self) -> Option<&Ticket> {
        match &self.message.document {
            Document::Ticket(ticket) => Some(ticket),
            _ => None,
        }
    }

    /// Reads a message. `None` when there is nothing in it for the helpdesk.
    fn of(id: SourceId, received: Timestamp, message: Message, key: &HashKey) -> Option<Self> {
        let address = message.sender()?.clone();
        let (event, ended_by) = match &message.document {
            Document::Ticket(ticket) => match ticket.status() {
                TicketStatus::Waiting => (CustomerEvent::Waiting, EndedBy::Customer),
                TicketStatus::Closed(_) => (CustomerEvent::Ended, EndedBy::Customer),
                TicketStatus::Transferred => (CustomerEvent::Ended, EndedBy::Transfer),
                _ => return None,
            },
            document if document.is_internal() => return None,
            _ => (CustomerEvent::Words, EndedBy::Customer),
        };
        let conversation = ConversationKey::of(&address, key);
        Some(Self { id, received, event, address, conversation, message, ended_by })
    }
}

#[async_trait]
impl Worker for ToHelpdesk {
    fn name(&self) -> &'static str {
        "to-helpdesk"
    }

    async fn run(&self, records: &[Record], deadline: Deadline) -> Stopped {
        let mut run: Option<Run<'_>> = None;
        let mut done = 0;
        let mut failure = None;
        for record in records {
            if done > 0 && !deadline.allows(self.clock.now(), LONGEST_EFFECT) {
                failure = Some(Failure::Later { after: Some(Duration::ZERO), why: "the function's time is up" });
                break;
            }
            match self.record(&mut run, record).await {
                Ok(()) => done += 1,
                Err(stopped) => {
                    failure = Some(stopped);
                    break;
                }
            }
        }
        if let Some(run) = &mut run
            && let Err(unsaved) = run.save(self.clock.now()).await
        {
            return Stopped { done: 0, failure: Some(unsaved) };
        }
        if let Some(run) = run {
            self.send_receipts(run).await;
        }
        Stopped { done, failure }
    }

    async fn parked(&self, record: &Record) {
        let Some(ToHelpdeskJob { envelope, id, .. }) = record.job() else { return };
        let Ok(Envelope::Message(message)) = Envelope::from_value(envelope) else { return };
        let Some(address) = message.sender() else { return };
        let key = ConversationKey::of(address, &self.key);
        let run = Run::load(&*self.store, Side::Inbound, key, self.clock.now()).await;
        if let Some(to) = run.ok().as_ref().and_then(ticket_ref)
            && let Some(text) = own(self.texts.language, "parked")
        {
            let id = self.key.hex(&["parked", id.as_str()]);
            if let Err(failure) = self.helpdesk.note(&to, &id, text).await {
                tracing::warn!(kind = failure.kind(), "the agent was not told of a parked message");
            }
        }
    }
}

impl ToHelpdesk {
    async fn record<'a>(&'a self, run: &mut Option<Run<'a>>, record: &Record) -> Result<(), Failure> {
        let job: ToHelpdeskJob = record.job().ok_or(Failure::Broken { why: "not a job of this version" })?;
        match Envelope::from_value(job.envelope) {
            Ok(Envelope::Notification(notification)) => self.failed(&notification).await,
            Ok(Envelope::Message(message)) => {
                let Some(incoming) = Incoming::of(job.id, job.received_at, message, &self.key) else { return Ok(()) };
                if run.is_none() {
                    let key = incoming.conversation.clone();
                    *run = Some(Run::load(&*self.store, Side::Inbound, key, self.clock.now()).await?);
                }
                let Some(run) = run else { return Ok(()) };
                self.incoming(run, &incoming, record.attempts).await
            }
            _ => Err(Failure::Broken { why: "not an envelope" }),
        }
    }

    async fn incoming(&self, run: &mut Run<'_>, incoming: &Incoming, attempts: u32) -> Result<(), Failure> {
        let kind = if incoming.event == CustomerEvent::Words { "message" } else { "ticket" };
        let entry = RingEntry::of(kind, &incoming.id, &self.key);
        let mut reopen = false;
        for _ in 0..MAX_DECISIONS {
            if run.knows(entry) {
                return Ok(());
            }
            let decision = if std::mem::take(&mut reopen) {
                CustomerDecision::Open
            } else {
                customer_event(run.conversation.as_ref(), incoming.event, incoming.received)
            };
            match decision {
                CustomerDecision::Ignore => return Ok(()),
                CustomerDecision::Wait => {
                    return Err(Failure::Later {
                        after: Some(Duration::from_secs(2)),
                        why: "the conversation is closing",
                    });
                }
                CustomerDecision::Open => self.claim(run, incoming).await?,
                CustomerDecision::Resume => {
                    self.resume(run, incoming, attempts).await?;
                    let open = run.conversation.as_ref().is_some_and(|c| c.state == State::Open);
                    if open && incoming.event == CustomerEvent::Waiting {
                        run.delivered(entry);
                    }
                }
                CustomerDecision::Deliver | CustomerDecision::Late => {
                    let Some(to) = ticket_ref(run) else { return Ok(()) };
                    let late = decision == CustomerDecision::Late;
                    let document = &incoming.message.document;
                    match self.deliver_document(run, &to, &incoming.id, document, incoming.received, late).await {
                        // A note for a ticket that is gone has nobody to read it.
                        Err(Failure::Gone) if late => {
                            run.delivered(entry);
                            return Ok(());
                        }
                        // The ticket is gone for good: this ends the opening, and the message opens the next one.
                        Err(Failure::Gone) => {
                            self.close_in_map(run).await?;
                            reopen = true;
                        }
                        Ok(()) => {
                            run.receipt(&incoming.message, Event::Consumed);
                            return Ok(());
                        }
                        Err(Failure::Refused { .. }) => {
                            run.receipt(&incoming.message, Event::Failed);
                            self.tell_customer(run, &incoming.id).await?;
                            run.delivered(entry);
                            return Ok(());
                        }
                        Err(failure) => return Err(failure),
                    }
                }
                CustomerDecision::End => {
                    if let Some(to) = ticket_ref(run) {
                        match self.helpdesk.ended(&to, incoming.ended_by).await {
                            Ok(()) | Err(Failure::Gone | Failure::Refused { .. }) => {}
                            Err(failure) => return Err(failure),
                        }
                    }
                    self.close_in_map(run).await?;
                    run.delivered(entry);
                    return Ok(());
                }
            }
        }
        Err(Failure::later("the conversation kept changing"))
    }

    /// The helpdesk will never take this message: its sender is told, in words at most once an hour.
    pub(super) async fn tell_customer(&self, run: &mut Run<'_>, message: &SourceId) -> Result<(), Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(()) };
        let Some(text) = own(self.texts.language, "not_delivered") else { return Ok(()) };
        let now = self.clock.now();
        if !run.may_tell(now) {
            return Ok(());
        }
        let which: String = self.key.hex(&["not-delivered", message.as_str()]).chars().take(8).collect();
        let id = BlipId::system(&conversation.opening, &format!("not-delivered-{which}")).render();
        let message = Outgoing { id: Some(id), to: conversation.address, document: Document::text(text) };
        match self.blip.send(&message).await {
            Ok(()) | Err(Failure::Refused { .. }) => {
                run.told(now);
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// Tells Blip what became of the customer's messages, once that is written down. A courtesy that is not repeated:
    /// without it the sender's channel shows one tick less.
    async fn send_receipts(&self, run: Run<'_>) {
        let receipts = run.receipts.iter().map(|receipt| self.blip.notify(receipt));
        for failure in join_all(receipts).await.into_iter().filter_map(Result::err) {
            tracing::warn!(kind = failure.kind(), reason = %failure, "a receipt was not sent");
        }
    }

    /// Posts a document, each of its parts once, and remembers the whole.
    pub(super) async fn deliver_document(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        id: &SourceId,
        document: &Document,
        at: Timestamp,
        late: bool,
    ) -> Result<(), Failure> {
        let contents = contents_of(document);
        let several = contents.len() > 1;
        for (number, content) in contents.into_iter().enumerate() {
            let part = if several { id.part(number + 1) } else { id.clone() };
            let entry = RingEntry::of("message", &part, &self.key);
            if run.knows(entry) {
                continue;
            }
            let message = CustomerMessage { id: self.key.hex(&["customer-message", part.as_str()]), content, at, late };
            self.helpdesk.deliver(to, &message).await?;
            run.delivered(entry);
        }
        if several {
            run.delivered(RingEntry::of("message", id, &self.key));
        }
        Ok(())
    }

    /// Ends the present opening in the map.
    pub(super) async fn close_in_map(&self, run: &mut Run<'_>) -> Result<(), Failure> {
        let now = self.clock.now();
        if let Some(conversation) = &mut run.conversation {
            self.store.close(&conversation.opening, now).await?;
            conversation.state = State::Closed { at: now };
            run.opens = false;
        }
        Ok(())
    }

    /// Blip could not deliver a message of ours: its agent is told. The id leads back, so the map is not read.
    async fn failed(&self, notification: &Notification) -> Result<(), Failure> {
        let Some(id) = notification.id.as_deref().and_then(BlipId::parse) else { return Ok(()) };
        let BlipPart::Agent { ticket, message, .. } = id.part else {
            tracing::warn!(opening = id.opening.as_str(), "a system text was not delivered");
            return Ok(());
        };
        let reason = notification.reason.as_ref();
        let reason = NotDelivered::Channel {
            code: reason.and_then(|reason| reason.code),
            description: reason.and_then(|reason| reason.description.clone()),
        };
        let to = TicketRef { opening: id.opening, ticket };
        match self.helpdesk.not_delivered(&to, &SourceId::exact(&message), &reason).await {
            Err(Failure::Gone) => Ok(()),
            outcome => outcome,
        }
    }
}

fn ticket_ref(run: &Run<'_>) -> Option<TicketRef> {
    let conversation = run.conversation.as_ref()?;
    Some(TicketRef { opening: conversation.opening.clone(), ticket: conversation.ticket.clone()? })
}
