//! The files of messages: from the store of who sent them, or from the link that the bridge gave to who got them. By the message's number in
//! the ledger, so that nothing else can be fetched through here.

use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::file_check::download;
use crate::message::Content;
use crate::state::World;

/// What a page may show or play in its place. Anything else is only ever saved.
const SHOWN: [&str; 7] = ["image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4"];

/// Whether a file of this type is shown or played on the page.
pub(super) fn is_shown(mime: &str) -> bool {
    SHOWN.contains(&bare(mime))
}

fn bare(mime: &str) -> &str {
    mime.split(';').next().unwrap_or_default().trim()
}

/// `GET /file/sent/{number}` and `GET /file/seen/{number}`.
pub(super) async fn give(
    Shared(world): Shared<Arc<World>>,
    Path((direction, number)): Path<(String, usize)>,
) -> Response {
    let content = world.read(|state| match direction.as_str() {
        "sent" => state.ledger.sent.get(number).map(|sent| sent.content.clone()),
        "seen" => state.ledger.seen.get(number).map(|seen| seen.content.clone()),
        _ => None,
    });
    let Some(Content::File { url, .. }) = content else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let own = world.read(|state| state.media.by_url(&url).or_else(|| state.attachments.by_url(&url)).cloned());
    let (mime, bytes) = match own {
        Some(file) => (file.mime, file.bytes),
        None => match download(&url).await {
            Ok(file) if file.status == 200 => (file.mime.unwrap_or_default(), file.bytes.into()),
            Ok(file) => {
                return (StatusCode::BAD_GATEWAY, format!("the link answers {}\n", file.status)).into_response();
            }
            Err(error) => return (StatusCode::BAD_GATEWAY, format!("{error:#}\n")).into_response(),
        },
    };
    let shown = is_shown(&mime);
    let kind = if shown { bare(&mime).to_owned() } else { "application/octet-stream".to_owned() };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, if shown { "inline" } else { "attachment" }.to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::CACHE_CONTROL, "private, max-age=3600".to_owned()),
    ];
    (headers, bytes).into_response()
}
