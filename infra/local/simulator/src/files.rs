//! The files that a far side hosts: what lies on its shelf, the links it gave out, and who came to fetch.
//!
//! Blip has one shelf and the helpdesk another. The simulator's own downloads (`download`) are not written down: what counts is
//! what the bridge fetched, and with which header.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Uri, header::CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::clock;
use crate::world::{State, World};

/// The mark of the simulator's own downloads.
pub(crate) const OWN_HEADER: &str = "x-simulator";
/// How long a link of Blip's media store lives (captures of 2022 and 2024).
const LINK_LIVES: Duration = Duration::from_mins(15);
/// What stays as it is in a part of a URL.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What two copies of a file have in common: SHA-256 in lower-case hex, and the number of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Digest {
    pub sha256: String,
    pub size: usize,
}

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        use std::fmt::Write;
        let mut sha256 = String::new();
        for byte in Sha256::digest(bytes) {
            // A String takes whatever is written to it.
            let _ = write!(sha256, "{byte:02x}");
        }
        Self { sha256, size: bytes.len() }
    }
}

/// A request for a file, as it came to the door; whatever the answer was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fetch {
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Whether the bot's key was in a header or in the URL.
    pub keyed: bool,
}

impl Fetch {
    pub(crate) fn of(method: &str, uri: &Uri, headers: &HeaderMap, key: &str) -> Self {
        let in_header = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).contains(key);
        let keyed = headers.values().any(in_header) || uri.to_string().contains(key);
        Self { method: method.to_owned(), path: uri.path().to_owned(), keyed }
    }
}

/// A file as it was uploaded.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) mime: String,
    pub(crate) bytes: Bytes,
}

impl IntoResponse for Stored {
    fn into_response(self) -> Response {
        let mime = HeaderValue::from_str(&self.mime);
        let mime = mime.unwrap_or(HeaderValue::from_static("application/octet-stream"));
        ([(CONTENT_TYPE, mime)], self.bytes).into_response()
    }
}

#[derive(Debug)]
struct Link {
    file: String,
    until_ms: i64,
}

/// The files of one side.
#[derive(Debug)]
pub(crate) struct Shelf {
    /// The address of the server, without a slash at its end.
    pub(crate) base: String,
    files: HashMap<String, Stored>,
    /// The signed links given out, by their signature.
    links: HashMap<String, Link>,
    pub(crate) link_lives: Duration,
    pub(crate) fetches: Vec<Fetch>,
    /// How often a new link was asked for.
    pub(crate) refreshes: usize,
}

impl Default for Shelf {
    fn default() -> Self {
        let (base, files, links, fetches, refreshes) = Default::default();
        Self { base, files, links, link_lives: LINK_LIVES, fetches, refreshes }
    }
}

impl Shelf {
    /// Puts a file on the shelf, and gives its id.
    pub(crate) fn put(&mut self, mime: &str, bytes: Bytes) -> String {
        let id = format!("Media_{}", Uuid::new_v4());
        self.files.insert(id.clone(), Stored { mime: mime.to_owned(), bytes });
        id
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Stored> {
        self.files.get(id)
    }

    /// A signed link in the form of message-media-link-inbound-secure-image.json: from 15 minutes ago until it expires.
    pub(crate) fn sign(&mut self, id: &str) -> String {
        let (now, lives) = (clock::now_ms(), i64::try_from(self.link_lives.as_millis()).unwrap_or(i64::MAX));
        let until_ms = now.saturating_add(lives);
        // Random, with the letters that a careless client breaks when it writes the URL anew.
        let signature = format!("{}+/{}=", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let date = |ms: i64| encode(&clock::text(ms / 1000 * 1000));
        let (start, end, written) = (date(now - 900_000), date(until_ms), encode(&signature));
        self.links.insert(signature, Link { file: id.to_owned(), until_ms });
        let base = &self.base;
        format!("{base}/secure-medias/{id}?sv=2019-07-07&st={start}&se={end}&sr=b&sp=r&sig={written}&secure=true")
    }

    /// A new link for one that was given out for a file which is still there.
    pub(crate) fn sign_anew(&mut self, url: &str) -> Option<String> {
        let rest = url.strip_prefix(&self.base)?.strip_prefix("/secure-medias/")?;
        let id = rest.split('?').next().filter(|id| self.files.contains_key(*id))?;
        Some(self.sign(id))
    }

    /// Whether this signature opens this file now.
    pub(crate) fn opens(&self, signature: &str, id: &str) -> bool {
        self.links.get(signature).is_some_and(|link| link.file == id && clock::now_ms() < link.until_ms)
    }

    pub(crate) fn expire_links(&mut self) {
        self.links.clear();
    }

    pub(crate) fn lose_files(&mut self) {
        self.files.clear();
    }
}

/// A text as a part of a URL.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// Which of the two shelves.
pub(crate) type Choice = fn(&mut State) -> &mut Shelf;

/// A layer over the routes of a shelf: writes each request down before it is answered, since a client may not wait for it.
pub(crate) async fn write_down(
    Shared((world, shelf)): Shared<(Arc<World>, Choice)>,
    request: Request,
    next: Next,
) -> Response {
    if !request.headers().contains_key(OWN_HEADER) {
        let key = &world.config.blip_key;
        let fetch = Fetch::of(request.method().as_str(), request.uri(), request.headers(), key);
        world.write(|state| shelf(state).fetches.push(fetch));
    }
    next.run(request).await
}
