//! What an agent says and does, as the customer is told it.

use super::{
    Failure, ToCustomer,
    agent_events::{Step, channel},
    fate::Fate,
    part::{Part, ready, through},
    ports::{NotDelivered, Outgoing, TicketRef, shown_name},
    run::Run,
    system_message::DuplicateCheck,
    tell::CustomerTexts,
};
use crate::{
    conversation::{AgentDecision, CustomerRecord, RecentId},
    lime::Document,
    message::{Agent, AgentEvent, AgentEventKind, BlipId, Capabilities, Content, document_of, is_numbered},
    texts::{Placeholder, TextKey},
    trail::StepName,
};

/// Whether words were still in time once everything before them was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    InTime,
    TooLate,
}

impl ToCustomer {
    /// Whether the bridge's own user did it. A helpdesk that does not say who that is holds nobody's words up.
    pub(super) async fn is_own(&self, event: &AgentEvent) -> bool {
        let agent = match &event.kind {
            AgentEventKind::Message { agent, .. } => agent.as_ref(),
            AgentEventKind::Assigned { agent } => Some(agent),
            AgentEventKind::Transferred { by, .. } => by.as_ref(),
            _ => None,
        };
        let Some(id) = agent.and_then(|agent| agent.id.as_deref()) else { return false };
        let Some(helpdesk) = self.helpdesk.bridge_user() else { return false };
        match helpdesk.bridge_user_id().await {
            Ok(own) => own.as_deref() == Some(id),
            Err(failure) => {
                tracing::warn!(kind = failure.kind(), reason = %failure, "the helpdesk does not return Ponte's own user");
                false
            }
        }
    }

    /// Carries an event to the customer.
    pub(super) async fn deliver(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        step: &Step,
        check: &mut DuplicateCheck,
    ) -> Result<Delivery, Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(Delivery::InTime) };
        match &step.event.kind {
            AgentEventKind::Message { contents, .. } | AgentEventKind::Survey { contents } => {
                return self.words(run, &conversation, to, step, contents, check).await;
            }
            AgentEventKind::Assigned { agent } => {
                self.assigned(run, &conversation, agent, &step.event, check).await?;
            }
            AgentEventKind::Typing { on } if channel(run).typing => {
                let document = Document::chat_state(if *on { "composing" } else { "paused" });
                let message = Outgoing { id: None, to: conversation.address, document };
                // Worth nothing later: it is not tried again.
                if let Err(failure) = self.channel.send(&message).await {
                    tracing::debug!(kind = failure.kind(), "a chat state was not sent");
                }
            }
            AgentEventKind::Transferred { queue, unassigned, .. } => {
                self.transferred(run, &conversation, (queue.as_ref(), *unassigned), &step.event.id, check).await?;
            }
            AgentEventKind::Queued { position } => {
                self.queued(run, &conversation, *position, check).await?;
            }
            AgentEventKind::OnHold { on } => self.holds(run, *on),
            AgentEventKind::Withdrawn { message, partly } => self.withdrawn(run, to, (message, *partly)).await?,
            AgentEventKind::Typing { .. }
            | AgentEventKind::Merged { .. }
            | AgentEventKind::Closed { .. }
            | AgentEventKind::NeedsFetch => {}
        }
        Ok(Delivery::InTime)
    }

    async fn words(
        &self,
        run: &mut Run<'_>,
        conversation: &CustomerRecord,
        to: &TicketRef,
        step: &Step,
        contents: &[Content],
        check: &mut DuplicateCheck,
    ) -> Result<Delivery, Failure> {
        let event = &step.event;
        let whole = RecentId::of_ticket(&to.ticket, event.kind.name(), &event.id, &self.key);
        let parts = ready(run, whole, step.parts.clone(), self.clock.now()).await?;
        if !parts.is_empty() {
            self.introduce(run, conversation, event, check).await?;
        }
        let several = parts.len() > 1;
        // What an earlier try had sent was said then, and perhaps before the customer's last word.
        let mut said_at = step.received.at.min(self.clock.now());
        // What the channel refuses is no answer.
        let mut is_said = false;
        for (at, Part { position, content, problem }) in parts.iter().enumerate() {
            let number = position.number();
            // An earlier release remembered each part among the recent ids.
            let recent_id = RecentId::of_ticket(&to.ticket, "part", &event.id.part(number), &self.key);
            if run.partial(whole).through >= position.order() || run.knows(recent_id) {
                is_said = true;
                continue;
            }
            if !run.has_time(step.tries.deadline, self.clock.now()) {
                return Err(Failure::TimeIsUp);
            }
            if let Some(problem) = *problem {
                self.tell_agent(to, event, &NotDelivered::File(problem)).await?;
            }
            if let Some(content) = content {
                let id = BlipId::agent(&to.opening, &to.ticket, &event.id, number).render();
                let before = *check;
                let was_sent = check.was_sent(&*self.channel, &conversation.address, &id).await?;
                // Looking and the parts before took their time, and the customer may be about to leave.
                let now = self.clock.now();
                if !was_sent && self.decide(run, to, step, now) != AgentDecision::Deliver {
                    return Ok(Delivery::TooLate);
                }
                is_said |= was_sent;
                if !was_sent {
                    let document = document_of(content);
                    let message = Outgoing { id: Some(id), to: conversation.address.clone(), document };
                    match self.channel.send(&message).await {
                        Ok(()) => (said_at, is_said) = (now, true),
                        Err(Failure::Refused { why, status }) => {
                            run.becomes(Fate { status: Some(status), ..StepName::Refused.into() });
                            tracing::warn!(
                                status,
                                content = content.kind(),
                                reason = why,
                                "an agent's message is refused"
                            );
                            let reason = NotDelivered::Channel { code: None, description: None };
                            self.tell_agent(to, event, &reason).await?;
                            // Blip knows nothing of what it refused, and the earlier try went on after it all the same.
                            *check = before;
                        }
                        Err(failure) => return Err(failure),
                    }
                }
            }
            if several {
                run.through(whole, through(&parts, at));
            }
        }
        let is_survey = matches!(event.kind, AgentEventKind::Survey { .. });
        if is_said {
            run.becomes(StepName::Delivered);
        }
        if is_said && is_survey {
            // No agent said it.
            self.surveyed(run, conversation, to).await?;
        } else if is_said {
            run.speaks(said_at);
            run.offers(offered(contents, channel(run)));
        }
        Ok(Delivery::InTime)
    }

    /// Somebody took the ticket. The customer is told of the first one at once, and of a later one with the first words
    /// ([`Self::introduce`]): a ticket may go through many hands.
    async fn assigned(
        &self,
        run: &mut Run<'_>,
        conversation: &CustomerRecord,
        agent: &Agent,
        event: &AgentEvent,
        check: &mut DuplicateCheck,
    ) -> Result<(), Failure> {
        let Some(name) = shown_name(agent) else { return Ok(()) };
        match conversation.agent.as_deref() {
            Some(before) if before == name => {}
            Some(before) => {
                let (from, to) = (self.name_hash(before), self.name_hash(name));
                run.desk(|desk| desk.handed_over(from, to));
                run.taken_by(name, self.clock.now());
            }
            None => {
                self.announce(conversation, name, event, check).await?;
                run.taken_by(name, self.clock.now());
            }
        }
        Ok(())
    }

    /// The agent who has the ticket writes, and the customer knows another one only: the customer is told who it is now. Words of a colleague
    /// say nothing of who has the ticket.
    async fn introduce(
        &self,
        run: &mut Run<'_>,
        conversation: &CustomerRecord,
        event: &AgentEvent,
        check: &mut DuplicateCheck,
    ) -> Result<(), Failure> {
        let (AgentEventKind::Message { agent, .. }, Some(_)) = (&event.kind, conversation.desk.known_agent) else {
            return Ok(());
        };
        let Some(name) = conversation.agent.as_deref() else { return Ok(()) };
        if agent.as_ref().and_then(shown_name).is_some_and(|writes| writes != name) {
            return Ok(());
        }
        // That Blip does not know this text says nothing of the words behind it.
        self.announce(conversation, name, event, &mut { *check }).await?;
        run.desk(|desk| desk.known_agent = None);
        Ok(())
    }

    /// Tells the customer who answers.
    async fn announce(
        &self,
        conversation: &CustomerRecord,
        name: &str,
        event: &AgentEvent,
        check: &mut DuplicateCheck,
    ) -> Result<(), Failure> {
        let texts = CustomerTexts::of(self.rules.current(), conversation);
        let Some(text) = texts.say(TextKey::AgentJoined, &[(Placeholder::Agent, name)]) else { return Ok(()) };
        self.courtesy(conversation, ("joined", &event.id), text, check).await
    }

    /// What is kept of a name, to know it again.
    fn name_hash(&self, name: &str) -> u32 {
        let hash = self.key.hex(&["agent", name]);
        hash.get(..8).and_then(|hash| u32::from_str_radix(hash, 16).ok()).unwrap_or_default()
    }
}

/// The answers that the customer sees as numbers, if they are the last thing that was said.
fn offered<'a>(contents: &'a [Content], channel: &Capabilities) -> &'a [String] {
    match contents.last() {
        Some(content @ Content::Choices { options, .. }) if is_numbered(content, channel) => options,
        _ => &[],
    }
}
