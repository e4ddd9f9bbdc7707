//! Closes a conversation by force, as its agent would, or hands the customer back, as the clock does where nobody answers: `closing` is written under the conversation store's own condition, and the closing
//! is handed on to `close-ticket`, which sends the customer back to the bot and tells the helpdesk.

use ponte::{
    clock::{Clock, SystemClock},
    conversation::{Ending, State},
    message::ConversationId,
    queue::CloseJob,
    relay::ports::{Queue, Store, StoreError},
};
use serde::Serialize;
use service_rules::EndReason;

use crate::{Entry, OperationError, Stack};

/// How often the state is read anew after it changed under the tool.
const MAX_DECISIONS: usize = 4;

/// What became of the request to close a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closing {
    /// It closes now.
    Begun,
    /// It was closing already; the closing was handed on again, in case it was lost.
    HandedOnAgain,
    /// Nothing was done.
    ClosedAlready,
}

/// A conversation that was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closed {
    pub conversation: ConversationId,
    pub outcome: Closing,
}

/// Closes a conversation; `service` is where the customer goes in place of what the service rules say. Repeating it is harmless.
pub async fn close(stack: &Stack, id: &ConversationId, service: Option<&str>) -> Result<Closed, OperationError> {
    end(stack, id, EndReason::Agent, service).await
}

/// Gives the customer back to the bot as if nobody had answered: the ticket stays open, and its agent reads that the customer went. Repeating it
/// is harmless.
pub async fn hand_back(stack: &Stack, id: &ConversationId) -> Result<Closed, OperationError> {
    end(stack, id, EndReason::NoAgent, None).await
}

async fn end(
    stack: &Stack,
    id: &ConversationId,
    reason: EndReason,
    service: Option<&str>,
) -> Result<Closed, OperationError> {
    let what = if reason == EndReason::Agent { "conversation.close" } else { "conversation.hand-back" };
    let closed = |outcome| Ok(Closed { conversation: id.clone(), outcome });
    for _ in 0..MAX_DECISIONS {
        let now = SystemClock.now();
        let read = stack.store.conversation(&id.conversation(), now).await.map_err(unavailable)?;
        let Some(conversation) = read else {
            return Err(OperationError::NotFound("no such conversation: it never was, or ended long ago".to_owned()));
        };
        if conversation.opening != *id {
            let words = "this conversation has ended: the customer's present one is";
            return Err(OperationError::NotPossible(format!("{words} {}", conversation.opening.as_str())));
        }
        let ticket = match (conversation.state, conversation.ticket) {
            (State::Closed { .. }, _) => return closed(Closing::ClosedAlready),
            (State::Claimed, _) | (_, None) => {
                let words =
                    "it is still opening and has no ticket: its first message waits to be tried again, or is parked";
                return Err(OperationError::NotPossible(words.to_owned()));
            }
            (_, Some(ticket)) => ticket,
        };
        let entry = Entry { what: what.into(), ids: vec![id.as_str()], service, ..Entry::default() };
        let is_closing = matches!(conversation.state, State::Closing { .. });
        // Behind a question that was asked, the closing goes on only where it says so; the customer is not waited for, nor asked again.
        let asked = conversation.rating_asked.is_some();
        // One that is closing already keeps its own reason.
        let reason = if is_closing { conversation.ended.unwrap_or(EndReason::Agent) } else { reason };
        let ending = Ending { reason, unless_said: None, placement: None };
        let ended = (reason != EndReason::Agent).then_some(reason);
        let change = async {
            let outcome = if is_closing {
                Closing::HandedOnAgain
            } else {
                match stack.store.begin_closing(id, now, ending).await {
                    Ok(()) => Closing::Begun,
                    Err(StoreError::Conflict) => return Ok(None),
                    Err(error) => return Err(unavailable(error)),
                }
            };
            let replayed = outcome == Closing::HandedOnAgain;
            let service = service.map(str::to_owned);
            hand_on(stack, CloseJob { replayed, asked, service, ended, ..CloseJob::new(id.clone(), Some(ticket)) })
                .await?;
            Ok(Some(outcome))
        };
        if let Some(outcome) = stack.audit.around(&entry, change).await? {
            return closed(outcome);
        }
        stack.audit.stopped(&entry, "the conversation changed meanwhile").await;
    }
    Err(OperationError::Failed("the conversation kept changing: run the command again".to_owned()))
}

/// A closing that may have been begun elsewhere (`replayed`) asks Blip before it repeats anything.
async fn hand_on(stack: &Stack, job: CloseJob) -> Result<(), OperationError> {
    let sent = stack.closings().send(&job.addressed(&stack.key)).await;
    sent.map_err(|failure| {
        OperationError::Failed(format!("closing, but not handed on ({failure}): run the command again"))
    })
}

fn unavailable(error: StoreError) -> OperationError {
    OperationError::Failed(error.to_string())
}
