//! Who is told of what was not delivered.
//!
//! To tell is no reason to lose what is told about: where the one who would be told refuses to hear it, or is gone, the words go on.

use std::sync::Arc;

use service_rules::ServiceRules;

use super::{
    Failure, ToCustomer, ToHelpdesk,
    ports::{FileProblem, Helpdesk, NotDelivered, Rules, TicketRef},
    run::Run,
    system_message::{DuplicateCheck, send_once},
    tries::Tries,
};
use crate::{
    conversation::CustomerRecord,
    lime::Document,
    message::{AgentEvent, SourceId, channel_names},
    texts::{Language, Placeholder, TextKey, Texts},
};

impl ToHelpdesk {
    pub(super) fn agent_texts(&self) -> Texts {
        agent_texts(&*self.rules)
    }

    /// The helpdesk will never take this message, or nobody will read it: its sender is told, in words at most once an hour.
    pub(super) async fn tell_customer(
        &self,
        run: &mut Run<'_>,
        what: TextKey,
        message: &SourceId,
        tries: Tries,
    ) -> Result<(), Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(()) };
        let text = CustomerTexts::of(self.rules.current(), &conversation).texts.must_say(what, &[]);
        let now = self.clock.now();
        if !run.may_tell(now) {
            return Ok(());
        }
        let which: String = self.key.hex(&["not-delivered", message.as_str()]).chars().take(8).collect();
        let (name, document) = (format!("not-delivered-{which}"), Document::text(text));
        let mut check = DuplicateCheck::new(tries.again());
        match send_once(&*self.channel, &conversation, &name, document, &mut check).await {
            // An earlier try told it, and then is when it was told.
            Ok(false) => return Ok(()),
            outcome => told("the customer", outcome.map(drop))?,
        }
        run.told(now);
        Ok(())
    }

    /// Tells the agent that something of the customer's did not arrive: the ticket would say nothing of it. `id` is the part's own name in the
    /// helpdesk, so that the note comes once. A courtesy of the refusal, which the customer is told of in any case: a helpdesk that refuses
    /// the note as well holds nothing up.
    pub(super) async fn tell_of_refusal(&self, to: &TicketRef, id: &str, status: u16) -> Result<(), Failure> {
        let status = status.to_string();
        let text = self.agent_texts().must_say(TextKey::CustomerRefused, &[(Placeholder::Status, &status)]);
        told("the agent", tell_agent(&*self.helpdesk, to, &format!("{id}-refused"), &text).await)
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
        let document = Document::text(problem.words(&CustomerTexts::of(self.rules.current(), conversation).texts));
        let (name, mut check) = (format!("lost-file-{which}"), DuplicateCheck::new(tries.again()));
        told("the customer", send_once(&*self.channel, conversation, &name, document, &mut check).await.map(drop))
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
        tell_not_delivered(&*self.helpdesk, &agent_texts(&*self.rules), to, &event.id, reason).await
    }
}

/// What one customer is told: in the conversation's language, with the name of its queue as this customer reads it.
pub(super) struct CustomerTexts {
    texts: Texts,
    queue: Option<String>,
}

impl CustomerTexts {
    pub(super) fn of(rules: Arc<ServiceRules>, conversation: &CustomerRecord) -> Self {
        let placement = &conversation.placement;
        let of_channel = || rules.language.of_channel(Some(channel_names(&conversation.channel)));
        let language = placement.language.unwrap_or_else(of_channel);
        Self::of_queue(rules, placement.queue.as_deref(), language)
    }

    /// What customers of a queue are told in a language.
    pub(super) fn of_queue(rules: Arc<ServiceRules>, queue: Option<&str>, language: Language) -> Self {
        let queue = queue.map(|queue| rules.queue_name(queue, language).to_owned());
        Self { texts: Texts { rules, language }, queue }
    }

    /// The conversation's language.
    pub(super) fn language(&self) -> Language {
        self.texts.language
    }

    /// The text, `{queue}` and these replaced. `None` where the company switched it off.
    pub(super) fn say(&self, key: TextKey, values: &[(Placeholder, &str)]) -> Option<String> {
        let queue = self.queue.as_deref().map(|queue| (Placeholder::Queue, queue));
        let values: Vec<_> = queue.into_iter().chain(values.iter().copied()).collect();
        self.texts.say(key, &values)
    }
}

/// What agents are told.
pub(super) fn agent_texts(rules: &dyn Rules) -> Texts {
    Texts::for_agents(&rules.current())
}

/// What became of a notice. It is repeated where that may help.
fn told(whom: &'static str, outcome: Result<(), Failure>) -> Result<(), Failure> {
    match outcome {
        Ok(()) => Ok(()),
        Err(failure @ (Failure::Refused { .. } | Failure::Gone)) => {
            tracing::warn!(whom, kind = failure.kind(), reason = %failure, "a non-delivery notice was not sent");
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

/// Tells the agent something, where the helpdesk has agents who can be told.
pub(super) async fn tell_agent(helpdesk: &dyn Helpdesk, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
    match helpdesk.notices() {
        Some(notices) => notices.note(to, id, text).await,
        None => Ok(()),
    }
}

/// Tells the agent that a message did not reach the customer. `message` is the helpdesk's own id.
pub(super) async fn tell_not_delivered(
    helpdesk: &dyn Helpdesk,
    texts: &Texts,
    to: &TicketRef,
    message: &SourceId,
    reason: &NotDelivered,
) -> Result<(), Failure> {
    let Some(notices) = helpdesk.notices() else {
        tracing::warn!(reason = reason.code(), "an answer was not delivered; the helpdesk has no way to be notified");
        return Ok(());
    };
    told("the agent", notices.not_delivered(to, message, reason, texts).await)
}

/// Tells the agent, once, that something was parked. The alarm is there in any case.
pub(super) async fn tell_parked(helpdesk: &dyn Helpdesk, texts: &Texts, to: &TicketRef, id: &str, what: TextKey) {
    let text = texts.must_say(what, &[]);
    if let Err(failure) = tell_agent(helpdesk, to, id, &text).await {
        tracing::warn!(kind = failure.kind(), "the note about a parked message was not sent");
    }
}
