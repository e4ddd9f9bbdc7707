//! Makes of a content what a side can show: splits, numbers, and puts into words. Pure.
//!
//! Nothing that was said is left out: what has no form of its own on the other side becomes text.

use super::{Capabilities, Content, Shown, text::split_in};

/// What a file is called that is sent as a document, whatever it is: a channel goes by the type, and this is no picture's.
const DOCUMENT: &str = "application/octet-stream";

/// The contents to send in its place, in order. Never empty for a content that says something.
pub fn fit(content: Content, side: &Capabilities) -> Vec<Content> {
    match content {
        Content::Text { text } => texts(&text, side),
        Content::File { url, name, mime, size, caption } => file(url, name, mime, size, caption, side),
        Content::Location { latitude, longitude, text } if !side.locations => {
            texts(&lines([text, Some(map_link(latitude, longitude))]), side)
        }
        // What a place is called goes before it where it is more than a text.
        Content::Location { latitude, longitude, text: Some(text) } if !side.is_within(&text, side.text) => {
            let place = Content::Location { latitude, longitude, text: None };
            texts(&text, side).into_iter().chain([place]).collect()
        }
        Content::Link { url, title, text } => link(url, title, text, side),
        Content::Choices { text, options } => choices(text, options, side),
        place @ Content::Location { .. } => vec![place],
    }
}

/// What a customer who saw [`numbered`] answers to tap means: `2`, `2.` or `(2)` is the second of them.
pub fn chosen<'a>(answer: &str, options: &'a [String]) -> Option<&'a str> {
    let number = answer.trim().trim_matches(|c: char| matches!(c, '.' | ')' | '(' | '#' | '*' | ':'));
    let number: usize = (number.len() <= 2).then(|| number.parse().ok())??;
    options.get(number.checked_sub(1)?).map(String::as_str)
}

/// Whether these answers are shown as numbers on this side, so that a number must be read back.
pub fn is_numbered(content: &Content, side: &Capabilities) -> bool {
    matches!(content, Content::Choices { text, options } if !tappable(text, options, side))
}

/// A place as a link that every map program opens, or a browser.
pub fn map_link(latitude: f64, longitude: f64) -> String {
    format!("https://maps.google.com/?q={latitude},{longitude}")
}

/// Whether the answers can be tapped. They stand under some text; none is blank, and none is there twice, since a channel could not say
/// which was meant (Cloud API: titles are unique and required, as is the text).
fn tappable(text: &str, options: &[String], side: &Capabilities) -> bool {
    let Some(limits) = side.choices else { return false };
    let fits = |option: &String| !option.trim().is_empty() && side.is_within(option, limits.label);
    let is_first = |(at, option): (usize, &String)| options.iter().position(|other| other == option) == Some(at);
    !text.trim().is_empty()
        && !options.is_empty()
        && options.len() <= limits.most
        && options.iter().all(fits)
        && options.iter().enumerate().all(is_first)
}

/// Answers to tap stand under the end of a text that is too long for them.
fn choices(text: String, options: Vec<String>, side: &Capabilities) -> Vec<Content> {
    let Some(limits) = side.choices.filter(|_| tappable(&text, &options, side)) else {
        return texts(&numbered(&text, &options), side);
    };
    let limit = limits.text.min(side.text);
    if side.is_within(&text, limit) {
        return vec![Content::Choices { text, options }];
    }
    let mut parts: Vec<String> = trimmed(&split_in(text.trim_end(), limit, side.unit));
    let last = parts.pop().unwrap_or_default();
    // What stands above is a text of its own, as long as a text may be.
    let above = text.trim_end().strip_suffix(last.as_str()).unwrap_or_default().trim_end();
    texts(above, side).into_iter().chain([Content::Choices { text: last, options }]).collect()
}

fn numbered(text: &str, options: &[String]) -> String {
    let options = options.iter().enumerate().map(|(number, option)| format!("{}. {option}", number + 1));
    let options = options.collect::<Vec<_>>().join("\n");
    if text.trim().is_empty() { options } else { format!("{}\n\n{options}", text.trim_end()) }
}

/// A file as this side shows one of its type and size. A caption that is too long, or has no place there, is a text after it.
fn file(
    url: String,
    name: Option<String>,
    mime: Option<String>,
    bytes: Option<u64>,
    caption: Option<String>,
    side: &Capabilities,
) -> Vec<Content> {
    let shown = side.files.map_or(Shown::Link, |files| files.shown(mime.as_deref(), bytes));
    let (longest, mime) = match shown {
        Shown::Link => return texts(&lines([caption, name, Some(url)]), side),
        Shown::File { caption } => (caption, mime),
        Shown::Document { caption } => (caption, Some(DOCUMENT.to_owned())),
    };
    let (caption, after) = match caption {
        Some(caption) if side.is_within(&caption, longest.min(side.text)) => (Some(caption), None),
        other => (None, other),
    };
    let mut contents = vec![Content::File { url, name, mime, size: bytes, caption }];
    contents.extend(after.iter().flat_map(|after| texts(after, side)));
    contents
}

/// A link with its words, which are a text where they would be too long for one message.
fn link(url: String, title: Option<String>, text: Option<String>, side: &Capabilities) -> Vec<Content> {
    let words = lines([title.clone(), text.clone(), Some(url.clone())]);
    if side.links && side.is_within(&words, side.text) {
        return vec![Content::Link { url, title, text }];
    }
    texts(&words, side)
}

/// A text that fits passes unchanged. Of one that is cut, the white space at the cuts is not shown.
fn texts(text: &str, side: &Capabilities) -> Vec<Content> {
    let parts = split_in(text, side.text, side.unit);
    if parts.len() < 2 {
        return parts.into_iter().map(Content::text).collect();
    }
    trimmed(&parts).into_iter().map(Content::text).collect()
}

fn trimmed(parts: &[String]) -> Vec<String> {
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn lines<const N: usize>(parts: [Option<String>; N]) -> String {
    let parts = parts.into_iter().flatten().filter(|part| !part.trim().is_empty());
    parts.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Files, channel_capabilities};

    fn shown(content: Content, domain: &str) -> Vec<String> {
        let contents = fit(content, channel_capabilities(domain)).into_iter();
        contents.map(|content| serde_json::to_string(&content).unwrap()).collect()
    }

    fn choices(options: &[&str]) -> Content {
        Content::Choices { text: "Posso ajudar?".into(), options: options.iter().map(|o| (*o).to_owned()).collect() }
    }

    #[test]
    fn answers_to_tap_are_numbers_where_there_is_nothing_to_tap() {
        let numbered = [r#"{"type":"text","text":"Posso ajudar?\n\n1. Sim\n2. Não"}"#];
        assert_eq!(shown(choices(&["Sim", "Não"]), "sms.gw.msging.net"), numbered);
        let buttons = [r#"{"type":"choices","text":"Posso ajudar?","options":["Sim","Não"]}"#];
        assert_eq!(shown(choices(&["Sim", "Não"]), "wa.gw.msging.net"), buttons);
        // A label that is too long, or one answer too many.
        let long = "x".repeat(21);
        assert!(shown(choices(&["Sim", &long]), "wa.gw.msging.net")[0].contains(r#""type":"text""#));
        assert!(shown(choices(&["a"; 11]), "wa.gw.msging.net")[0].contains("11. a"));
        assert_eq!(shown(choices(&["a"; 11]), "0mn.io").len(), 1);
    }

    #[test]
    fn a_number_is_read_back() {
        let options = ["Sim".to_owned(), "Não".to_owned()];
        for (answer, expected) in [
            ("2", Some("Não")),
            (" 1. ", Some("Sim")),
            ("(2)", Some("Não")),
            ("3", None),
            ("0", None),
            ("", None),
            ("2 pizzas", None),
            ("-1", None),
            ("002", None),
        ] {
            assert_eq!(chosen(answer, &options), expected, "{answer}");
        }
    }

    #[test]
    fn what_cannot_be_shown_is_put_into_words() {
        let place = Content::Location { latitude: -19.5, longitude: -43.25, text: Some("Loja".into()) };
        assert_eq!(
            shown(place, "sms.gw.msging.net"),
            [r#"{"type":"text","text":"Loja\nhttps://maps.google.com/?q=-19.5,-43.25"}"#]
        );
        let file = |caption: String| Content::File {
            url: "https://x.example/a".into(),
            name: Some("a.pdf".into()),
            mime: None,
            size: None,
            caption: Some(caption),
        };
        assert_eq!(shown(file("oi".into()), "take.io"), [r#"{"type":"text","text":"oi\na.pdf\nhttps://x.example/a"}"#]);
        let pictures = Files { types: &["image/"], ..Files::upto(9) };
        let pictures = Capabilities { files: Some(pictures), ..Capabilities::everything(100) };
        for (mime, kind) in [(Some("Image/PNG"), "file"), (Some("application/pdf"), "text"), (None, "text")] {
            let Content::File { url, name, .. } = file(String::new()) else { unreachable!() };
            let file = Content::File { url, name, mime: mime.map(str::to_owned), size: None, caption: None };
            assert_eq!(fit(file, &pictures)[0].kind(), kind, "{mime:?}");
        }
    }

    fn file(mime: &str, size: u64, caption: &str) -> Content {
        Content::File {
            url: "https://x.example/a".into(),
            name: Some("a.bin".into()),
            mime: Some(mime.into()),
            size: Some(size),
            caption: (!caption.is_empty()).then(|| caption.to_owned()),
        }
    }

    /// What becomes of a file: `file`, `document` or `link`, and the kinds and lengths of what follows.
    fn becomes(domain: &str, mime: &str, size: u64, caption: &str) -> String {
        let channel = channel_capabilities(domain);
        let parts = fit(file(mime, size, caption), channel).into_iter().map(|content| match content {
            Content::File { mime: Some(mime), caption, .. } => {
                let kind = if mime == DOCUMENT { "document" } else { "file" };
                caption.map_or_else(|| kind.to_owned(), |caption| format!("{kind}+{}", caption.chars().count()))
            }
            Content::Text { text } if text.contains("https://x.example/a") => "link".to_owned(),
            Content::Text { text } => format!("text {}", text.chars().count()),
            other => format!("{other:?}"),
        });
        parts.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn each_part_of_a_message_has_the_limit_of_its_channel() {
        const WHATSAPP: &str = "wa.gw.msging.net";
        const INSTAGRAM: &str = "instagram.gw.msging.net";
        const MESSENGER: &str = "messenger.gw.msging.net";
        const TELEGRAM: &str = "telegram.gw.msging.net";
        let (at, over) = ("é".repeat(1_024), "é".repeat(1_025));
        for (domain, mime, megabytes, caption, expected) in [
            (WHATSAPP, "image/jpeg", 5, at.as_str(), "file+1024"),
            (WHATSAPP, "image/jpeg", 5, over.as_str(), "file, text 1025"),
            (WHATSAPP, "IMAGE/PNG", 6, "oi", "document+2"),
            (WHATSAPP, "image/webp", 1, "", "document"),
            (WHATSAPP, "image/heic", 1, "oi", "document+2"),
            (WHATSAPP, "image/gif", 1, "", "document"),
            (WHATSAPP, "image/svg+xml", 1, "", "document"),
            (WHATSAPP, "video/mp4", 16, "oi", "file+2"),
            (WHATSAPP, "video/mp4", 17, "oi", "document+2"),
            (WHATSAPP, "video/quicktime", 1, "", "document"),
            (WHATSAPP, "audio/ogg; codecs=opus", 16, "oi", "file, text 2"),
            (WHATSAPP, "audio/wav", 1, "oi", "document+2"),
            (WHATSAPP, "audio/mpeg", 17, "", "document"),
            (WHATSAPP, "application/pdf", 90, at.as_str(), "file+1024"),
            (WHATSAPP, "application/pdf", 90, over.as_str(), "file, text 1025"),
            (INSTAGRAM, "image/jpeg", 8, "oi", "file, text 2"),
            (INSTAGRAM, "image/jpeg", 9, "", "link"),
            (INSTAGRAM, "image/webp", 1, "oi", "link"),
            (INSTAGRAM, "audio/ogg; codecs=opus", 1, "", "link"),
            (INSTAGRAM, "application/pdf", 20, "", "file"),
            (INSTAGRAM, "text/csv", 1, "", "link"),
            // Two bytes each: 500 in a message.
            (INSTAGRAM, "image/png", 1, at.as_str(), "file, text 500, text 500, text 24"),
            (MESSENGER, "image/jpeg", 8, "oi", "file, text 2"),
            (MESSENGER, "image/heic", 1, "", "document"),
            (MESSENGER, "video/mp4", 25, "", "file"),
            (TELEGRAM, "image/jpeg", 5, at.as_str(), "file+1024"),
            (TELEGRAM, "image/jpeg", 6, over.as_str(), "document, text 1025"),
            (TELEGRAM, "image/heic", 1, "", "document"),
            (TELEGRAM, "application/zip", 20, "", "file"),
        ] {
            let shown = becomes(domain, mime, megabytes * crate::message::MEGABYTE, caption);
            assert_eq!(shown, expected, "{domain} {mime} {megabytes} {}", caption.chars().count());
        }
    }

    #[test]
    fn answers_to_tap_stand_under_a_text_that_their_channel_takes() {
        let menu = |text: &str, options: &[&str]| Content::Choices {
            text: text.to_owned(),
            options: options.iter().map(|option| (*option).to_owned()).collect(),
        };
        let whatsapp = channel_capabilities("wa.gw.msging.net");
        let fitted = fit(menu(&"a".repeat(1_024), &["Sim"]), whatsapp);
        assert_eq!(fitted, [menu(&"a".repeat(1_024), &["Sim"])]);
        let text = format!("{}.\nQual?", "palavra ".repeat(200).trim_end());
        let fitted = fit(menu(&text, &["Sim", "Não"]), whatsapp);
        let [Content::Text { text: above }, Content::Choices { text: below, options }] = fitted.as_slice() else {
            panic!("{fitted:?}")
        };
        assert!(below.chars().count() <= 1_024 && below.ends_with("Qual?") && options.len() == 2);
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!([words(above), words(below)].concat(), words(&text), "no word is lost");
        assert!(!is_numbered(&menu(&text, &["Sim"]), whatsapp));
        // What no channel shows: no text, a blank answer, the same answer twice.
        for menu in [menu("", &["Sim"]), menu("Qual?", &["Sim", " "]), menu("Qual?", &["Sim", "Sim"])] {
            assert!(is_numbered(&menu, whatsapp));
            assert_eq!(fit(menu, whatsapp)[0].kind(), "text");
        }
    }

    #[test]
    fn instagram_counts_bytes() {
        let side = channel_capabilities("instagram.gw.msging.net");
        for text in ["a".repeat(1_001), "ã ".repeat(400), "👩‍👩‍👧‍👦".repeat(60)] {
            let parts = fit(Content::text(text.clone()), side);
            let of = |content: &Content| if let Content::Text { text } = content { text.clone() } else { panic!() };
            let parts: Vec<String> = parts.iter().map(of).collect();
            assert!(parts.len() > 1 && parts.iter().all(|part| part.len() <= 1_000), "{}", parts.len());
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(letters(&parts.concat()), letters(&text));
        }
        assert_eq!(fit(Content::text("a".repeat(1_000)), side).len(), 1);
    }
}
