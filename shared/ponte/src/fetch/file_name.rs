//! What a host calls a file: `Content-Disposition`, RFC 6266, with the `filename*` of RFC 8187 (once RFC 5987).
//!
//! The name is a stranger's: it is shown to people and may be written to a disk by whoever gets the file. So what comes
//! out is one plain name, without a path, without characters that cannot be seen or that turn the text around
//! (`exe.gpj` read backwards is `jpg.exe`), and not too long. Pure.

use percent_encoding::percent_decode_str;

/// Longer names are cut, in characters; the ending stays. File systems take 255 bytes.
const MAX_NAME: usize = 120;
/// A dot with at most this many characters after it is an ending.
const MAX_ENDING: usize = 10;

/// The file's name in the value of a `Content-Disposition`; `None` when it has none that is of use. `filename*` goes before
/// `filename` (RFC 6266, 4.3). Bytes that are no UTF-8 are read as Latin-1, as HTTP once was.
pub fn file_name(value: &[u8]) -> Option<String> {
    let value = std::str::from_utf8(value).map_or_else(|_| latin1(value), str::to_owned);
    let parameters = parameters(&value);
    let find = |name: &str| parameters.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
    let extended = find("filename*").and_then(decode).and_then(|name| clean(&name));
    extended.or_else(|| find("filename").and_then(clean))
}

/// What the last segment of a link calls the file, percent-encoding undone; `None` where it is a store's own name, as an id is.
pub(crate) fn name_in(link: &str) -> Option<String> {
    let url = reqwest::Url::parse(link).ok().filter(|url| !url.cannot_be_a_base())?;
    let segment = url.path_segments()?.next_back()?;
    let segment = percent_decode_str(segment).decode_utf8().ok()?;
    // A host that serves all files at one path names them behind it (`/attachments/token/…/?name=foto.png`).
    let asked = url.query_pairs().find(|(key, _)| matches!(key.as_ref(), "name" | "filename" | "file_name"));
    let name = asked.and_then(|(_, name)| clean(&name)).or_else(|| clean(&segment))?;
    if let Some((stem, ending)) = name.rsplit_once('.') {
        let is_one =
            (1..=MAX_ENDING).contains(&ending.len()) && ending.bytes().all(|letter| letter.is_ascii_alphanumeric());
        return (is_one && !stem.is_empty() && ending.bytes().any(|letter| letter.is_ascii_alphabetic()))
            .then_some(name);
    }
    are_words(&name).then_some(name)
}

/// What many hosts call the place of any file.
const PLACES: [&str; 12] = [
    "download",
    "file",
    "files",
    "media",
    "content",
    "attachment",
    "attachments",
    "document",
    "image",
    "view",
    "show",
    "open",
];

/// Whether a name without an ending is what a person wrote: a word of four letters or more in it, and in each word letters of one kind
/// or digits, where an id has them mixed (`etiqueta`, `fatura-junho-2026`; not `a3f9c0de`, `AbC9xK2`).
fn are_words(name: &str) -> bool {
    let words: Vec<&str> =
        name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_plain = |word: &&str| {
        let is_number = word.chars().all(|letter| letter.is_ascii_digit());
        let letters = word.chars().all(char::is_alphabetic);
        let behind = word.chars().skip(1);
        is_number
            || (letters && (behind.clone().all(|l| !l.is_uppercase()) || behind.clone().all(|l| !l.is_lowercase())))
    };
    let is_hex = |word: &&str| word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_word = |word: &&str| word.chars().count() >= 4 && word.chars().all(char::is_alphabetic);
    let is_place = |word: &&str| PLACES.iter().any(|place| word.eq_ignore_ascii_case(place));
    !words.iter().all(is_place) && words.iter().all(is_plain) && words.iter().any(is_word) && !words.iter().any(is_hex)
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The parameters after the disposition's type, names in lower case, quotes and their backslashes undone.
fn parameters(value: &str) -> Vec<(String, String)> {
    let mut parts: Vec<String> = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in value.chars() {
        if c == ';' && !quoted {
            parts.push(String::new());
            continue;
        }
        let is_syntax = !escaped && (c == '"' || (quoted && c == '\\'));
        if !escaped && c == '"' {
            quoted = !quoted;
        }
        escaped = quoted && !escaped && c == '\\';
        if let Some(part) = parts.last_mut().filter(|_| !is_syntax) {
            part.push(c);
        }
    }
    let pairs = parts.iter().skip(1).filter_map(|part| part.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect()
}

/// `charset'language'percent-encoded` (RFC 8187, 3.2).
fn decode(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    let bytes: Vec<u8> = percent_decode_str(encoded).collect();
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok(),
        "iso-8859-1" => Some(latin1(&bytes)),
        _ => None,
    }
}

/// What nobody sees in a name: it hides there, or turns the reading direction around.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// One plain file name, or `None` when nothing is left of it.
fn clean(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next()?;
    let seen: String = last.chars().filter(|&c| !c.is_control() && !is_unseen(c)).collect();
    let seen = seen.trim_matches(|c: char| c.is_whitespace() || c == '.');
    let ending = seen.rsplit_once('.').map(|(_, ending)| ending.chars().count() + 1);
    let ending = ending.filter(|&length| length <= MAX_ENDING + 1).unwrap_or(0);
    let length = seen.chars().count();
    let cut = length.saturating_sub(MAX_NAME);
    let stem = length - ending - cut;
    let short = seen.chars().enumerate().filter(|&(at, _)| at < stem || at >= stem + cut).map(|(_, c)| c);
    (length > 0).then(|| short.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read() {
        for (value, expected) in [
            ("attachment; filename=foto.jpg", Some("foto.jpg")),
            ("attachment; filename=\"boleto de março.pdf\"", Some("boleto de março.pdf")),
            ("inline; FILENAME = \"a;b=c.pdf\" ; size=3", Some("a;b=c.pdf")),
            ("attachment; filename=\"a \\\"b\\\".pdf\"", Some("a \"b\".pdf")),
            ("attachment; filename=x.pdf; filename*=UTF-8''cora%C3%A7%C3%A3o.pdf", Some("coração.pdf")),
            ("attachment; filename*=utf-8'pt-BR'%e2%82%ac.txt; filename=x", Some("€.txt")),
            ("attachment; filename*=iso-8859-1''%E9t%E9.txt", Some("été.txt")),
            ("attachment; filename*=UTF-8''%ff.txt; filename=plain.txt", Some("plain.txt")), // no UTF-8
            ("attachment; filename*=koi8-r''x.txt; filename=plain.txt", Some("plain.txt")),
            ("attachment; filename=\"open.txt", Some("open.txt")),
            ("attachment", None),
            ("attachment; filename=", None),
            ("", None),
            // Not a path, not hidden, not turned around.
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename*=UTF-8''..%2F..%5Cx.txt", Some("x.txt")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\".bashrc\"", Some("bashrc")),
            ("attachment; filename*=UTF-8''a%0d%0ab%00c.txt", Some("abc.txt")),
            ("attachment; filename*=UTF-8''foto%E2%80%AEgpj.exe", Some("fotogpj.exe")),
            ("attachment; filename*=UTF-8''foto%D8%9Cgpj.exe", Some("fotogpj.exe")),
            ("attachment; filename*=UTF-8''%C2%AD", None),
        ] {
            assert_eq!(file_name(value.as_bytes()).as_deref(), expected, "{value}");
        }
        assert_eq!(file_name(b"attachment; filename=\"\xe9t\xe9.txt\"").as_deref(), Some("été.txt"));
    }

    #[test]
    fn a_link_may_name_its_file() {
        for (link, expected) in [
            ("https://x.example/a/fatura-junho.pdf", Some("fatura-junho.pdf")),
            ("https://x.example/fatura%20de%20mar%C3%A7o.pdf?sig=x#y", Some("fatura de março.pdf")),
            ("https://x.example/a%2F..%2Fb.pdf", Some("b.pdf")),
            ("https://blipmediastore.blip.ai/secure-medias/Media_b34a1052-6707-439d-8b99-46052f27f895?sv=1.pdf", None),
            ("https://x.example/v1.2", None),
            ("https://x.example/download", None),
            ("https://x.example/files/etiqueta", Some("etiqueta")),
            ("https://x.example/fatura-junho-2026", Some("fatura-junho-2026")),
            ("https://x.example/m/a3f9c0de11", None),
            ("https://x.example/m/AbCdEfGhIj", None),
            ("https://x.example/attachments/token/aBc9/?name=foto.png", Some("foto.png")),
            ("https://x.example/", None),
            ("https://x.example", None),
            ("https://x.example/.pdf", None),
            ("https://x.example/%ff.pdf", None),
            ("data:image/png;base64,aaaa", None),
            ("no link.pdf", None),
        ] {
            assert_eq!(name_in(link).as_deref(), expected, "{link}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = file_name(format!("a; filename={}.pdf", "é".repeat(500)).as_bytes()).unwrap();
        assert_eq!(long.chars().count(), MAX_NAME);
        assert!(long.ends_with("é.pdf"));
        let endless = file_name(format!("a; filename=a.{}", "b".repeat(500)).as_bytes()).unwrap();
        assert_eq!(endless.chars().count(), MAX_NAME);
    }
}
