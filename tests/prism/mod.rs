//! The adapters against the specifications that their helpdesks publish: Prism serves the specification, the real client makes
//! every call that it has, and no request may be refused.
//!
//! Prism lets some nonsense pass, so that `tests/helpdesk` holds the bodies against the schemas once more. What it answers are the
//! specification's examples: what a client makes of answers is tried there, too.
//!
//! A further helpdesk is a [`Specification`], a file that drives its client, and a call of [`Contract::holds`] at its end.

mod calls;
mod chatwoot;
mod contract;
mod intercom;
mod server;
mod sunshine;

use contract::{Answer, Asked, Contract};
use server::{Prism, Specification};
