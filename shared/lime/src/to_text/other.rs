//! The words of types without a variant of their own, and of known types without their shape.
//!
//! Never silent: the type's name in brackets, then every value. A few rare types are known well enough to do better.

use serde_json::Value;

use super::page::{Page, joined, scalar};
use super::{facts, kind_of_file, label, write as write_document};
use crate::document::file_inside;
use crate::media_types::{
    CALLS_MEDIA, CONTACT, DELETED_CONTENT, EXTERNAL, HUMAN_AGENT_REQUEST, MEDIA_LINK, REACTION, SATISFACTION_SURVEY,
    SSML_TEXT, TUPLE, same,
};
use crate::{Container, Document, is_blank};

/// The fields that people can read, in the order they are shown.
const READABLE: [&str; 9] = ["title", "header", "text", "body", "caption", "name", "description", "question", "uri"];

/// A document of an unknown type, at this depth.
pub(super) fn write(media_type: &str, content: &Value, depth: usize, page: &mut Page) {
    let is = |name| same(media_type, name);
    let documents = inside(media_type, content);
    if is(TUPLE) && !documents.is_empty() || is(EXTERNAL) && !documents.is_empty() {
        all(&documents, depth, page);
    } else if is(SSML_TEXT) && !is_blank(&speech(content)) {
        page.line(&speech(content));
    } else if is(CALLS_MEDIA) {
        page.line(&call(content));
        all(&documents, depth, page);
    } else if is(HUMAN_AGENT_REQUEST) || is(DELETED_CONTENT) {
        page.line(&label(media_type));
    } else if is(SATISFACTION_SURVEY) && content.get("question").is_some_and(Value::is_string) {
        page.lines([content.get("question").and_then(Value::as_str)]);
    } else if is(REACTION) {
        page.line("[reaction that cannot be read]");
        facts::value(content, page);
    } else if let Some(uri) = file_inside(media_type, content) {
        // Bytes are no words; a link is shown.
        let shown = if facts::is_bytes(&uri) { "" } else { uri.as_str() };
        page.line(&joined([kind_of_file(media_type).as_str(), shown]));
    } else if is_text(media_type) {
        // Words of a person, in whatever they are wrapped.
        page.line(&readable(content));
    } else if is(CONTACT) && is_text_content(content) {
        page.line(&scalar(content));
    } else {
        let name = if is(MEDIA_LINK) { kind_of_file("") } else { label(media_type) };
        page.line(&joined([name.as_str(), &readable(content)]));
    }
}

fn is_text_content(content: &Value) -> bool {
    content.as_str().is_some_and(|text| !is_blank(text))
}

/// `text/html`, `text/markdown`, and a `text/plain` whose content is a number.
fn is_text(media_type: &str) -> bool {
    media_type.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("text/"))
}

/// The documents inside one of the rare types that hold others; none for any other.
///
/// A tuple is `{"item1":{"type","value"}, …, "item5"}`, an external `{"type","content"}` (takenet/lime-csharp); a call has its
/// recording in `media`, in the form of an external (takenet/blip-cards-vue-components).
pub(super) fn inside(media_type: &str, content: &Value) -> Vec<Document> {
    let is = |name| same(media_type, name);
    if is(TUPLE) {
        let items = ["item1", "item2", "item3", "item4", "item5"].into_iter();
        let items = items.filter_map(|key| content.get(key).cloned().and_then(Container::from_value));
        items.map(|item| item.document()).collect()
    } else if is(EXTERNAL) {
        external(content).into_iter().collect()
    } else if is(CALLS_MEDIA) {
        content.get("media").and_then(external).into_iter().collect()
    } else {
        Vec::new()
    }
}

fn all(documents: &[Document], depth: usize, page: &mut Page) {
    for document in documents {
        write_document(document, depth, page);
    }
}

fn external(content: &Value) -> Option<Document> {
    let media_type = content.get("type").and_then(Value::as_str)?;
    Some(Document::new(media_type, content.get("content")?.clone()))
}

/// The text, or the speech markup without its tags.
fn speech(content: &Value) -> String {
    if let Some(text) = content.get("text").and_then(Value::as_str) {
        return text.to_owned();
    }
    let mut is_tag = false;
    let markup = content.get("ssml").and_then(Value::as_str).unwrap_or("");
    let spoken = markup.chars().filter(|letter| {
        let is_shown = !is_tag && *letter != '<';
        is_tag = if is_tag { *letter != '>' } else { *letter == '<' };
        is_shown
    });
    spoken.collect()
}

/// `{"type","status","identification","media":{"type","content"}}` (takenet/blip-cards-vue-components).
pub(super) fn call(content: &Value) -> String {
    let part = |key| content.get(key).and_then(Value::as_str).unwrap_or("");
    joined(["[call]", part("type"), part("status")])
}

/// What can be read of any content: a text as it is, of an object the fields people know, then every other.
fn readable(content: &Value) -> String {
    let mut page = Page::default();
    match content {
        Value::Object(fields) => {
            let mut rest = fields.clone();
            let known: Vec<String> = READABLE
                .iter()
                .filter(|key| {
                    rest.get(**key).is_some_and(|value| value.as_str().is_some_and(|text| !facts::is_bytes(text)))
                })
                .filter_map(|key| fields.get(*key).map(scalar))
                .collect();
            rest.retain(|key, value| {
                !(READABLE.contains(&key.as_str()) && value.as_str().is_some_and(|text| !facts::is_bytes(text)))
            });
            page.lines(known.iter().map(|line| Some(line.as_str())));
            facts::write(&rest, &mut page);
        }
        Value::String(text) => page.line(text),
        other => facts::value(other, &mut page),
    }
    page.into_text()
}
