//! What happened to a conversation's messages, by the functions' logs: each step in words, what is missing, and why it waits now.
//!
//! What the lines say is worked out in `ponte::trail`, which reads nothing. Here they are found: by the conversation's id where a function knows
//! it, by its message groups where it does not (`docs/design/trail.md`).

mod read;

use std::{collections::HashSet, time::Duration};

use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    conversation::{CustomerRecord, State},
    message::{ConversationId, SourceId, TicketId},
    trail::{MessageHash, Story, Told, story},
};
use operations::{
    OperationError, Stack,
    conversations::{Groups, Selector, one, record},
    plain::plain,
};
use serde::Serialize;

use crate::Output;

/// How far back is looked for a conversation that is over and another one has taken the place of.
const EARLIER: Duration = Duration::from_hours(7 * 24);
/// A line may be this much older than the opening: the clocks of two functions differ.
const BEFORE: Duration = Duration::from_mins(1);
/// How often is looked for more.
const LOOK: Duration = Duration::from_secs(2);
/// CloudWatch shows a line some seconds after it was written, so that those of the last ones are read again.
const SHOWN_WITHIN: Duration = Duration::from_secs(30);

/// A trail, and whose.
#[derive(Debug, Clone, Serialize)]
pub struct Trail {
    pub conversation: ConversationId,
    #[serde(flatten)]
    pub story: Story,
}

/// Which conversation is meant, and where its lines are.
struct Of {
    opening: ConversationId,
    groups: Groups,
    since: Timestamp,
    /// Since when the customer waits for an agent's word, in Unix seconds.
    waits_since: Option<i64>,
    ticket: Option<TicketId>,
}

impl Of {
    fn new(stack: &Stack, whom: &Selector, conversation: &CustomerRecord) -> Self {
        let mut groups = Groups::of(stack, conversation);
        let times = conversation.times();
        let is_open = matches!(conversation.state, State::Ticketed | State::Open);
        let waits = is_open && times.customer.waits(&times.agent);
        let present = Self {
            opening: conversation.opening.clone(),
            groups: groups.clone(),
            since: conversation.opened.minus(BEFORE),
            waits_since: times.customer.waits_since.filter(|_| waits),
            ticket: conversation.ticket.clone(),
        };
        match whom {
            // Its ticket is another's by now, or nobody's.
            Selector::Conversation(asked) if *asked != conversation.opening => {
                groups.to_blip = None;
                groups.close_ticket = None;
                let since = SystemClock.now().minus(EARLIER);
                Self { opening: asked.clone(), groups, since, waits_since: None, ticket: None }
            }
            _ => present,
        }
    }

    /// What the trail calls a message: its hash, Blip's id of it, or the helpdesk's.
    fn message(&self, stack: &Stack, id: &str) -> Vec<MessageHash> {
        let of_customer = MessageHash::of_customer(&SourceId::new(id), &stack.key);
        let of_agent =
            self.ticket.as_ref().map(|ticket| MessageHash::of_agent(ticket, &SourceId::exact(id), &stack.key));
        MessageHash::parse(id).into_iter().chain([of_customer]).chain(of_agent).collect()
    }
}

/// Prints the trail of a conversation; with `follow` what comes to it, until somebody stops it.
pub(crate) async fn run(
    stack: &Stack,
    whom: &Selector,
    message: Option<&str>,
    follow: bool,
    output: Output,
) -> Result<(), OperationError> {
    let key = one(stack, whom).await?;
    let conversation = record(stack, &key).await?.ok_or_else(|| whom.not_found())?;
    let of = Of::new(stack, whom, &conversation);
    let only = message.map(|id| of.message(stack, id.trim()));
    let lines = read::lines(stack, &of, of.since).await?;
    let known: HashSet<String> = lines.iter().map(mark).collect();
    let trail = told(&of, lines, only.as_deref());
    if only.is_some() && trail.story.steps.is_empty() {
        return Err(OperationError::NotFound("no step of such a message is in the log of this conversation".to_owned()));
    }
    output.print(&trail, || to_text(&trail))?;
    if follow { follows(stack, &of, only.as_deref(), known, output).await } else { Ok(()) }
}

async fn follows(
    stack: &Stack,
    of: &Of,
    only: Option<&[MessageHash]>,
    mut known: HashSet<String>,
    output: Output,
) -> Result<(), OperationError> {
    loop {
        tokio::time::sleep(LOOK).await;
        let lines = read::lines(stack, of, SystemClock.now().minus(SHOWN_WITHIN)).await?;
        let new: Vec<Told> = lines.into_iter().filter(|told| known.insert(mark(told))).collect();
        for step in told(of, new, only).story.steps {
            output.print(&step, || line(&step))?;
        }
    }
}

/// What tells a line apart from all others.
fn mark(told: &Told) -> String {
    format!("{} {} {}", told.at.0, told.function, serde_json::to_string(&told.line).unwrap_or_default())
}

fn told(of: &Of, lines: Vec<Told>, only: Option<&[MessageHash]>) -> Trail {
    let mut story = story(lines, SystemClock.now(), of.waits_since);
    if let Some(only) = only {
        story.steps.retain(|step| step.messages.iter().any(|message| only.contains(message)));
        story.gaps.retain(|gap| only.contains(&gap.message));
    }
    Trail { conversation: of.opening.clone(), story }
}

fn to_text(trail: &Trail) -> String {
    let Story { now, steps, gaps } = &trail.story;
    let mut lines = vec![now.clone(), String::new(), format!("conversation {}", trail.conversation.as_str())];
    lines.extend(steps.iter().map(line));
    if steps.is_empty() {
        lines.push("the log has nothing of it".to_owned());
    }
    if !gaps.is_empty() {
        lines.push(String::new());
        lines.extend(gaps.iter().map(|gap| format!("{} {}", gap.message.as_str(), plain(&gap.words))));
    }
    lines.join("\n")
}

fn line(step: &ponte::trail::Step) -> String {
    let messages: Vec<&str> = step.messages.iter().map(MessageHash::as_str).collect();
    let messages = if messages.is_empty() { "-".to_owned() } else { messages.join(",") };
    format!("{}  {messages:<12}  {}", step.at.rfc3339(), plain(&step.words))
}
