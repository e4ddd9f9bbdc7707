//! Files: what one is by its first bytes, and a name for it that is safe everywhere.
//!
//! Three lines (the name, the type that its sender says, a `Content-Disposition`), then the bytes.

use ponte::{
    fetch::file_name,
    media::{MAX_NAME, disposition, kind_of, safe_name},
};
use reqwest::header::HeaderValue;

use crate::cut;

/// What cannot be seen in a name, or turns it around (Unicode, general category Cf, and the two separators of lines).
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A file of anybody's.
pub fn file(bytes: &[u8]) {
    let (name, rest) = cut(bytes, b"\n");
    let (declared, rest) = cut(rest, b"\n");
    let (header, head) = cut(rest, b"\n");
    let (name, declared) = (String::from_utf8_lossy(name), String::from_utf8_lossy(declared));

    let kind = kind_of(head, Some(&declared), Some(&name));
    assert!(HeaderValue::from_str(&kind.mime).is_ok() && kind.mime.contains('/'), "{:?}", kind.mime);
    let essence = kind.mime.split(';').next().unwrap_or_default();
    assert_eq!(essence, essence.to_ascii_lowercase(), "others compare it in lower case");
    assert!(!kind.extension.is_empty() && kind.extension.bytes().all(|b| b.is_ascii_alphanumeric()));
    if kind.inline {
        let runs = ["text/", "svg", "xml", "script", "html"].into_iter().find(|part| essence.contains(part));
        assert!(runs.is_none(), "a browser would run {essence}");
        assert!(kind_of(head, None, None).inline, "the sender was believed");
    }
    // Letters alone are a text that begins so; the last of them may be cut.
    let letters = std::str::from_utf8(head).map_or_else(|error| error.valid_up_to(), str::len);
    let (letters, cut) = head.split_at(letters);
    let is_whole = std::str::from_utf8(cut).map_or_else(|error| error.error_len().is_none(), |_| true);
    let is_shown = |c: char| !c.is_control() || "\n\r\t\u{C}".contains(c);
    let is_text = is_whole && std::str::from_utf8(letters).is_ok_and(|text| text.chars().all(is_shown));
    if (head.starts_with(b"MZ") && !is_text) || (head.starts_with(b"\x7fELF") && head.len() > 52) {
        assert!(kind.refused, "a program is passed on");
    }

    let safe = safe_name(Some(&name), &kind);
    saved(&safe, MAX_NAME);
    for inline in [true, false] {
        let shown = disposition(inline, &safe);
        assert!(HeaderValue::from_str(&shown).is_ok() && shown.is_ascii(), "{shown:?}");
        assert_eq!(shown.matches('"').count(), 2, "{shown:?}");
        let back = file_name(shown.as_bytes()).expect("our own header names a file");
        saved(&back, 120);
    }
    if let Some(name) = file_name(header) {
        saved(&name, 120);
        saved(&safe_name(Some(&name), &kind), MAX_NAME);
    }
}

/// A name that a person may save.
fn saved(name: &str, longest: usize) {
    assert!(!name.is_empty() && name.chars().count() <= longest, "{name:?}");
    assert!(!name.contains(['/', '\\']) && !name.starts_with('.'), "{name:?} is a path, or hidden");
    assert!(!name.contains(|c: char| c.is_control() || is_hidden(c)), "{name:?} has what cannot be seen");
}
