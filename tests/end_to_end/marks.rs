//! Marks in place of what is private: each stands in one field, and is found again however it was written down.

use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write,
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use serde_json::{Map, Value, json};
use sha2::Digest;

/// What every mark begins with: letters for words and names, digits for telephones. Neither occurs by itself.
const LETTERS: &str = "Zqxjvwkp";
const DIGITS: &str = "88127731";
/// The number behind it, so many digits.
const NUMBER: usize = 5;
/// Fields that say what a document is, and nothing of a person.
const SHAPE: [&str; 8] = ["type", "event", "method", "status", "state", "direction", "itemType", "timestamp"];

/// How a document is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// It keeps its shape: a good one.
    Good,
    /// Every text is marked, those that say what it is too.
    Shapeless,
    /// Every text is a number or a list with a mark in it.
    WrongTypes,
    /// Marks are the names of fields as well.
    Keys,
    /// It ends in the middle.
    Cut,
}

pub(super) const ALL: [How; 5] = [How::Good, How::Shapeless, How::WrongTypes, How::Keys, How::Cut];

/// The marks that were planted.
#[derive(Default)]
pub(super) struct Marks {
    /// The field of each, by its number.
    fields: Vec<String>,
    /// Whole values with a mark in them.
    values: Vec<(usize, String)>,
    /// Their hashes, from the first search on.
    hashes: std::sync::OnceLock<HashMap<String, usize>>,
    /// Where the links lead.
    files: String,
}

/// A mark that was found where nothing private may be.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Leak {
    pub field: String,
    pub written: &'static str,
    pub at: String,
}

impl Marks {
    /// None yet. Links in documents will lead below `files`.
    pub(super) fn with_links(files: &str) -> Self {
        Self { files: files.to_owned(), ..Self::default() }
    }

    /// How many were planted.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    fn next(&mut self, field: &str) -> usize {
        self.fields.push(field.to_owned());
        self.fields.len() - 1
    }

    fn keep(&mut self, number: usize, value: String) -> String {
        self.values.push((number, value.clone()));
        value
    }

    /// A word.
    pub(super) fn word(&mut self, field: &str) -> String {
        let number = self.next(field);
        self.keep(number, format!("{LETTERS}{number:0NUMBER$}"))
    }

    /// A telephone number.
    pub(super) fn phone(&mut self, field: &str) -> String {
        let number = self.next(field);
        self.keep(number, format!("{DIGITS}{number:0NUMBER$}"))
    }

    /// A key as `whsec_` secrets are written.
    pub(super) fn key(&mut self, field: &str) -> String {
        format!(
            "whsec_{}",
            base64::engine::general_purpose::STANDARD.encode(format!("{}-and-more-of-it", self.word(field)))
        )
    }

    /// A document with marks in every text.
    pub(super) fn plant(&mut self, name: &str, document: &Value, how: How) -> Vec<u8> {
        let mut body = self.planted(name, "", document, how).to_string().into_bytes();
        if how == How::Cut {
            body.truncate(body.len() * 2 / 3);
        }
        body
    }

    fn planted(&mut self, path: &str, key: &str, value: &Value, how: How) -> Value {
        match value {
            Value::Object(fields) => {
                let mut planted = Map::new();
                for (key, value) in fields {
                    let path = format!("{path}.{key}");
                    planted.insert(key.clone(), self.planted(&path, key, value, how));
                    if how == How::Keys {
                        let name = format!("{}-{key}", self.word(&format!("{path} (a name of a field)")));
                        planted.insert(name, json!(self.word(&path)));
                    }
                }
                Value::Object(planted)
            }
            Value::Array(all) => {
                let all = all.iter().enumerate();
                all.map(|(at, one)| self.planted(&format!("{path}[{at}]"), key, one, how)).collect()
            }
            Value::String(text) => self.text(path, key, text, how),
            plain => plain.clone(),
        }
    }

    fn text(&mut self, path: &str, key: &str, text: &str, how: How) -> Value {
        let good = matches!(how, How::Good | How::Keys | How::Cut);
        if good && SHAPE.contains(&key) {
            return json!(text);
        }
        if how == How::WrongTypes {
            return match self.fields.len() % 3 {
                0 => json!(self.phone(path).parse::<u64>().unwrap()),
                1 => json!([self.word(path), { "x": self.word(path) }]),
                _ => json!({ self.word(path): self.phone(path) }),
            };
        }
        let phone = key.to_lowercase().contains("phone") || text.bytes().all(|byte| byte.is_ascii_digit());
        let number = self.fields.len();
        let mark = if phone { self.phone(path) } else { self.word(path) };
        let whole = if text.contains("://") {
            if good { format!("{}/{mark}", self.files) } else { format!("https://{mark}.example/{mark}?a={mark}") }
        } else if let Some((_, domain)) = text.rsplit_once('@') {
            format!("{mark}@{domain}")
        } else if phone || key == "id" || key == "ticket" {
            mark
        } else {
            // What JSON, a header and a URL each escape in a way of their own.
            format!("{mark} \"é\"\\\n\u{1f642}%<b>{mark}</b>")
        };
        json!(self.keep(number, whole))
    }

    /// Every mark in a text, by each way in which it may have been written.
    pub(super) fn leaks(&self, place: &str, text: &str) -> BTreeSet<Leak> {
        let mut leaks = BTreeSet::new();
        let folded = text.to_lowercase();
        let mut found = |field: &str, written, folded: &str, at: usize| {
            let line = folded[..at].rfind('\n').map_or(0, |end| end + 1);
            let end = folded[at..].find('\n').map_or(folded.len(), |end| at + end);
            let line: String = folded[line..end].chars().take(400).collect();
            leaks.insert(Leak { field: field.to_owned(), written, at: format!("{place}: {line}") });
        };
        for prefix in [LETTERS.to_lowercase(), DIGITS.to_owned()] {
            for (at, _) in folded.match_indices(&prefix) {
                let number = folded.get(at + prefix.len()..at + prefix.len() + NUMBER);
                let field = number.and_then(|number| self.fields.get(number.parse::<usize>().ok()?));
                found(field.map_or("(a mark that was cut)", String::as_str), "as it is", &folded, at);
            }
            for (at, _) in folded.match_indices(&hex(prefix.as_bytes())) {
                found("(see the line)", "in hexadecimal", &folded, at);
            }
        }
        for prefix in [LETTERS.to_owned(), LETTERS.to_lowercase(), LETTERS.to_uppercase(), DIGITS.to_owned()] {
            for (at, _) in folded.match_indices(&hex(prefix.as_bytes())) {
                found("(see the line)", "in hexadecimal", &folded, at);
            }
            for form in in_base64(&prefix) {
                for (at, _) in
                    text.match_indices(&form).chain(text.match_indices(&form.replace('+', "-").replace('/', "_")))
                {
                    found("(see the line)", "in Base64", text, at);
                }
            }
        }
        let hashes = self.hashes.get_or_init(|| self.hashes());
        let hexadecimal = |c: char| c.is_ascii_hexdigit();
        for run in folded.split(|c| !hexadecimal(c)).filter(|run| run.len() >= HASH) {
            if let Some(&number) = run.get(..HASH).and_then(|start| hashes.get(start)) {
                leaks.insert(Leak {
                    field: self.fields[number].clone(),
                    written: "as a hash without a key",
                    at: format!("{place}: {run}"),
                });
            }
        }
        leaks
    }

    /// What whoever has a list of telephone numbers can make of it himself.
    fn hashes(&self) -> HashMap<String, usize> {
        let cut = |digest: &[u8]| hex(digest).chars().take(HASH).collect();
        let mut hashes = HashMap::new();
        for (number, value) in &self.values {
            hashes.insert(cut(&sha2::Sha256::digest(value)), *number);
            hashes.insert(cut(&sha1::Sha1::digest(value)), *number);
        }
        hashes
    }
}

/// So many hexadecimal digits of a hash are compared.
const HASH: usize = 16;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut all, byte| {
        write!(all, "{byte:02x}").unwrap();
        all
    })
}

/// What is always the same of a text in Base64, wherever it begins in what was encoded.
fn in_base64(text: &str) -> [String; 3] {
    [0, 1, 2].map(|before| {
        let encoded = STANDARD_NO_PAD.encode([&vec![0; before], text.as_bytes()].concat());
        let begin = (before * 8).div_ceil(6);
        let end = (before + text.len()) * 8 / 6;
        encoded[begin..end].to_owned()
    })
}

#[test]
fn a_mark_is_found_however_it_is_written() {
    let mut marks = Marks::default();
    marks.word("another");
    let word = marks.word("a name");
    let phone = marks.phone("a telephone");
    let written = |text: &str| {
        let leaks = marks.leaks("log", &format!("before\n{{\"a\":\"{text}\"}}\nafter"));
        leaks.into_iter().map(|leak| (leak.field, leak.written)).collect::<Vec<_>>()
    };
    assert_eq!(written("nothing of anybody"), []);
    for text in [word.clone(), word.to_lowercase(), word.to_uppercase(), format!("%22{word}%22"), format!("\\\"{word}")]
    {
        assert_eq!(written(&text), [("a name".to_owned(), "as it is")], "{text}");
    }
    assert_eq!(written(&format!("+{phone}")), [("a telephone".to_owned(), "as it is")]);
    for before in ["", "x", "xy", "Olá, "] {
        let text = STANDARD_NO_PAD.encode(format!("{before}{word}!"));
        assert_eq!(written(&text), [("(see the line)".to_owned(), "in Base64")], "{text}");
        let text = hex(format!("{before}{phone}").as_bytes());
        assert!(written(&text).contains(&("(see the line)".to_owned(), "in hexadecimal")), "{text}");
    }
    let hash = hex(&sha2::Sha256::digest(&phone));
    assert_eq!(written(&hash), [("a telephone".to_owned(), "as a hash without a key")]);
    assert_eq!(written(&hash[..32]), [("a telephone".to_owned(), "as a hash without a key")]);
}

#[test]
fn every_text_of_a_document_is_marked() {
    let document =
        json!({ "id": "1", "from": "a@b", "type": "text/plain", "content": { "text": "oi", "uri": "https://x/y" } });
    let mut marks = Marks::with_links("http://f");
    let good: Value = serde_json::from_slice(&marks.plant("m", &document, How::Good)).unwrap();
    assert_eq!((good["type"].as_str(), marks.fields.len()), (Some("text/plain"), 4));
    assert!(
        good["from"].as_str().unwrap().ends_with("@b")
            && good["content"]["uri"].as_str().unwrap().starts_with("http://f/Z")
    );
    marks.plant("m", &document, How::Shapeless);
    assert_eq!(marks.fields.len(), 9);
    for how in [How::WrongTypes, How::Keys, How::Cut] {
        assert!(String::from_utf8(marks.plant("m", &document, how)).unwrap().contains(LETTERS), "{how:?}");
    }
}
