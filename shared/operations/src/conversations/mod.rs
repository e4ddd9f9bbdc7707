//! Conversations: find, list, show, close by force, hand back.

mod close;
mod find;
mod groups;
mod list;
mod next;
mod open;
mod said;
mod selector;
mod state_name;
mod view;

pub use close::{Closed, Closing, close, hand_back};
pub use find::{Found, find, of_message, one, read};
pub use groups::Groups;
pub use list::{Listed, list};
pub use next::{Coming, coming};
pub use open::{Cursor, Open, open};
pub use selector::Selector;
pub use state_name::StateName;
pub use view::View;

pub use find::read as record;

use crate::{Entry, OperationError, Stack};

/// Shows one conversation; with its address and names when `personal` was asked for, which is written down.
pub async fn show(stack: &Stack, whom: &Selector, detail: crate::parked::Detail) -> Result<View, OperationError> {
    let conversation = find::read(stack, &one(stack, whom).await?).await?.ok_or_else(|| whom.not_found())?;
    let mut view = match detail {
        crate::parked::Detail::Redacted => View::of(stack, &conversation),
        crate::parked::Detail::Personal => {
            let ids = vec![conversation.opening.as_str()];
            stack.audit.write(&Entry { what: "conversation.read".into(), ids, ..Entry::default() }).await?;
            View::personal(stack, &conversation)
        }
    };
    if let Selector::Conversation(asked) = whom
        && *asked != conversation.opening
    {
        view.stands = format!("{} has ended; this is the customer's present one: {}", asked.as_str(), view.stands);
    }
    Ok(view)
}
