//! Erases all that is held of a customer.
//!
//! The line in the audit log comes first: the key, how much there is, who and when. Then the contact in the helpdesk, if that was
//! asked for; the messages in the queues; the files; the items of the table, and the conversation's as the last of all, since it
//! and the ways back are what the messages are known by. Each step is safe to repeat, so that an erase that died is run again.
//!
//! A worker that was at work meanwhile may have written once more. So all is looked through again until nothing is found; and what
//! could not be looked at is said.
//!
//! An open conversation is refused: an agent would go on writing to somebody who is not there any more, and each message would
//! bring back what was erased. It is closed first, which sends the customer back to the bot and tells the helpdesk; or erased by
//! force, where it cannot be closed.

use std::time::{Duration, Instant};

use ponte::{
    clock::{Clock, SystemClock},
    message::{ConversationId, CustomerKey},
    relay::ports::Store,
};
use serde::Serialize;

use super::{
    Contact, Counts, Unseen,
    contact::forget,
    files, items, number,
    ownership::Ownership,
    queues::{Then, through},
};
use crate::{Entry, OperationError, Stack, conversations::StateName};

/// How often all is looked through.
const PASSES: usize = 4;
/// How long the table can be brought back to an earlier moment (Amazon DynamoDB, point-in-time recovery: at most 35 days).
const RECOVERY: Duration = Duration::from_hours(35 * 24);

/// What of a customer an erase would delete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    pub key: CustomerKey,
    /// The present conversation, and where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<(ConversationId, StateName)>,
    pub counts: Counts,
    pub unseen: Vec<Unseen>,
}

/// The options of an erase.
#[derive(Debug, Clone)]
pub struct Erasing {
    /// Whether a conversation that is still open is erased, too.
    pub force: bool,
    /// How long messages are waited for that somebody holds.
    pub wait: Duration,
    /// The contact in the helpdesk, too.
    pub contact: Option<Contact>,
}

/// What of a customer an erase deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    pub key: CustomerKey,
    pub counts: Counts,
    /// Whether the helpdesk had the contact; nothing where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<bool>,
    /// What may be left here, in words: run it again.
    pub left: Vec<String>,
    /// What an erase does not reach, in words.
    pub not_reached: Vec<String>,
}

/// Looks for all that is held, and gives it back.
pub async fn plan(stack: &Stack, key: &CustomerKey) -> Result<Plan, OperationError> {
    let items = items::of(stack, key).await?;
    let files = files::of(stack, key).await?.count();
    let mut mine = Ownership::of(stack, key, &items);
    let found = through(stack, &mut mine, Then::Keep).await?;
    let counts = Counts { items: number(&items), files, messages: number(&found.copies) };
    Ok(Plan { key: key.clone(), conversation: conversation(stack, key).await?, counts, unseen: found.unseen })
}

/// Erases what `plan` found, and what came since.
pub async fn erase(stack: &Stack, plan: &Plan, how: &Erasing) -> Result<Erased, OperationError> {
    let key = &plan.key;
    refused(conversation(stack, key).await?.as_ref(), how)?;
    let ids = || vec![key.as_str()];
    let entry = Entry { what: "customer.erase".into(), ids: ids(), counts: Some(plan.counts), ..Entry::default() };
    let change = Box::pin(async {
        let contact = match &how.contact {
            Some(contact) => {
                let items = items::of(stack, key).await?;
                Some(forget(stack, contact, key.as_str(), &items).await?)
            }
            None => None,
        };
        Ok((contact, passes(stack, key, how).await?))
    });
    let (contact, (counts, left)) = stack.audit.around(&entry, change).await?;
    let reason = (!left.is_empty()).then_some("something may be left");
    let entry = Entry { what: "customer.erased".into(), ids: ids(), counts: Some(counts), reason, ..Entry::default() };
    stack.audit.write(&entry).await?;
    Ok(Erased { key: key.clone(), counts, contact, left, not_reached: not_reached(contact) })
}

/// Why an erase is not begun, in the state that the conversation has.
fn refused(conversation: Option<&(ConversationId, StateName)>, how: &Erasing) -> Result<(), OperationError> {
    let open = conversation.filter(|(_, state)| !how.force && *state != StateName::Closed);
    open.map_or(Ok(()), |(id, state)| {
        let (id, state) = (id.as_str(), state.as_str());
        Err(OperationError::NotPossible(format!(
            "its conversation is {state}: close it first, `ponte conversations close {id}`, and wait until it is closed; \
             or erase it by --force, without a word to the agent"
        )))
    })
}

impl Plan {
    /// Whether this may be erased; else why not, before anybody is asked.
    pub fn allows(&self, how: &Erasing) -> Result<(), OperationError> {
        refused(self.conversation.as_ref(), how)
    }

    /// Whether there is nothing to erase: nothing was found, and nothing is there that could not be looked at.
    pub fn is_nothing(&self) -> bool {
        self.counts.is_nothing() && self.unseen.is_empty() && self.conversation.is_none()
    }
}

/// Passes over all that is held until one finds nothing. What was erased, and what may be left.
async fn passes(stack: &Stack, key: &CustomerKey, how: &Erasing) -> Result<(Counts, Vec<String>), OperationError> {
    let until = Instant::now() + how.wait;
    let mut erased = Counts::default();
    for pass in 0..PASSES {
        if pass > 0
            && let Some((id, state)) = conversation(stack, key).await?.filter(|_| !how.force)
            && state != StateName::Closed
        {
            let words = "the customer has written meanwhile, and has a new conversation:";
            return Ok((erased, vec![format!("{words} close {} and run it again", id.as_str())]));
        }
        let items = items::of(stack, key).await?;
        let mut mine = Ownership::of(stack, key, &items);
        let found = through(stack, &mut mine, Then::Delete { until }).await?;
        let files = files::of(stack, key).await?;
        files::delete(stack, &files).await?;
        let gone = items::delete(stack, &items).await?;
        let now = Counts { items: gone, files: files.count(), messages: number(&found.copies) };
        erased = erased.and(now);
        if now.is_nothing() {
            return Ok((erased, found.unseen.iter().map(ToString::to_string).collect()));
        }
    }
    Ok((erased, vec!["more kept coming while it was erased: run it again".to_owned()]))
}

/// The present conversation, and where it stands.
async fn conversation(stack: &Stack, key: &CustomerKey) -> Result<Option<(ConversationId, StateName)>, OperationError> {
    let read = stack.store.conversation(key, SystemClock.now()).await;
    let read = read.map_err(|error| OperationError::Failed(error.to_string()))?;
    Ok(read.map(|conversation| (conversation.opening, StateName::of(conversation.state))))
}

fn not_reached(contact: Option<bool>) -> Vec<String> {
    let recovery = SystemClock.now().plus(RECOVERY).rfc3339();
    let helpdesk = match contact {
        Some(true) => "what the helpdesk keeps beside the contact that was deleted: tickets, exports, its own backups",
        Some(false) => "the helpdesk, which has no contact by this name: its tickets, and contacts of another identity",
        None => "the helpdesk: its contact (--contact), its tickets",
    };
    vec![
        format!("point-in-time recovery of the table, which ages out by {recovery}"),
        helpdesk.to_owned(),
        "Blip: its contact, its tickets, its history".to_owned(),
        "logs, which hold keyed hashes and no word: 30 days, the audit log 365".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_reached_is_said_with_its_time() {
        for contact in [None, Some(true), Some(false)] {
            let words = not_reached(contact);
            assert!(words.len() == 4 && words[0].contains("point-in-time recovery") && words[0].ends_with('Z'));
        }
        assert!(not_reached(Some(true))[1].contains("was deleted") && not_reached(None)[1].contains("--contact"));
    }
}
