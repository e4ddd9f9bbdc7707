//! Words of a customer that wait together and are posted in one call, where a helpdesk counts calls
//! ([`Capabilities::together`](crate::message::Capabilities)).
//!
//! Only what would be delivered one after the other anyway is put together: a stretch of whole messages for an open
//! conversation, all of whose texts fit into one, with one file at the most: each may take as long as a call. Whatever else is in it, a late note or a lost file, is left to the way of each
//! by itself, and so is a stretch that the helpdesk does not take whole: one of its messages is the reason.

use super::{
    Failure, ToHelpdesk,
    files::Copies,
    incoming::{Incoming, Read},
    part::Part,
    ports::{Batches, CustomerMessage, TicketRef},
    run::Run,
    worker::catch_panic,
};
use crate::{
    conversation::{CustomerDecision, CustomerEvent, RecentId, State, customer_event},
    lime::Event,
    message::{Content, SourceId},
    trail::StepName,
};

/// What each message may add to its own words: the time it was said, and a line of its own.
const AROUND_EACH: usize = 60;

/// A stretch of records.
struct Batch {
    /// How many records it has.
    records: usize,
    messages: Vec<CustomerMessage>,
    /// What is remembered of it.
    entries: Vec<RecentId>,
}

impl ToHelpdesk {
    /// Delivers what is put together at the beginning of `read`. The number of records that are done by it: none, where there
    /// is nothing to put together.
    pub(super) async fn together<'a>(
        &'a self,
        run: &mut Option<Run<'a>>,
        read: &mut [Read],
        copies: &Copies,
    ) -> Result<usize, Failure> {
        let Some(batches) = self.helpdesk.batches() else { return Ok(0) };
        let Some(Read::Message(first)) = read.first() else { return Ok(0) };
        let run = self.loaded(run, &first.conversation).await?;
        let Some(to) = run.ticket_ref().filter(|_| is_open(run) && !run.batching_disabled) else { return Ok(0) };
        let batch = self.stretch(run, read, copies).await;
        if batch.messages.len() < 2 {
            return Ok(0);
        }
        self.deliver_all(run, batches, &to, &batch, read).await
    }

    async fn deliver_all(
        &self,
        run: &mut Run<'_>,
        batches: &dyn Batches,
        to: &TicketRef,
        batch: &Batch,
        read: &mut [Read],
    ) -> Result<usize, Failure> {
        match catch_panic(batches.deliver_batch(to, &batch.messages)).await {
            Ok(()) => {}
            // Each by itself finds out which it was, and what becomes of the rest.
            Err(failure @ (Failure::Refused { .. } | Failure::Gone | Failure::Broken { .. })) => {
                run.batching_disabled = true;
                if matches!(failure, Failure::Broken { .. }) {
                    may_have_arrived(read);
                }
                return Ok(0);
            }
            Err(failure) => return Err(failure),
        }
        run.speaks(self.clock.now());
        for entry in &batch.entries {
            run.delivered(*entry);
        }
        for read in read.iter().take(batch.records) {
            if let Read::Message(incoming) = read {
                run.becomes(StepName::Delivered);
                self.done(run, incoming);
                run.receipt(&incoming.message, Event::Consumed);
            }
        }
        Ok(batch.records)
    }

    /// The stretch at the beginning of `read`.
    async fn stretch(&self, run: &mut Run<'_>, read: &mut [Read], copies: &Copies) -> Batch {
        let can = self.helpdesk.capabilities();
        let (together, longest) = (can.max_batch, can.text);
        let mut batch = Batch { records: 0, messages: Vec::new(), entries: Vec::new() };
        let (mut length, mut files) = (0, 0);
        for read in read {
            let Read::Message(incoming) = read else { break };
            let entry = RecentId::of("message", &incoming.id, &self.key);
            if batch.entries.contains(&entry) {
                // A copy of what is in it already.
                batch.records += 1;
                continue;
            }
            let Some(messages) = self.whole(run, incoming, copies).await else { break };
            length += messages.iter().map(|message| self::length(&message.content) + AROUND_EACH).sum::<usize>();
            files += messages.iter().filter(|message| matches!(message.content, Content::File { .. })).count();
            if batch.messages.len() + messages.len() > together || length > longest || files > 1 {
                break;
            }
            batch.records += 1;
            batch.messages.extend(messages);
            batch.entries.push(entry);
        }
        batch
    }

    /// A message that would simply be delivered, as it is posted. `None` when it is anything else. What was made of it stays with it.
    async fn whole(&self, run: &mut Run<'_>, incoming: &mut Incoming, copies: &Copies) -> Option<Vec<CustomerMessage>> {
        let whole = RecentId::of("message", &incoming.id, &self.key);
        let decision = customer_event(run.conversation.as_ref(), incoming.event, incoming.when());
        if incoming.event != CustomerEvent::Words || decision != CustomerDecision::Deliver || run.knows(whole) {
            return None;
        }
        if self.reply(run, incoming, decision).is_some() {
            return None;
        }
        if incoming.parts.is_none() {
            let parts = self.parts(run, &incoming.id, &incoming.message.document, incoming.tries, copies).await;
            incoming.parts = Some(parts);
        }
        let parts = incoming.parts.as_ref()?.as_ref().ok()?;
        if run.partial(whole).through > 0 {
            return None;
        }
        let several = parts.len() > 1;
        let mut messages = Vec::new();
        for Part { position, content, problem } in parts {
            let part = if several { incoming.id.part(position.number()) } else { incoming.id.clone() };
            let recent_id = RecentId::of("message", &part, &self.key);
            let content = content.clone().filter(|_| problem.is_none() && !run.knows(recent_id))?;
            messages.push(CustomerMessage {
                id: self.wire_id(&part),
                content,
                at: incoming.received,
                late: false,
                may_be_duplicate: incoming.tries.again(),
            });
        }
        Some(messages).filter(|messages| !messages.is_empty())
    }

    /// What a part of a message is called in the helpdesk.
    pub(super) fn wire_id(&self, part: &SourceId) -> String {
        self.key.hex(&["customer-message", part.as_str()])
    }
}

/// A panic may have come after the effect: the helpdesk is asked first.
fn may_have_arrived(read: &mut [Read]) {
    for read in read {
        if let Read::Message(incoming) = read {
            incoming.tries.attempts = incoming.tries.attempts.max(2);
        }
    }
}

fn is_open(run: &Run<'_>) -> bool {
    run.conversation.as_ref().is_some_and(|conversation| conversation.state == State::Open)
}

/// How many characters of a text it takes at most.
fn length(content: &Content) -> usize {
    let count = |text: &Option<String>| text.as_ref().map_or(0, |text| text.chars().count());
    match content {
        Content::Text { text } => text.chars().count(),
        Content::File { url, name, caption, .. } => url.chars().count() + count(name) + count(caption),
        Content::Location { text, .. } => AROUND_EACH + count(text),
        Content::Choices { text, options } => {
            options.iter().map(|option| option.chars().count() + AROUND_EACH).sum::<usize>() + text.chars().count()
        }
        Content::Link { url, title, text } => url.chars().count() + count(title) + count(text),
    }
}
