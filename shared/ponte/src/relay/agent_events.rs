//! What a helpdesk told, made ready for the customer: the conversation found, named events read, files copied.
//!
//! All of it comes before the first effect of a run.

use std::time::Duration;

use super::{
    Failure, ToCustomer,
    files::{Copies, Copying, FileOwner},
    needs_fetch::Found,
    part::{NotReady, Part},
    ports::{FileProblem, TicketRef},
    run::{Run, Side},
    tries::Tries,
    worker::Deadline,
};
use crate::{
    conversation::{CustomerRecord, EARLIER_WHEN_TRIED, Received, RecentId, State},
    job::{Record, ToCustomerJob},
    message::{AgentEvent, AgentEventKind, Capabilities, ConversationId, channel_capabilities},
};

/// How long an event of an unknown ticket is tried again, since its opening may be under way.
const UNKNOWN_TICKET: Duration = Duration::from_mins(2);
/// A ticket whose opening may be under way.
const NOT_KNOWN_YET: Failure =
    Failure::Later { after: Some(Duration::from_secs(5)), why: "the ticket is not known yet" };
/// An event with what is delivered of it: made ahead of the run's first effect, since files are copied for it.
pub(super) struct Step {
    pub event: AgentEvent,
    pub parts: Result<Vec<Part>, NotReady>,
    /// It had its effect before this run, and so no parts. What is done before its turn comes may push it out of the recent ids.
    pub known: bool,
    pub tries: Tries,
    /// When the webhook endpoint, or the poller, received it.
    pub received: Received,
    /// The poller found it, and what is remembered may no longer say that it was told: the customer's side is asked.
    pub doubtful: bool,
}

/// The job of a record, and how often it was tried.
pub(super) struct Read {
    pub job: ToCustomerJob,
    pub tries: Tries,
    /// Its events, and those that are told with them.
    pub steps: Vec<Step>,
    /// Why what comes after these could not be read.
    pub unread: Option<Failure>,
    /// Whether its ticket is one of ours, asked for each record until one is: what came later is not as long unknown.
    pub ours: Result<bool, Failure>,
}

impl Read {
    /// Reads a record. `None` when it is not a job of this version.
    pub(super) fn of(record: &Record, deadline: Deadline) -> Option<Self> {
        let job: ToCustomerJob = record.job()?;
        let tries = Tries { attempts: record.attempts, replayed: job.replayed, deadline };
        Some(Self { job, tries, steps: Vec::new(), unread: None, ours: Ok(false) })
    }
}

impl ToCustomer {
    /// Makes ready what is delivered, for all records before the first of them has an effect. What fails stops the run when
    /// its turn comes, and not before.
    pub(super) async fn make_ready<'a>(
        &'a self,
        run: &mut Option<(ConversationId, Run<'a>)>,
        read: &mut [Option<Read>],
        deadline: Deadline,
    ) {
        let copies = Copies::new(deadline, self.clock.now());
        let mut seen = Vec::new();
        let mut whole = None;
        // A ticket that becomes known between two of these looks is known to all: what came first is the oldest, and would be let go.
        for read in read.iter_mut().flatten() {
            match self.load(&read.job).await {
                Ok(None) => continue,
                Ok(loaded) => *run = loaded,
                Err(unread) => read.ours = Err(unread),
            }
            break;
        }
        for read in read.iter_mut().flatten() {
            if read.ours.is_err() {
                return;
            }
            read.ours = Ok(run.is_some());
            let Some((opening, run)) = run else { continue };
            // The helpdesk may go on with this ticket in an opening that is under way. Its words were received by another clock.
            let under_way = |c: &CustomerRecord| {
                let received = read.job.received_at.plus(EARLIER_WHEN_TRIED);
                c.opening != *opening && c.state == State::Claimed && received >= c.opened
            };
            if run.conversation.as_ref().is_some_and(under_way) {
                read.ours = Err(NOT_KNOWN_YET);
                return;
            }
            let to = TicketRef { opening: opening.clone(), ticket: read.job.ticket.clone() };
            // What was looked up must still be told in this run, or the next one would look it up again: half of the time is for that.
            let left = read.tries.deadline.left(self.clock.now());
            let whole = *whole.get_or_insert(left);
            let looks = read.job.events.iter().any(|event| event.kind == AgentEventKind::NeedsFetch);
            if looks && left < whole / 2 {
                read.unread = Some(Failure::TimeIsUp);
                continue;
            }
            let (events, unread) = self.looked_up(run, &to, &read.job.events, &mut seen).await;
            for Found { event, missed, told } in events {
                let entry = RecentId::of_ticket(&to.ticket, event.kind.name(), &event.id, &self.key);
                let tries = read.tries;
                let received = tries.received(read.job.received_at);
                let doubtful = run.may_have_forgotten() && (read.job.polled || missed);
                let known = told || run.knows(entry);
                let parts = if known {
                    Ok(Vec::new())
                } else {
                    self.parts(run, &read.job, &event, entry, tries, &copies).await
                };
                read.steps.push(Step { event, parts, known, tries, received, doubtful });
            }
            read.unread = unread;
        }
    }

    /// What is delivered of an event: its files copied, and all of it as the customer's channel can show it.
    async fn parts(
        &self,
        run: &mut Run<'_>,
        job: &ToCustomerJob,
        event: &AgentEvent,
        entry: RecentId,
        tries: Tries,
        copies: &Copies,
    ) -> Result<Vec<Part>, NotReady> {
        let Some(contents) = event.kind.contents() else { return Ok(Vec::new()) };
        let partial = run.partial(entry);
        let (files, clock) = (&*self.files, &*self.clock);
        let copying = Copying { files, clock, limit: self.file_limit, tries, partial, copies };
        // The agent is told of a lost file; the customer gets the words that came with it.
        let lost = |_: FileProblem, _: Option<String>, caption: Option<String>| caption;
        let agent_files = self.helpdesk.agent_files();
        let access = |url: &str| agent_files.and_then(|files| files.file_access(url));
        let whose =
            FileOwner { conversation: run.key(), source: job.ticket.as_str(), message: &event.id, key: &self.key };
        copying.parts(contents.to_vec(), &whose, channel(run), access, None, lost).await
    }

    /// Reads the conversation that the ticket belongs to: by our mark where the event carries it, else by the way back.
    /// `None` when the ticket has been unknown for too long.
    async fn load(&self, job: &ToCustomerJob) -> Result<Option<(ConversationId, Run<'_>)>, Failure> {
        let now = self.clock.now();
        let read = async |opening: ConversationId| {
            let run = Run::load(&*self.store, Side::Outbound, opening.conversation(), now).await?;
            Ok::<_, Failure>((opening, run))
        };
        if let Some(opening) = &job.opening {
            let (opening, run) = read(opening.clone()).await?;
            // A mark proves nothing by itself: it must be the present one, and of this ticket.
            let ours = |c: &CustomerRecord| c.opening == opening && c.ticket.as_ref() == Some(&job.ticket);
            if run.conversation.as_ref().is_some_and(ours) {
                return Ok(Some((opening, run)));
            }
            // Its opening is under way, however long that takes: the helpdesk has the ticket, and the conversation store does not have it yet.
            if run.conversation.as_ref().is_some_and(|c| c.opening == opening && c.state == State::Claimed) {
                return Err(NOT_KNOWN_YET);
            }
        }
        match self.store.conversation_of_ticket(&job.ticket, now).await? {
            Some(opening) => Ok(Some(read(opening).await?)),
            None if now.since(job.received_at) < UNKNOWN_TICKET => Err(NOT_KNOWN_YET),
            None => Ok(None),
        }
    }
}

/// What the customer's channel can show.
pub(super) fn channel(run: &Run<'_>) -> &'static Capabilities {
    let domain = run.conversation.as_ref().map_or("", |conversation| conversation.channel.as_str());
    channel_capabilities(domain)
}
