//! Stopping, slowing and breaking a side by hand: what `make local` offers, so that an operator sees how the bridge and its tool behave
//! while a side is down.
//!
//! | | body | |
//! |---|---|---|
//! | `POST /_/{side}/stops` | `{"seconds"?}` | connections are cut, and nothing is taken |
//! | `POST /_/{side}/slows` | `{"milliseconds"?,"seconds"?}` | answers come so much later (5,000) |
//! | `POST /_/{side}/breaks` | `{"status"?,"retry_after"?,"seconds"?}` | answers with this status (500), and takes nothing |
//! | `POST /_/{side}/works` | `{}` | all is well again |
//!
//! `side` is `blip` or `helpdesk`. Each lasts for `seconds`, or until the next of these commands. `"on"` limits it to requests whose
//! line has this text (`transport/fault_plan.rs`): `{"on":"/commands"}`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::state::World;
use crate::transport::{FaultAction, FaultLimit, FaultPlan};

/// Until the next command: no stack is played with for as long.
const FOR_GOOD: u64 = 30 * 86_400;

pub(crate) fn routes(world: Arc<World>) -> Router {
    let of = |faults: fn(&World) -> &FaultPlan| {
        post(async move |Shared(world): Shared<Arc<World>>, Path(act): Path<String>, body: Json<Value>| {
            let done = set(faults(&world), &act, &body);
            done.map(|()| Json(json!({}))).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error:#}\n")))
        })
    };
    Router::new()
        .route("/_/blip/{act}", of(|world| &world.blip_faults))
        .route("/_/helpdesk/{act}", of(|world| &world.helpdesk_faults))
        .with_state(world)
}

/// What was set before is over.
fn set(faults: &FaultPlan, act: &str, body: &Value) -> Result<()> {
    let number = |name: &str, default: u64| match body.get(name) {
        None => Ok(default),
        Some(given) => given.as_u64().with_context(|| format!("`{name}` is no whole number")),
    };
    let action = match act {
        "works" => None,
        "stops" => Some(FaultAction::Down),
        "slows" => Some(FaultAction::Delay(Duration::from_millis(number("milliseconds", 5_000)?.min(FOR_GOOD)))),
        "breaks" => {
            let code = u16::try_from(number("status", 500)?).unwrap_or(0);
            ensure!((400..600).contains(&code), "`status` is a number from 400 to 599");
            let after = number("retry_after", 0)?;
            let retry_after =
                (after > 0).then(|| u32::try_from(after)).transpose().context("`retry_after` is too large")?;
            Some(FaultAction::Status { code, retry_after })
        }
        _ => return Err(anyhow!("a side stops, slows, breaks or works, and does not {act}")),
    };
    let limit = FaultLimit::For(Duration::from_secs(number("seconds", FOR_GOOD)?.min(FOR_GOOD)));
    let on = body.get("on").and_then(Value::as_str).unwrap_or_default();
    faults.clear();
    if let Some(action) = action {
        faults.add(on, action, limit);
    }
    Ok(())
}
