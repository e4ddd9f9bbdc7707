//! No way in through a link: the guard of every URL that a message names, and the only code that fetches one.
//!
//! Customers and agents send any URL they like. What is fetched is a public `https` address, or a host that the company
//! itself trusts by name (`TrustedFileHosts`); a function must never knock at its own network, at the cloud's metadata or
//! at another port for a stranger. `guard` and `address` decide, purely; `client` resolves a name once, asks the guard
//! about every address, connects to exactly those, and asks again for each redirect. `access` says which host a secret may
//! go to. Nothing of a URL, a query or a host is in any error. `docs/links.md` has the table, made by the tests.

pub mod address;
mod client;
mod download;
mod error;
mod file_name;
mod guard;
mod member;
mod resolver;
#[cfg(test)]
mod tests;

pub use crate::access::{Access, Authority, Home, InvalidKey, Scheme, may_carry};
pub use client::{Fetcher, Limits};
pub use download::Download;
pub use error::FetchError;
pub use file_name::file_name;
pub(crate) use file_name::{is_unseen, name_in};
pub use guard::{InvalidHost, MAX_URL, Policy, Target};
pub use resolver::{Resolver, SystemResolver};
