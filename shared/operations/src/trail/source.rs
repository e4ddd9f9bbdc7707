//! Which conversation a trail is of, and where its lines are.

use std::time::Duration;

use futures_util::future::try_join_all;
use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    conversation::{CustomerRecord, State},
    message::{ConversationId, SourceId, TicketId},
    trail::{Line, MessageHash, Told},
};

use crate::{
    OperationError, Stack,
    conversations::{Groups, Selector},
    logs,
};

/// How far back is looked for a conversation that is over and another one has taken the place of.
const EARLIER: Duration = Duration::from_hours(7 * 24);
/// A line may be this much older than the opening: the clocks of two functions differ.
const BEFORE: Duration = Duration::from_mins(1);
/// The functions that say something of a message.
const FUNCTIONS: [&str; 7] =
    ["blip-webhook", "rest-channel", "helpdesk-callback", "sweep", "to-helpdesk", "to-blip", "close-ticket"];

/// Where the lines of one conversation are.
#[derive(Debug, Clone)]
pub struct Source {
    pub conversation: ConversationId,
    /// Its first line is not older.
    pub since: Timestamp,
    /// Since when the customer waits for an agent's word, in Unix seconds.
    pub waits_since: Option<i64>,
    groups: Groups,
    ticket: Option<TicketId>,
}

impl Source {
    /// Of the conversation that somebody asks for: an earlier one where its id names it, else the present one.
    pub fn of(stack: &Stack, whom: &Selector, conversation: &CustomerRecord) -> Self {
        let present = Self::present(stack, conversation);
        match whom {
            // Its ticket is another's by now, or nobody's.
            Selector::Conversation(asked) if *asked != conversation.opening => Self {
                conversation: asked.clone(),
                since: SystemClock.now().minus(EARLIER),
                waits_since: None,
                groups: Groups { to_blip: None, close_ticket: None, ..present.groups },
                ticket: None,
            },
            _ => present,
        }
    }

    /// Of the present conversation.
    pub fn present(stack: &Stack, conversation: &CustomerRecord) -> Self {
        let times = conversation.times();
        let is_open = matches!(conversation.state, State::Ticketed | State::Open);
        let waits = is_open && times.customer.waits(&times.agent);
        Self {
            conversation: conversation.opening.clone(),
            since: conversation.opened.minus(BEFORE),
            waits_since: times.customer.waits_since.filter(|_| waits),
            groups: Groups::of(stack, conversation),
            ticket: conversation.ticket.clone(),
        }
    }

    /// What the trail may call a message: its hash, Blip's id of it, or the helpdesk's.
    pub fn message(&self, stack: &Stack, id: &str) -> Vec<MessageHash> {
        let of_customer = MessageHash::of_customer(&SourceId::new(id), &stack.key);
        let of_agent =
            self.ticket.as_ref().map(|ticket| MessageHash::of_agent(ticket, &SourceId::exact(id), &stack.key));
        MessageHash::parse(id).into_iter().chain([of_customer]).chain(of_agent).collect()
    }

    /// The lines from `since` on, in no order.
    ///
    /// # Errors
    ///
    /// [`OperationError::Failed`] where a log cannot be read. A function that the stack does not have has no lines.
    pub async fn lines(&self, stack: &Stack, since: Timestamp) -> Result<Vec<Told>, OperationError> {
        let by_group = self.groups.all().map(|group| ("group", group.as_str()));
        let pattern = logs::any_of([("conversation.id", self.conversation.as_str())].into_iter().chain(by_group));
        let read = FUNCTIONS.map(|function| {
            let ours = move |at, text: &str| Told::parse(at, function, text).filter(|told| self.has(&told.line));
            logs::lines(stack, function, since, pattern.clone(), ours)
        });
        Ok(try_join_all(read).await?.into_iter().flatten().collect())
    }

    /// A customer's group outlives a conversation: a line that names another one is not of this one.
    fn has(&self, line: &Line) -> bool {
        match &line.conversation {
            Some(conversation) => conversation.id == self.conversation,
            None => line.group.as_ref().is_some_and(|group| self.groups.all().any(|one| one == group)),
        }
    }
}
