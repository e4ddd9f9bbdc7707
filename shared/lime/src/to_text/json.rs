//! The words of `application/json`: the channel's own language, or the value of a menu option.
//!
//! Known are WhatsApp's and Messenger's shapes as far as docs.blip.ai (2023) and Meta's Cloud API (webhooks, messages, 2025) show them. What
//! is known is taken out, in the order in which people read it; whatever is left comes after it (`facts.rs`). So a known path hides nothing.

use serde_json::{Map, Value};

use super::menu::numbered;
use super::page::{Page, joined, scalar, tame};
use super::{facts, person};
use crate::{Notice, Reaction, is_blank};

/// Where a text stands, in the order it is read: Messenger, WhatsApp's texts, interactive messages and their answers, captions.
const TEXTS: [&str; 26] = [
    "/text",
    "/text/body",
    "/message/text",
    "/interactive/header/text",
    "/interactive/body/text",
    "/interactive/footer/text",
    "/interactive/button_reply/title",
    "/interactive/button_reply/description",
    "/interactive/list_reply/title",
    "/interactive/list_reply/description",
    "/interactive/nfm_reply/body",
    "/button/text",
    "/postback/title",
    "/order/text",
    "/attachment/payload/title",
    "/attachment/payload/text",
    "/image/caption",
    "/video/caption",
    "/document/caption",
    "/document/filename",
    "/location/name",
    "/location/address",
    "/location/url",
    "/system/body",
    "/caption",
    "/poll/name",
];

/// Where a link stands.
const LINKS: [&str; 7] = [
    "/attachment/payload/url",
    "/image/link",
    "/video/link",
    "/audio/link",
    "/document/link",
    "/sticker/link",
    "/interactive/action/parameters/url",
];

/// Where a list of options stands.
const OPTIONS: [&str; 4] =
    ["/interactive/action/buttons", "/attachment/payload/buttons", "/quick_replies", "/poll/options"];

/// What says nothing beside what it belongs to: what kind of thing stands next to it.
const MARKS: [&str; 4] =
    ["/interactive/type", "/interactive/header/type", "/attachment/type", "/interactive/nfm_reply/name"];

/// What the envelope of a WhatsApp message holds beside it, and whom the channel means (Meta's Cloud API, webhooks).
const ENVELOPE: [&str; 8] =
    ["/type", "/from", "/from_user_id", "/to", "/id", "/timestamp", "/context/id", "/context/from"];

/// A JSON value.
pub(super) fn write(content: &Value, page: &mut Page) {
    let mut own = Page::default();
    let read = facts::unpacked(content);
    let content = read.as_ref().unwrap_or(content);
    match content {
        Value::Object(_) => native(content, &mut own),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                write(item, &mut own);
            }
        }
        other => facts::value(other, &mut own),
    }
    if own.is_blank() {
        own.line(&scalar(content));
    }
    page.line(&own.into_text());
}

fn native(content: &Value, page: &mut Page) {
    if let Some(notice) = Notice::of_json(content) {
        return super::notice(&notice, page);
    }
    let mut rest = content.clone();
    let kind = content.get("type").and_then(Value::as_str).map(tame).filter(|kind| content.get(kind).is_some());
    if kind.is_some() || ["recipient_type", "messaging_product"].iter().any(|name| content.get(name).is_some()) {
        leave_out(&mut rest, &ENVELOPE);
    }
    leave_out(&mut rest, &MARKS);
    template(&mut rest, page);
    let texts: Vec<String> = TEXTS.iter().filter_map(|path| text(&mut rest, path)).collect();
    page.lines(texts.iter().map(|text| Some(text.as_str())));
    place(&mut rest, page);
    reaction(&mut rest, page);
    LINKS.iter().filter_map(|path| text(&mut rest, path)).for_each(|link| page.line(&link));
    for path in OPTIONS {
        (1..).zip(&list(&mut rest, path)).for_each(|(number, option)| numbered(number, &label(option), page));
    }
    sections(&mut rest, page);
    for card in list(&mut rest, "/contacts") {
        person::loose(&card, page);
    }
    for line in list(&mut rest, "/order/product_items") {
        page.line(&product(line));
    }
    if let Some(answers) = take(&mut rest, "/interactive/nfm_reply/response_json") {
        facts::value(&facts::unpacked(&answers).unwrap_or(answers), page);
    }
    let label = kind.filter(|_| page.is_blank()).map(|kind| format!("[{kind}]"));
    page.line(label.as_deref().unwrap_or_default());
    if let Value::Object(rest) = rest {
        facts::write(&rest, page);
    }
}

/// A `WhatsApp` template: its text if it came with it, else its name; then what was filled in.
fn template(rest: &mut Value, page: &mut Page) {
    for mut component in list(rest, "/templateContent/components") {
        page.line(&text(&mut component, "/text").unwrap_or_default());
        let buttons = list(&mut component, "/buttons");
        (1..).zip(&buttons).for_each(|(number, button)| numbered(number, &label(button), page));
    }
    let name = text(rest, "/template/name");
    for path in ["/templateContent", "/template/language", "/template/namespace", "/template/category"] {
        take(rest, path);
    }
    if let Some(name) = name.filter(|_| page.is_blank()) {
        page.line(&joined(["[template]", &name]));
    }
    for mut component in list(rest, "/template/components") {
        for parameter in list(&mut component, "/parameters") {
            page.line(&value_of(parameter));
        }
        leave_out(&mut component, &["/type", "/sub_type", "/index"]);
        facts::value(&component, page);
    }
}

/// What was filled in: a text, or the value of another kind (`{"type":"currency","currency":{"fallback_value":…}}`).
fn value_of(mut parameter: Value) -> String {
    if let Some(text) = text(&mut parameter, "/text") {
        return text;
    }
    let kind = take(&mut parameter, "/type");
    let kind = kind.as_ref().and_then(Value::as_str).unwrap_or_default();
    let shown =
        [format!("/{kind}/fallback_value"), format!("/{kind}/link")].iter().find_map(|path| text(&mut parameter, path));
    shown.unwrap_or_else(|| facts::inline(&parameter))
}

/// `{"location":{"latitude","longitude"}}`, as a link to a map.
fn place(rest: &mut Value, page: &mut Page) {
    let degrees = |name: &str| rest.pointer(&format!("/location/{name}")).and_then(Value::as_f64);
    if let (Some(latitude), Some(longitude)) = (degrees("latitude"), degrees("longitude")) {
        page.line(&person::map_link(latitude, longitude));
        leave_out(rest, &["/location/latitude", "/location/longitude"]);
    }
}

/// `{"reaction":{"message_id","emoji"}}`; without an emoji it is taken back.
fn reaction(rest: &mut Value, page: &mut Page) {
    let mut fields = match rest.get("reaction").cloned() {
        Some(Value::Object(fields)) => fields,
        Some(emoji @ Value::String(_)) => Map::from_iter([("emoji".to_owned(), emoji)]),
        _ => return,
    };
    fields.remove("message_id");
    take(rest, "/reaction");
    if let Some(reaction) = Reaction::from_value(Value::Object(fields)) {
        super::quote::emoji(&reaction, page);
    }
}

/// The rows of a list, numbered throughout, under the titles of their sections.
fn sections(rest: &mut Value, page: &mut Page) {
    let mut number = 0;
    let sections = list(rest, "/interactive/action/sections");
    if !sections.is_empty() {
        // What opens the list says nothing that the list does not.
        take(rest, "/interactive/action/button");
    }
    for mut section in sections {
        page.line(&text(&mut section, "/title").unwrap_or_default());
        for path in ["/rows", "/product_items"] {
            for row in list(&mut section, path) {
                number += 1;
                numbered(number, &label(&row), page);
            }
        }
        facts::value(&section, page);
    }
}

/// What an option says: its title, and what else of it people see.
fn label(option: &Value) -> String {
    let mut option = option.clone();
    let Value::Object(_) = option else { return scalar(&option) };
    leave_out(&mut option, &["/type", "/content_type", "/reply/id", "/id", "/payload", "/image_url"]);
    let title = ["/reply/title", "/title", "/text", "/name"].iter().find_map(|path| text(&mut option, path));
    let others = facts::inline(&option);
    [title.as_deref().unwrap_or_default(), &others]
        .into_iter()
        .filter(|part| !is_blank(part))
        .collect::<Vec<_>>()
        .join(" - ")
}

/// A line of an order (Meta's Cloud API, webhooks, order messages).
fn product(mut line: Value) -> String {
    let mut part = |path: &str| take(&mut line, path).map(|part| scalar(&part)).unwrap_or_default();
    let quantity = part("/quantity");
    let known = [part("/product_retailer_id"), part("/item_price"), part("/currency")];
    let quantity = if quantity.is_empty() { quantity } else { format!("{quantity} ×") };
    let others = facts::inline(&line);
    joined([quantity.as_str()].into_iter().chain(known.iter().map(String::as_str)).chain([others.as_str()]))
}

/// Takes out what stands there.
fn take(value: &mut Value, path: &str) -> Option<Value> {
    let (parent, name) = path.rsplit_once('/')?;
    fields(value, parent)?.remove(name)
}

fn leave_out(value: &mut Value, paths: &[&str]) {
    for path in paths {
        take(value, path);
    }
}

/// The same, if it is a text that says something.
fn text(value: &mut Value, path: &str) -> Option<String> {
    let (parent, name) = path.rsplit_once('/')?;
    let fields = fields(value, parent)?;
    let text = fields.get(name)?.as_str().filter(|text| !is_blank(text) && !facts::is_bytes(text))?.to_owned();
    fields.remove(name);
    Some(text)
}

/// The same, if it is a list.
fn list(value: &mut Value, path: &str) -> Vec<Value> {
    match value.pointer(path) {
        Some(Value::Array(_)) => match take(value, path) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn fields<'a>(value: &'a mut Value, path: &str) -> Option<&'a mut Map<String, Value>> {
    value.pointer_mut(path)?.as_object_mut()
}
