//! The steps of a run, kept until what they speak of is written down.

use super::{
    ToCustomer, ToHelpdesk,
    agent_events::Step,
    fate::{Fate, event_name, is_named},
    incoming::Incoming,
    ports::TicketRef,
    run::Run,
    tries::Tries,
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, ServiceTimes},
    message::AgentEventKind,
    trail::{Figures, Line, MessageHash, Metric, StepName, Toward},
};

impl Run<'_> {
    /// What becomes of the message that is worked now. The first refusal of a part stands, whatever the others come to.
    pub(super) fn becomes(&mut self, fate: impl Into<Fate>) {
        if self.fate.is_none_or(|before| before.step != StepName::Refused) {
            self.fate = Some(fate.into());
        }
    }

    fn steps(&mut self, line: Line, tries: Tries, received: Timestamp, now: Timestamp) {
        let fate = self.fate.take().unwrap_or(StepName::Handled.into());
        let mut line = Line { message: fate.step, status: fate.status, late: fate.late, ..line };
        if let Some(conversation) = &self.conversation {
            line = line.of(&conversation.opening);
        }
        self.lines.push(line.tried(tries.attempts, received, now));
    }
}

impl ToHelpdesk {
    /// A message of the customer is done.
    pub(super) fn done(&self, run: &mut Run<'_>, incoming: &Incoming) {
        let mut line = Line::new(StepName::Handled);
        line.to = Some(Toward::Helpdesk);
        line.id = Some(MessageHash::of_customer(&incoming.id, &self.key));
        line.event = incoming.ticket().map(|_| "ticket".to_owned());
        run.steps(line, incoming.tries, incoming.received, self.clock.now());
    }

    /// Tells what the run did, once that is written down.
    pub(super) fn tells(&self, run: &mut Run<'_>) {
        for line in std::mem::take(&mut run.lines) {
            self.journal.step(line);
        }
    }

    /// A conversation has its ticket with this write.
    pub(super) fn opened(&self, conversation: &CustomerRecord, route: String) {
        let (rules, now) = (self.rules.current(), self.clock.now());
        let mut opened = Figures::new(StepName::Opened, conversation, &rules, now).with(Metric::ConversationsOpened, 1);
        if conversation.placement.same_ticket {
            opened = opened.with(Metric::ConversationsReopened, 1);
        }
        opened.route = Some(route);
        self.journal.figures(opened);
    }

    /// A conversation ends with this write.
    pub(super) fn ends(&self, conversation: &CustomerRecord, reason: &'static str, at: Timestamp) {
        self.journal.figures(Figures::ends(conversation, &self.rules.current(), reason, at));
    }
}

impl ToCustomer {
    /// As of [`ToHelpdesk::ends`].
    pub(super) fn ends(&self, conversation: &CustomerRecord, reason: &'static str, at: Timestamp) {
        self.journal.figures(Figures::ends(conversation, &self.rules.current(), reason, at));
    }

    /// An event of the helpdesk is done. What is worth nothing later leaves no line.
    pub(super) fn done(&self, run: &mut Run<'_>, to: &TicketRef, step: &Step, received: Timestamp) {
        let Step { event, tries, known, .. } = step;
        // What only names another: a try before this one, or one that found it with another, may have told nothing of what it stood for.
        let is_retried = event.kind == AgentEventKind::NeedsFetch && (tries.attempts > 1 || *known);
        if !is_named(event) && !is_retried {
            run.fate = None;
            return;
        }
        let mut line = Line::new(StepName::Handled);
        line.to = Some(Toward::Customer);
        line.id = Some(MessageHash::of_agent(&to.ticket, &event.id, &self.key));
        line.event = event_name(&event.kind);
        run.steps(line, *tries, received, self.clock.now());
    }

    /// Tells what the run did, once that is written down, and how long the customer waited for it.
    pub(super) fn tells(&self, run: &mut Run<'_>) {
        let mut lines = std::mem::take(&mut run.lines);
        let times = std::mem::take(&mut run.times);
        if let Some(conversation) = &run.conversation {
            let rules = self.rules.current();
            let now = self.clock.now();
            let figures = |step| Figures::new(step, conversation, &rules, now);
            let ServiceTimes { to_assignment, to_first_word, from_assignment, response } = times;
            if let Some(seconds) = to_assignment {
                self.journal.figures(figures(StepName::Assigned).with(Metric::TimeToAssignment, seconds));
            }
            if let Some(seconds) = to_first_word {
                let mut answered = figures(StepName::Answered).with(Metric::TimeToFirstWord, seconds);
                if let Some(seconds) = from_assignment {
                    answered = answered.with(Metric::TimeFromAssignmentToFirstWord, seconds);
                }
                self.journal.figures(answered);
            }
            let is_answer = |line: &&mut Line| line.message == StepName::Delivered && line.event.is_none();
            if let Some(line) = lines.iter_mut().find(is_answer).filter(|_| response.is_some()) {
                line.waited_s = response;
                line.desk = Some(figures(StepName::Answered).queue);
            }
        }
        for line in lines {
            self.journal.step(line);
        }
    }
}
