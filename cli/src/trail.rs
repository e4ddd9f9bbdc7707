//! `ponte trail`: prints the trail of a conversation, or of one of its messages, and what comes to it.

use std::{collections::HashSet, time::Duration};

use operations::{
    OperationError, Stack,
    conversations::{Selector, one, record},
    plain::plain,
    trail::Source,
};
use ponte::{
    clock::{Clock, SystemClock},
    message::ConversationId,
    trail::{MessageHash, Step, Story, Told, story},
};
use serde::Serialize;

use crate::Output;

/// How often is looked for more.
const LOOK: Duration = Duration::from_secs(2);
/// CloudWatch shows a line some seconds after it was written, so that those of the last ones are read again.
const SHOWN_WITHIN: Duration = Duration::from_secs(30);

/// A trail, and whose.
#[derive(Debug, Clone, Serialize)]
struct Trail {
    conversation: ConversationId,
    #[serde(flatten)]
    story: Story,
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
    let source = Source::of(stack, whom, &conversation);
    let only = message.map(|id| source.message(stack, id.trim()));
    let lines = source.lines(stack, source.since).await?;
    let known: HashSet<String> = lines.iter().map(mark).collect();
    let trail = told(&source, lines, only.as_deref());
    if only.is_some() && trail.story.steps.is_empty() {
        return Err(OperationError::NotFound(
            "no step of such a message is in the log of this conversation".to_owned(),
        ));
    }
    output.print(&trail, || to_text(&trail))?;
    if follow { follows(stack, &source, only.as_deref(), known, output).await } else { Ok(()) }
}

async fn follows(
    stack: &Stack,
    source: &Source,
    only: Option<&[MessageHash]>,
    mut known: HashSet<String>,
    output: Output,
) -> Result<(), OperationError> {
    loop {
        tokio::time::sleep(LOOK).await;
        let lines = source.lines(stack, SystemClock.now().minus(SHOWN_WITHIN)).await?;
        let new: Vec<Told> = lines.into_iter().filter(|told| known.insert(mark(told))).collect();
        for step in told(source, new, only).story.steps {
            output.print(&step, || line(&step))?;
        }
    }
}

/// What tells a line apart from all others.
fn mark(told: &Told) -> String {
    format!("{} {} {}", told.at.0, told.function, serde_json::to_string(&told.line).unwrap_or_default())
}

fn told(source: &Source, lines: Vec<Told>, only: Option<&[MessageHash]>) -> Trail {
    let mut story = story(lines, SystemClock.now(), source.waits_since);
    if let Some(only) = only {
        story.steps.retain(|step| step.messages.iter().any(|message| only.contains(message)));
        story.gaps.retain(|gap| only.contains(&gap.message));
    }
    Trail { conversation: source.conversation.clone(), story }
}

fn to_text(trail: &Trail) -> String {
    let Story { now, steps, gaps, .. } = &trail.story;
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

fn line(step: &Step) -> String {
    let messages: Vec<&str> = step.messages.iter().map(MessageHash::as_str).collect();
    let messages = if messages.is_empty() { "-".to_owned() } else { messages.join(",") };
    format!("{:<24}  {messages:<12}  {}", step.at.rfc3339(), plain(&step.words))
}
