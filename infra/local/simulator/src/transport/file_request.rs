//! Requests for files, as the bridge makes them.

use axum::http::{HeaderMap, HeaderValue, Uri};
use serde::Serialize;

/// The mark of the simulator's own downloads: they are not recorded, since what counts is what the bridge fetched.
pub(crate) const OWN_HEADER: &str = "x-simulator";

/// A request for a file, as it came; whatever the answer was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileRequest {
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Whether the bot's key was in a header or in the URL.
    pub keyed: bool,
}

impl FileRequest {
    pub(crate) fn of(method: &str, uri: &Uri, headers: &HeaderMap, key: &str) -> Self {
        let in_header = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).contains(key);
        let keyed = headers.values().any(in_header) || uri.to_string().contains(key);
        Self { method: method.to_owned(), path: uri.path().to_owned(), keyed }
    }
}
