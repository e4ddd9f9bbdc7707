//! The HTTP endpoints that a bot posts to (docs.blip.ai "getting started / HTTP", 2023).
//!
//! `/messages` and `/notifications` answer 202 with an empty body, `/commands` 200 with a response envelope, also for failures;
//! 401 for a wrong key, 400 for a malformed body. What a message does is in `messages`, commands are in `dispatch`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;

use super::request::{Refusal, check, check_command};
use super::{dispatch, hostile_links, media, messages, receipts};
use crate::state::World;
use crate::transport::ConnectionSwitch;

pub(crate) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/messages", post(post_message))
        .route("/notifications", post(post_notification))
        .route("/commands", post(post_command))
        .with_state(world.clone())
        .merge(media::routes(world.clone()))
        .merge(hostile_links::routes(world))
}

type Request = (Shared<Arc<World>>, ConnectInfo<ConnectionSwitch>, HeaderMap, Bytes);

async fn post_message((Shared(world), ConnectInfo(connection), headers, body): Request) -> Response {
    let envelope = parse(&body);
    let line = line("/messages", envelope.as_ref(), ["type", "to"]);
    let effect = || {
        let answer = check(&world, &headers, envelope).and_then(|envelope| messages::take(&world, &envelope));
        empty_answer(&world, "/messages", answer)
    };
    world.blip_faults.answer(&line, &connection, effect).await
}

async fn post_notification((Shared(world), ConnectInfo(connection), headers, body): Request) -> Response {
    let envelope = parse(&body);
    let line = line("/notifications", envelope.as_ref(), ["event", "to"]);
    let effect = || {
        let answer = check(&world, &headers, envelope).and_then(|envelope| receipts::take(&world, &envelope));
        empty_answer(&world, "/notifications", answer)
    };
    world.blip_faults.answer(&line, &connection, effect).await
}

async fn post_command((Shared(world), ConnectInfo(connection), headers, body): Request) -> Response {
    let envelope = parse(&body);
    let line = line("/commands", envelope.as_ref(), ["method", "uri"]);
    let effect = || match check_command(&world, &headers, envelope) {
        Ok((command, asks)) => axum::Json(dispatch::answer(&world, &command, asks)).into_response(),
        Err(refusal) => empty_answer(&world, "/commands", Err(refusal)),
    };
    world.blip_faults.answer(&line, &connection, effect).await
}

fn parse(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok().filter(Value::is_object)
}

/// One line about a request, for the faults.
fn line(path: &str, envelope: Option<&Value>, keys: [&str; 2]) -> String {
    let field = |key: &str| envelope?.get(key)?.as_str().map(str::to_owned);
    let [first, second] = keys.map(|key| field(key).unwrap_or_default());
    format!("{path} {first} {second}")
}

fn empty_answer(world: &World, path: &str, answer: Result<(), Refusal>) -> Response {
    match answer {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err((status, reason)) => {
            world.write(|state| state.ledger.faults.push(format!("{path}: {reason}")));
            status.into_response()
        }
    }
}
