//! The helpdesk `omnize`. The fixtures' sources are in `tests/fixtures/omnize/README.md`.

mod calls;
mod events;
pub(super) mod routing;

use serde_json::Value;

use super::bridge::{self, Adapter};

const ADAPTER: Adapter = Adapter {
    name: "omnize",
    own: r#"{"department":9999,"minutes_from_utc":-180}"#,
    credentials: "ACCOUNT-TOKEN",
    secret: "an-address-that-nobody-guesses",
    below: "/core/api/v1/",
};

fn fixture(name: &str) -> Value {
    bridge::fixture("omnize", name)
}
