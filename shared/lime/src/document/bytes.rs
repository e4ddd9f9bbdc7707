//! Files that stand in a message themselves: bytes as base64 under the file's own type, or a bare link under it.
//!
//! LIME allows any MIME type as a message's type, and some senders use it for a file (`image/png` with base64). Pure.

use serde_json::Value;

use crate::is_web;
use crate::media_types::{MEDIA_LINK, essence, same};

/// The families of types whose content is never words.
const FAMILIES: [&str; 5] = ["image/", "audio/", "video/", "voice/", "sticker/"];

/// Bytes are at least this many letters, so that a word is not taken for them: under a type of pictures and sound, and under any other.
const SHORTEST: [usize; 2] = [24, 64];

/// A link to the file that this content is: as it came, or a `data:` link with the bytes (RFC 2397). `None` where it is no file.
pub(crate) fn file_inside(media_type: &str, content: &Value) -> Option<String> {
    let kind = essence(media_type).to_ascii_lowercase();
    if same(media_type, MEDIA_LINK) {
        return link(content);
    }
    let is_media = FAMILIES.iter().any(|family| kind.starts_with(family));
    let is_document = kind.starts_with("application/")
        && !kind.contains("json")
        && !kind.contains("xml")
        && !kind.contains("vnd.iris.")
        && !kind.contains("vnd.lime.");
    if !is_media && !is_document {
        return None;
    }
    match content {
        Value::String(text) => {
            let text = text.trim();
            if is_web(text) || is_data(text) {
                return Some(text.to_owned());
            }
            // Lines may be broken (RFC 2045); words with blanks between are words.
            let bytes: String = text.chars().filter(|letter| !matches!(letter, '\r' | '\n')).collect();
            let [media, other] = SHORTEST;
            let is_long = bytes.len() >= if is_media { media } else { other };
            (is_long && is_base64(&bytes)).then(|| format!("data:{kind};base64,{bytes}"))
        }
        other => link(other),
    }
}

/// The link in an object that is a file in all but its shape.
fn link(content: &Value) -> Option<String> {
    let known = ["uri", "url", "link", "href", "data"];
    let found = known.iter().filter_map(|name| content.get(*name)?.as_str()).chain(content.as_str());
    found.map(str::trim).find(|link| is_web(link) || is_data(link)).map(str::to_owned)
}

/// Whether a link holds the file itself, as base64.
pub(crate) fn is_data(link: &str) -> bool {
    let is_scheme = link.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    is_scheme && link.split_once(',').is_some_and(|(head, _)| head.to_ascii_lowercase().ends_with(";base64"))
}

/// The alphabets of RFC 4648, sections 4 and 5, and padding at the end only.
fn is_base64(text: &str) -> bool {
    let bytes = text.trim_end_matches('=');
    bytes.len() % 4 != 1
        && text.len() - bytes.len() <= 2
        && bytes.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"+/-_".contains(&letter))
}
