//! The writes about a customer who may be with the bot: found there, called back from there, or whose ticket is merged meanwhile.

use service_rules::EndReason;

use super::{
    change::Change,
    item::{OPEN, bytes, number, text},
};
use crate::{
    clock::Timestamp,
    conversation::{Desk, OPEN_FOR, RINGS_OUTLIVE},
    message::{ConversationId, TicketId},
};

/// [`Store::call_back`](crate::relay::ports::Store::call_back).
pub(super) fn called_back(opening: &ConversationId, at: Timestamp, desk: &Desk) -> Change {
    let mut change = Change::new(
        "SET #state = :open, #expires = :expires, #due = :due, #due_at = :at, #desk = :desk REMOVE #since, #ended",
        "#opening = :opening AND #state = :closed AND #ended = :ended",
    );
    change.name("desk", "desk").value("desk", bytes(&desk.packed()));
    change.name("expires", "expires_at").value("expires", number(at.plus(OPEN_FOR).seconds()));
    change.value("due", text(OPEN)).value("ended", text(EndReason::OutsideHours.as_str()));
    of(change, opening, at)
}

/// [`Store::left`](crate::relay::ports::Store::left).
pub(super) fn found_with_bot(opening: &ConversationId, at: Timestamp, read: (u64, u64)) -> Change {
    let mut change = Change::new(
        "SET #state = :closed, #since = :at, #expires = :expires, #ended = :ended REMOVE #due, #due_at",
        "#opening = :opening AND #state = :open",
    );
    change.name("expires", "expires_at").value("expires", number(at.plus(RINGS_OUTLIVE).seconds()));
    change.value("ended", text(EndReason::Customer.as_str()));
    change.unless_said(read);
    of(change, opening, at)
}

/// [`Store::move_ticket`](crate::relay::ports::Store::move_ticket): of what is not over, and of what waits for a call.
pub(super) fn merged(opening: &ConversationId, from: &TicketId, into: &TicketId) -> Change {
    let waits = "(#state = :closed AND #ended = :outside)";
    let mut change = Change::new(
        "SET #ticket = :into",
        &format!("#opening = :opening AND #ticket = :from AND (#state IN (:ticketed, :open, :closing) OR {waits})"),
    );
    for name in ["opening", "ticket", "state", "ended"] {
        change.name(name, name);
    }
    change.value("into", text(into.as_str())).value("from", text(from.as_str()));
    change.value("opening", text(opening.as_str())).value("outside", text(EndReason::OutsideHours.as_str()));
    for state in ["ticketed", "open", "closing", "closed"] {
        change.value(state, text(state));
    }
    change
}

/// What the first two say.
fn of(mut change: Change, opening: &ConversationId, at: Timestamp) -> Change {
    for name in ["opening", "state", "since", "ended", "due", "due_at"] {
        change.name(name, name);
    }
    change.value("opening", text(opening.as_str())).value("at", number(at.0));
    change.value("closed", text("closed")).value("open", text("open"));
    change
}
