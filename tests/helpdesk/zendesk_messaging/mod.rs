//! The helpdesk `zendesk-messaging`. The fixtures' sources are in `tests/fixtures/sunshine-conversations/README.md`.

mod calls;
mod events;
mod opening;
mod schema;
mod secrets;
mod server;
mod settings;

use serde_json::Value;

const APP: &str = "5ebee0975ac5304b664a12fa";
const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";

/// A fixture, as JSON.
fn fixture(name: &str) -> Value {
    let path = format!("{}/fixtures/sunshine-conversations/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
