//! Comparing what people write: without case, accents and needless blanks. And cutting it.

use unicode_segmentation::UnicodeSegmentation;

/// The text in lower case, without the accents of Latin letters, with single blanks. `"  Cobrança "` and `"cobranca"` are the same.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase).filter_map(plain));
    }
    folded
}

/// Whether two texts are the same for a person.
pub fn same(left: &str, right: &str) -> bool {
    fold(left) == fold(right)
}

/// A lower-case letter without its accent; `None` for an accent that stands alone, after its letter.
fn plain(letter: char) -> Option<char> {
    Some(match letter {
        '\u{300}'..='\u{36f}' => return None,
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẽ' => 'e',
        'ì'..='ï' | 'ĩ' | 'ī' | 'į' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ù'..='ü' | 'ũ' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    })
}

/// At most `limit` characters as a person counts them, so that no emoji and no accented letter is torn; and at most four times as many
/// bytes, because one such character may have any number. Control characters become blanks, blanks at the ends go.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    let most = limit.saturating_mul(4);
    let mut short = String::new();
    for grapheme in text.trim().graphemes(true).take(limit) {
        if short.len().saturating_add(grapheme.len()) > most {
            break;
        }
        short.extend(grapheme.chars().map(|letter| if is_unfit(letter) { ' ' } else { letter }));
    }
    short.truncate(short.trim_end().len());
    short
}

/// Control characters but the end of a line and the tab, which a longer text may have.
fn is_unfit(letter: char) -> bool {
    letter.is_control() && letter != '\n' && letter != '\t'
}

/// The same on one line.
pub(crate) fn cut_line(text: &str, limit: usize) -> String {
    // Only what can matter is looked at: of 200 KB nobody folds the rest.
    let head: String = text.trim_start().chars().take(limit.saturating_mul(4)).collect();
    cut(&head.split_whitespace().collect::<Vec<_>>().join(" "), limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_for_a_person() {
        assert!(same(" COBRANÇA  e  Crédito", "cobranca e credito"));
        assert!(same("cobranc\u{327}a", "cobrança"));
        assert!(!same("cobrar", "cobrança"));
        assert_eq!(fold("שלום 😀"), "שלום 😀");
    }

    #[test]
    fn nothing_is_torn_and_nothing_is_endless() {
        assert_eq!(cut("ação\u{0}x", 5), "ação");
        assert_eq!(cut("👩‍👩‍👧x", 1), "", "a family has more bytes than one character may have");
        assert_eq!(cut("👩‍👩‍👧 is a family", 7), "👩‍👩‍👧 is a");
        assert_eq!(cut(&format!("a{}", "\u{301}".repeat(9_000)), 10), "");
        assert_eq!(cut_line("a\n b\tc", 10), "a b c");
        assert_eq!(cut_line(&"é".repeat(200_000), 100).chars().count(), 100);
    }
}
