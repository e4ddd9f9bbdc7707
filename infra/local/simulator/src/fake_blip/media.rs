//! Blip's media store: files behind signed links that live for minutes, and files that want the bot's key.
//!
//! The links are as in captures (message-media-link-inbound-secure-image.json). What an expired one is answered with is
//! Azure's choice and was never seen: 403 with its XML stands for it. Which header the files of realm `blip` want is unknown
//! too; the bot's own `Authorization` is the nearest guess. Both keep an error's body from being taken for the file.

use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Path, Query, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri, header::CONTENT_TYPE};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::command::{Answer, failure};
use super::request::has_key;
use crate::file_requests::{StoreOf, record_request};
use crate::message::TEXT;
use crate::state::{State, StoredFile, World};
use crate::transport::ConnectionSwitch;

type MediaRequest = (Shared<Arc<World>>, ConnectInfo<ConnectionSwitch>, Path<String>, Uri, HeaderMap);

#[derive(Deserialize)]
struct Signature {
    #[serde(default)]
    sig: String,
}

pub(super) fn routes(world: Arc<World>) -> Router {
    let store: StoreOf = |state| &mut state.media;
    Router::new()
        .route("/secure-medias/{id}", get(signed))
        .route("/media/download/{id}", get(guarded))
        .layer(from_fn_with_state((world.clone(), store), record_request))
        .with_state(world)
}

async fn signed(
    query: Query<Signature>,
    (Shared(world), ConnectInfo(connection), Path(id), uri, _): MediaRequest,
) -> Response {
    let effect = || {
        let open = world.read(|state| state.media.opens(&query.sig, &id).then(|| state.media.get(&id).cloned()));
        open.map_or_else(|| error(StatusCode::FORBIDDEN, "AuthenticationFailed"), found)
    };
    world.blip_faults.answer(uri.path(), &connection, effect).await
}

async fn guarded((Shared(world), ConnectInfo(connection), Path(id), uri, headers): MediaRequest) -> Response {
    let effect = || {
        if !has_key(&world, &headers) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        found(world.read(|state| state.media.get(&id).cloned()))
    };
    world.blip_faults.answer(uri.path(), &connection, effect).await
}

fn found(file: Option<StoredFile>) -> Response {
    file.map_or_else(|| error(StatusCode::NOT_FOUND, "BlobNotFound"), StoredFile::into_response)
}

fn error(status: StatusCode, code: &str) -> Response {
    let body = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code></Error>");
    (status, [(CONTENT_TYPE, "application/xml")], body).into_response()
}

/// `set /refresh-media-uri`: a new link for a known one, expired or not (command-refresh-media-uri.json). The code of a
/// failure is unknown; 67 (resource not found) stands for it.
pub(super) fn refresh(state: &mut State, resource: &Value) -> Answer {
    state.media.refreshes += 1;
    let url = resource.as_str().ok_or_else(|| failure(64, "The media uri is missing"))?;
    let new = state.media.sign_anew(url).ok_or_else(|| failure(67, "The requested resource was not found"))?;
    Ok(Some((TEXT, json!(new))))
}
