//! Links on Blip's media host that misbehave, since content can hold any URL and a host can answer anything:
//!
//! | | |
//! |---|---|
//! | `/hostile/redirect?to={url}` | 302 to any place |
//! | `/hostile/slow` | a picture, one byte a second |
//! | `/hostile/endless` | a picture without end, as fast as it is taken |
//! | `/hostile/lying-length` | says 1 MiB, sends 10 bytes, hangs up |
//! | `/hostile/gzip` | `Content-Encoding: gzip`, unasked: 630 KB that are 100 MB |
//! | `/hostile/status/{code}` | this status, and a page that is not the file |

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State as Shared};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{StreamExt, stream};
use serde::Deserialize;

use crate::file_requests::{StoreOf, record_request};
use crate::samples;
use crate::state::World;

/// What most of them pretend to be.
const PICTURE: (axum::http::HeaderName, &str) = (CONTENT_TYPE, "image/png");
/// The steps in which an endless file is sent.
const CHUNK: usize = 64 * 1024;
/// What a file says of its length that has ten bytes.
const CLAIMED: u64 = 1024 * 1024;
/// The number of zeros in the packed file, a multiple of 258 and one more, and their CRC-32.
const UNPACKED: u32 = 100_000_027;
const UNPACKED_CRC: u32 = 0x822F_75C3;

#[derive(Deserialize)]
struct Target {
    to: String,
}

pub(super) fn routes(world: Arc<World>) -> Router {
    let store: StoreOf = |state| &mut state.media;
    Router::new()
        .route("/hostile/redirect", get(redirect))
        .route("/hostile/slow", get(slow))
        .route("/hostile/endless", get(endless))
        .route("/hostile/lying-length", get(lying_length))
        .route("/hostile/gzip", get(async || ([PICTURE, (CONTENT_ENCODING, "gzip")], packed_zeros())))
        .route("/hostile/status/{code}", get(status))
        .layer(from_fn_with_state((world.clone(), store), record_request))
        .with_state(world)
}

async fn redirect(Query(target): Query<Target>) -> Response {
    let Ok(to) = HeaderValue::from_str(&target.to) else { return StatusCode::BAD_REQUEST.into_response() };
    (StatusCode::FOUND, [(LOCATION, to)]).into_response()
}

async fn slow() -> Response {
    let bytes = stream::unfold(samples::png(CHUNK).into_iter(), async |mut bytes| {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let byte = bytes.next()?;
        Some((Ok::<_, Infallible>(Bytes::copy_from_slice(&[byte])), bytes))
    });
    ([PICTURE], Body::from_stream(bytes)).into_response()
}

async fn endless(Shared(world): Shared<Arc<World>>) -> Response {
    let chunk = Bytes::from(samples::png(CHUNK));
    let chunks = stream::repeat_with(move || {
        world.endless_bytes_sent.fetch_add(chunk.len(), Ordering::SeqCst);
        Ok::<_, Infallible>(chunk.clone())
    });
    ([PICTURE], Body::from_stream(chunks)).into_response()
}

async fn lying_length() -> Response {
    let bytes = stream::iter([Ok(Bytes::from(samples::png(10)))]).chain(stream::once(async {
        // Time for what is there to leave before the connection ends.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    }));
    let mut response = ([PICTURE], Body::from_stream(bytes)).into_response();
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(CLAIMED));
    response
}

async fn status(Path(code): Path<u16>) -> Response {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [(CONTENT_TYPE, "text/html")], "<h1>This is not the file.</h1>").into_response()
}

/// `UNPACKED` zeros as gzip (RFC 1951 and 1952): one block with the fixed code, a zero and then "the same again, 258 times",
/// 13 bits each.
fn packed_zeros() -> Vec<u8> {
    let repeats = (UNPACKED - 1) / 258;
    let mut bits: Vec<bool> = Vec::new();
    let mut push = |code: &str| bits.extend(code.chars().map(|digit| digit == '1'));
    push("110"); // the last block, fixed code; the type's low bit first
    push("00110000"); // literal 0
    (0..repeats).for_each(|_| push("1100010100000")); // length 258, distance 1
    push("0000000"); // end
    let deflated = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |sum, bit| sum << 1 | u8::from(*bit)));
    let mut packed = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    packed.extend(deflated);
    packed.extend(UNPACKED_CRC.to_le_bytes());
    packed.extend(UNPACKED.to_le_bytes());
    packed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Digest;

    /// The sum of the bytes that `gzip -dc` was seen to unpack to 100,000,027 zeros.
    #[test]
    fn packed_zeros_are_those_that_gzip_can_unpack() {
        let packed = Digest::of(&packed_zeros());
        assert_eq!(
            (packed.size, packed.sha256.as_str()),
            (629_866, "b21cf54e89e6bbb4ee3df935b5ec9427584eaa632f75699174675ed0ed2cf872")
        );
    }
}
