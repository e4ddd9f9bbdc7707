//! What each side does beyond its default.

use crate::transport::Share;

/// What Blip does beyond the default.
#[derive(Debug, Default)]
pub(crate) struct BlipOptions {
    /// The events posted to the bridge after a message of it was shown.
    pub(crate) notify: Vec<String>,
    /// For how many of them `consumed` comes before `received`.
    pub(crate) swap: Share,
    /// The next messages to fail: reason code and description.
    pub(crate) failures: Vec<(u32, String)>,
}

/// What this helpdesk does beyond the default.
#[derive(Debug, Default)]
pub(crate) struct HelpdeskOptions {
    /// It gives no ticket numbers of its own, so a ticket is called by the conversation's id.
    pub(crate) without_numbers: bool,
    /// It answers 410 to the customer's words in a closed ticket.
    pub(crate) closed_is_gone: bool,
    /// Nobody is online.
    pub(crate) nobody_there: bool,
}
