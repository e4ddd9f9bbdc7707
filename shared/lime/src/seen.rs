//! What a customer saw and tapped, where it is not what was sent.
//!
//! A button of Blip Chat sends its payload, and in the metadata what is shown in its place: `#blip.payload.content`, with
//! `#blip.payload.type` (takenet/blip-chat-widget, `sendMessage`; what is no text is there as JSON in a text), or `#blip.payload.text`
//! (takenet/blip-cards-vue-components). Blip's own clients show the first of the two that is there, a text where no type is said. Pure.

use serde_json::{Value, json};

use super::is_blank;
use super::media_types::{CONTAINER, JSON, MEDIA_LINK, TEXT};
use super::{Collection, Container, Document, Metadata, Reply};

const CONTENT: &str = "#blip.payload.content";
const TYPE: &str = "#blip.payload.type";
const TEXT_ALONE: &str = "#blip.payload.text";

/// What stands in the place of this document for whoever sees it; `None` where it is shown itself. Nothing becomes a control document by
/// its metadata, and none is hidden by it.
pub(super) fn on_a_button(sent: &Document, metadata: &Metadata) -> Option<Document> {
    let shown = shown(metadata)?;
    if shown.is_internal() || shown.is_control() || sent.is_internal() || sent.is_control() {
        return None;
    }
    let inside = |container: &Container| {
        let seen = on_a_button(&container.document(), metadata).unwrap_or_else(|| container.document());
        Container { rest: container.rest.clone(), ..Container::new(&seen) }
    };
    let seen = match sent {
        // A reply keeps what it answers; what is hidden from the history stays so.
        Document::Reply(reply) => Document::Reply(Reply { replied: inside(&reply.replied), ..reply.clone() }),
        Document::Sensitive(container) => Document::Sensitive(inside(container)),
        Document::Reaction(_) => return None,
        _ => shown,
    };
    (seen != *sent).then_some(seen)
}

fn shown(metadata: &Metadata) -> Option<Document> {
    let label = metadata.get(TEXT_ALONE).filter(|text| !is_blank(text));
    let content = metadata.value(CONTENT).filter(|content| !content.as_str().is_some_and(is_blank));
    let Some(content) = content else {
        return label.map(Document::text);
    };
    match (metadata.get(TYPE).filter(|kind| !is_blank(kind)), label) {
        (Some(kind), label) => Some(with_label(typed(kind, content), label)),
        (None, Some(label)) => Some(Document::text(label)),
        (None, None) => Some(untyped(content)),
    }
}

/// A document of this type; of any but a text, the content may be JSON in a text.
fn typed(kind: &str, content: &Value) -> Document {
    let document = Document::new(kind, content.clone());
    let text = content
        .as_str()
        .filter(|_| !document.is_a(TEXT) && matches!(document, Document::Other { .. } | Document::Json(_)));
    match text.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
        Some(read) if read.is_object() || read.is_array() => Document::new(kind, read),
        _ => document,
    }
}

fn untyped(content: &Value) -> Document {
    let read =
        content.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or_else(|| content.clone());
    match (read, content) {
        (read @ Value::Object(_), _) if read.get("uri").is_some_and(Value::is_string) => {
            Document::new(MEDIA_LINK, read)
        }
        (read @ (Value::Object(_) | Value::Array(_)), _) => Document::new(JSON, read),
        (_, Value::String(text)) => Document::text(text),
        (other, _) => Document::text(other.to_string()),
    }
}

/// A picture with a label is both.
fn with_label(document: Document, label: Option<&str>) -> Document {
    match label {
        Some(label) if !matches!(document, Document::Text(_)) => Document::Collection(Collection {
            item_type: CONTAINER.to_owned(),
            items: vec![json!({ "type": TEXT, "value": label }), Container::new(&document).to_value()],
            ..Collection::default()
        }),
        _ => document,
    }
}
