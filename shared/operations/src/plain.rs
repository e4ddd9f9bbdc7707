//! Text of others, as it is shown in a terminal: nobody consents to what cannot be seen.

use std::fmt::Write as _;

/// Text on one line, with what a terminal would obey instead of showing it, or would not show at all, spelt out.
pub fn plain(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\\n")
}

/// The same of each line of a text, which keeps its lines.
pub fn plain_lines(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// JSON with the same spelt out as JSON does it: whoever parses it reads the same. Its own lines stay.
pub fn plain_json(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for char in json.chars() {
        if char != '\n' && (char.is_control() || is_invisible(char)) {
            let mut units = [0; 2];
            for unit in &*char.encode_utf16(&mut units) {
                let _ = write!(plain, "\\u{unit:04x}");
            }
        } else {
            plain.push(char);
        }
    }
    plain
}

fn line(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() || is_invisible(char) {
            plain.extend(char.escape_unicode());
        } else {
            plain.push(char);
        }
    }
    plain
}

/// What is not seen, or changes how its neighbours are seen: Unicode's `Default_Ignorable_Code_Point` (`DerivedCoreProperties.txt`), the marks of
/// lines and paragraphs, and those between annotations. Emoji are made with two of them, which stay: the joiner (U+200D) and the selectors of
/// their looks (U+FE0E, U+FE0F).
fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelt_out() {
        assert_eq!(plain("Olá 👩‍💻 ❤️ {queue}"), "Olá 👩‍💻 ❤️ {queue}");
        assert_eq!(plain("a\nb\u{1b}[2Kc\u{202e}d\r"), "a\\nb\\u{1b}[2Kc\\u{202e}d\\u{d}");
        assert_eq!(plain_lines("a\n\u{9b}2Kb\n"), "a\n\\u{9b}2Kb\n");
    }

    #[test]
    fn json_is_spelt_out_and_says_the_same() {
        let value = serde_json::json!({ "a\u{9b}": ["b\u{202e}\n\u{1b}[2K\u{7f}", "c\u{e0041}👩‍💻"] });
        let json = serde_json::to_string_pretty(&value).unwrap();
        let plain = plain_json(&json);
        assert!(plain.chars().all(|char| char == '\n' || !(char.is_control() || is_invisible(char))), "{plain:?}");
        assert!(plain.contains("\\u202e\\n\\u001b[2K\\u007f") && plain.contains("\\udb40\\udc41👩‍💻"), "{plain}");
        assert_eq!(plain.lines().count(), json.lines().count());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&plain).unwrap(), value);
    }

    #[test]
    fn what_is_not_seen_is_spelt_out() {
        for char in [
            '\u{ad}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{206f}',
            '\u{3164}',
            '\u{feff}',
            '\u{fff9}',
            '\u{e0041}',
            '\u{e0100}',
        ] {
            assert_eq!(plain(&format!("a{char}b")), format!("a{}b", char.escape_unicode()));
        }
    }
}
