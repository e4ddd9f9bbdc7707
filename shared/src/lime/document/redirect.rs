//! Hands a customer to another bot behind the same router.
//!
//! A control message, sent to the customer's address. What it does, and what the bridge may still say after it, is not decided here.

use crate::lime::record::record;

use super::Container;

record! {
    /// `application/vnd.lime.redirect+json` (docs.blip.ai, content-types/redirect, 2023). `{}` leads back to the main bot.
    Redirect
    needs {}
    may {
        /// A service's name as the router spells it, or a bot's identity.
        address: String = "address",
        /// What the destination receives as if the customer had sent it.
        context: Container = "context",
    }
}
