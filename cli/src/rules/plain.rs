//! Text of others, as it is shown in a terminal.

/// Text on one line, with what a terminal would obey instead of showing it spelt out: nobody consents to what cannot be seen.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\n' => plain.push_str("\\n"),
            // Controls, and those that turn the direction of what follows.
            char if char.is_control() || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
                plain.extend(char.escape_unicode());
            }
            char => plain.push(char),
        }
    }
    plain
}
