//! Blip's documents as contents, and contents as Blip's documents. Pure.
//!
//! What a person really sent must arrive in some readable form: a document that has no content of its own is
//! put into words, so that neither function fails nor returns nothing.

use super::text::split;
use super::{Content, MAX_TEXT};
use crate::lime::{Document, Location, MAX_DEPTH, MAX_WORDS, MediaLink, media_types, opened, quoted, words};

/// The most parts that one message becomes; what is beyond is put into words in the last one.
const MAX_PARTS: usize = 50;

/// What a document from Blip is for the helpdesk: one content, or several for a collection. Never empty.
pub fn contents_of(document: &Document) -> Vec<Content> {
    let mut contents = Vec::new();
    flatten(document, MAX_DEPTH, &mut contents);
    if contents.len() > MAX_PARTS {
        contents.truncate(MAX_PARTS - 1);
        contents.extend(texts(&words(document)));
    }
    if contents.is_empty() {
        contents.push(Content::text(format!("[{}]", document.media_type())));
    }
    contents
}

fn flatten(document: &Document, depth: usize, contents: &mut Vec<Content>) {
    let Some(depth) = depth.checked_sub(1) else {
        contents.extend(texts(&words(document)));
        return;
    };
    match document {
        Document::Collection(collection) => {
            for item in collection.documents() {
                flatten(&item, depth, contents);
            }
        }
        Document::Container(container) | Document::Sensitive(container) => {
            flatten(&container.document(), depth, contents);
        }
        Document::Redirect(redirect) => {
            if let Some(context) = &redirect.context {
                flatten(&context.document(), depth, contents);
            }
        }
        Document::MediaLink(link) if is_web(&link.uri) => contents.push(file(link)),
        Document::Location(location) => match place(location) {
            Some(place) => contents.push(place),
            None => contents.extend(texts(&words(document))),
        },
        Document::WebLink(link) => match link.uri().filter(|uri| is_web(uri)) {
            Some(url) => contents.push(Content::Link {
                url: url.to_owned(),
                title: present(link.title.as_deref()),
                text: present(link.text.as_deref()),
            }),
            None => contents.extend(texts(&words(document))),
        },
        // A document shown inside a reply stays a document; the quoted words go before it.
        Document::Reply(reply) if !matches!(reply.replied.document(), Document::Text(_)) => {
            contents.extend(texts(&quoted(reply.in_reply_to.as_ref())));
            flatten(&reply.replied.document(), depth, contents);
        }
        // Words of a person are not cut short, as those of a document are that cannot be shown.
        Document::Text(text) if text.chars().count() > MAX_WORDS => contents.extend(texts(text)),
        other => match opened(other) {
            Some(inside) => inside.iter().for_each(|document| flatten(document, depth, contents)),
            None => contents.extend(texts(&words(other))),
        },
    }
}

fn file(link: &MediaLink) -> Content {
    Content::File {
        url: link.uri.clone(),
        name: present(link.title.as_deref()),
        mime: present(link.media_type.as_deref()),
        size: link.size.as_ref().and_then(crate::lime::Size::bytes),
        caption: present(link.text.as_deref()),
    }
}

fn place(location: &Location) -> Option<Content> {
    let (latitude, longitude) = (location.latitude()?, location.longitude()?);
    Some(Content::Location { latitude, longitude, text: present(location.text.as_deref()) })
}

/// Words as text contents: none for no words, several where one would be longer than the limit.
fn texts(words: &str) -> Vec<Content> {
    split(words.trim_end(), MAX_TEXT).into_iter().map(Content::text).collect()
}

fn present(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn is_web(uri: &str) -> bool {
    let scheme = uri.split("://").next().unwrap_or_default();
    uri.contains("://") && (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
}

/// What a content from the helpdesk is for Blip.
pub fn document_of(content: &Content) -> Document {
    match content {
        Content::Text { text } => Document::text(text),
        Content::File { url, name, mime, size, caption } => {
            // A link without a type is refused by channels: the field's own fallback (RFC 2046) serves.
            let mime = mime.as_deref().unwrap_or("application/octet-stream");
            Document::media_link(mime, url, name.as_deref(), caption.as_deref(), *size)
        }
        Content::Location { latitude, longitude, text } => Document::location(*latitude, *longitude, text.as_deref()),
        Content::Choices { text, options } => Document::select_immediate(text, options),
        Content::Link { url, title, text } => {
            let mut link = serde_json::Map::new();
            link.insert("uri".to_owned(), url.as_str().into());
            for (field, value) in [("title", title), ("text", text)] {
                if let Some(value) = value {
                    link.insert(field.to_owned(), value.as_str().into());
                }
            }
            Document::new(media_types::WEB_LINK, link.into())
        }
    }
}
