//! The company's texts.

use crate::{
    ServiceRules,
    near::{listed, nearest},
    path::Path,
    problem::Faults,
    texts::{MAX_TEXT, OwnText, Piece, TextKey, pieces},
};

pub(super) fn check(rules: &ServiceRules, faults: &mut Faults) {
    for (language, texts) in &rules.texts.0 {
        let path = Path::of(&["texts"]).key(language.tag());
        for (key, text) in &texts.0 {
            let path = path.key(key.as_str());
            match text {
                OwnText::Off if key.may_be_off() => {}
                OwnText::Off => {
                    let off: Vec<&str> =
                        TextKey::ALL.iter().filter(|key| key.may_be_off()).map(|key| key.as_str()).collect();
                    let message = "this text says that something is lost or went wrong, so it cannot be switched off; those that can are";
                    faults.error(&path, format!("{message} {}", listed(off.iter().copied())));
                }
                OwnText::Words(words) => check_words(*key, words, &path, faults),
            }
        }
    }
}

fn check_words(key: TextKey, words: &str, path: &Path, faults: &mut Faults) {
    if words.trim().is_empty() {
        let right =
            if key.may_be_off() { "false for no text" } else { "the text, or take the line away for Ponte's own" };
        faults.error(path, format!("is empty; write {right}"));
    }
    if words.chars().count() > MAX_TEXT {
        faults.error(path, format!("has more than {MAX_TEXT} characters"));
    }
    if words.chars().any(|letter| letter.is_control() && letter != '\n') {
        faults.error(path, "has a control character");
    }
    let known: Vec<&str> = key.placeholders().iter().map(|known| known.word()).collect();
    for piece in pieces(words) {
        match piece {
            Piece::Braces { word, .. } if !known.contains(&word) => {
                let right = match (nearest(word, known.iter().copied()), known.is_empty()) {
                    (Some(near), _) => format!("did you mean `{{{near}}}`?"),
                    (None, true) => "this text has none".to_owned(),
                    (None, false) => {
                        let all: Vec<String> = known.iter().map(|known| format!("{{{known}}}")).collect();
                        format!("this text may have {}", listed(all.iter().map(String::as_str)))
                    }
                };
                faults.error(path, format!("there is no placeholder `{{{word}}}` here; {right}"));
            }
            Piece::Words(words) if words.contains(['{', '}']) => {
                faults.warn(path, "a brace that is no placeholder is sent as it stands; a placeholder is written `{queue}`, without blanks");
            }
            _ => {}
        }
    }
}
