//! Words of an agent that reach nobody any more, and what of them an earlier try had sent in time.

use service_rules::EndReason;

use super::{
    Failure, ToCustomer,
    agent_events::Step,
    part::{Part, ready, through},
    ports::{NotDelivered, TicketRef},
    run::Run,
    system_message::DuplicateCheck,
};
use crate::{
    conversation::{CustomerRecord, EntryPoint, Late, RecentId, State},
    message::{AgentEventKind, BlipId},
    trail::StepName,
};

impl ToCustomer {
    /// Words that reach nobody: the agent is told, unless an earlier try had sent them in time.
    pub(super) async fn refuse(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        step: &Step,
        late: Late,
        (entry, check): (RecentId, DuplicateCheck),
    ) -> Result<(), Failure> {
        // These words found it out, in this try or in one before; or they crossed the word by which the customer left.
        let left = |c: &CustomerRecord| {
            c.opening == to.opening
                && matches!(c.state, State::Closed { at } if at >= step.received.at)
                && c.ended == Some(EndReason::Customer)
                && EntryPoint::of(&c.address) == EntryPoint::Router
        };
        let left = run.conversation.as_ref().is_some_and(left);
        let reason = match late {
            Late::Closed if left => NotDelivered::WithBot,
            Late::Closed => NotDelivered::Closed,
            Late::Superseded => NotDelivered::Superseded,
        };
        let of = self.said_in(run, to, late).await?;
        let arrived = check.asks()
            && (self.arrived(run, &of, step, entry).await?
                || (of != *to && self.arrived(run, to, step, entry).await?));
        if arrived {
            run.becomes(StepName::Delivered);
        } else {
            self.tell_agent(&of, &step.event, &reason).await?;
            run.becomes(StepName::Refused);
        }
        if left && check.asks() {
            self.tell_left(to).await?;
        }
        // Nor may that try have come to the closing behind the words.
        if check.asks() {
            self.closes_behind(run, to, step).await?;
        }
        // What Blip knew is asked about again, rather than that it pushes out what is newer.
        if arrived && step.doubtful {
            run.finished(entry);
        } else {
            run.delivered(entry);
        }
        Ok(())
    }

    /// Whether words crossed the customer's return to their ticket: they are of the conversation that it was in before. A try before this one may have
    /// refused them as such, and the agent must not be told of words that are then delivered.
    pub(super) async fn crossed(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        step: &Step,
        entry: RecentId,
    ) -> Result<bool, Failure> {
        let before = |c: &CustomerRecord| c.opening == to.opening && step.received.at < c.opened;
        let may_be =
            matches!(step.event.kind, AgentEventKind::Message { .. }) && run.conversation.as_ref().is_some_and(before);
        if !may_be || run.partial(entry).through > 0 {
            return Ok(false);
        }
        Ok(self.store.opening_before(&to.ticket, self.clock.now()).await?.is_some())
    }

    /// The conversation in which words were said that came too late. The ticket leads to the present one, also where the helpdesk went on with it
    /// since: what an earlier try sent, or told the agent, has the name of the one before.
    async fn said_in(&self, run: &Run<'_>, to: &TicketRef, late: Late) -> Result<TicketRef, Failure> {
        let is_present = run.conversation.as_ref().is_some_and(|present| present.opening == to.opening);
        if late != Late::Superseded || !is_present {
            return Ok(to.clone());
        }
        let before = self.store.opening_before(&to.ticket, self.clock.now()).await?;
        Ok(TicketRef { opening: before.unwrap_or_else(|| to.opening.clone()), ticket: to.ticket.clone() })
    }

    /// Whether words that come too late now had reached Blip, whole, in an earlier try. How far it was asked is remembered: there may be more
    /// parts than one run can ask about. The agent is told of a file that was lost among what arrived, if that try did not come to it.
    pub(super) async fn arrived(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        step: &Step,
        entry: RecentId,
    ) -> Result<bool, Failure> {
        let parts = ready(run, entry, step.parts.clone(), self.clock.now()).await?;
        let Some(address) = run.conversation.as_ref().map(|conversation| conversation.address.clone()) else {
            return Ok(false);
        };
        let several = parts.len() > 1;
        let mut is_said = false;
        let mut lost = Vec::new();
        for (at, Part { position, content, problem }) in parts.iter().enumerate() {
            if several && run.partial(entry).through >= position.order() {
                is_said = true;
                continue;
            }
            if content.is_none() {
                lost.extend(*problem);
                continue;
            }
            if !run.has_time(step.tries.deadline, self.clock.now()) {
                return Err(Failure::TimeIsUp);
            }
            let id = BlipId::agent(&to.opening, &to.ticket, &step.event.id, position.number()).render();
            if !self.channel.knows(&address, &id).await? {
                return Ok(false);
            }
            is_said = true;
            for problem in lost.drain(..) {
                self.tell_agent(to, &step.event, &NotDelivered::File(problem)).await?;
            }
            if several {
                run.through(entry, through(&parts, at));
            }
        }
        for problem in lost.into_iter().filter(|_| is_said) {
            self.tell_agent(to, &step.event, &NotDelivered::File(problem)).await?;
        }
        Ok(is_said)
    }
}
