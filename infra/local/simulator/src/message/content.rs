//! What a person says, in the helpdesk's form, and its two-way mapping to Blip's documents.
//!
//! The mapping is the simulator's own reading of Blip's content types (docs.blip.ai, 2023) and of the in-house contract, so a
//! slip in the bridge's mapping shows up as a message that was lost and another that nobody sent.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::media_types::{LINK, LOCATION, MEDIA, SELECT, TEXT};
use crate::json::without_nulls;

/// The content of a message, as the in-house contract writes it (`CONTENT` in `docs/openapi.yaml`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Content {
    /// Words.
    Text { text: String },
    /// A file at `url`; `size` in bytes.
    File {
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<String>,
    },
    /// A place, in degrees.
    Location {
        latitude: f64,
        longitude: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// A question with ready answers.
    Choices { text: String, options: Vec<String> },
    /// A web page.
    Link {
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text { text: text.to_owned() }
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text { text }
    }
}

impl Content {
    /// A file that one of the two fakes hosts at `url`; `size` in bytes.
    pub(crate) fn hosted_file(url: String, name: Option<&str>, mime: &str, size: usize, caption: Option<&str>) -> Self {
        let [name, caption] = [name, caption].map(|text| text.map(str::to_owned));
        Self::File { url, name, mime: Some(mime.to_owned()), size: u64::try_from(size).ok(), caption }
    }

    /// The same as a Blip document: MIME type and `content`.
    pub fn to_blip(&self) -> (&'static str, Value) {
        match self {
            Self::Text { text } => (TEXT, json!(text)),
            Self::File { url, name, mime, size, caption } => {
                (MEDIA, without_nulls(json!({"type": mime, "uri": url, "title": name, "text": caption, "size": size})))
            }
            Self::Location { latitude, longitude, text } => {
                (LOCATION, without_nulls(json!({"latitude": latitude, "longitude": longitude, "text": text})))
            }
            Self::Choices { text, options } => {
                let options: Vec<Value> = options.iter().map(|option| json!({"text": option})).collect();
                (SELECT, json!({"scope": "immediate", "text": text, "options": options}))
            }
            Self::Link { url, title, text } => (LINK, without_nulls(json!({"uri": url, "title": title, "text": text}))),
        }
    }

    /// Reads a Blip document as the customer's app would show it; `None` for what is no message of a person.
    pub fn from_blip(mime: &str, content: &Value) -> Option<Self> {
        let text = |key: &str| content.get(key).and_then(Value::as_str).map(str::to_owned);
        match mime {
            TEXT => content.as_str().map(Self::from),
            MEDIA => Some(Self::File {
                url: text("uri")?,
                name: text("title"),
                mime: text("type"),
                size: content.get("size").and_then(size),
                caption: text("text"),
            }),
            LOCATION => Some(Self::Location {
                latitude: content.get("latitude")?.as_f64()?,
                longitude: content.get("longitude")?.as_f64()?,
                text: text("text"),
            }),
            SELECT => Some(Self::Choices {
                text: text("text")?,
                options: content
                    .get("options")?
                    .as_array()?
                    .iter()
                    .filter_map(|option| option.get("text")?.as_str().map(str::to_owned))
                    .collect(),
            }),
            LINK => Some(Self::Link { url: text("uri")?, title: text("title"), text: text("text") }),
            _ => None,
        }
    }

    /// Whether this can be the same message as it arrives on the other side. Of a file, the bridge may change the URL (Blip's
    /// links live for minutes), give a name to one that has none, and tell the type better; what is in it is compared by
    /// `Simulator::files`.
    pub(crate) fn matches(&self, seen: &Self) -> bool {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        match (self, seen) {
            (
                Self::File { name, mime, caption, .. },
                Self::File { name: seen_name, mime: seen_mime, caption: seen_caption, .. },
            ) => {
                let one_unknown_or_same = |pair: (Option<String>, Option<String>)| match pair {
                    (Some(said), Some(seen)) => said == seen,
                    _ => true,
                };
                let kinds = (mime.as_deref().and_then(kind), seen_mime.as_deref().and_then(kind));
                filled(caption) == filled(seen_caption)
                    && one_unknown_or_same((filled(name), filled(seen_name)))
                    && one_unknown_or_same(kinds)
            }
            _ => self == seen,
        }
    }

    /// Whether a match is beyond doubt: of files that could be the same, those with the same name are preferred.
    pub(crate) fn is_named_as(&self, seen: &Self) -> bool {
        match (self, seen) {
            (Self::File { name: Some(name), .. }, Self::File { name: Some(seen), .. }) => name == seen,
            (Self::File { .. }, Self::File { .. }) => false,
            _ => true,
        }
    }
}

impl std::fmt::Display for Content {
    /// For people: what a chat window would show, one thing a line.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines = match self {
            Self::Text { text } => vec![text.clone()],
            Self::File { url, name, caption, .. } => {
                let mut lines = vec![format!("[file] {}", name.as_ref().unwrap_or(url))];
                lines.extend(caption.clone());
                lines
            }
            Self::Location { latitude, longitude, text } => {
                let mut lines = vec![format!("[location] {latitude}, {longitude}")];
                lines.extend(text.clone());
                lines
            }
            Self::Choices { text, options } => {
                vec![text.clone(), format!("[ {} ]", options.join(" | "))]
            }
            Self::Link { url, title, text } => {
                [title, text].into_iter().flatten().cloned().chain([format!("[link] {url}")]).collect()
            }
        };
        f.write_str(&lines.join("\n"))
    }
}

/// What sort of file a MIME type means; `None` if it says nothing. Channels write `sticker/webp` and `voice/ogg` too.
fn kind(mime: &str) -> Option<String> {
    let mime = mime.split(';').next().unwrap_or_default().trim().to_lowercase();
    let family = match mime.split('/').next().unwrap_or_default() {
        _ if mime == "application/octet-stream" => "",
        "sticker" => "image",
        "voice" => "audio",
        family @ ("" | "image" | "audio" | "video") => family,
        _ => "document",
    };
    Some(family.to_owned()).filter(|family| !family.is_empty())
}

/// A size in bytes; the docs print it as a number and, in places, as a string.
fn size(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: Option<&str>, mime: Option<&str>, caption: Option<&str>) -> Content {
        let [name, mime, caption] = [name, mime, caption].map(|text| text.map(str::to_owned));
        Content::File { url: uuid::Uuid::new_v4().to_string(), name, mime, size: None, caption }
    }

    #[test]
    fn a_file_is_known_by_kind_name_and_caption() {
        let voice = file(None, Some("audio/ogg; codecs=opus"), None);
        assert!(voice.matches(&file(Some("audio.ogg"), Some("voice/ogg"), None)));
        assert!(voice.matches(&file(None, Some("application/octet-stream"), Some(""))));
        assert!(!voice.matches(&file(None, Some("image/png"), None)));
        assert!(!voice.matches(&file(None, Some("audio/ogg"), Some("words"))));
        let photo = file(Some("a.png"), Some("image/png"), Some("words"));
        assert!(photo.matches(&file(Some("a.png"), None, Some("words"))));
        assert!(!photo.matches(&file(Some("b.png"), Some("image/png"), Some("words"))));
    }
}
