//! Conversations: list, show, close by force.

mod close;
mod list;
mod view;
mod whom;

pub use close::{Closed, Closing, close};
pub use list::{Listed, StateName, list};
pub use view::View;
pub use whom::Whom;

use ponte::{
    clock::{Clock, SystemClock},
    relay::ports::Store,
};

use crate::{Entry, Problem, Stack};

/// Shows one conversation; with its address and names when `personal` was asked for, which is written down.
pub async fn show(stack: &Stack, whom: &Whom, detail: crate::parked::Detail) -> Result<View, Problem> {
    let key = whom.key(&stack.key);
    let found = stack.store.conversation(&key, SystemClock.now()).await;
    let conversation = found.map_err(|error| Problem::Failed(error.to_string()))?.ok_or_else(|| {
        Problem::NotFound(format!("no conversation {}: it never was, or it ended more than 30 days ago", key.as_str()))
    })?;
    if detail == crate::parked::Detail::Redacted {
        return Ok(View::of(&conversation));
    }
    let entry = Entry { what: "conversation.read", ids: vec![conversation.opening.as_str()], ..Entry::default() };
    stack.audit.write(&entry).await?;
    Ok(View::personal(&conversation))
}
