//! Items of Rasa's REST channel, which the bridge's own REST channel speaks too.

use serde_json::Value;

use super::content::Content;

/// What a person sees of an item of Rasa's REST channel.
pub(crate) fn contents_of_item(item: &Value) -> Vec<Content> {
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    let titles = item.get("buttons").and_then(Value::as_array).map(|buttons| {
        buttons.iter().filter_map(|button| button.get("title")?.as_str().map(str::to_owned)).collect::<Vec<_>>()
    });
    let words = match (text("text"), titles) {
        (Some(text), Some(options)) => Some(Content::Choices { text: text.to_owned(), options }),
        (Some(text), None) => Some(Content::from(text)),
        (None, _) => None,
    };
    let file = |url: &str| Content::File { url: url.to_owned(), name: None, mime: None, size: None, caption: None };
    words.into_iter().chain([text("image"), text("attachment")].into_iter().flatten().map(file)).collect()
}
