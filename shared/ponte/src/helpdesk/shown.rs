//! JSON that no wire type names, as a customer is shown it: its words, links, pictures and answers to tap, and nothing of its machinery.
//!
//! Pure. An assistant's own message (`custom`), a card, a block: whoever wrote it meant something to be read. What is machinery is told by its
//! name (`sys_id`, `type`, `template_type`) and by how it looks (`_blank`, an id, a colour, a payload such as `/affirm`).

use serde_json::{Map, Value};

use super::to_text::{attached, web_link};
use crate::message::Content;

/// How deep documents inside documents are followed.
const MAX_DEPTH: usize = 12;
/// The most lines, answers and files that are shown of one document.
const MAX_ITEMS: usize = 100;

/// What is read first, in this order, and without its name.
const WORDS: [&str; 16] = [
    "header",
    "title",
    "heading",
    "name",
    "subtitle",
    "text",
    "body",
    "message",
    "content",
    "description",
    "caption",
    "prompt",
    "question",
    "label",
    "footer",
    "fallback",
];
/// Where a picture, a film or a file stands, as a link.
const FILES: [&str; 18] = [
    "image",
    "image_url",
    "imageurl",
    "picture",
    "photo",
    "thumbnail",
    "thumbnail_url",
    "media_url",
    "mediaurl",
    "media",
    "video",
    "video_url",
    "audio",
    "audio_url",
    "file",
    "file_url",
    "document",
    "attachment",
];
/// Where answers to tap stand.
const ANSWERS: [&str; 8] =
    ["buttons", "quick_replies", "options", "actions", "suggestions", "choices", "elements_buttons", "replies"];
/// What says to a program what to do, and nothing to people.
const MACHINERY: [&str; 43] = [
    "type",
    "kind",
    "id",
    "uuid",
    "guid",
    "payload",
    "action",
    "style",
    "color",
    "colour",
    "background_color",
    "icon",
    "icon_url",
    "target",
    "template",
    "template_type",
    "templatetype",
    "intent",
    "entities",
    "class",
    "width",
    "height",
    "aspect_ratio",
    "image_aspect_ratio",
    "metadata",
    "timestamp",
    "ponte",
    "service",
    "emoji",
    "verbatim",
    "recipient_id",
    "sender",
    "sender_id",
    "message_id",
    "parse_mode",
    "postback",
    "webview_height_ratio",
    "messenger_extensions",
    "layout",
    "size",
    "table",
    "table_name",
    "uitype",
];
/// What names a pair's first half, and its second.
const PAIRS: [(&str, &str); 6] = [
    ("label", "value"),
    ("title", "value"),
    ("name", "value"),
    ("fieldlabel", "fieldvalue"),
    ("field_label", "field_value"),
    ("key", "value"),
];

/// What was found in a document.
#[derive(Default)]
pub(super) struct Shown {
    lines: Vec<String>,
    options: Vec<String>,
    files: Vec<Content>,
}

/// A document as contents, in one text or one question, its files after it. None where nothing in it is for people.
pub(super) fn contents(value: &Value) -> Vec<Content> {
    let mut shown = Shown::default();
    shown.read(value, 0);
    shown.contents()
}

/// The same of several, after these words.
pub(super) fn all<'a>(words: &str, values: impl IntoIterator<Item = &'a Value>) -> Vec<Content> {
    let mut shown = Shown::default();
    shown.line(words);
    for value in values {
        shown.read(value, 0);
    }
    shown.contents()
}

impl Shown {
    fn contents(self) -> Vec<Content> {
        let Self { lines, options, files } = self;
        let text = lines.join("\n");
        let words = match (text.is_empty(), options.is_empty()) {
            (true, true) => None,
            (_, true) => Some(Content::text(text)),
            (_, false) => Some(Content::Choices { text, options }),
        };
        words.into_iter().chain(files).collect()
    }

    fn line(&mut self, line: &str) {
        let line = line.trim();
        // A fallback says again what was said.
        if !line.is_empty() && self.lines.len() < MAX_ITEMS && !self.lines.iter().any(|known| known == line) {
            self.lines.push(line.to_owned());
        }
    }

    fn read(&mut self, value: &Value, depth: usize) {
        if depth >= MAX_DEPTH {
            return;
        }
        match value {
            Value::String(text) => match nested(text) {
                Some(inside) => self.read(&inside, depth.saturating_add(1)),
                None if is_machine_word(text) => {}
                None => self.line(text),
            },
            Value::Number(number) => self.line(&number.to_string()),
            Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
                let items: Vec<String> = items.iter().filter_map(word).collect();
                self.line(&items.join(", "));
            }
            Value::Array(items) => items.iter().for_each(|item| self.read(item, depth.saturating_add(1))),
            Value::Object(fields) => self.object(fields, depth),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn object(&mut self, fields: &Map<String, Value>, depth: usize) {
        let depth = depth.saturating_add(1);
        let plain = |name: &str| name.to_ascii_lowercase();
        let find = |wanted: &str| fields.iter().find(|(name, _)| plain(name) == wanted).map(|(_, value)| value);
        for (first, second) in PAIRS {
            if let (Some(name), Some(value)) = (find(first).and_then(word), find(second).and_then(word)) {
                return self.line(&format!("{name}: {value}"));
            }
        }
        for wanted in WORDS {
            if let Some(value) = find(wanted) {
                self.read(value, depth);
            }
        }
        for (name, value) in fields {
            let name_in_small = plain(name);
            let known = name_in_small.as_str();
            if WORDS.contains(&known) {
                continue;
            }
            if FILES.contains(&known) {
                self.file(value, depth);
            } else if ANSWERS.contains(&known) && value.is_array() {
                for answer in value.as_array().into_iter().flatten() {
                    self.answer(answer, depth);
                }
            } else if is_machinery(known, value) {
                // What a payload holds may be for people; what it is, is not.
                if value.is_object() || value.is_array() {
                    self.payload(fields, value, depth);
                }
            } else {
                self.named(name, value, depth);
            }
        }
    }

    /// A link of its own, a value with its name, or what is inside.
    fn named(&mut self, name: &str, value: &Value, depth: usize) {
        let text = match value {
            Value::String(text) => text,
            Value::Number(number) => return self.line(&format!("{name}: {number}")),
            other => return self.read(other, depth),
        };
        if web_link(text).is_some() {
            self.line(text);
        } else if let Some(inside) = nested(text) {
            self.read(&inside, depth);
        } else if !is_machine_word(text) && !text.trim().is_empty() {
            self.line(&format!("{name}: {}", text.trim()));
        }
    }

    /// The payload of an attachment: `{"type": "image", "payload": {"src": "https://…"}}`.
    fn payload(&mut self, around: &Map<String, Value>, value: &Value, depth: usize) {
        let kind = around.get("type").and_then(Value::as_str).unwrap_or_default();
        let link = ["src", "url", "link"].iter().find_map(|name| value.get(*name)?.as_str()).and_then(web_link);
        if let (Some(url), true) = (link, FILES.contains(&kind)) {
            let title = value.get("title").and_then(Value::as_str).map(str::to_owned);
            self.push(Content::File { url, name: None, mime: None, size: None, caption: title });
        } else {
            self.read(value, depth);
        }
    }

    fn file(&mut self, value: &Value, depth: usize) {
        match value {
            Value::String(text) if web_link(text).is_some() => self.push(attached(Some(text), None)),
            Value::String(text) => {
                if !is_machine_word(text) {
                    self.line(text);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.file(item, depth.saturating_add(1))),
            Value::Object(fields) if depth < MAX_DEPTH => {
                let link = ["src", "url", "link", "href"].iter().find_map(|name| fields.get(*name)?.as_str());
                match link.and_then(web_link) {
                    Some(url) if !fields.contains_key("payload") => {
                        let words =
                            ["title", "caption", "alt", "text"].iter().find_map(|name| fields.get(*name)?.as_str());
                        let name = fields.get("name").and_then(Value::as_str).map(str::to_owned);
                        let caption = words.filter(|words| !words.trim().is_empty()).map(str::to_owned);
                        self.push(Content::File { url, name, mime: None, size: None, caption });
                    }
                    _ => self.object(fields, depth),
                }
            }
            other => self.read(other, depth),
        }
    }

    fn push(&mut self, file: Content) {
        if self.files.len() < MAX_ITEMS && !self.files.contains(&file) {
            self.files.push(file);
        }
    }

    /// A button: one that leads somewhere is a line, one that says something is an answer.
    fn answer(&mut self, answer: &Value, depth: usize) {
        if let Some(text) = answer.as_str() {
            return self.option(text);
        }
        let Some(fields) = answer.as_object() else { return };
        let of = |names: &[&str]| names.iter().find_map(|name| fields.get(*name)?.as_str()).map(str::trim);
        let title = of(&["title", "text", "label", "name"]).filter(|title| !title.is_empty());
        let title = title.map(str::to_owned).or_else(|| {
            // A block's text is an object (`{"type": "plain_text", "text": "…"}`).
            fields.get("text")?.get("text")?.as_str().map(str::to_owned)
        });
        match (of(&["url", "uri", "link", "href"]).and_then(web_link), title) {
            (Some(url), Some(title)) if title != url => self.line(&format!("{title}: {url}")),
            (Some(url), _) => self.line(&url),
            (None, Some(title)) => self.option(&title),
            (None, None) => self.object(fields, depth),
        }
    }

    fn option(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() && self.options.len() < MAX_ITEMS && !self.options.iter().any(|known| known == text) {
            self.options.push(text.to_owned());
        }
    }
}

/// A single value that is for people.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty() && !is_machine_word(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// JSON in a text.
fn nested(text: &str) -> Option<Value> {
    let text = text.trim();
    let is_like = (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']'));
    is_like.then(|| serde_json::from_str(text).ok())?
}

fn is_machinery(name: &str, value: &Value) -> bool {
    MACHINERY.contains(&name)
        || name.starts_with('_')
        || name.starts_with("sys_")
        || name.ends_with("_id")
        || (name.ends_with("id") && value.as_str().is_some_and(is_machine_word))
}

/// What no person wrote: a target (`_blank`), a payload (`/affirm{…}`), an id, a colour, bytes.
pub(super) fn is_machine_word(text: &str) -> bool {
    let text = text.trim();
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let letters = text.replace('-', "");
    (text.starts_with('_') && !text.contains(char::is_whitespace))
        || (text.starts_with('/') && !text.contains(char::is_whitespace))
        || text.starts_with("data:")
        || (letters.len() == 32 && is_hex(&letters))
        || (text.strip_prefix('#').is_some_and(|colour| matches!(colour.len(), 3 | 6 | 8) && is_hex(colour)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(value: &Value, expected: &[&str]) {
        let shown: Vec<String> =
            contents(value).iter().map(|content| serde_json::to_string(content).unwrap()).collect();
        assert_eq!(shown, expected, "{value}");
    }

    #[test]
    fn what_is_for_people_is_shown_and_no_machinery() {
        check(
            &json!({
                "sys_id": "2c6420c31b0000506a4a85507e4bcb82", "target": "_blank", "_type": "x", "title": "Pedido 77",
                "description": "Sai hoje", "url": "https://x.example/77", "fields": [{ "fieldLabel": "Prazo", "fieldValue": "12/6" }],
            }),
            &[r#"{"type":"text","text":"Pedido 77\nSai hoje\nPrazo: 12/6\nhttps://x.example/77"}"#],
        );
        check(
            &json!([{ "type": "section", "text": { "type": "mrkdwn", "text": "Olá" } }, { "type": "divider" },
                { "type": "image", "image_url": "https://x.example/a.png", "alt_text": "foto" }]),
            &[r#"{"type":"text","text":"Olá\nalt_text: foto"}"#, r#"{"type":"file","url":"https://x.example/a.png"}"#],
        );
        check(
            &json!({ "type": "template", "payload": { "template_type": "button", "text": "Qual?", "buttons": [
                { "type": "postback", "title": "Sim", "payload": "/sim" }, { "type": "web_url", "title": "Ver", "url": "https://x.example" },
            ] } }),
            &[r#"{"type":"choices","text":"Qual?\nVer: https://x.example","options":["Sim"]}"#],
        );
        check(
            &json!({ "type": "video", "payload": { "title": "Como usar", "src": "https://x.example/v" } }),
            &[r#"{"type":"file","url":"https://x.example/v","caption":"Como usar"}"#],
        );
        check(
            &json!({ "saldo": "R$ 10", "n": 2, "list": [1, 2] }),
            &[r#"{"type":"text","text":"1, 2\nn: 2\nsaldo: R$ 10"}"#],
        );
        for nothing in [
            json!(null),
            json!(true),
            json!("/affirm{\"a\":1}"),
            json!({}),
            json!({ "payload": "/x", "ponte": "close", "service": "vendas", "id": "7", "color": "#ff0000" }),
            json!("_blank"),
        ] {
            check(&nothing, &[]);
        }
        let mut deep = json!("fim");
        for _ in 0..200 {
            deep = json!({ "a": [deep] });
        }
        check(&deep, &[]);
    }
}
