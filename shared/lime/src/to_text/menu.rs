//! The words of menus and lists: what stands above, then the options, numbered.
//!
//! The customer may answer with the number, so an option's own order is shown where it has one.

use super::page::Page;
use super::{facts, inline, write};
use crate::{Document, DocumentOption, DocumentSelect, List, Select};

/// A text menu.
pub(super) fn select(select: &Select, page: &mut Page) {
    page.line(select.text.as_deref().unwrap_or(""));
    for (number, option) in (1_i64..).zip(&select.options) {
        let text = match (&option.text, option.document()) {
            (Some(text), _) => text.clone(),
            (None, Some(Document::Text(text))) => text,
            (None, _) => String::new(),
        };
        numbered(option.order.unwrap_or(number), &text, page);
    }
    facts::write(&select.unread(), page);
}

/// A menu of documents.
pub(super) fn document_select(select: &DocumentSelect, depth: usize, page: &mut Page) {
    if let Some(header) = &select.header {
        write(&header.document(), depth, page);
    }
    for (number, option) in (1_i64..).zip(&select.options) {
        if page.is_full() {
            return;
        }
        numbered(number, &label(option, depth), page);
    }
    facts::write(&select.unread(), page);
}

/// A list of documents.
pub(super) fn list(list: &List, depth: usize, page: &mut Page) {
    if let Some(header) = &list.header {
        write(&header.document(), depth, page);
    }
    for (number, item) in (1_i64..).zip(&list.items) {
        if page.is_full() {
            return;
        }
        numbered(number, &inline(&item.document(), depth), page);
    }
    facts::write(&list.unread(), page);
}

/// One option; without a text it is left out, for a bare number says nothing.
pub(super) fn numbered(number: i64, text: &str, page: &mut Page) {
    if !text.trim().is_empty() {
        page.line(&format!("{number}. {text}"));
    }
}

fn label(option: &DocumentOption, depth: usize) -> String {
    option.label.as_ref().map(|label| inline(&label.document(), depth)).unwrap_or_default()
}
