//! The parts of a customer's message on their way to the helpdesk: made ready, and delivered.

use super::{
    Failure, ToHelpdesk,
    accept::agent_step,
    answered,
    fate::Fate,
    files::{Copies, Copying, FileOwner},
    incoming::Read,
    part::{NotReady, Part, through},
    ports::{CustomerMessage, FileProblem, TicketRef},
    routing::context_of,
    run::Run,
    tries::Tries,
};
use crate::{
    clock::Timestamp,
    conversation::{RecentId, State},
    job::{ToCustomerJob, VERSION},
    lime::Document,
    message::{AgentEvent, Content, SourceId, chosen, contents_in},
    texts::{TextKey, Texts},
    trail::StepName,
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
    /// Copies the files of all messages before the first of them has an effect: a link lives for minutes, and an effect may
    /// have to wait for hours. What fails stops the run when its turn comes, and not before.
    pub(super) async fn copy_ahead<'a>(
        &'a self,
        run: &mut Option<Run<'a>>,
        read: &mut [Read],
        copies: &Copies,
    ) -> Result<(), Failure> {
        for (at, read) in read.iter_mut().enumerate() {
            let Read::Message(incoming) = read else { continue };
            if !incoming.is_said() || !has_file(&incoming.message.document, &self.agent_texts()) {
                continue;
            }
            let run = self.loaded(run, &incoming.conversation).await?;
            let entry = RecentId::of("message", &incoming.id, &self.key);
            let closing = run.conversation.as_ref().is_some_and(|c| matches!(c.state, State::Closing { .. }));
            let waits = at > 0 || closing;
            // What was asked for in vain is asked for again when its turn comes.
            if run.knows(entry) || (waits && run.partial(entry).tries > 0) {
                continue;
            }
            let mut parts = self.parts(run, &incoming.id, &incoming.message.document, incoming.tries, copies).await;
            if waits
                && let Err(NotReady { tried, .. }) = &mut parts
                && std::mem::take(tried)
            {
                run.tried(entry);
                // What stands before it may kill the function each time.
                run.save(self.clock.now()).await?;
            }
            incoming.parts = Some(parts);
        }
        Ok(())
    }

    /// What a document of the customer is for the helpdesk, its files copied.
    pub(super) async fn parts(
        &self,
        run: &mut Run<'_>,
        id: &SourceId,
        document: &Document,
        tries: Tries,
        copies: &Copies,
    ) -> Result<Vec<Part>, NotReady> {
        // What the bot handed over decides where the conversation goes. It is no words of the customer.
        if context_of(document).is_some() {
            return Ok(Vec::new());
        }
        let texts = self.agent_texts();
        let mut contents = contents_in(document, &texts);
        let offer = run.conversation.as_ref().map(|conversation| conversation.offer.as_slice()).unwrap_or_default();
        if let (Document::Text(text), [Content::Text { text: said }]) = (document, contents.as_mut_slice())
            && let Some(option) = chosen(text, offer)
        {
            option.clone_into(said);
        }
        let partial = run.partial(RecentId::of("message", id, &self.key));
        let (files, clock) = (&*self.files, &*self.clock);
        let copying = Copying { files, clock, limit: self.file_limit, tries, partial, copies };
        let lost = |problem: FileProblem, name: Option<String>, caption: Option<String>| {
            let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
            let words = format!("[{name}{}]", problem.words(&texts));
            Some(caption.map_or_else(|| words.clone(), |caption| format!("{caption}\n{words}")))
        };
        let files_of = self.channel.files();
        let access = |url: &str| files_of.and_then(|files| files.file_access(url));
        let whose = FileOwner { conversation: run.key(), source: "customer", message: id, key: &self.key };
        let to = self.helpdesk.capabilities();
        copying.parts(contents, &whose, to, access, files_of, lost).await
    }

    /// Posts each part of a message once, and remembers the whole. Whether all of it arrived: a refusal is of one part, whose sender is
    /// told, and the others go on.
    pub(super) async fn deliver_parts(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        said: Said<'_>,
        parts: &[Part],
    ) -> Result<bool, Failure> {
        let whole = RecentId::of("message", said.id, &self.key);
        let several = parts.len() > 1;
        let mut complete = true;
        // What the helpdesk refuses no agent has seen, and its sender was told so: nobody waits for an answer to it.
        let mut is_said = false;
        for (at, Part { position, content, problem }) in parts.iter().enumerate() {
            let part = if several { said.id.part(position.number()) } else { said.id.clone() };
            // An earlier release remembered each part among the recent ids.
            let recent_id = RecentId::of("message", &part, &self.key);
            if several && (run.partial(whole).through >= position.order() || run.knows(recent_id)) {
                is_said = true;
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
                let may_be_duplicate = said.tries.again();
                let message = CustomerMessage { id, content, at: said.at, late: said.late, may_be_duplicate };
                let posted = match self.helpdesk.answers() {
                    Some(helpdesk) => helpdesk.converse(to, &message).await,
                    None => self.helpdesk.deliver(to, &message).await.map(|()| Vec::new()),
                };
                match posted {
                    Ok(answer) => {
                        is_said = true;
                        self.answered(to, answer).await?;
                    }
                    Err(Failure::Refused { why, status }) => {
                        complete = false;
                        run.becomes(Fate { status: Some(status), ..StepName::Refused.into() });
                        tracing::warn!(
                            status,
                            content = kind,
                            reason = why,
                            "the helpdesk refuses a customer's message"
                        );
                        self.tell_customer(run, TextKey::NotDelivered, said.id, said.tries).await?;
                        self.tell_of_refusal(to, &message.id, status).await?;
                    }
                    Err(failure) => return Err(failure),
                }
            }
            if several {
                run.through(whole, through(parts, at));
            }
        }
        match (said.late, is_said) {
            (false, true) => run.speaks(self.clock.now()),
            // An answer to the question about the end it is all the same.
            (false, false) => run.asks_to_end(None),
            (true, _) => {}
        }
        run.delivered(whole);
        Ok(complete)
    }

    /// What the helpdesk answered in the call itself goes the way that its callbacks go.
    async fn answered(&self, to: &TicketRef, events: Vec<AgentEvent>) -> Result<(), Failure> {
        if events.is_empty() {
            return Ok(());
        }
        let job = ToCustomerJob {
            v: VERSION,
            replayed: false,
            polled: false,
            received_at: self.clock.now(),
            ticket: to.ticket.clone(),
            opening: Some(to.opening.clone()),
            events,
        };
        for part in answered::jobs(&job, &self.name, &self.key) {
            self.queue.send(&part).await?;
        }
        let sent = job.addressed(&self.name, &self.key);
        self.journal.step(agent_step(&job, &sent, &self.key));
        Ok(())
    }
}

/// Whether anything in it must be copied.
fn has_file(document: &Document, texts: &Texts) -> bool {
    contents_in(document, texts).iter().any(|content| matches!(content, Content::File { .. }))
}
