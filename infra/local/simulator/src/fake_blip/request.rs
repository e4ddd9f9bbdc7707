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

/// Whose key a command comes with: the bot's, or the router's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    Bot,
    Router,
}

/// A command, and who asks.
pub(super) fn check_command(
    world: &World,
    headers: &HeaderMap,
    envelope: Option<Value>,
) -> Result<(Value, Asks), Refusal> {
    if given_key(headers) == format!("Key {}", world.config.router_key) {
        return Ok((envelope.ok_or_else(|| bad("the body is no JSON object"))?, Asks::Router));
    }
    Ok((check(world, headers, envelope)?, Asks::Bot))
}

/// Whether a request comes from the bot.
pub(super) fn has_key(world: &World, headers: &HeaderMap) -> bool {
    given_key(headers) == format!("Key {}", world.config.blip_key)
}

fn given_key(headers: &HeaderMap) -> &str {
    headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default()
}
