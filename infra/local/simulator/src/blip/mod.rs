//! Blip: the HTTP door that a bot posts to (docs.blip.ai "getting started / HTTP", 2023).
//!
//! `/messages` and `/notifications` answer 202 with an empty body, `/commands` 200 with a response envelope, also for failures;
//! 401 for a wrong key, 400 for a malformed body. What a message does is in `messages`, commands are in `commands`.

mod commands;
mod desk;
mod media;
mod messages;
mod receipts;
mod records;
mod redirect;
mod traps;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;

pub(crate) use desk::waiting_document;

use crate::courier::Share;
use crate::fault::Faults;
use crate::files::Fetch;
use crate::wire::Wire;
use crate::world::World;

/// What Blip does beyond the default.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// The events posted to the bridge after a message of it was shown.
    pub(crate) notify: Vec<String>,
    /// For how many of them `consumed` comes before `received`.
    pub(crate) swap: Share,
    /// The next messages to fail: reason code and description.
    pub(crate) failures: Vec<(u32, String)>,
}

/// The handle of this side: faults and habits.
#[derive(Clone, Debug)]
pub struct Blip {
    pub(crate) world: Arc<World>,
}

impl Blip {
    /// Faults of `/messages`, `/notifications`, `/commands` and the media store. A request's line reads `/messages {type} {to}`,
    /// `/notifications {event} {to}`, `/commands {method} {uri}`, `/secure-medias/{id}` or `/media/download/{id}`.
    pub fn faults(&self) -> &Faults {
        &self.world.blip_faults
    }

    /// How long the links to customers' files live that are made from now on, refreshed ones too; 15 minutes by default.
    pub fn links_live(&self, time: Duration) {
        self.world.write(|state| state.media.link_lives = time);
    }

    /// All links given out so far have expired: 403. A new one can be had by command.
    pub fn expire_links(&self) {
        self.world.write(|state| state.media.expire_links());
    }

    /// All files so far are gone: 404 under a good link, and there is no new one.
    pub fn lose_files(&self) {
        self.world.write(|state| state.media.lose_files());
    }

    /// Every request of the bridge to the media store and to the paths of `/hostile`, in order.
    pub fn fetches(&self) -> Vec<Fetch> {
        self.world.read(|state| state.media.fetches.clone())
    }

    /// How many bytes of `/hostile/endless` were handed out, to all who asked: what the sockets hold is in it.
    pub fn poured(&self) -> usize {
        self.world.poured.load(Ordering::SeqCst)
    }

    /// How often the bridge asked for a new link.
    pub fn refreshes(&self) -> usize {
        self.world.read(|state| state.media.refreshes)
    }

    /// The next words of an agent are accepted, but never shown: a `failed` notification comes instead.
    pub fn fails_next(&self, code: u32, description: &str) {
        self.world.write(|state| state.blip.failures.push((code, description.to_owned())));
    }
}

pub(crate) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/messages", post(post_message))
        .route("/notifications", post(post_notification))
        .route("/commands", post(post_command))
        .with_state(world.clone())
        .merge(media::routes(world.clone()))
        .merge(traps::routes(world))
}

type Request = (Shared<Arc<World>>, ConnectInfo<Wire>, HeaderMap, Bytes);

async fn post_message((Shared(world), ConnectInfo(wire), headers, body): Request) -> Response {
    let envelope = parse(&body);
    let line = line("/messages", envelope.as_ref(), ["type", "to"]);
    let effect = || {
        let answer = check(&world, &headers, envelope).and_then(|envelope| messages::take(&world, &envelope));
        empty(&world, "/messages", answer)
    };
    world.blip_faults.answer(&line, &wire, effect).await
}

async fn post_notification((Shared(world), ConnectInfo(wire), headers, body): Request) -> Response {
    let envelope = parse(&body);
    let line = line("/notifications", envelope.as_ref(), ["event", "to"]);
    let effect = || {
        let answer = check(&world, &headers, envelope).and_then(|envelope| receipts::take(&world, &envelope));
        empty(&world, "/notifications", answer)
    };
    world.blip_faults.answer(&line, &wire, effect).await
}

async fn post_command((Shared(world), ConnectInfo(wire), headers, body): Request) -> Response {
    let envelope = parse(&body);
    let line = line("/commands", envelope.as_ref(), ["method", "uri"]);
    let effect = || match check(&world, &headers, envelope) {
        Ok(command) => axum::Json(commands::answer(&world, &command)).into_response(),
        Err(refusal) => empty(&world, "/commands", Err(refusal)),
    };
    world.blip_faults.answer(&line, &wire, effect).await
}

/// Why a request is refused: the status, and the reason for the ledger (a body of Blip's own is unknown).
pub(crate) type Refusal = (StatusCode, String);

pub(crate) fn bad(reason: &str) -> Refusal {
    (StatusCode::BAD_REQUEST, reason.to_owned())
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

fn check(world: &World, headers: &HeaderMap, envelope: Option<Value>) -> Result<Value, Refusal> {
    if !has_key(world, headers) {
        return Err((StatusCode::UNAUTHORIZED, "Authorization is not `Key <key>`".to_owned()));
    }
    envelope.ok_or_else(|| bad("the body is no JSON object"))
}

/// Whether a request comes from the bot.
fn has_key(world: &World, headers: &HeaderMap) -> bool {
    let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    given == format!("Key {}", world.config.blip_key)
}

fn empty(world: &World, path: &str, answer: Result<(), Refusal>) -> Response {
    match answer {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err((status, reason)) => {
            world.write(|state| state.ledger.faults.push(format!("{path}: {reason}")));
            status.into_response()
        }
    }
}
