//! What a customer said, on its way to a ticket: one that is open, is closing, is closed, was merged into another one, or is gone.

use std::time::Duration;

use service_rules::EndReason;

use super::{
    Failure, ToHelpdesk,
    fate::Fate,
    files::Copies,
    incoming::Incoming,
    outcome::{GONE_TICKETS, Next},
    part::ready,
    parts::Said,
    ports::{StoreError, TicketRef},
    run::Run,
};
use crate::{
    conversation::{CustomerDecision, CustomerEvent, EntryPoint, RecentId},
    lime::Event,
    texts::TextKey,
    trail::StepName,
};

impl ToHelpdesk {
    /// Delivers a message to the conversation's ticket, as it is or as a late note.
    pub(super) async fn said(
        &self,
        run: &mut Run<'_>,
        incoming: &Incoming,
        (entry, decision): (RecentId, CustomerDecision),
        copies: &Copies,
        followed: &mut bool,
    ) -> Result<Next, Failure> {
        // It came while an opening ended that never had a ticket.
        let Some(to) = run.ticket_ref() else {
            if run.conversation.as_ref().is_some_and(|c| c.ended == Some(EndReason::OutsideHours)) {
                // The customer was told when somebody will be there.
                run.delivered(entry);
                return Ok(Next::Done);
            }
            self.not_said(run, incoming, TextKey::NotOpened, entry).await?;
            return Ok(Next::Done);
        };
        let late = decision != CustomerDecision::Deliver;
        let Incoming { id, received: at, tries, .. } = incoming;
        let parts = match &incoming.parts {
            Some(ready) => ready.clone(),
            None => self.parts(run, id, &incoming.message.document, *tries, copies).await,
        };
        let parts = ready(run, entry, parts, self.clock.now()).await?;
        let said = Said { id, at: *at, late, tries: *tries };
        match self.deliver_parts(run, &to, said, &parts).await {
            // A note for a ticket that is gone has nobody to read it.
            Err(Failure::Gone) if late => {
                self.not_said(run, incoming, TextKey::NotDelivered, entry).await?;
                Ok(Next::Done)
            }
            // Once: two tickets that name each other lead nowhere.
            Err(Failure::Gone) if !*followed && self.followed(run, &to).await? => {
                *followed = true;
                Ok(Next::Decide)
            }
            Err(Failure::Gone) => {
                self.gone(run, incoming, entry).await?;
                Ok(Next::Open)
            }
            Ok(complete) => {
                // The note on what is closed may never be read. Who is back with a bot cannot be told any more.
                if complete && decision == CustomerDecision::Late && with_nobody_else(incoming) {
                    self.tell_customer(run, TextKey::NotRead, id, *tries).await?;
                }
                let delivered = Fate { late, ..StepName::Delivered.into() };
                run.becomes(if complete { delivered } else { StepName::Refused.into() });
                run.receipt(&incoming.message, if complete { Event::Consumed } else { Event::Failed });
                Ok(Next::Done)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Nobody will read it: the customer is told, and it is done.
    async fn not_said(
        &self,
        run: &mut Run<'_>,
        incoming: &Incoming,
        what: TextKey,
        entry: RecentId,
    ) -> Result<(), Failure> {
        self.tell_customer(run, what, &incoming.id, incoming.tries).await?;
        run.becomes(StepName::Refused);
        run.receipt(&incoming.message, Event::Failed);
        run.delivered(entry);
        Ok(())
    }

    /// Words that come while the conversation closes will be a note on a closed ticket, which may never be read. The customer is told while that
    /// can be done: what becomes of a message after the redirect is documented nowhere (Blip reference, 6). Where no bot takes the customer
    /// back, the words open the next conversation.
    pub(super) async fn while_closing(&self, run: &mut Run<'_>, incoming: &Incoming) -> Result<(), Failure> {
        let Some(closing) = run.conversation.clone() else { return Ok(()) };
        if closing.ticket.is_none() {
            // Who refused the opening may not have come to handing the close on.
            return self.give_back(&closing.opening).await;
        }
        // Nor may whoever ended it in place of the agent.
        if let Some((reason, to)) = closing.ended.filter(|reason| *reason != EndReason::Agent).zip(run.ticket_ref()) {
            self.hand_on(&to, reason).await?;
        }
        if incoming.event == CustomerEvent::Words && closing.left.is_none() && !with_nobody_else(incoming) {
            self.tell_customer(run, TextKey::NotRead, &incoming.id, incoming.tries).await?;
        }
        Ok(())
    }

    /// A ticket that is gone may live on in another one. Whether the conversation is there now.
    async fn followed(&self, run: &mut Run<'_>, from: &TicketRef) -> Result<bool, Failure> {
        let Some(merges) = self.helpdesk.merges() else { return Ok(false) };
        let Some(into) = merges.merged_into(from).await?.filter(|into| *into != from.ticket) else { return Ok(false) };
        match self.store.move_ticket(&from.opening, &from.ticket, &into, self.clock.now()).await {
            Ok(()) => {
                if let Some(conversation) = &mut run.conversation {
                    conversation.ticket = Some(into);
                }
                Ok(true)
            }
            // Somebody else went there first, or it is another customer's.
            Err(StoreError::Conflict) => {
                run.reload(self.clock.now()).await?;
                Ok(run.ticket_ref().is_some_and(|present| present != *from))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The ticket is gone for good: this ends the opening, and the message opens the next one. Not for ever: of a helpdesk that says
    /// so of each ticket the customer is told, and the message is parked.
    pub(super) async fn gone(&self, run: &mut Run<'_>, incoming: &Incoming, entry: RecentId) -> Result<(), Failure> {
        let gone = run.reopens(entry);
        // It counts from now on: a function that dies once the opening is closed must not begin to count anew.
        run.save(self.clock.now()).await?;
        // What was said since is no late note for this ticket: it comes after the end.
        let before = incoming.received.minus(Duration::from_millis(1)).min(self.clock.now());
        self.close_in_store(run, before, "gone").await?;
        if gone < GONE_TICKETS { Ok(()) } else { self.no_more_tickets(run, incoming).await }
    }

    /// The customer is told, and the message parked. Its replay begins anew.
    pub(super) async fn no_more_tickets(&self, run: &mut Run<'_>, incoming: &Incoming) -> Result<(), Failure> {
        self.tell_customer(run, TextKey::NotDelivered, &incoming.id, incoming.tries).await?;
        Err(Failure::Broken { why: "the helpdesk reports every new ticket as gone" })
    }
}

/// Whether the customer talks to us directly, without a bot that takes over when a conversation ends.
fn with_nobody_else(incoming: &Incoming) -> bool {
    EntryPoint::of(&incoming.address) == EntryPoint::Bot
}
