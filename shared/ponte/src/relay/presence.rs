//! What becomes of messages, and who types: told to both sides.
//!
//! All of it but a failure is a courtesy: tried once, and nothing waits for it.

use futures_util::future::join_all;

use super::{
    Failure, ToHelpdesk,
    ports::{NotDelivered, Status, TicketRef},
    redirect::{REDIRECT, TO_MAIN_BOT},
    run::Run,
    tell::tell_not_delivered,
};
use crate::{
    conversation::{RecentId, State},
    lime::Notification,
    message::{BlipId, BlipPart, SourceId},
};

impl ToHelpdesk {
    /// Shows that the customer types. Worth nothing later: it is not tried again.
    pub(super) async fn typing(&self, run: &Run<'_>, on: bool) {
        let open = run.conversation.as_ref().is_some_and(|c| matches!(c.state, State::Ticketed | State::Open));
        if let Some(to) = run.ticket_ref().filter(|_| open)
            && let Some(presence) = self.helpdesk.presence()
            && let Err(failure) = presence.typing(&to, on).await
        {
            tracing::debug!(kind = failure.kind(), "the customer's typing was not sent to the helpdesk");
        }
    }

    /// Shows the agent how far a message has come. It moves forwards only: what was seen was received. A courtesy that is
    /// not repeated, so that it holds up nobody's words.
    pub(super) async fn status<'a>(
        &'a self,
        run: &mut Option<Run<'a>>,
        notification: &Notification,
        status: Status,
    ) -> Result<(), Failure> {
        let Some(BlipId { opening, part: BlipPart::Agent { ticket, message, .. } }) =
            notification.header.id.as_deref().and_then(BlipId::parse)
        else {
            return Ok(());
        };
        let run = self.loaded(run, &opening.conversation()).await?;
        let message = SourceId::exact(&message);
        let seen = RecentId::of_ticket(&ticket, Status::Consumed.name(), &message, &self.key);
        if run.conversation.as_ref().is_none_or(|c| c.opening != opening) || run.knows_receipt(seen) {
            return Ok(());
        }
        let Some(agent) = self.helpdesk.receipts() else { return Ok(()) };
        match agent.status(&TicketRef { opening, ticket }, &message, status).await {
            Ok(()) if status == Status::Consumed => run.passed_on(seen),
            Ok(()) => {}
            Err(failure) => {
                tracing::warn!(kind = failure.kind(), reason = %failure, "a delivery status was not sent to the helpdesk");
            }
        }
        Ok(())
    }

    /// Tells Blip what became of the customer's messages, once that is written down. A courtesy that is not repeated:
    /// without it the sender's channel shows one tick less.
    pub(super) async fn send_receipts(&self, run: Run<'_>) {
        let Some(customer) = self.channel.receipts() else { return };
        let receipts = run.receipts.iter().map(|receipt| customer.notify(receipt));
        for failure in join_all(receipts).await.into_iter().filter_map(Result::err) {
            tracing::warn!(kind = failure.kind(), reason = %failure, "a receipt was not sent");
        }
    }

    /// Blip could not deliver a message of ours: its agent is told. The id leads back, so the conversation store is not read.
    pub(super) async fn failed<'a>(
        &'a self,
        run: &mut Option<Run<'a>>,
        notification: &Notification,
    ) -> Result<(), Failure> {
        let Some(id) = notification.header.id.as_deref().and_then(BlipId::parse) else { return Ok(()) };
        let (ticket, message) = match id.part {
            BlipPart::Agent { ticket, message, .. } => (ticket, message),
            BlipPart::System(name) if [REDIRECT, TO_MAIN_BOT].contains(&name.as_str()) => {
                return self.redirect_failed(run, &id.opening, &name).await;
            }
            BlipPart::System(_) => {
                tracing::warn!(opening = id.opening.as_str(), "one of Ponte's own texts was not delivered");
                return Ok(());
            }
        };
        let reason = notification.reason.as_ref();
        let reason = NotDelivered::Channel {
            code: reason.and_then(|reason| reason.code),
            description: reason.and_then(|reason| reason.description.clone()),
        };
        let to = TicketRef { opening: id.opening, ticket };
        // To tell is no effect of its own: there is nothing to park.
        tell_not_delivered(&*self.helpdesk, &self.agent_texts(), &to, &SourceId::exact(&message), &reason).await
    }
}
