//! Makes of a content what a side can show: splits, numbers, and puts into words. Pure.
//!
//! Nothing that was said is left out: what has no form of its own on the other side becomes text.

use super::{Capabilities, Content, text::split};

/// The contents to send in its place, in order. Never empty for a content that says something.
pub fn fit(content: Content, side: &Capabilities) -> Vec<Content> {
    match content {
        Content::Text { text } => texts(&text, side),
        Content::File { url, name, caption, mime, .. }
            if !side.files.is_some_and(|files| files.shows(mime.as_deref())) =>
        {
            texts(&lines([caption, name, Some(url)]), side)
        }
        Content::File { url, name, mime, size, caption } => with_caption(url, name, mime, size, caption, side),
        Content::Location { latitude, longitude, text } if !side.locations => {
            texts(&lines([text, Some(map_link(latitude, longitude))]), side)
        }
        Content::Link { url, title, text } if !side.links => texts(&lines([title, text, Some(url)]), side),
        Content::Choices { text, options } if !tappable(&text, &options, side) => {
            texts(&numbered(&text, &options), side)
        }
        other => vec![other],
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

fn tappable(text: &str, options: &[String], side: &Capabilities) -> bool {
    let Some(limits) = side.choices else { return false };
    let short = |option: &String| option.chars().count() <= limits.label;
    options.len() <= limits.most && options.iter().all(short) && text.chars().count() <= side.text
}

fn numbered(text: &str, options: &[String]) -> String {
    let options = options.iter().enumerate().map(|(number, option)| format!("{}. {option}", number + 1));
    let options = options.collect::<Vec<_>>().join("\n");
    if text.trim().is_empty() { options } else { format!("{}\n\n{options}", text.trim_end()) }
}

/// A caption that is too long, or has no place there, is a text after the file.
fn with_caption(
    url: String,
    name: Option<String>,
    mime: Option<String>,
    bytes: Option<u64>,
    caption: Option<String>,
    side: &Capabilities,
) -> Vec<Content> {
    let fits = |caption: &String| side.files.is_some_and(|f| f.captions) && caption.chars().count() <= side.text;
    let (caption, after) = match caption {
        Some(caption) if fits(&caption) => (Some(caption), None),
        other => (None, other),
    };
    let mut contents = vec![Content::File { url, name, mime, size: bytes, caption }];
    contents.extend(after.iter().flat_map(|after| texts(after, side)));
    contents
}

/// A text that fits passes unchanged. Of one that is cut, the white space at the cuts is not shown.
fn texts(text: &str, side: &Capabilities) -> Vec<Content> {
    let parts = split(text, side.text);
    if parts.len() < 2 {
        return parts.into_iter().map(Content::text).collect();
    }
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).map(Content::text).collect()
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
        let long = shown(file("palavra ".repeat(200)), "instagram.gw.msging.net");
        assert_eq!(long.len(), 3, "the file, and its caption in two");
        assert!(long[0].contains(r#""type":"file""#) && !long[0].contains("palavra"));
    }
}
