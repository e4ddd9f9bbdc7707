//! What the bridge sends to a customer, as items of the REST channel. Pure.

use serde_json::{Value, json};

use super::wire::{Button, Item};
use crate::{
    lime::Document,
    message::{Content, SourceId, contents_of, map_link},
};

/// What a document is for a sender, in order. Nothing for what a list of messages cannot show (that somebody types).
pub(super) fn items(document: &Document) -> Vec<Item> {
    match document {
        Document::ChatState(_) => Vec::new(),
        Document::Redirect(redirect) => {
            let custom = match redirect.address.as_deref().and_then(|to| to.strip_prefix("service:").or(Some(to))) {
                Some(service) => json!({ "ponte": "closed", "service": service }),
                None => json!({ "ponte": "closed" }),
            };
            vec![Item { custom, ..Item::default() }]
        }
        Document::Select(select) => {
            let options = select.options.iter().filter_map(|option| option.text.clone()).collect();
            item(Content::Choices { text: select.text.clone().unwrap_or_default(), options })
        }
        document => contents_of(document).into_iter().flat_map(item).collect(),
    }
}

fn item(content: Content) -> Vec<Item> {
    let text = |text: String| Item { text: Some(text), ..Item::default() };
    match content {
        Content::Text { text: words } => vec![text(words)],
        Content::Choices { text: words, options } => {
            // What is tapped comes back as it reads.
            let button = |title: String| Button { payload: title.clone(), title };
            vec![Item { buttons: options.into_iter().map(button).collect(), ..text(words) }]
        }
        Content::File { url, mime, caption, .. } => {
            let picture = mime.as_deref().is_some_and(|mime| mime.starts_with("image/"));
            let file = if picture {
                Item { image: Some(url), ..Item::default() }
            } else {
                Item { attachment: Some(url), ..Item::default() }
            };
            std::iter::once(file).chain(caption.map(text)).collect()
        }
        Content::Location { latitude, longitude, text: words } => {
            vec![text(lines([words, Some(map_link(latitude, longitude))]))]
        }
        Content::Link { url, title, text: words } => vec![text(lines([title, words, Some(url)]))],
    }
}

fn lines<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// A client's own name for a message, as it is: here nobody forwards, and nobody pastes placeholders. Only the slash is written
/// otherwise, since it is in our own names for the parts of a message.
pub(super) fn source_id(name: &str) -> SourceId {
    SourceId::exact(&name.replace('%', "%25").replace('/', "%2F"))
}

/// What a customer says, as an envelope of Blip's.
pub(super) fn envelope(from: &str, id: &str, words: &str) -> Value {
    json!({ "id": id, "from": from, "to": format!("ponte@{}", super::DOMAIN), "type": "text/plain", "content": words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_name_is_its_own_whatever_it_looks_like() {
        for name in ["1", "fwd:1", "fwd:fwd:1", "{{4711}}", " 1", "1 ", "A", "a", "é", "{{$guid}}"] {
            assert_eq!(source_id(name).as_str(), name);
        }
        let part = SourceId::exact("1").part(2);
        let names = ["1", "1/2", "1%2F2", "1%252F2", "1/", "/1", "%", "%25", "1/2/"];
        let ids: std::collections::HashSet<_> = names.iter().map(|name| source_id(name)).collect();
        assert!(ids.len() == names.len() && !ids.contains(&part));
    }
}
