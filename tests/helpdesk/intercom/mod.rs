//! The helpdesk `intercom`. The fixtures' sources are in `tests/fixtures/intercom/README.md`.

mod calls;
mod events;
pub(super) mod routing;
mod schema;
mod signatures;

use serde_json::Value;

/// A fixture, as JSON.
fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/intercom/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
