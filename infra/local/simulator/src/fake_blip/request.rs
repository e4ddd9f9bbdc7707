//! Who may ask Blip, and why a request is refused.

use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::state::World;

/// Why a request is refused: the status, and the reason for the ledger (a body of Blip's own is unknown).
pub(super) type Refusal = (StatusCode, String);

pub(super) fn bad(reason: &str) -> Refusal {
    (StatusCode::BAD_REQUEST, reason.to_owned())
}

pub(super) fn check(world: &World, headers: &HeaderMap, envelope: Option<Value>) -> Result<Value, Refusal> {
    if !has_key(world, headers) {
        return Err((StatusCode::UNAUTHORIZED, "Authorization is not `Key <key>`".to_owned()));
    }
    envelope.ok_or_else(|| bad("the body is no JSON object"))
}

/// Whether a request comes from the bot.
pub(super) fn has_key(world: &World, headers: &HeaderMap) -> bool {
    let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    given == format!("Key {}", world.config.blip_key)
}
