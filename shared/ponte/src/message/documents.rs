//! Blip's documents as contents, and contents as Blip's documents. Pure.
//!
//! What a person really sent must arrive in some readable form: a document that has no content of its own is
//! put into words, so that neither function fails nor returns nothing.

use serde_json::Value;

use super::text::split;
use super::{Content, MAX_TEXT, map_link};
use crate::lime::{
    Document, EMPTY, Location, MAX_DEPTH, MediaLink, Size, WebLink, is_blank, is_web, media_types, opened, quoted,
    to_text,
};

/// The most parts that one message becomes; what is beyond is put into words in the last one.
const MAX_PARTS: usize = 50;

/// What a document from Blip is for the helpdesk: one content, or several for a collection. Never empty. Words of a person arrive whole, in
/// several texts where one would be longer than [`MAX_TEXT`]. Bytes that stand in the message are a file behind a `data:` link, which the
/// store of files takes as any other link.
pub fn contents_of(document: &Document) -> Vec<Content> {
    let mut contents = Vec::new();
    flatten(document, MAX_DEPTH, &mut contents);
    if contents.len() > MAX_PARTS {
        let rest: Vec<String> = contents.drain(MAX_PARTS.saturating_sub(1)..).map(in_words).collect();
        contents.extend(texts(&rest.join("\n")));
    }
    if contents.is_empty() {
        contents.push(Content::text(EMPTY));
    }
    contents
}

fn flatten(document: &Document, depth: usize, contents: &mut Vec<Content>) {
    let Some(depth) = depth.checked_sub(1) else {
        contents.extend(texts(&to_text(document)));
        return;
    };
    if let Some(link) = document.file() {
        return contents.push(file(&link));
    }
    match document {
        Document::Collection(collection) => {
            // What steers the platform says nothing, and stands for nothing among words.
            for item in collection.documents().iter().filter(|item| !item.is_control() && !item.is_internal()) {
                flatten(item, depth, contents);
            }
        }
        Document::Container(container) | Document::Sensitive(container) => {
            flatten(&container.document(), depth, contents);
        }
        Document::Redirect(redirect) => {
            if let Some(said) = redirect.said() {
                flatten(&said, depth, contents);
            }
        }
        Document::Location(location) => match place(location) {
            Some(place) => contents.push(place),
            None => contents.extend(texts(&to_text(document))),
        },
        Document::WebLink(link) => match address(link) {
            Some(url) => contents.push(Content::Link {
                url,
                title: present(link.title.as_deref()),
                text: present(link.text.as_deref()),
            }),
            None => contents.extend(texts(&to_text(document))),
        },
        // A document shown inside a reply stays a document; the quoted words go before it.
        Document::Reply(reply) if !matches!(reply.replied.document(), Document::Text(_)) => {
            contents.extend(texts(&quoted(reply.in_reply_to.as_ref())));
            flatten(&reply.replied.document(), depth, contents);
        }
        Document::Ticket(_) => {}
        other => match opened(other) {
            Some(inside) => inside.iter().for_each(|document| flatten(document, depth, contents)),
            None => contents.extend(texts(&to_text(other))),
        },
    }
}

fn file(link: &MediaLink) -> Content {
    Content::File {
        url: link.uri.clone(),
        name: present(link.title.as_deref()),
        mime: present(link.media_type.as_deref()),
        size: link.size.as_ref().and_then(Size::bytes),
        caption: present(link.text.as_deref()),
    }
}

/// A place with what it is called; an address beside its name is part of that.
fn place(location: &Location) -> Option<Content> {
    let (latitude, longitude) = (location.latitude()?, location.longitude()?);
    let others = ["name", "title", "address", "url"].iter().filter_map(|name| location.rest.get(*name)?.as_str());
    let mut called: Vec<&str> =
        location.text.as_deref().into_iter().chain(others).filter(|text| !is_blank(text)).collect();
    called.dedup();
    Some(Content::Location { latitude, longitude, text: present(Some(&called.join("\n"))) })
}

/// Where a link leads, under whatever name it says so.
fn address(link: &WebLink) -> Option<String> {
    let others = ["uri", "url", "link", "href"].iter().filter_map(|name| link.rest.get(*name).and_then(Value::as_str));
    link.uri().into_iter().chain(others).find(|uri| is_web(uri)).map(str::to_owned)
}

/// Words as text contents: none for no words, several where one would be longer than the limit.
fn texts(words: &str) -> Vec<Content> {
    let parts = split(words.trim_end(), MAX_TEXT).into_iter();
    parts.filter(|part| !is_blank(part)).map(Content::text).collect()
}

/// A content that has no place of its own any more.
fn in_words(content: Content) -> String {
    let lines = |parts: [Option<String>; 3]| parts.into_iter().flatten().collect::<Vec<_>>().join("\n");
    match content {
        Content::Text { text } => text,
        Content::File { url, name, caption, .. } => lines([caption, name, Some(url).filter(|url| is_web(url))]),
        Content::Location { latitude, longitude, text } => lines([text, Some(map_link(latitude, longitude)), None]),
        Content::Choices { text, options } => lines([Some(text), Some(options.join("\n")), None]),
        Content::Link { url, title, text } => lines([title, text, Some(url)]),
    }
}

fn present(text: Option<&str>) -> Option<String> {
    text.filter(|text| !is_blank(text)).map(str::to_owned)
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
