//! The words of `application/json`: the channel's own language, or the value of a menu option.
//!
//! Known are `WhatsApp`'s and Messenger's shapes as far as docs.blip.ai (2023) and Meta's Cloud API show them. All else is shown as
//! compact JSON, so that nothing disappears.

use serde_json::Value;

use super::menu::numbered;
use super::page::{Page, joined, scalar};

/// Where a text stands, in the order it is read: Messenger, `WhatsApp` text, interactive messages and their answers, captions.
const TEXTS: [&str; 13] = [
    "/text",
    "/text/body",
    "/interactive/header/text",
    "/interactive/body/text",
    "/interactive/footer/text",
    "/interactive/button_reply/title",
    "/interactive/list_reply/title",
    "/interactive/nfm_reply/body",
    "/attachment/payload/text",
    "/image/caption",
    "/video/caption",
    "/document/caption",
    "/document/filename",
];

/// Where a link stands.
const LINKS: [&str; 6] =
    ["/attachment/payload/url", "/image/link", "/video/link", "/audio/link", "/document/link", "/sticker/link"];

/// Where a list of options stands, and where in an option its text.
const OPTIONS: [(&str, &str); 3] = [
    ("/interactive/action/buttons", "/reply/title"),
    ("/attachment/payload/buttons", "/title"),
    ("/quick_replies", "/title"),
];

/// A JSON value.
pub(super) fn write(content: &Value, page: &mut Page) {
    let mut own = Page::default();
    template(content, &mut own);
    own.lines(TEXTS.iter().map(|path| text(content, path)));
    own.lines(LINKS.iter().map(|path| text(content, path)));
    for (options, title) in OPTIONS {
        let titles = array(content, options).iter().filter_map(|option| text(option, title));
        (1..).zip(titles).for_each(|(number, title)| numbered(number, title, &mut own));
    }
    let rows = array(content, "/interactive/action/sections").iter().flat_map(|section| array(section, "/rows"));
    (1..).zip(rows.filter_map(|row| text(row, "/title"))).for_each(|(number, title)| numbered(number, title, &mut own));
    if own.is_blank() {
        own.line(&scalar(content));
    }
    page.line(&own.into_text());
}

/// A `WhatsApp` template: its text if it came with it, else its name and what was filled in.
fn template(content: &Value, page: &mut Page) {
    let filled = array(content, "/templateContent/components").iter().filter_map(|component| text(component, "/text"));
    page.lines(filled.map(Some));
    if !page.is_blank() {
        return;
    }
    let Some(name) = text(content, "/template/name") else {
        return;
    };
    let parameters = array(content, "/template/components")
        .iter()
        .flat_map(|component| array(component, "/parameters"))
        .filter_map(|parameter| text(parameter, "/text"));
    page.line(&joined(["[template]", name]));
    parameters.for_each(|parameter| page.line(parameter));
}

fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path)?.as_str()
}

fn array<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    value.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
