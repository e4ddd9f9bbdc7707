//! A conversation that gets no ticket: the customer is told, and goes back to the bot.

use service_rules::EndReason;

use super::{
    Failure, ToHelpdesk,
    fate::Fate,
    incoming::Incoming,
    outcome::NotOpened,
    ports::StoreError,
    run::Run,
    system_message::{DuplicateCheck, send_once},
};
use crate::{
    conversation::{CustomerRecord, Ending, RecentId, State},
    job::CloseJob,
    lime::{Document, Event},
    message::ConversationId,
    texts::TextKey,
    trail::StepName,
};

impl ToHelpdesk {
    /// The helpdesk said no to the request itself (400, 413, 415, 422), and would again; or nobody is there. The customer is told (of a refusal
    /// once an hour at most), and goes back to the bot. The message is done.
    pub(super) async fn not_opened(
        &self,
        run: &mut Run<'_>,
        incoming: &Incoming,
        entry: RecentId,
        why: NotOpened,
    ) -> Result<(), Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(()) };
        let (reason, ended) = match why {
            NotOpened::Refused(status) => {
                run.becomes(Fate { status: Some(status), ..StepName::Refused.into() });
                tracing::error!(
                    status,
                    "the helpdesk refuses to open a ticket for a customer, who is told and goes back to the bot"
                );
                self.tell_customer(run, TextKey::NotOpened, &incoming.id, incoming.tries).await?;
                (EndReason::Agent, "refused")
            }
            NotOpened::OutsideHours => {
                tracing::info!("a customer who came outside the hours goes back to the bot");
                if let Some(text) = self.outside_hours(&conversation) {
                    let mut check = DuplicateCheck::new(incoming.tries.again());
                    let document = Document::text(text);
                    match send_once(&*self.channel, &conversation, "outside-hours", document, &mut check).await {
                        Ok(_) | Err(Failure::Refused { .. }) => {}
                        Err(failure) => return Err(failure),
                    }
                }
                (EndReason::OutsideHours, EndReason::OutsideHours.as_str())
            }
        };
        let since = self.clock.now();
        let ending = Ending { reason, unless_said: None, placement: Some(&conversation.placement) };
        match self.store.begin_closing(&conversation.opening, since, ending).await {
            Ok(()) => {
                self.ends(&conversation, ended, since);
                if let Some(conversation) = &mut run.conversation {
                    (conversation.state, conversation.ended) = (State::Closing { since }, Some(reason));
                }
            }
            // Somebody else wrote, or it is our own write, repeated because its answer was lost.
            Err(StoreError::Conflict) => {
                run.reload(since).await?;
                let ours =
                    |c: &CustomerRecord| c.opening == conversation.opening && matches!(c.state, State::Closing { .. });
                if !run.conversation.as_ref().is_some_and(ours) {
                    return Err(Failure::later("the conversation store changed concurrently"));
                }
            }
            Err(error) => return Err(error.into()),
        }
        self.give_back(&conversation.opening).await?;
        // Last: a later try finds the closing under way, and hands it on again.
        run.receipt(&incoming.message, Event::Failed);
        run.delivered(entry);
        Ok(())
    }

    /// Hands on the close of a conversation that has no ticket. The queue drops a copy.
    pub(super) async fn give_back(&self, opening: &ConversationId) -> Result<(), Failure> {
        let job = CloseJob::new(opening.clone(), None);
        self.queue.send(&job.addressed(&self.key)).await
    }
}
