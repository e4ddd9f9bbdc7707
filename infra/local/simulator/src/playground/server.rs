//! The routes, and the three files beside the page.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Query, State as Shared};
use axum::http::{HeaderMap, header};
use axum::middleware::from_fn;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use super::selection::Selection;
use super::{acts, files, guard, language, live, page};
use crate::state::World;

/// Files of a customer or an agent, with some room: what is larger is a thing to test, and not by hand.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// Everything that the playground serves.
pub(crate) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/live", get(live::stream))
        .route("/playground.css", get(async || asset("text/css; charset=utf-8", include_str!("assets/playground.css"))))
        .route(
            "/playground.js",
            get(async || asset("text/javascript; charset=utf-8", include_str!("assets/playground.js"))),
        )
        .route("/icon.svg", get(async || asset("image/svg+xml", include_str!("assets/icon.svg"))))
        .route("/file/{direction}/{number}", get(files::give))
        .route("/customer", post(acts::new_customer))
        .route("/customer/{number}/{act}", post(acts::customer))
        .route("/ticket/{ticket}/{act}", post(acts::agent))
        .route("/fault/{name}", post(acts::fault))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(guard::guard))
        .with_state(world)
}

async fn show(
    Shared(world): Shared<Arc<World>>,
    Query(selection): Query<Selection>,
    headers: HeaderMap,
) -> Html<String> {
    let words = language::words(&headers);
    Html(page::whole(&world, &selection, words).into_string())
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
