//! A short text in pieces.

use crate::fold::fold;

/// Words, numbers and single emoji of a text, folded. Punctuation and blanks are between them; how an emoji is drawn (its colour, its box) does
/// not count.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = String::new();
    for letter in fold(text).chars() {
        if letter.is_alphanumeric() && !is_drawn(letter) {
            word.push(letter);
            continue;
        }
        if is_drawn(letter) {
            continue;
        }
        if !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if !letter.is_whitespace() && !letter.is_ascii_punctuation() && !is_punctuation(letter) {
            tokens.push(letter.to_string());
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

/// How something is drawn: a variation selector, a joiner, the box of a key, a colour of skin.
fn is_drawn(letter: char) -> bool {
    matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{200d}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_punctuation(letter: char) -> bool {
    matches!(letter, '¡' | '¿' | '«' | '»' | '\u{2010}'..='\u{2027}' | '\u{3001}' | '\u{3002}' | '！' | '，' | '．')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_of_a_text() {
        assert_eq!(tokens(" Muito OBRIGADO, viu?! 👍🏽👍"), ["muito", "obrigado", "viu", "👍", "👍"]);
        assert_eq!(tokens("4️⃣"), ["4"]);
        assert_eq!(tokens("❤️"), ["❤"]);
        assert_eq!(tokens("4/5"), ["4", "5"]);
        assert_eq!(tokens(" \u{0}. "), ["\u{0}"]);
    }
}
