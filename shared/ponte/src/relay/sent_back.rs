//! A conversation that begins outside the hours, whose customer goes back to the bot and is called back by the first answer.
//!
//! It gets its ticket as any other. Then it begins to close in place of becoming open, and what the customer says on the way back to the bot is for
//! the ticket as well. `with_bot.rs` has the way back to us.

use service_rules::{EndReason, ServiceRules};

use super::{
    Failure, ToHelpdesk,
    ports::{StoreError, TicketRef},
    run::Run,
    to_helpdesk::MAX_DECISIONS,
    waiting::is_closed,
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, Ending, EntryPoint, Placement, State},
};

impl ToHelpdesk {
    /// Whether the customer can be called back of a conversation that begins now, by rules that say so. Where not, it is opened as always.
    pub(super) fn may_call_back(
        &self,
        way: &EntryPoint,
        rules: &ServiceRules,
        placement: &Placement,
        now: Timestamp,
    ) -> bool {
        let language = rules.language.default;
        let opens = rules.says_opening(placement.queue.as_deref(), now.seconds(), language).is_some();
        if *way != EntryPoint::Router || !opens {
            return false;
        }
        if !self.calls_back {
            tracing::warn!(
                "outside: callback needs the parameter BlipRouterKey: the conversation is opened as with outside: ticket"
            );
        }
        self.calls_back
    }

    /// Whether the customer of a conversation goes back to the bot until somebody is there. An opening that was tried again until then goes on as any
    /// other.
    pub(super) fn waits_for_opening(&self, conversation: &CustomerRecord) -> bool {
        let placement = &conversation.placement;
        placement.callback && is_closed(&self.rules.current(), placement, self.clock.now())
    }

    /// Begins to close what has its ticket now, unless an agent answered meanwhile. Whether the conversation is no more to be opened.
    pub(super) async fn sends_back(&self, run: &mut Run<'_>, to: &TicketRef) -> Result<bool, Failure> {
        for _ in 0..MAX_DECISIONS {
            let Some(conversation) = &mut run.conversation else { return Ok(true) };
            // Only an agent's words keep the customer: an assignment or a transfer is written, too.
            if conversation.outbound.last.0 > 0 {
                return Ok(false);
            }
            let (since, reason) = (self.clock.now(), EndReason::OutsideHours);
            let read = (conversation.inbound.sequence, conversation.outbound.sequence);
            let ending = Ending { reason, unless_said: Some(read), placement: None };
            match self.store.begin_closing(&to.opening, since, ending).await {
                Ok(()) => {
                    self.ends(conversation, reason.as_str(), since);
                    (conversation.state, conversation.ended) = (State::Closing { since }, Some(reason));
                    tracing::info!("a customer who came outside the hours goes back to the bot until somebody answers");
                    return Ok(true);
                }
                Err(StoreError::Conflict) => {
                    run.reload(since).await?;
                    let waits = |c: &CustomerRecord| c.opening == to.opening && c.state == State::Ticketed;
                    if !run.conversation.as_ref().is_some_and(waits) {
                        return Ok(true);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::later("the conversation kept changing"))
    }

    /// Before anything for a customer who is on the way back to the bot: hands the close on, which an earlier try may not have come to. The queue
    /// drops a copy.
    pub(super) async fn hand_on_sent_back(&self, run: &mut Run<'_>) -> Result<(), Failure> {
        let is_closing = |c: &CustomerRecord| c.waits_for_callback() && matches!(c.state, State::Closing { .. });
        if run.is_sent_back || !run.conversation.as_ref().is_some_and(is_closing) {
            return Ok(());
        }
        let Some(to) = run.ticket_ref() else { return Ok(()) };
        self.hand_on(&to, EndReason::OutsideHours).await?;
        run.is_sent_back = true;
        Ok(())
    }
}
