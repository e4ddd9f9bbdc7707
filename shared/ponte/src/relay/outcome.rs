//! What the steps of a customer's message come to.

/// How many tickets may be gone that one message was to be delivered to. Then a helpdesk says so of every one.
pub(super) const GONE_TICKETS: u8 = 3;

/// What comes after a message was handled.
pub(super) enum Next {
    Done,
    /// The conversation changed: it is decided anew.
    Decide,
    /// The ticket is gone: the message opens the next conversation.
    Open,
}

/// What became of an opening.
pub(super) enum Opened {
    /// It is open, or somebody else went on with it: what the run holds now says which.
    Through,
    /// There is no ticket, and there will be none.
    Not(NotOpened),
}

/// Why a conversation has no ticket.
pub(super) enum NotOpened {
    /// The helpdesk will not open a ticket for this customer, with this status.
    Refused(u16),
    /// Nobody is there, and the rules send the customer back to the bot.
    OutsideHours,
}
