//! The in-house contract: `docs/openapi.yaml` and the Rust types say the same, in both directions, and what goes over
//! the wire is what both say.
//!
//! A field that is added, dropped or renamed on one side only fails here, as does an example that does not work.

mod agreement;
mod answers;
mod availability;
mod calls;
mod examples;
mod fields;
mod file;
mod pages;
mod routing;
mod schemathesis;
mod signatures;
mod values;

/// The public test key of the Standard Webhooks vectors.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What a helpdesk may post, by name.
pub(crate) fn examples() -> Vec<(String, serde_json::Value)> {
    let contract = file::Contract::read();
    let examples = contract.examples("/paths/~1helpdesk");
    examples.iter().map(|(name, example)| (name.clone(), example["value"].clone())).collect()
}
