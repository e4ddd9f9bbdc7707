//! What pages load, held in the binary. Nothing of it says anything of a stack, so that anybody may have it.

use axum::{Router, http::header, response::IntoResponse, routing::get};

/// Minutes of a browser's own copy: short, because the names stay the same from release to release.
const KEPT: &str = "private, max-age=300";

const FILES: [(&str, &str, &str); 3] = [
    ("/assets/console.css", "text/css; charset=utf-8", include_str!("../assets/console.css")),
    ("/assets/console.js", "text/javascript; charset=utf-8", include_str!("../assets/console.js")),
    ("/assets/icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")),
];

pub(crate) fn routes() -> Router {
    FILES.into_iter().fold(Router::new(), |router, (path, kind, content)| {
        router.route(path, get(move || async move { file(kind, content) }))
    })
}

/// Whether a path is one of the files.
pub(crate) fn is_asset(path: &str) -> bool {
    FILES.iter().any(|(known, ..)| *known == path)
}

fn file(kind: &'static str, content: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, KEPT)], content)
}
