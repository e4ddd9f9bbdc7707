//! A word of thanks, which asks for nothing.

use super::tokens::tokens;
use crate::ServiceRules;

/// A message of so many characters or more asks for something.
const LONG: usize = 20;

/// Whether a message is nothing but thanks: shorter than 20 characters, without a question mark, and made of words of thanks alone.
pub fn is_thanks(text: &str, rules: &ServiceRules) -> bool {
    let text = text.trim();
    if text.chars().count() >= LONG || text.contains(['?', '？']) {
        return false;
    }
    let thanks: Vec<Vec<String>> =
        rules.reopening.thanks().into_iter().map(tokens).filter(|thanks| !thanks.is_empty()).collect();
    let said = tokens(text);
    let mut left = said.as_slice();
    while !left.is_empty() {
        let longest = thanks.iter().filter(|words| left.starts_with(words)).map(Vec::len).max();
        match longest.and_then(|long| left.get(long..)) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    !said.is_empty()
}

/// Whether there is a message that is this entry of the rules and thanks by [`is_thanks`].
pub(crate) fn can_be_thanks(entry: &str) -> bool {
    let tokens = tokens(entry);
    // Words need a blank between them, emoji do not.
    let is_word = |token: &String| token.starts_with(char::is_alphanumeric);
    let blanks = tokens.iter().zip(tokens.iter().skip(1)).filter(|(one, next)| is_word(one) && is_word(next)).count();
    let shortest = tokens.iter().map(|token| token.chars().count()).sum::<usize>().saturating_add(blanks);
    !tokens.is_empty() && shortest < LONG && !tokens.iter().any(|token| token == "？")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEFAULT_THANKS;

    #[test]
    fn thanks_and_what_is_none() {
        let rules = ServiceRules::default();
        for text in [
            "Obrigado",
            "muito obrigada!!",
            "👍",
            "👍🏿👍",
            "Valeu, tchau 🙏",
            "ok",
            "Thank you!",
            "¡Gracias!",
            "até mais",
            "❤",
        ] {
            assert!(is_thanks(text, &rules), "{text}");
        }
        for text in [
            "",
            " ",
            "...",
            "ok?",
            "obrigado, e o boleto",
            "obrigado obrigado ok",
            "muito",
            "não obrigado",
            "oi",
            "4",
            "obrigado pela atenção de vocês",
        ] {
            assert!(!is_thanks(text, &rules), "{text}");
        }
        let own = |json: &str| {
            ServiceRules::from_json(format!(r#"{{"version":1,"reopening":{{"thanks":{json}}}}}"#).as_bytes()).unwrap()
        };
        assert!(is_thanks("Show de bola!", &own(r#"["show de bola"]"#)));
        assert!(!is_thanks("obrigado", &own(r#"["show de bola"]"#)));
        assert!(!is_thanks("obrigado", &own("[]")));
    }

    #[test]
    fn an_entry_that_no_message_can_be() {
        for entry in
            DEFAULT_THANKS.iter().chain(&["muito obrigado mesmo", "obrigadão!!!!!!!!!!!!!!!!!!", "blz?", "👍👍"])
        {
            let fits = entry.trim_end_matches(['!', '?']);
            let own = ServiceRules {
                reopening: crate::Reopening { thanks: Some(vec![(*entry).to_owned()]), ..Default::default() },
                ..Default::default()
            };
            assert_eq!(can_be_thanks(entry), is_thanks(fits, &own), "{entry}");
            assert_eq!(can_be_thanks(entry), *entry != "muito obrigado mesmo", "{entry}");
        }
        for entry in ["", "...", "?!", "？", "obrigado por tudo, viu", "x".repeat(20).as_str()] {
            assert!(!can_be_thanks(entry), "{entry}");
        }
    }
}
