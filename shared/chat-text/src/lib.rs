//! An agent's text as the customer reads it: HTML and Markdown become plain text with WhatsApp's emphasis, and a long text
//! becomes several.
//!
//! Pure and total: every input has a result, however broken or deeply nested. Nothing that a reader would see is lost: a link
//! keeps its address, a picture its words. An adapter names the format of its helpdesk and calls [`plain`]; what sends a text
//! onto a channel with a limit calls [`split`]. Texts are personal data: never log them. What becomes of each element is the
//! table in `docs/content.md`.

mod elements;
mod guard;
mod html;
mod link;
mod markdown;
mod marks;
mod page;
mod split;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod properties;

use serde::{Deserialize, Serialize};

pub use split::{Unit, split, split_in};

/// How a helpdesk writes an agent's words. In JSON `plain`, `html` or `markdown`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// As it is read. Passes unchanged.
    #[default]
    Plain,
    /// A fragment or a whole document: Intercom before webhook version 2.15, Zendesk's triggers, `ServiceNow`, and
    /// Request Tracker's attachments of that type.
    Html,
    /// `CommonMark` with `~~strikethrough~~`: Chatwoot, and in-house tools.
    Markdown,
}

/// A text as the customer reads it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Line breaks are `\n`. Empty when there was nothing to read, as in a body of one picture.
    pub text: String,
    /// Absolute `http` or `https` links of the pictures, in order, each once, at most [`MAX_IMAGES`]. What a picture is called
    /// stands in the text.
    pub images: Vec<String>,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered").field("images", &self.images.len()).finish_non_exhaustive()
    }
}

/// The most pictures of one text that are handed over as files. The links of more stand in the text.
pub const MAX_IMAGES: usize = 30;

/// A helpdesk's text as plain text with WhatsApp's emphasis: `*bold*`, `_italic_`, `~struck~`, `` `code` ``
/// (faq.whatsapp.com, "How to format your messages", 2024).
pub fn plain(text: &str, format: Format) -> Rendered {
    match format {
        Format::Plain => Rendered { text: text.to_owned(), images: Vec::new() },
        Format::Html => html::rendered(text),
        Format::Markdown => markdown::rendered(text),
    }
}
