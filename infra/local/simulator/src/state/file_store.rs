//! The files that one side hosts, and the links that it gave out. Blip has one store and the helpdesk another.

use std::collections::HashMap;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use crate::clock;
use crate::transport::FileRequest;

/// How long a link of Blip's media store lives (captures of 2022 and 2024).
const LINK_LIVES: Duration = Duration::from_mins(15);
/// What stays as it is in a part of a URL.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A file as it was uploaded.
#[derive(Clone, Debug)]
pub(crate) struct StoredFile {
    pub(crate) mime: String,
    pub(crate) bytes: Bytes,
}

impl IntoResponse for StoredFile {
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
pub(crate) struct FileStore {
    /// The address of the server, without a slash at its end.
    pub(crate) base: String,
    files: HashMap<String, StoredFile>,
    /// The signed links given out, by their signature.
    links: HashMap<String, Link>,
    pub(crate) link_lives: Duration,
    pub(crate) fetches: Vec<FileRequest>,
    /// How often a new link was asked for.
    pub(crate) refreshes: usize,
}

impl Default for FileStore {
    fn default() -> Self {
        let (base, files, links, fetches, refreshes) = Default::default();
        Self { base, files, links, link_lives: LINK_LIVES, fetches, refreshes }
    }
}

impl FileStore {
    /// Keeps a file, and gives its id.
    pub(crate) fn put(&mut self, mime: &str, bytes: Bytes) -> String {
        let id = format!("Media_{}", Uuid::new_v4());
        self.files.insert(id.clone(), StoredFile { mime: mime.to_owned(), bytes });
        id
    }

    pub(crate) fn get(&self, id: &str) -> Option<&StoredFile> {
        self.files.get(id)
    }

    /// The file behind a link of this store, however it was signed.
    pub(crate) fn by_url(&self, url: &str) -> Option<&StoredFile> {
        let path = url.strip_prefix(&self.base)?.split('?').next()?;
        path.split('/').find_map(|part| self.files.get(part))
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
