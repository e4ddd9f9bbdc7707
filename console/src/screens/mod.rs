//! The screens: what each reads, and what it draws of it.

mod act;
mod conversation;
mod conversations;
mod figures;
mod health;
mod now;
mod parked;
mod rules;
mod rules_help;
mod search;
mod table;
mod trail;
mod words;

use axum::{
    Router,
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    routing::get,
};

use crate::{Console, page::Reader};

/// The paths, as `access::TABLE` has them.
pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(now::page))
        .route("/live", get(now::live))
        .route("/conversations", get(conversations::page))
        .route("/conversations/{key}", get(conversation::page))
        .route("/conversations/{key}/close", get(act::ask_close).post(act::close))
        .route("/conversations/{key}/hand-back", get(act::ask_hand_back).post(act::hand_back))
        .route("/conversations/{key}/replay", get(act::ask_replay).post(act::replay))
        .route("/conversations/{key}/customer", get(act::ask_customer).post(act::customer))
        .route("/parked", get(parked::page))
        .route("/parked/replay", get(parked::ask_replay).post(parked::replay))
        .route("/parked/{queue}/{id}", get(parked::one))
        .route("/parked/{queue}/{id}/drop", get(parked::ask_drop).post(parked::discard))
        .route("/search", get(search::page).post(search::find))
        .route("/health", get(health::page))
        .route("/rules", get(rules::page))
        .route("/rules/check", axum::routing::post(rules::check))
        .route("/rules/push", axum::routing::post(rules::push))
        .route("/rules/{version}/rollback", get(rules::ask_rollback).post(rules::rollback))
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = StatusCode;

    /// The guard has put it there.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::UNAUTHORIZED)
    }
}
