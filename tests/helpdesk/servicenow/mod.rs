//! The helpdesk `servicenow`. The fixtures' sources are in `tests/fixtures/servicenow/README.md`.

mod calls;
mod events;
mod routing;

use serde_json::Value;

use super::bridge::{self, Adapter};

const ADAPTER: Adapter = Adapter {
    name: "servicenow",
    own: "{}",
    credentials: "ponte:the-password",
    secret: "a-secret-header-for-tests",
    below: "/api/sn_va_as_service/",
};

fn fixture(name: &str) -> Value {
    bridge::fixture("servicenow", name)
}
