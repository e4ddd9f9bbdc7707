//! A link with a title and a text.
//!
//! The uri as an object occurs in the protocol library's tests, so the raw value is kept and the accessor gives a text only.

use serde_json::Value;

use crate::record::record;

record! {
    /// `application/vnd.lime.web-link+json` (docs.blip.ai, content-types/web-link, 2023).
    WebLink
    needs {}
    may {
        /// The link as it came; see [`WebLink::uri`].
        uri: Value = "uri",
        /// A title.
        title: String = "title",
        /// A text beside it.
        text: String = "text",
        /// A picture of it.
        preview_uri: String = "previewUri",
        /// The picture's MIME type.
        preview_type: String = "previewType",
        /// `blank`, `self`, `selfCompact`, `selfTall`.
        target: String = "target",
    }
}

impl WebLink {
    /// The link, if it is a text.
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_ref()?.as_str()
    }
}
