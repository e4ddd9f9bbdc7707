//! The parts of a customer's message on their way to the helpdesk.

use super::{
    Failure, ToHelpdesk, answered,
    files::{Part, through},
    ports::{CustomerMessage, TicketRef},
    run::{Run, Tries},
};
use crate::{
    clock::Timestamp,
    conversation::RingEntry,
    message::{AgentEvent, SourceId},
    queue::{ToBlipJob, VERSION},
};

/// What is delivered, and how.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub id: &'a SourceId,
    pub at: Timestamp,
    pub late: bool,
    pub tries: Tries,
}

impl ToHelpdesk {
    /// Posts each part of a message once, and remembers the whole. Whether all of it arrived: a refusal is of one part, whose sender is
    /// told, and the others go on.
    pub(super) async fn deliver_parts(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        said: Said<'_>,
        parts: &[Part],
    ) -> Result<bool, Failure> {
        let whole = RingEntry::of("message", said.id, &self.key);
        let several = parts.len() > 1;
        let mut complete = true;
        for (at, Part { position, content, problem }) in parts.iter().enumerate() {
            let part = if several { said.id.part(position.number()) } else { said.id.clone() };
            // The release before this one remembered each part in the ring.
            let in_ring = RingEntry::of("message", &part, &self.key);
            if several && (run.partial(whole).through >= position.order() || run.knows(in_ring)) {
                continue;
            }
            if !run.has_time(said.tries.deadline, self.clock.now()) {
                return Err(Failure::TimeIsUp);
            }
            if let Some(problem) = problem {
                complete = false;
                self.tell_of_file(run, &part, *problem, said.tries).await?;
            }
            if let Some(content) = content.clone() {
                let kind = content.kind();
                let id = self.wire_id(&part);
                let again = said.tries.again();
                let message = CustomerMessage { id, content, at: said.at, late: said.late, again };
                match self.helpdesk.converse(to, &message).await {
                    Ok(answer) => self.answered(to, answer).await?,
                    Err(Failure::Refused { why, status }) => {
                        complete = false;
                        tracing::warn!(status, content = kind, reason = why, "a customer's message is refused");
                        self.tell_customer(run, said.id, said.tries).await?;
                    }
                    Err(failure) => return Err(failure),
                }
            }
            if several {
                run.through(whole, through(parts, at));
            }
        }
        run.delivered(whole);
        Ok(complete)
    }

    /// What the helpdesk answered in the call itself goes the way that its callbacks go.
    async fn answered(&self, to: &TicketRef, events: Vec<AgentEvent>) -> Result<(), Failure> {
        if events.is_empty() {
            return Ok(());
        }
        let job = ToBlipJob {
            v: VERSION,
            replayed: false,
            polled: false,
            received_at: self.clock.now(),
            ticket: to.ticket.clone(),
            opening: Some(to.opening.clone()),
            events,
        };
        for job in answered::jobs(&job, &self.name, &self.key) {
            self.queue.send(&job).await?;
        }
        Ok(())
    }
}
