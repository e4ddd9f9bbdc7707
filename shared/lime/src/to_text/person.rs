//! The words of people and places.
//!
//! Values only, no field names where the value says what it is: the reader's language is not known here.

use serde_json::{Map, Value};

use super::facts;
use super::page::Page;
use crate::{Contact, Location};

/// A contact card, one fact a line. A card in WhatsApp's own shape is read too.
pub(super) fn card(contact: &Contact, page: &mut Page) {
    let before = page.length();
    let full = [contact.first_name.as_deref(), contact.last_name.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    page.lines([
        Some(contact.name.as_deref().unwrap_or(&full)),
        contact.cell_phone_number.as_deref(),
        contact.phone_number.as_deref(),
        contact.email.as_deref(),
        contact.address.as_deref(),
        contact.city.as_deref(),
        contact.extra("org"),
        contact.tax_document.as_deref(),
    ]);
    loose(&Value::Object(contact.unread()), page);
    if page.length() == before
        && let Value::Object(fields) = contact.to_value()
    {
        facts::write(&fields, page);
    }
}

/// A card in the shape of Meta's Cloud API (webhooks, contacts messages), or any other.
pub(super) fn loose(card: &Value, page: &mut Page) {
    let Value::Object(card) = card else {
        return facts::value(card, page);
    };
    let mut rest = card.clone();
    if let Some(Value::Object(name)) = rest.get("name").cloned() {
        let whole = name.get("formatted_name").and_then(Value::as_str).map(str::to_owned);
        page.line(&whole.unwrap_or_else(|| parts(&name, &["first_name", "middle_name", "last_name"], " ")));
        rest.remove("name");
    }
    for (list, known) in [("phones", ["phone", "wa_id"]), ("emails", ["email", "email"]), ("urls", ["url", "url"])] {
        let Some(Value::Array(items)) = rest.get(list) else { continue };
        let first = |item: &Value| {
            let known = known.iter().find_map(|name| item.get(name).and_then(Value::as_str).map(str::to_owned));
            known.unwrap_or_else(|| facts::inline(item))
        };
        let items: Vec<String> = items.iter().map(first).collect();
        page.lines(items.iter().map(|item| Some(item.as_str())));
        rest.remove(list);
    }
    if let Some(Value::Object(work)) = rest.get("org").cloned() {
        page.line(&parts(&work, &["company", "department", "title"], ", "));
        rest.remove("org");
    }
    if let Some(Value::Array(places)) = rest.remove("addresses") {
        for place in places {
            match place {
                Value::Object(place) => page.line(&parts(&place, &["street", "city", "state", "zip", "country"], ", ")),
                other => facts::value(&other, page),
            }
        }
    }
    facts::write(&rest, page);
}

fn parts(fields: &Map<String, Value>, names: &[&str], between: &str) -> String {
    let known: Vec<&str> =
        names.iter().filter_map(|name| fields.get(*name)?.as_str()).filter(|part| !part.trim().is_empty()).collect();
    if known.is_empty() { facts::inline(&Value::Object(fields.clone())) } else { known.join(between) }
}

/// A place with a link to a map; masked coordinates have no link, and those of no planet are shown as they came.
pub(super) fn place(location: &Location, page: &mut Page) {
    page.line(location.text.as_deref().unwrap_or(""));
    if let (Some(latitude), Some(longitude)) = (location.latitude(), location.longitude()) {
        return page.line(&map_link(latitude, longitude));
    }
    let is_masked = |value: &Value| value.as_str().is_some_and(|text| text.trim() == "*");
    let raw = [("latitude", &location.latitude), ("longitude", &location.longitude)];
    let mut rest: Map<String, Value> = raw
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.clone().filter(|value| !is_masked(value))?)))
        .collect();
    rest.extend(location.unread());
    facts::write(&rest, page);
}

/// A place on a map that every browser opens.
pub(super) fn map_link(latitude: f64, longitude: f64) -> String {
    format!("https://maps.google.com/?q={latitude},{longitude}")
}
