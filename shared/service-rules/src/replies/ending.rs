//! The customer ends a conversation with a word.

use super::tokens::tokens;
use crate::{ServiceRules, fold::fold};

/// Whether a message is exactly one of the ending words of the rules, without regard to case and accents. Never inside a sentence.
pub fn is_ending(text: &str, rules: &ServiceRules) -> bool {
    let words = &rules.leaving.words;
    if words.is_empty() || text.trim().is_empty() {
        return false;
    }
    let said = fold(text);
    words.iter().any(|word| fold(word) == said)
}

/// The answer to the question whether to end (`end_question`): yes, no, or neither.
pub fn confirms_ending(text: &str) -> Option<bool> {
    match tokens(text).as_slice() {
        [one] => match one.as_str() {
            "1" | "s" | "sim" | "y" | "yes" | "si" => Some(true),
            "2" | "n" | "nao" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_word_ends() {
        let json = r#"{"version":1,"leaving":{"words":["sair","Encerrar atendimento","/end"]}}"#;
        let rules = ServiceRules::from_json(json.as_bytes()).unwrap();
        for text in ["sair", " SAIR ", "encerrar  atendimento", "/END"] {
            assert!(is_ending(text, &rules), "{text}");
        }
        for text in ["quero sair", "sair!", "end", "", " ", "sairr"] {
            assert!(!is_ending(text, &rules), "{text}");
        }
        assert!(!is_ending("sair", &ServiceRules::default()), "off by default");
        assert!(!is_ending("", &ServiceRules::default()));
    }

    #[test]
    fn yes_and_no() {
        for (text, expected) in [
            ("SIM", Some(true)),
            ("Sí.", Some(true)),
            ("1", Some(true)),
            ("1️⃣", Some(true)),
            ("não!", Some(false)),
            ("No", Some(false)),
            ("sim, mas", None),
            ("", None),
            ("12", None),
        ] {
            assert_eq!(confirms_ending(text), expected, "{text}");
        }
    }
}
