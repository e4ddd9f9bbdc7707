//! What the adapters share to spell a route (`service_rules::Route`): names become ids by look-ups that are kept, and what a helpdesk
//! does not have, or refuses, becomes a line of the agent's first note.
//!
//! Nothing here keeps a conversation from being opened: a look-up that fails or takes long is a name that could not be looked up, and a call
//! that sets a part of the route and fails is a part that is left out.

mod check;
mod failed;
mod left_out;
mod names;

pub(super) use failed::{is_given_up, refusal, set, told};
pub(super) use left_out::{LeftOut, Part};
pub(super) use names::{Entry, Looked, NO_FIELD, NO_VALUE, Names, Search, is_number, truth};
