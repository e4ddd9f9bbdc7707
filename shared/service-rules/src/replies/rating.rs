//! A rating from 1 to 5 as people write it.

use super::tokens::tokens;

/// The best rating; the worst is 1.
pub const RATING_SCALE: u8 = 5;

/// A longer answer is words, not a rating.
const LONG: usize = 40;

/// Words of numbers in the three languages, folded.
const NUMBERS: [(&str, u8); 16] = [
    ("um", 1),
    ("uma", 1),
    ("dois", 2),
    ("duas", 2),
    ("tres", 3),
    ("quatro", 4),
    ("cinco", 5),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("uno", 1),
    ("una", 1),
    ("dos", 2),
    ("cuatro", 4),
];

/// What is one in "uma estrela", and no number in "uma nota", folded.
const ARTICLES: [&str; 3] = ["um", "uma", "una"];

/// What a rating is called: before these an article is no number, folded.
const RATINGS: [&str; 4] = ["nota", "notas", "avaliacao", "calificacion"];

/// What may stand around it, folded. Alone they are no rating.
const AROUND: [&str; 30] = [
    "nota",
    "notas",
    "dou",
    "eu",
    "minha",
    "avaliacao",
    "e",
    "a",
    "estrela",
    "estrelas",
    "ponto",
    "pontos",
    "score",
    "rating",
    "star",
    "stars",
    "my",
    "is",
    "i",
    "give",
    "rate",
    "doy",
    "le",
    "mi",
    "es",
    "calificacion",
    "estrella",
    "estrellas",
    "punto",
    "puntos",
];

const STARS: [&str; 3] = ["⭐", "🌟", "★"];

/// The rating that an answer is, from 1 to [`RATING_SCALE`]: "4", "nota 4", "4/5", "⭐⭐⭐⭐", "quatro", "4️⃣". `None` when it could mean
/// something else.
pub fn rating_of(text: &str) -> Option<u8> {
    let text = text.trim();
    if text.chars().count() > LONG || has_another_sign(text) || is_of_another_scale(text) {
        return None;
    }
    let tokens: Vec<String> = tokens(text).into_iter().filter(|token| token != "☆").collect();
    let stars = tokens.iter().filter(|token| STARS.contains(&token.as_str())).count();
    if stars > 0 {
        return Some(u8::try_from(stars).ok()?)
            .filter(|stars| stars == &u8::try_from(tokens.len()).unwrap_or_default() && *stars <= RATING_SCALE);
    }
    let mut found = None;
    let mut words = tokens.iter().map(String::as_str).peekable();
    while let Some(word) = words.next() {
        let is_article = ARTICLES.contains(&word) && words.peek().is_some_and(|next| RATINGS.contains(next));
        if is_article || AROUND.contains(&word) {
            continue;
        }
        let number = number(word)?;
        if found.replace(number).is_some() {
            return None;
        }
        skip_scale(text, &mut words);
    }
    found.filter(|rating| (1..=RATING_SCALE).contains(rating))
}

/// Passes over "de 5", "of 5", "out of 5", and the 5 of "4/5".
fn skip_scale<'a>(text: &str, words: &mut std::iter::Peekable<impl Iterator<Item = &'a str> + Clone>) {
    let mut ahead = words.clone();
    let before = [ahead.next(), ahead.next(), ahead.next()];
    let long = match before {
        [Some("out"), Some("of"), Some("5" | "five")] => 3,
        [Some("de"), Some("5" | "cinco"), _] | [Some("of"), Some("5" | "five"), _] => 2,
        [Some("5"), ..] if text.contains('/') => 1,
        _ => 0,
    };
    for _ in 0..long {
        words.next();
    }
}

fn number(word: &str) -> Option<u8> {
    let named = NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
    named.or_else(|| word.parse().ok().filter(|_| word.len() <= 2))
}

/// A sign that makes something else of a number: "$5", "<3", "#4", "4?", "+5", "80%".
fn has_another_sign(text: &str) -> bool {
    const OF_A_SENTENCE: &str = ".,!:;/()\"'*_-";
    text.chars().any(|letter| letter.is_ascii_punctuation() && !OF_A_SENTENCE.contains(letter))
}

/// A sign before a number, a decimal, a time, a face: "-4", "4.5", "4,5", "4:30", ":3".
fn is_of_another_scale(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let is_digit = |letter: Option<&char>| letter.is_some_and(char::is_ascii_digit);
    letters.iter().enumerate().any(|(at, letter)| {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at.saturating_add(1));
        match letter {
            '-' | '\u{2212}' => is_digit(after),
            ':' | ';' => is_digit(after) && before.is_none_or(|before| !before.is_alphabetic()),
            '.' | ',' => is_digit(before) && is_digit(after),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_as_people_write_them() {
        for (text, expected) in [
            ("4", 4),
            (" 5 ", 5),
            ("nota 4", 4),
            ("Nota: 4.", 4),
            ("4!", 4),
            ("4/5", 4),
            ("4 / 5", 4),
            ("4 de 5", 4),
            ("5 de 5", 5),
            ("4 out of 5", 4),
            ("5/5", 5),
            ("⭐⭐⭐⭐", 4),
            ("★★★☆☆", 3),
            ("⭐️ ⭐️", 2),
            ("quatro", 4),
            ("Três", 3),
            ("uma estrela", 1),
            ("4 estrelas", 4),
            ("cinco", 5),
            ("4️⃣", 4),
            ("five stars", 5),
            ("I give 2", 2),
            ("doy 3", 3),
            ("a nota é 5", 5),
            ("minha avaliação: dois", 2),
            ("quatro de cinco", 4),
            ("5 estrelas", 5),
            ("*5*", 5),
            ("(4)", 4),
            ("nota:4", 4),
            ("4 :)", 4),
            ("eu dou 4", 4),
            ("dou uma nota 4", 4),
            ("nota um", 1),
            ("1 de 5", 1),
            ("mi calificación es 4", 4),
            ("le doy cuatro", 4),
            ("una estrella", 1),
            ("I rate 5", 5),
        ] {
            assert_eq!(rating_of(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_rating() {
        for text in [
            "",
            " ",
            "0",
            "6",
            "10",
            "45",
            "4.5",
            "4,5",
            "-4",
            "4-5",
            "1 a 5",
            "4 5",
            "4 ou 5",
            "80%",
            "4?",
            "preciso de 2 boletos",
            "4 de 10",
            "4/10",
            "10/10",
            "bom",
            "👍",
            "⭐⭐⭐⭐⭐⭐",
            "⭐⭐ bom",
            "4 ⭐",
            "de 1 a 5 dou 4",
            "nota",
            "às 4:30",
            "004",
            "4th",
            "$5",
            "5$",
            "R$ 5",
            "5€",
            "#5",
            "@4",
            "<3",
            ":3",
            ";3",
            "~4",
            "4=",
            "uma nota",
            "dou uma nota",
            "uma avaliação",
            "una calificación",
            "eu",
            "mi",
            "es",
            "le",
            "le doy",
            "calificación",
            "mi calificación",
            "rate",
            "I rate",
            "um obrigado",
            "dois boletos",
            "+5",
            "dou nota 4 porque o atendimento demorou demais",
        ] {
            assert_eq!(rating_of(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_answer_is_too_much(text in "\\PC{0,60}") {
            let rating = rating_of(&text);
            proptest::prop_assert!(rating.is_none_or(|rating| (1..=5).contains(&rating)));
            let _ = super::super::confirms_ending(&text);
            let _ = super::super::is_thanks(&text, &crate::ServiceRules::default());
        }
    }
}
