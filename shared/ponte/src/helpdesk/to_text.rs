//! A message in words, for what a helpdesk cannot show otherwise.
//!
//! Pure. `Capabilities` had what cannot be shown put into words before; what is here all the same is, too. Called by the adapters'
//! `map.rs`.

use reqwest::Url;

use crate::message::{Content, map_link, text::split};

/// The longest quote, in characters.
const QUOTE: usize = 80;

/// What is there of these, a line each.
pub(super) fn lines(parts: &[Option<&str>]) -> String {
    let parts: Vec<&str> = parts.iter().copied().flatten().filter(|part| !part.trim().is_empty()).collect();
    parts.join("\n")
}

/// A content as text; a file is its words, its name and its link.
pub(super) fn in_words(content: &Content) -> String {
    match content {
        Content::Text { text } => text.clone(),
        Content::File { url, name, caption, .. } => lines(&[caption.as_deref(), name.as_deref(), Some(url)]),
        Content::Location { latitude, longitude, text } => {
            lines(&[text.as_deref(), Some(&map_link(*latitude, *longitude))])
        }
        Content::Choices { text, options } => lines(&[Some(text), Some(&options.join("\n"))]),
        Content::Link { url, title, text } => lines(&[title.as_deref(), text.as_deref(), Some(url)]),
    }
}

/// A link that a channel can fetch. `None` for any other.
pub(super) fn web_link(url: &str) -> Option<String> {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")).then(|| url.to_owned())
}

/// A file that stands at `url`. One without an address that a channel can fetch has none: it is lost like any other file that cannot be
/// had, so that its sender is told.
pub(super) fn attached(url: Option<&str>, name: Option<String>) -> Content {
    let url = url.and_then(web_link).unwrap_or_default();
    Content::File { url, name, mime: None, size: None, caption: None }
}

/// The beginning of a message, so that whoever reads a notice knows which one is meant.
pub(super) fn quote(text: &str) -> Option<String> {
    let line = text.lines().find(|line| !line.trim().is_empty())?;
    Some(split(line, QUOTE).into_iter().next()?.trim().to_owned())
}
