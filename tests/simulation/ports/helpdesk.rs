//! The helpdesk.

use std::{pin::Pin, sync::Arc};

use async_trait::async_trait;
use ponte::{
    message::{AgentEventKind, Capabilities, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            AgentReceipts, Batches, CustomerMessage, EndedBy, EventReader, Helpdesk, NewConversation, NotDelivered,
            Notices, Reopens, Status, TicketRef,
        },
    },
    texts::Texts,
};

use crate::simulation::{
    bug::Effect,
    fault_plan::Side,
    files, helpdesk,
    invocation::Invocation,
    other_side::{self, By},
    poller,
    time::NOTE_SILENT,
    world::World,
};

/// `CALL_LIMIT` of the adapters.
const HELPDESK_LIMIT: u64 = 8000;

impl Invocation {
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
            other_side::call(&self.world, Side::Helpdesk, HELPDESK_LIMIT, by, who, effect).await
        };
        self.calls(what, call).await.map_err(|failure| match failure {
            // As `webhook` has it: with an idempotency key an unknown result is like none.
            failure if !self.world.plan.keyless => failure.harmless(),
            other => other,
        })
    }
}

/// It shows everything.
const CAPABILITIES: Capabilities = Capabilities::everything(60_000);
/// And takes several messages in one call.
const TOGETHER: Capabilities = Capabilities { max_batch: 4, ..CAPABILITIES };
/// The same two, with what was received and read.
const RECEIPTS: Capabilities = Capabilities { receipts: true, ..CAPABILITIES };
const TOGETHER_AND_RECEIPTS: Capabilities = Capabilities { receipts: true, ..TOGETHER };

/// What the helpdesk of this history can show.
pub(crate) fn capabilities(world: &World) -> &'static Capabilities {
    match (world.plan.max_batch > 1, world.plan.receipts) {
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

    fn reopens(&self) -> Option<&dyn Reopens> {
        if self.world.plan.reopens() { Some(self) } else { None }
    }

    fn receipts(&self) -> Option<&dyn AgentReceipts> {
        if capabilities(&self.world).receipts { Some(self) } else { None }
    }
}

#[async_trait]
impl Reopens for Invocation {
    async fn reopen(&self, ticket: &TicketId, opening: &NewConversation) -> Result<Option<TicketId>, Failure> {
        let (ticket, opening) = (ticket.clone(), opening.id.clone());
        let found = helpdesk::marked(&self.world, &opening);
        self.helpdesk(self.by(), "open a ticket again", move |world, _| {
            helpdesk::suspended(world, &opening)?;
            helpdesk::reopen(world, &ticket, &opening, found)
        })
        .await
    }

    async fn is_over(&self, to: &TicketRef) -> Result<bool, Failure> {
        let ticket = to.ticket.clone();
        self.helpdesk(self.by(), "ask whether it is over", move |world, _| Ok(helpdesk::is_over(world, &ticket))).await
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

    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        self.notes(&to.ticket);
        let opening = to.opening.clone();
        let silent = text.starts_with(NOTE_SILENT);
        let (to, id) = (to.clone(), id.to_owned());
        let note = move |world: &Arc<World>, by| {
            let now = world.now();
            helpdesk::note_of_withdrawn(world, by, &to, &id);
            if silent {
                world.tell(|| "helpdesk is told that its agent says nothing".to_owned());
                world.ledger().notes_of_silence.push((now, opening.clone()));
            }
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
