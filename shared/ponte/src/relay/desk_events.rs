//! What a helpdesk tells of a ticket beside words: it went to another queue, has a place there, is on hold or goes on, and words were
//! withdrawn.

use std::iter;

use service_rules::{PlaceText, ServiceRules, place_to_tell};

use super::{
    Failure, ToCustomer,
    agent_events::{Read, Step},
    ports::TicketRef,
    run::{Run, TakenBack},
    system_message::{DuplicateCheck, send_once},
    tell::{CustomerTexts, agent_texts, tell_agent},
    waiting::{says_opening, wait_text},
};
use crate::{
    clock::Timestamp,
    conversation::{CustomerRecord, RecentId},
    lime::Document,
    message::{AgentEventKind, BlipId, DeskQueue, SourceId, TicketId},
    texts::{Placeholder, TextKey},
};

/// Transfers so soon after each other are one: a team and its agent, or a mistake that is mended at once. In seconds.
const ONE_TRANSFER: i64 = 30;
/// The longest name of a queue that is kept, in characters.
const MAX_QUEUE: usize = 80;

impl ToCustomer {
    /// The ticket went to another queue: the customer is told once, in words, and waits anew.
    pub(super) async fn transferred(
        &self,
        run: &mut Run<'_>,
        conversation: &CustomerRecord,
        (queue, unassigned): (Option<&DeskQueue>, bool),
        event: &SourceId,
        check: &mut DuplicateCheck,
    ) -> Result<(), Failure> {
        let rules = self.rules.current();
        let before = conversation.placement.queue.as_deref();
        let into = queue.and_then(|queue| known_queue(&rules, queue));
        if !unassigned && (queue.is_none() || (into.is_some() && into.as_deref() == before)) {
            // Our own route, as the helpdesk repeats it.
            return Ok(());
        }
        // The helpdesk's own first choice is no transfer.
        let is_taken = run.spoke.is_some() || conversation.agent.is_some() || conversation.outbound.last.0 > 0;
        let is_first = !is_taken && (unassigned || before.is_none());
        let now = self.clock.now();
        let last = conversation.desk.queued_at.filter(|_| !conversation.desk.move_untold);
        let mut is_told = last.is_some_and(|last| now.seconds().saturating_sub(last) < ONE_TRANSFER);
        // A number says nothing to a customer.
        let has_name = queue.is_none() || into.is_some();
        if !is_first && !is_told && has_name {
            let mut moved = conversation.clone();
            moved.placement.queue = into.clone().or(moved.placement.queue);
            if let Some(text) = self.transfer_text(&moved, now).await {
                self.courtesy(&moved, ("transferred", event), text, check).await?;
                is_told = true;
            }
        }
        tracing::info!(first = is_first, "the conversation is in another queue");
        run.moves(into, (!is_first).then_some((now, is_told)));
        // Another queue has other hours and other timers.
        run.due_at = Some(now);
        Ok(())
    }

    /// Where it went, and how long others waited there, or when somebody will be there.
    async fn transfer_text(&self, moved: &CustomerRecord, now: Timestamp) -> Option<String> {
        let rules = self.rules.current();
        let texts = CustomerTexts::of(rules.clone(), moved);
        let text = texts.say(TextKey::Transferred, &[])?;
        let more = match says_opening(&texts, &rules, moved.placement.queue.as_deref(), now) {
            Some(closed) => Some(closed),
            None => wait_text(&*self.waits, &rules, moved, now).await,
        };
        // In one message: each further one is one more sound in a pocket.
        Some(iter::once(text).chain(more).collect::<Vec<_>>().join("\n"))
    }

    /// The place in the queue. It is told seldom, and only to a customer whom nobody answered.
    pub(super) async fn queued(
        &self,
        run: &mut Run<'_>,
        conversation: &CustomerRecord,
        position: u32,
        check: &mut DuplicateCheck,
    ) -> Result<(), Failure> {
        let (rules, now) = (self.rules.current(), self.clock.now());
        let queue = conversation.placement.queue.as_deref();
        let is_answered = run.spoke.is_some() || conversation.times().agent.first_human_word_at.is_some();
        if is_answered || !rules.waiting.is_told(queue) || !rules.waking(queue).is_open(now.seconds()) {
            return Ok(());
        }
        let Some((say, told)) = place_to_tell(conversation.desk.place, position, now.seconds()) else { return Ok(()) };
        let texts = CustomerTexts::of(rules, conversation);
        let text = match say {
            PlaceText::Next => texts.say(TextKey::NextInLine, &[]),
            PlaceText::Position(place) => {
                texts.say(TextKey::QueuePosition, &[(Placeholder::Position, &place.to_string())])
            }
        };
        let Some(text) = text else { return Ok(()) };
        // By what the customer was told before: a helpdesk may tell the same place twice.
        let which = SourceId::exact(&format!("{}-{}", conversation.desk.queued_at.unwrap_or(0), told.times));
        self.courtesy(conversation, ("place", &which), text, check).await?;
        run.desk(|desk| desk.place = told);
        Ok(())
    }

    /// The ticket is on hold, or goes on. The customer is told nothing; the timers wait.
    pub(super) fn holds(&self, run: &mut Run<'_>, on: bool) {
        let now = self.clock.now();
        run.desk(|desk| desk.holds(on, now));
        run.due_at = Some(now);
    }

    /// The agent took words back. What the customer has cannot be had back, and the agent is told; what was not sent yet is not sent.
    pub(super) async fn withdrawn(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        (message, partly): (&SourceId, bool),
    ) -> Result<(), Failure> {
        let (words, unsent) = (self.words_entry(&to.ticket, message), self.unsent_entry(&to.ticket, message));
        if run.knows(unsent) {
            // The customer has nothing of it.
            return Ok(());
        }
        if !run.knows(words) && run.partial(words).through == 0 && !run.may_have_forgotten() {
            // It comes behind what takes it back.
            if !partly {
                run.delivered(words);
                run.delivered(unsent);
            }
            return Ok(());
        }
        let Some(text) = agent_texts(&*self.rules).say(TextKey::NoteWithdrawn, &[]) else { return Ok(()) };
        let id = self.key.hex(&["withdrawn", message.as_str(), to.opening.as_str()]);
        match tell_agent(&*self.helpdesk, to, &id, &text).await {
            Err(failure @ (Failure::Refused { .. } | Failure::Gone)) => {
                tracing::warn!(reason = %failure, "the note about a withdrawn message is refused");
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// The words among these records that are taken back by a later one of them.
    pub(super) fn taken_back(&self, read: &[Option<Read>]) -> Vec<TakenBack> {
        let of = |ticket: &TicketId, step: &Step| match &step.event.kind {
            AgentEventKind::Withdrawn { message, partly: false } => Some(TakenBack {
                words: self.words_entry(ticket, message),
                by: RecentId::of_ticket(ticket, step.event.kind.name(), &step.event.id, &self.key),
            }),
            _ => None,
        };
        let read = read.iter().flatten();
        read.flat_map(|read| read.steps.iter().filter_map(move |step| of(&read.job.ticket, step))).collect()
    }

    /// Whether these words were taken back, and nothing of them was sent. They are done then, and so is what took them back.
    pub(super) async fn is_taken_back(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        step: &Step,
        asks: bool,
    ) -> Result<bool, Failure> {
        if run.taken_back.is_empty() || !matches!(step.event.kind, AgentEventKind::Message { .. }) {
            return Ok(false);
        }
        let words = self.words_entry(&to.ticket, &step.event.id);
        let Some(by) = run.taken_back.iter().find(|back| back.words == words).map(|back| back.by) else {
            return Ok(false);
        };
        let Some(address) = run.conversation.as_ref().map(|conversation| conversation.address.clone()) else {
            return Ok(false);
        };
        let first = step.parts.as_ref().ok().and_then(|parts| parts.first()).map_or(0, |part| part.position.number());
        let id = BlipId::agent(&to.opening, &to.ticket, &step.event.id, first).render();
        if run.partial(words).through > 0 || (asks && self.channel.knows(&address, &id).await?) {
            return Ok(false);
        }
        tracing::info!("an agent's message was withdrawn before it was sent");
        run.delivered(words);
        run.delivered(by);
        run.delivered(self.unsent_entry(&to.ticket, &step.event.id));
        Ok(true)
    }

    fn words_entry(&self, ticket: &TicketId, message: &SourceId) -> RecentId {
        RecentId::of_ticket(ticket, MESSAGE, message, &self.key)
    }

    /// That the customer has nothing of these words: they were taken back in time.
    fn unsent_entry(&self, ticket: &TicketId, message: &SourceId) -> RecentId {
        RecentId::of_ticket(ticket, "unsent", message, &self.key)
    }

    /// Sends a text of Ponte's own that `what` and the event name. A channel that refuses it holds nothing up.
    pub(super) async fn courtesy(
        &self,
        conversation: &CustomerRecord,
        (what, event): (&str, &SourceId),
        text: String,
        check: &mut DuplicateCheck,
    ) -> Result<(), Failure> {
        let which: String = self.key.hex(&[what, event.as_str()]).chars().take(8).collect();
        let name = format!("{what}-{which}");
        let before = *check;
        match send_once(&*self.channel, conversation, &name, Document::text(text), check).await {
            Ok(_) => Ok(()),
            Err(Failure::Refused { .. }) => {
                // Blip knows nothing of what it refused, and an earlier try went on after it all the same.
                *check = before;
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }
}

/// The name of a message's event.
const MESSAGE: &str = "message";

/// The id of the queue in the service rules, where they know it by id or name; else its name in the helpdesk. `None` of a queue without a name
/// that they do not know.
fn known_queue(rules: &ServiceRules, queue: &DeskQueue) -> Option<String> {
    let stated =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (name, id) = (stated(&queue.name), stated(&queue.id));
    let known = [&name, &id].into_iter().flatten().find_map(|meant| rules.find_queue(meant));
    known.map(str::to_owned).or(name).map(|name| name.chars().take(MAX_QUEUE).collect())
}
