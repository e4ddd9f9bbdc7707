//! Agents' texts as a customer reads them, and long ones cut. What `shared/chat-text/src/properties.rs` asserts of texts that
//! it makes, of any.
//!
//! The first byte says how long a part may be.

use ponte::message::text::{Format, MAX_IMAGES, Rendered, plain, split};

use crate::first;

/// HTML and Markdown of any kind.
pub fn html(bytes: &[u8]) {
    let (limit, rest) = first(bytes);
    let text = String::from_utf8_lossy(rest);
    for format in [Format::Html, Format::Markdown] {
        let rendered = plain(&text, format);
        page(&text, &rendered);
        parts(&rendered.text, limit);
    }
    assert_eq!(plain(&text, Format::Plain).text, text);
    parts(&text, limit);
    escaped(&text);
    words(&text);
}

fn page(text: &str, rendered: &Rendered) {
    assert!(rendered.images.len() <= MAX_IMAGES);
    for (number, image) in rendered.images.iter().enumerate() {
        let scheme = image.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        assert!(matches!(scheme.as_deref(), Some("http" | "https")), "a picture at {image}");
        assert!(!rendered.images[..number].contains(image), "a picture twice");
    }
    let shown = &rendered.text;
    // What is plain text though it came as Markdown passes unchanged.
    if shown != text {
        assert_eq!(shown.trim_matches('\n'), shown, "an empty line at an end");
        assert!(!shown.contains(['\0', '\r']), "{shown:?}");
    }
    // A few signs before each line, and an address beside its words: a text does not grow out of its queue.
    assert!(shown.len() <= 16 * text.len() + 64, "{} bytes became {}", text.len(), shown.len());
}

/// Nothing is lost at a cut, and no part is too long.
fn parts(text: &str, limit: usize) {
    let parts = split(text, limit);
    assert_eq!(parts.concat(), *text);
    if limit > 0 {
        assert!(parts.iter().all(|part| !part.is_empty() && part.chars().count() <= limit));
    }
}

/// What was escaped is shown as it was.
fn escaped(text: &str) {
    let words: String = text.chars().filter(|c| c.is_ascii_lowercase() || "<>&\"'/*_~".contains(*c)).collect();
    let escaped = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    assert_eq!(plain(&escaped, Format::Html).text, words);
}

/// Markdown without fences, links and references hides no word.
fn words(text: &str) {
    let is_word = |c: &char| ('k'..='z').contains(c);
    let text: String = text.chars().filter(|c| is_word(c) || "*_\n >-+17.)#[]<\\".contains(*c)).collect();
    let only = |text: &str| text.chars().filter(is_word).collect::<String>();
    assert_eq!(only(&plain(&text, Format::Markdown).text), only(&text), "{text:?}");
}
