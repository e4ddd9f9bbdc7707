//! The helpdesk `helper`. The fixtures' sources are in `tests/fixtures/rasa/README.md`. The simulator plays a server of it on the deployed
//! stack (`tests/end_to_end/helper.rs`).

mod answers;
mod callbacks;

use serde_json::Value;

use super::bridge::{self, Adapter};

const ADAPTER: Adapter =
    Adapter { name: "helper", own: "", credentials: "the-token", secret: "an-address-that-nobody-guesses", below: "/" };

fn fixture(name: &str) -> Value {
    bridge::fixture("rasa", name)
}
