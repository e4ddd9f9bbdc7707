//! What HTML's elements are to a chat. What is in no list here and not handled by name in `html.rs` leaves its text.

use super::marks::Mark;

/// The emphasis of an element.
pub(super) fn mark(name: &str) -> Option<Mark> {
    match name {
        "b" | "strong" => Some(Mark::Bold),
        "i" | "em" => Some(Mark::Italic),
        "s" | "strike" | "del" => Some(Mark::Strike),
        "code" | "kbd" | "samp" | "tt" => Some(Mark::Code),
        _ => None,
    }
}

pub(super) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// The elements whose content is not shown as text. `<head>` is not among them: what may stand in it is, and the standard
/// ends it, closed or not, before all else.
pub(super) fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "script" | "style" | "template" | "title" | "noscript" | "svg" | "iframe" | "noembed" | "video" | "audio"
    )
}

/// The elements that begin and end a line.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dt"
            | "figcaption"
            | "footer"
            | "header"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "nav"
            | "option"
            | "section"
            | "summary"
            | "tbody"
            | "tfoot"
            | "thead"
    )
}

/// Pictures of emoji carry the emoji as their words.
pub(super) fn is_emoji(words: &str) -> bool {
    let words = words.trim();
    !words.is_empty() && words.chars().all(|c| c > '\u{2000}' && !c.is_alphanumeric())
}
