//! Who is told of what was not delivered.
//!
//! To tell is no reason to lose what is told about: where the one who would be told refuses to hear it, or is gone, the words go on.

use super::{
    Failure, ToCustomer, ToHelpdesk,
    ports::{FileProblem, Helpdesk, NotDelivered, Outgoing, TicketRef},
    run::{Run, Tries},
};
use crate::{
    lime::Document,
    message::{AgentEvent, BlipId, SourceId},
    texts::{Texts, own},
};

impl ToHelpdesk {
    /// The helpdesk will never take this message, or nobody will read it: its sender is told, in words at most once an hour. `what` is the
    /// key of the text.
    pub(super) async fn tell_customer(
        &self,
        run: &mut Run<'_>,
        what: &str,
        message: &SourceId,
        tries: Tries,
    ) -> Result<(), Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(()) };
        let Some(text) = own(self.texts.language, what) else { return Ok(()) };
        let now = self.clock.now();
        if !run.may_tell(now) {
            return Ok(());
        }
        let which: String = self.key.hex(&["not-delivered", message.as_str()]).chars().take(8).collect();
        let id = BlipId::system(&conversation.opening, &format!("not-delivered-{which}")).render();
        if tries.again() && self.blip.knows(&conversation.address, &id).await? {
            return Ok(());
        }
        let message = Outgoing { id: Some(id), to: conversation.address, document: Document::text(text) };
        told("the customer", self.blip.send(&message).await)?;
        run.told(now);
        Ok(())
    }

    /// Tells the agent that something of the customer's did not arrive: the ticket would say nothing of it. `id` is the part's own name in the
    /// helpdesk, so that the note comes once. A courtesy of the refusal, which the customer is told of in any case: a helpdesk that refuses
    /// the note as well holds nothing up.
    pub(super) async fn tell_of_refusal(
        &self,
        to: &TicketRef,
        id: &str,
        content: &'static str,
        status: u16,
    ) -> Result<(), Failure> {
        let Some(text) = own(self.texts.language, "customer_refused") else { return Ok(()) };
        let text = text.replace("{status}", &status.to_string()).replace("{kind}", content);
        told("the agent", self.helpdesk.note(to, &format!("{id}-refused"), &text).await)
    }

    /// A file of the customer's cannot be passed on: the customer is told, once for each.
    pub(super) async fn tell_of_file(
        &self,
        run: &Run<'_>,
        part: &SourceId,
        problem: FileProblem,
        tries: Tries,
    ) -> Result<(), Failure> {
        let Some(conversation) = &run.conversation else { return Ok(()) };
        let which: String = self.key.hex(&["lost-file", part.as_str()]).chars().take(8).collect();
        let id = BlipId::system(&conversation.opening, &format!("lost-file-{which}")).render();
        if tries.again() && self.blip.knows(&conversation.address, &id).await? {
            return Ok(());
        }
        let document = Document::text(problem.words(self.texts.language));
        let message = Outgoing { id: Some(id), to: conversation.address.clone(), document };
        told("the customer", self.blip.send(&message).await)
    }
}

impl ToCustomer {
    /// The agent is told that a message did not reach the customer.
    pub(super) async fn tell_agent(
        &self,
        to: &TicketRef,
        event: &AgentEvent,
        reason: &NotDelivered,
    ) -> Result<(), Failure> {
        told("the agent", self.helpdesk.not_delivered(to, &event.id, reason).await)
    }
}

/// What became of a notice. It is repeated where that may help.
fn told(whom: &'static str, outcome: Result<(), Failure>) -> Result<(), Failure> {
    match outcome {
        Ok(()) => Ok(()),
        Err(failure @ (Failure::Refused { .. } | Failure::Gone)) => {
            tracing::warn!(whom, kind = failure.kind(), reason = %failure, "not told of what was not delivered");
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

/// Tells the agent, once, that something was parked. The alarm is there in any case.
pub(super) async fn tell_parked(helpdesk: &dyn Helpdesk, texts: &Texts, to: &TicketRef, id: &str, what: &str) {
    let Some(text) = own(texts.language, what) else { return };
    if let Err(failure) = helpdesk.note(to, id, text).await {
        tracing::warn!(kind = failure.kind(), "the agent was not told of what was parked");
    }
}
