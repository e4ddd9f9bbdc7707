//! The relay's ports, as one invocation sees them.

use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use ponte::{
    clock::Timestamp,
    conversation::{CustomerRecord, Placement, State},
    lime::Notification,
    message::{AgentEventKind, Capabilities, ConversationId, CustomerKey, SourceId, TicketId},
    queue::{CloseJob, Destination, Job, Record},
    relay::{
        Failure,
        ports::{
            AgentReceipts, Batches, CustomerChannel, CustomerDirectory, CustomerMessage, CustomerReceipts, CustomerRef,
            DeskTickets, EndedBy, EventReader, Helpdesk, NewConversation, NotDelivered, Notices, Outgoing, Profile,
            Progress, Queue, Spoken, Status, Store, StoreError, TicketRef, Transcripts, Typed,
        },
    },
    texts::Texts,
};

use super::{
    blip,
    bug::Effect,
    far::{self, By},
    files, helpdesk,
    invocation::Invocation,
    map::Way,
    poller,
    weather::Side,
    world::World,
};
use std::sync::Arc;

/// `SEND_LIMIT`, `COMMAND_LIMIT` and `CALL_LIMIT` of the adapters.
const BLIP_LIMIT: u64 = 4000;
const HELPDESK_LIMIT: u64 = 8000;

#[async_trait]
impl Store for Invocation {
    async fn conversation(&self, key: &CustomerKey, _: Timestamp) -> Result<Option<CustomerRecord>, StoreError> {
        self.reads("read", |map| map.get(key)).await
    }

    async fn claim(
        &self,
        new: &CustomerRecord,
        previous: Option<&ConversationId>,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.writes("claim", StoreError::Conflict, |map| map.claim(new, previous)).await
    }

    async fn store_ticket(
        &self,
        opening: &ConversationId,
        ticket: &TicketId,
        placement: &Placement,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        // A transaction that the SDK repeats bears the same token, and succeeds.
        self.writes("store ticket", StoreError::Unavailable, |map| map.store_ticket(opening, ticket, placement)).await
    }

    async fn move_ticket(
        &self,
        opening: &ConversationId,
        from: &TicketId,
        into: &TicketId,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        self.writes("move ticket", StoreError::Unavailable, |map| map.move_ticket(opening, from, into)).await
    }

    async fn record_inbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.writes("record in", StoreError::Conflict, |map| map.record(Way::In, opening, progress)).await
    }

    async fn record_outbound(&self, opening: &ConversationId, progress: &Progress<'_>) -> Result<(), StoreError> {
        self.writes("record out", StoreError::Conflict, |map| map.record(Way::Out, opening, progress)).await
    }

    async fn begin_closing(&self, opening: &ConversationId, since: Timestamp) -> Result<(), StoreError> {
        self.writes("begin closing", StoreError::Conflict, |map| {
            map.begin_closing(opening, State::Closing { since })?;
            self.world.ledger().closings.push((self.world.now(), opening.clone()));
            Ok(())
        })
        .await
    }

    async fn leave(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        self.writes("leave", StoreError::Conflict, |map| map.leave(opening, at)).await
    }

    async fn close(&self, opening: &ConversationId, at: Timestamp) -> Result<(), StoreError> {
        self.writes("close", StoreError::Conflict, |map| map.close(opening, State::Closed { at })).await
    }

    async fn conversation_of_ticket(
        &self,
        ticket: &TicketId,
        _: Timestamp,
    ) -> Result<Option<ConversationId>, StoreError> {
        self.reads("read way back", |map| map.conversation_of_ticket(ticket)).await
    }
}

#[async_trait]
impl Queue for Invocation {
    async fn send(&self, job: &Job) -> Result<(), Failure> {
        let world = &self.world;
        let close = match job.destination {
            Destination::ToCustomer => None,
            _ => Some(serde_json::from_str::<CloseJob>(&job.body).unwrap()),
        };
        let send = self.calls("send to a queue", async {
            world.wait(1, 9).await;
            if world.fault(world.weather.queue_fails) {
                world.strike("a queue is away", || self.who());
                return Err(Failure::later("the queue is unavailable"));
            }
            match job.destination {
                Destination::ToCustomer => poller::enters(world, job),
                _ => drop(world.queues.to(job.destination).send(world.now(), &self.release.writes(world, job), &[])),
            }
            if world.fault(world.weather.queue_fails) {
                world.strike("queued, and no answer", || self.who());
                return Err(Failure::later("the queue is unavailable"));
            }
            Ok(())
        });
        let Some((opening, ticket)) = close.and_then(|close| Some((close.opening, close.ticket?))) else {
            return send.await;
        };
        let stay = world.ledger().stay(helpdesk::number(&ticket).unwrap(), &opening);
        self.with_bugs(&Effect::HandedOn(stay), send).await
    }

    async fn postpone(&self, records: &[Record], wait: Duration) {
        let world = &self.world;
        self.calls("postpone", async {
            world.wait(1, 9).await;
            if world.fault(world.weather.queue_fails) {
                world.strike("a queue is away", || self.who());
                return;
            }
            world.tell(|| format!("{} postpones {} records by {wait:?}", self.who(), records.len()));
            let fails = || world.fault(world.weather.queue_fails);
            world.queues.to(self.of).postpone(world.now(), records, wait, fails);
        })
        .await;
    }

    async fn park(&self, record: &Record, failure: &Failure) -> Result<(), Failure> {
        let world = &self.world;
        self.calls("park", async {
            world.wait(1, 9).await;
            if world.fault(world.weather.queue_fails) {
                world.strike("a queue is away", || self.who());
                return Err(Failure::later("the parked queue is unavailable"));
            }
            self.parks(record, failure);
            Ok(())
        })
        .await
    }
}

impl Invocation {
    async fn blip<T: Send + 'static>(
        &self,
        by: By,
        what: &'static str,
        effect: impl FnOnce(&Arc<World>, By) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let call = async {
            let who = || format!("{} {what}", self.who());
            // It may have stood still since.
            let by = By { excuse: self.excuse(), ..by };
            far::call(&self.world, Side::Blip, BLIP_LIMIT, by, who, effect).await
        };
        self.calls(what, call).await
    }

    pub(crate) async fn helpdesk<T: Send + 'static>(
        &self,
        by: By,
        what: &'static str,
        effect: impl FnOnce(&Arc<World>, By) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let call = async {
            let who = || format!("{} {what}", self.who());
            // It may have stood still since.
            let by = By { excuse: self.excuse(), ..by };
            far::call(&self.world, Side::Helpdesk, HELPDESK_LIMIT, by, who, effect).await
        };
        self.calls(what, call).await.map_err(|failure| match failure {
            // As `webhook` has it: with an idempotency key an unknown result is like none.
            failure if !self.world.weather.keyless => failure.harmless(),
            other => other,
        })
    }
}

#[async_trait]
impl CustomerChannel for Invocation {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        let (message, by) = (message.clone(), self.by());
        let text = files::of_document(&message.document);
        let send = self.blip(by, "send to Blip", move |world, by| blip::take(world, by, &message));
        self.with_bugs(&Effect::Words(&text), send).await.inspect(|()| self.answered(by))
    }

    async fn knows(&self, _: &ponte::lime::Node, id: &str) -> Result<bool, Failure> {
        let id = id.to_owned();
        self.blip(self.by(), "ask Blip", move |world, _| Ok(!world.weather.blind_blip && world.blip.knows(&id))).await
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
        Some(self)
    }
}

#[async_trait]
impl CustomerReceipts for Invocation {
    async fn notify(&self, notification: &Notification) -> Result<(), Failure> {
        let notification = notification.clone();
        let told = move |world: &Arc<World>, _| {
            blip::notified(world, &notification);
            Ok(())
        };
        self.blip(self.by(), "notify Blip", told).await
    }
}

#[async_trait]
impl CustomerDirectory for Invocation {
    async fn profile(&self, _: &CustomerRef) -> Result<Profile, Failure> {
        self.blip(self.by(), "read the profile", |_, _| Ok(Profile::default())).await
    }

    async fn clear_extras(&self, _: &CustomerRef, _: &[String]) -> Result<(), Failure> {
        self.blip(self.by(), "empty the extras", |_, _| Ok(())).await
    }
}

#[async_trait]
impl Transcripts for Invocation {
    async fn transcript(&self, _: &CustomerRef, _: u8) -> Result<Vec<Spoken>, Failure> {
        self.blip(self.by(), "read the transcript", |_, _| Ok(Vec::new())).await
    }
}

#[async_trait]
impl DeskTickets for Invocation {
    async fn open_ticket(&self, ticket: &str, _: &str) -> Result<(), Failure> {
        let open = {
            let ticket = ticket.to_owned();
            self.blip(self.by(), "open Blip's ticket", move |world, _| world.blip.open_ticket(&ticket))
        };
        self.with_bugs(&Effect::Taken(ticket), open).await
    }

    async fn ticket_messages(&self, ticket: &str) -> Result<Vec<Typed>, Failure> {
        let ticket = ticket.to_owned();
        self.blip(self.by(), "read what was typed", move |world, _| {
            if world.weather.unreadable {
                return Err(Failure::Refused { why: "Blip does not give the ticket's messages", status: 404 });
            }
            Ok(world.blip.typed(&ticket))
        })
        .await
    }

    async fn close_ticket(&self, ticket: &str) -> Result<(), Failure> {
        let ticket = ticket.to_owned();
        let close = move |world: &Arc<World>, _| {
            blip::close_ticket(world, &ticket);
            Ok(())
        };
        self.blip(self.by(), "close Blip's ticket", close).await
    }
}

/// It shows everything.
pub(crate) const CAPABILITIES: Capabilities = Capabilities::everything(60_000);
/// And takes several messages in one call.
const TOGETHER: Capabilities = Capabilities { max_batch: 4, ..CAPABILITIES };
/// The same two, with what was received and read.
const RECEIPTS: Capabilities = Capabilities { receipts: true, ..CAPABILITIES };
const TOGETHER_AND_RECEIPTS: Capabilities = Capabilities { receipts: true, ..TOGETHER };

/// What the helpdesk of this history can show.
pub(crate) fn capabilities(world: &World) -> &'static Capabilities {
    match (world.weather.max_batch > 1, world.weather.receipts) {
        (false, false) => &CAPABILITIES,
        (true, false) => &TOGETHER,
        (false, true) => &RECEIPTS,
        (true, true) => &TOGETHER_AND_RECEIPTS,
    }
}

type Posted<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

#[async_trait]
impl Helpdesk for Invocation {
    fn capabilities(&self) -> &Capabilities {
        capabilities(&self.world)
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let opening = opening.id.clone();
        let found = helpdesk::marked(&self.world, &opening);
        self.helpdesk(self.by(), "open a ticket", move |world, _| {
            helpdesk::suspended(world, &opening)?;
            Ok(helpdesk::open(world, &opening, found))
        })
        .await
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        let (to, message, by) = (to.clone(), message.clone(), self.by());
        let (text, _) = files::of_content(&message.content);
        let post = self.helpdesk(by, "post words", move |world, by| helpdesk::deliver(world, by, &to, &message));
        self.with_bugs(&Effect::Words(&text), post).await.inspect(|()| self.answered(by))
    }

    async fn ended(&self, to: &TicketRef, _: EndedBy) -> Result<(), Failure> {
        let to = to.clone();
        self.helpdesk(self.by(), "tell the end", move |world, _| helpdesk::ended(world, &to)).await
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn batches(&self) -> Option<&dyn Batches> {
        if capabilities(&self.world).max_batch > 1 { Some(self) } else { None }
    }

    fn event_reader(&self) -> Option<&dyn EventReader> {
        Some(self)
    }

    fn receipts(&self) -> Option<&dyn AgentReceipts> {
        if capabilities(&self.world).receipts { Some(self) } else { None }
    }
}

#[async_trait]
impl Batches for Invocation {
    async fn deliver_batch(&self, to: &TicketRef, messages: &[CustomerMessage]) -> Result<(), Failure> {
        let (to, several, by) = (to.clone(), messages.to_vec(), self.by());
        let mut post: Posted<'_> = Box::pin(self.helpdesk(by, "post words together", move |world, by| {
            several.iter().try_for_each(|message| helpdesk::has_ticket(world, &to, message))?;
            if several.iter().any(helpdesk::is_refused) {
                return Err(helpdesk::refusal());
            }
            several.iter().try_for_each(|message| helpdesk::deliver(world, by, &to, message))
        }));
        // The bug of any of them is met.
        for message in messages {
            let (text, _) = files::of_content(&message.content);
            post = Box::pin(async move { self.with_bugs(&Effect::Words(&text), post).await });
        }
        post.await.inspect(|()| self.answered(by))
    }
}

#[async_trait]
impl EventReader for Invocation {
    async fn read(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<AgentEventKind>, Failure> {
        let (to, event) = (to.clone(), event.as_str().to_owned());
        self.helpdesk(self.by(), "read an event", move |world, _| Ok(poller::read(world, &to, &event))).await
    }

    async fn missed_before(&self, to: &TicketRef, event: &SourceId) -> Result<Vec<SourceId>, Failure> {
        let (to, event) = (to.clone(), event.as_str().to_owned());
        self.helpdesk(self.by(), "look for earlier events", move |world, _| Ok(poller::before(world, &to, &event)))
            .await
    }
}

#[async_trait]
impl Notices for Invocation {
    async fn not_delivered(
        &self,
        to: &TicketRef,
        message: &SourceId,
        reason: &NotDelivered,
        _: &Texts,
    ) -> Result<(), Failure> {
        let (to, message, reason, by) = (to.clone(), message.as_str().to_owned(), reason.clone(), self.by());
        let told = move |world: &Arc<World>, by| helpdesk::not_delivered(world, by, &to, &message, &reason);
        self.helpdesk(by, "tell the agent", told).await.inspect(|()| self.answered(by))
    }

    async fn note(&self, to: &TicketRef, _: &str, _: &str) -> Result<(), Failure> {
        self.notes(&to.ticket);
        let opening = to.opening.clone();
        let note = move |world: &Arc<World>, _| {
            let now = world.now();
            world.ledger().notes.push((now, opening));
            Ok(())
        };
        self.helpdesk(self.by(), "note", note).await
    }
}

#[async_trait]
impl AgentReceipts for Invocation {
    async fn status(&self, _: &TicketRef, _: &SourceId, _: Status) -> Result<(), Failure> {
        self.helpdesk(self.by(), "show a status", |_, _| Ok(())).await
    }
}
