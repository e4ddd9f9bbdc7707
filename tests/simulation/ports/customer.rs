//! Blip.

use std::sync::Arc;

use async_trait::async_trait;
use ponte::{
    lime::Notification,
    relay::{
        Failure,
        ports::{
            CustomerChannel, CustomerDirectory, CustomerReceipts, CustomerRef, DeskTickets, Outgoing, Profile, Spoken,
            Transcripts, Typed,
        },
    },
};

use crate::simulation::{
    blip,
    bug::Effect,
    fault_plan::Side,
    files,
    invocation::Invocation,
    other_side::{self, By},
    world::World,
};

/// `SEND_LIMIT` and `COMMAND_LIMIT` of the adapter.
const BLIP_LIMIT: u64 = 4000;

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
            other_side::call(&self.world, Side::Blip, BLIP_LIMIT, by, who, effect).await
        };
        self.calls(what, call).await
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
        self.blip(self.by(), "ask Blip", move |world, _| Ok(!world.plan.blind_blip && world.blip.knows(&id))).await
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
            if world.plan.unreadable {
                return Err(Failure::Refused { why: "Blip does not give the ticket's messages", status: 404 });
            }
            Ok(world.blip.typed(&ticket))
        })
        .await
    }

    async fn close_ticket(&self, ticket: &str, _: Option<&str>) -> Result<(), Failure> {
        let ticket = ticket.to_owned();
        let close = move |world: &Arc<World>, _| {
            blip::close_ticket(world, &ticket);
            Ok(())
        };
        self.blip(self.by(), "close Blip's ticket", close).await
    }
}
