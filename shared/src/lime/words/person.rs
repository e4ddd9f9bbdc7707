//! The words of people and places.
//!
//! Values only, no field names: the reader's language is not known here.

use super::page::Page;
use crate::lime::{Contact, Location};

/// A contact card, one fact a line.
pub(super) fn card(contact: &Contact, page: &mut Page) {
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
    ]);
}

/// A place with a link to a map; masked coordinates have no link.
pub(super) fn place(location: &Location, page: &mut Page) {
    page.line(location.text.as_deref().unwrap_or(""));
    if let (Some(latitude), Some(longitude)) = (location.latitude(), location.longitude()) {
        page.line(&format!("https://maps.google.com/?q={latitude},{longitude}"));
    }
}
