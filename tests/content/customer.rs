//! What the agent sees of what a customer sends, and what each channel can show of what the agent sends.

use std::fmt::Write as _;

use ponte::{
    lime::Document,
    message::{
        CHANNELS, Content, Files, MEGABYTE, Others, contents_of, document_of, fit,
        text::{Format, Unit},
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::check_page;
use crate::lime::fixtures;

/// A content as a person would tell of it.
fn told(content: &Content) -> String {
    let with = |kind: &str, parts: &[Option<&str>]| {
        let parts: Vec<&str> = parts.iter().flatten().copied().collect();
        format!("{kind}: {}", parts.join(" · "))
    };
    match content {
        Content::Text { text } => text.clone(),
        Content::File { url, name, mime, caption, .. } => {
            with("file", &[name.as_deref(), mime.as_deref(), caption.as_deref(), Some(url)])
        }
        Content::Location { latitude, longitude, text } => {
            with("place", &[Some(&format!("{latitude}, {longitude}")), text.as_deref()])
        }
        Content::Choices { text, options } => with("answers to tap", &[Some(text), Some(&options.join(" / "))]),
        Content::Link { url, title, text } => with("link", &[title.as_deref(), text.as_deref(), Some(url)]),
    }
}

#[test]
fn every_example_is_shown_to_the_agent() {
    let mut all = String::new();
    for (name, message) in fixtures::messages() {
        if message.document.is_internal() || message.document.is_control() {
            continue;
        }
        let contents = contents_of(&message.document);
        assert!(!contents.is_empty(), "{name}");
        writeln!(all, "# {name}").unwrap();
        for content in contents {
            let told = told(&content);
            assert!(!told.trim().is_empty() && !told.contains("unsupported"), "{name}: {told}");
            told.lines().for_each(|line| writeln!(all, "    {line}").unwrap());
        }
        writeln!(all).unwrap();
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("customer", all);
    });
}

/// One line of the table: a document, and what of it the agent sees.
fn row(what: &str, media_type: &str, content: &Value) -> Vec<String> {
    let document = Document::new(media_type, content.clone());
    let shown = if document.is_internal() || document.is_control() {
        "nothing: nobody said it".to_owned()
    } else {
        let contents: Vec<String> = contents_of(&document).iter().map(told).collect();
        format!("`{}`", contents.join("` and `").replace('\n', "⏎").replace('|', "\\|"))
    };
    vec![what.to_owned(), format!("`{media_type}`"), shown]
}

#[test]
fn the_page_says_what_the_agent_sees() {
    let lime = |name: &str| format!("application/vnd.lime.{name}+json");
    let iris = |name: &str| format!("application/vnd.iris.{name}");
    let inside = |text: &str| json!({ "type": "text/plain", "value": text });
    let image =
        json!({ "type": "image/jpeg", "uri": "https://m.example/1", "title": "foto.jpg", "text": "veja", "size": "9" });
    let mut rows = vec![["what", "Blip's type", "the agent sees"].map(str::to_owned).to_vec()];
    rows.extend([
        row("a text", "text/plain", &json!("Oi 😀")),
        row("a picture, a sound, a film, a document", &lime("media-link"), &image),
        row("a voice note", &lime("media-link"), &json!({ "type": "audio/ogg; codecs=opus", "uri": "https://m.example/2" })),
        row("a sticker", &lime("media-link"), &json!({ "type": "sticker/webp", "uri": "https://m.example/3" })),
        row("a file that is no link", &lime("media-link"), &json!({ "type": "image/png", "uri": "file:///a.png" })),
        row("a place", &lime("location"), &json!({ "latitude": -19.91, "longitude": -43.95, "text": "Praça" })),
        row("a place that is masked", &lime("location"), &json!({ "latitude": "*", "longitude": "*", "text": "Praça" })),
        row("a contact card", &lime("contact"), &json!({ "name": "Ana", "cellPhoneNumber": "+5531", "email": "a@x.example" })),
        row(
            "an answer that quotes",
            &lime("reply"),
            &json!({ "replied": inside("sim"), "inReplyTo": { "id": "1", "type": "text/plain", "value": "Pode ser?" } }),
        ),
        row(
            "a picture that quotes",
            &lime("reply"),
            &json!({
                "replied": { "type": lime("media-link"), "value": image },
                "inReplyTo": { "type": "text/plain", "value": "Manda uma foto?" },
            }),
        ),
        row(
            "a reaction",
            &lime("reaction"),
            &json!({ "emoji": { "values": [128_077] }, "inReactionTo": { "type": "text/plain", "value": "Pronto!" } }),
        ),
        row("a reaction in UTF-16", &lime("reaction"), &json!({ "emoji": { "values": [55_357, 56_397] } })),
        row("a reaction that is taken back", &lime("reaction"), &json!({})),
        row("an answer to a menu", "application/json", &json!({ "text": "Plano A" })),
        row("an answer without words", "application/json", &json!({ "k": 1 })),
        row("a blank text", "text/plain", &json!(" ")),
        row("a picture as base64", "image/png", &json!("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ")),
        row(
            "a file that is quoted",
            &lime("reply"),
            &json!({ "replied": inside("este"), "inReplyTo": { "type": lime("media-link"), "value": image } }),
        ),
        row("a reaction that cannot be read", &lime("reaction"), &json!({ "emoji": { "values": [55_357] } })),
        row("a reaction in the channel's own shape", &lime("reaction"), &json!({ "emoji": "🙏" })),
        row("a contact in the channel's own shape", &lime("contact"), &json!({ "name": { "formatted_name": "Ana" }, "phones": [{ "phone": "+55 31 98888-0002" }] })),
        row(
            "a form that was filled in",
            "application/json",
            &json!({ "type": "interactive", "interactive": { "type": "nfm_reply", "nfm_reply": { "body": "Enviado", "response_json": "{\"cpf\":\"1\"}" } } }),
        ),
        row(
            "an order",
            "application/json",
            &json!({ "type": "order", "order": { "text": "Para hoje", "product_items": [{ "product_retailer_id": "ARO-29", "quantity": 2, "item_price": 10.5, "currency": "BRL" }] } }),
        ),
        row("a channel's own notice", "application/json", &json!({ "type": "revoke", "revoke": { "original_message_id": "x" } })),
        row("a redirect without words", &lime("redirect"), &json!({ "context": { "type": iris("ticket+json"), "value": { "sequentialId": 77, "status": "ClosedAttendant" } } })),
        row("a link", &lime("web-link"), &json!({ "uri": "https://x.example", "title": "Trocas", "text": "Como funciona" })),
        row("several at once", &lime("collection"), &json!({ "itemType": "text/plain", "items": ["um", "dois"] })),
        row("a container", &lime("container"), &inside("oi")),
        row("something sensitive", &lime("sensitive"), &inside("1234")),
        row("a handing over with context", &lime("redirect"), &json!({ "address": "x", "context": inside("quero ajuda") })),
        row("a deleted message", &lime("deleted-content"), &json!(null)),
        row(
            "a template",
            "application/json",
            &json!({ "type": "template", "template": { "name": "boas_vindas", "language": { "code": "pt_BR" }, "components": [] } }),
        ),
        row(
            "an invoice",
            &lime("invoice"),
            &json!({ "currency": "BRL", "total": 10.85, "items": [{ "quantity": 1, "unit": 10.85, "currency": "BRL", "total": 10.85, "description": "Item" }] }),
        ),
        row("an invoice's status", &lime("invoice-status"), &json!({ "status": "completed", "code": "215" })),
        row("a receipt", &lime("payment-receipt"), &json!({ "currency": "BRL", "total": 10.85, "items": [], "method": { "name": "Pix" }, "code": "215" })),
        row("Pix to copy", &lime("copy-and-paste"), &json!({ "header": "Pix", "body": "Copie", "button": { "text": "Copiar", "value": "0002" } })),
        row("a menu", &lime("select"), &json!({ "text": "Qual?", "options": [{ "text": "Um" }, { "text": "Dois" }, { "text": null }] })),
        row("a call", &iris("calls.media+json"), &json!({ "type": "Voice", "status": "NOANSWER", "identification": "5531" })),
        row(
            "a recorded call",
            &iris("calls.media+json"),
            &json!({ "type": "Voice", "status": "ANSWER", "media": { "type": lime("media-link"), "content": { "type": "audio/mp3", "uri": "https://m.example/4" } } }),
        ),
        row("several in one", &lime("tuple"), &json!({ "item1": inside("um"), "item2": { "type": lime("media-link"), "value": image } })),
        row("a wrapper", &lime("external"), &json!({ "type": "text/plain", "content": "oi" })),
        row("speech", &lime("ssml-text"), &json!({ "ssml": "<speak>bom <b>dia</b></speak>" })),
        row("a survey", &lime("satisfaction-survey"), &json!({ "question": "Gostou?" })),
        row("a wish for a person", &iris("human-agent-request"), &json!("True")),
        row("a type that nobody knows", "application/x-new+json", &json!({ "title": "Novo", "text": "de 2027", "n": 1 })),
        row("a known type in another shape", &lime("media-link"), &json!({ "text": "sem link" })),
        row("typing", &lime("chatstate"), &json!({ "state": "composing" })),
        row("a click that is counted", &lime("click-tracking"), &json!({})),
        row("a ping", &lime("ping"), &json!({})),
        row("Builder's timer", "application/vnd.blip-client.inputexpirationtime+json", &json!({ "identity": "a@b" })),
    ]);
    check_page("table of types", &rows);
}

/// The largest file, and the families that are shown as what they are.
fn shown(files: &Files) -> String {
    let largest = |bytes: u64| format!("{} MB", bytes / MEGABYTE);
    let families = files.families.iter().map(|family| {
        // The names of IANA; those that systems have for the same are in the code.
        let is_alias = |mime: &&&str| {
            ["/x-", "/jpg", "/pjpeg", "/m4a", "/mp3", "/3gp", "/wave", "voice/"]
                .iter()
                .any(|alias| if *alias == "/3gp" { mime.ends_with(alias) } else { mime.contains(alias) })
        };
        let names = family.types.iter().filter(|mime| !is_alias(mime));
        let names = names.map(|mime| format!("`{mime}`")).collect::<Vec<_>>().join(" ");
        let others = if family.others == Others::Document { "a document" } else { "a link" };
        let silent = if files.caption > 0 && !family.captions { ", without words" } else { "" };
        let which = if family.prefixes == [""] {
            "all else".to_owned()
        } else {
            family.prefixes.first().map_or_else(String::new, |prefix| format!("`{prefix}`"))
        };
        format!("<br>{which}: {names} up to {}{silent}, others {others}", largest(family.bytes))
    });
    format!("{}{}", largest(files.bytes), families.collect::<String>())
}

fn words_with(caption: usize, text: usize) -> String {
    match caption {
        0 => "a text after it".to_owned(),
        caption => caption.min(text).to_string(),
    }
}

#[test]
fn the_page_says_what_each_channel_shows() {
    let mut rows = vec![
        ["channel", "domain", "text", "files", "words with a file", "answers to tap", "places", "links", "typing"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let yes = |yes: bool| if yes { "yes" } else { "as text" }.to_owned();
    for channel in &CHANNELS {
        let can = &channel.capabilities;
        rows.push(vec![
            channel.name.to_owned(),
            format!("`{}`", channel.domain),
            if can.unit == Unit::Bytes { format!("{} bytes", can.text) } else { can.text.to_string() },
            can.files.map_or("as text".to_owned(), |files| shown(&files)),
            can.files.map_or("–".to_owned(), |files| words_with(files.caption, can.text)),
            can.choices.map_or("numbers".to_owned(), |choices| {
                let under = if choices.text < can.text { format!(", under {}", choices.text) } else { String::new() };
                format!("{}, of {} characters{under}", choices.most, choices.label)
            }),
            yes(can.locations),
            yes(can.links),
            if can.typing { "yes" } else { "no" }.to_owned(),
        ]);
    }
    check_page("table of channels", &rows);
}

#[test]
fn what_an_agent_sends_survives_the_way_to_the_channel() {
    let contents = [
        Content::text("oi"),
        Content::File {
            url: "https://x.example/a".into(),
            name: Some("a.pdf".into()),
            mime: None,
            size: Some(1),
            caption: None,
        },
        Content::Location { latitude: 1.0, longitude: 2.0, text: Some("aqui".into()) },
        Content::Choices { text: "Qual?".into(), options: vec!["Um".into(), "Dois".into()] },
        Content::Link { url: "https://x.example".into(), title: Some("t".into()), text: None },
    ];
    for channel in &CHANNELS {
        for content in &contents {
            let shown: String = fit(content.clone(), &channel.capabilities)
                .iter()
                .map(|one| ponte::lime::to_text(&document_of(one)))
                .collect();
            let said = told(content);
            for word in ["oi", "https://x.example/a", "aqui", "Um", "Dois", "https://x.example"] {
                assert_eq!(shown.contains(word), said.contains(word), "{} {said} {shown}", channel.name);
            }
        }
    }
    assert_eq!(Format::default(), Format::Plain);
}

/// Any JSON, a few levels deep.
fn json() -> impl Strategy<Value = Value> {
    let words =
        ["text", "uri", "type", "value", "title", "items", "itemType", "replied", "options", "", "é😀", "\u{0}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop::sample::select(words.to_vec()).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(words.to_vec()), inner), 0..6).prop_map(
                |fields| Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            ),
        ]
    })
}

/// Every type of the examples, and some that have none.
fn kinds() -> Vec<String> {
    let rare = ["tuple", "external", "ssml-text", "deleted-content", "satisfaction-survey", "x"];
    let rare = rare.map(|name| format!("application/vnd.lime.{name}+json"));
    let others = ["application/vnd.iris.calls.media+json", "application/x-new", "", "text/html"].map(str::to_owned);
    let seen = fixtures::messages().into_iter().map(|(_, message)| message.document.media_type().to_owned());
    seen.chain(rare).chain(others).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_json_at_all_gives_words(kind in prop::sample::select(kinds()), content in json()) {
        let document = Document::new(&kind, content);
        let contents = contents_of(&document);
        prop_assert!(!contents.is_empty());
        if !document.is_internal() {
            prop_assert!(contents.iter().any(|content| !told(content).trim().is_empty()), "{kind}");
        }
    }
}

/// Sixty thousand characters of a person's words, and a few more, whatever they come in.
#[test]
fn what_a_person_wrote_is_shortened_nowhere() {
    let long = (0..9_000).map(|number| format!("palavra{number} ")).collect::<Vec<_>>().concat();
    let container = json!({ "type": "text/plain", "value": long });
    let lime = |name: &str| format!("application/vnd.lime.{name}+json");
    let nested = json!({ "type": lime("container"), "value": { "type": lime("sensitive"), "value": container } });
    for (media_type, content) in [
        ("text/plain".to_owned(), json!(long)),
        ("text/html".to_owned(), json!(long)),
        (lime("reply"), json!({ "replied": container, "inReplyTo": { "type": "text/plain", "value": long } })),
        (lime("reply"), json!({ "replied": { "type": lime("reply"), "value": { "replied": container } } })),
        (lime("sensitive"), container.clone()),
        (lime("container"), nested),
        (lime("redirect"), json!({ "context": container })),
        (lime("collection"), json!({ "itemType": "text/plain", "items": ["um", long] })),
        (lime("tuple"), json!({ "item1": container })),
        (lime("external"), json!({ "type": "text/plain", "content": long })),
        (lime("list"), json!({ "items": [container] })),
        ("application/json".to_owned(), json!({ "type": "text", "text": { "body": long } })),
        ("application/json".to_owned(), json!({ "resposta": long })),
        ("application/x-new".to_owned(), json!(long)),
        (lime("contact"), json!({ "name": long })),
    ] {
        let contents = contents_of(&Document::new(&media_type, content));
        let texts: Vec<String> = contents.iter().map(told).collect();
        let said: String = texts.concat();
        for number in [0, 999, 1_500, 5_000, 8_999] {
            assert!(
                said.contains(&format!("palavra{number} ")) || said.ends_with(&format!("palavra{number}")),
                "{media_type} {number}"
            );
        }
        assert!(texts.iter().all(|text| text.chars().count() <= ponte::message::MAX_TEXT), "{media_type}");
    }
    // Of more parts than are passed on, the rest is in the last one, none of it twice.
    let items: Vec<String> = (0..120).map(|number| format!("item {number}.")).collect();
    let contents =
        contents_of(&Document::new(&lime("collection"), json!({ "itemType": "text/plain", "items": items })));
    let said: Vec<String> = contents.iter().map(told).collect();
    assert_eq!(contents.len(), 50);
    assert_eq!(said.join("\n"), items.join("\n"));
}

/// A file in all but its shape, and one under its own type.
#[test]
fn a_file_is_a_file_in_every_shape() {
    let link = "application/vnd.lime.media-link+json";
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";
    let data = format!("data:image/png;base64,{png}");
    for (media_type, content, expected) in [
        ("image/png", json!(png), format!("file: image/png · {data}")),
        ("Image/PNG; x=y", json!(png), format!("file: Image/PNG; x=y · {data}")),
        ("image/png", json!(format!("{}\r\n{}", &png[..20], &png[20..])), format!("file: image/png · {data}")),
        ("image/png", json!(data), format!("file: image/png · {data}")),
        ("image/png", json!("https://x.example/a.png"), "file: image/png · https://x.example/a.png".to_owned()),
        (link, json!({ "type": "image/png", "uri": data }), format!("file: image/png · {data}")),
        (
            link,
            json!({ "url": "https://x.example/a", "mime_type": "image/png", "caption": "oi", "filename": "a.png" }),
            "file: a.png · image/png · oi · https://x.example/a".to_owned(),
        ),
        (link, json!("https://x.example/a.png"), "file: https://x.example/a.png".to_owned()),
        ("image/png", json!("uma foto que não veio"), "[image/png] uma foto que não veio".to_owned()),
        (
            "application/x-new",
            json!("palavra ".repeat(20)),
            format!("[application/x-new] {}", "palavra ".repeat(20).trim_end()),
        ),
        ("text/plain", json!(png.repeat(10)), png.repeat(10)),
    ] {
        let contents: Vec<String> = contents_of(&Document::new(media_type, content)).iter().map(told).collect();
        assert_eq!(contents, [expected]);
    }
    let quoted =
        json!({ "replied": { "type": "image/png", "value": png }, "inReplyTo": { "type": "image/png", "value": png } });
    let contents = contents_of(&Document::new("application/vnd.lime.reply+json", quoted));
    assert_eq!(
        contents.iter().map(told).collect::<Vec<_>>(),
        ["> [image]".to_owned(), format!("file: image/png · {data}")]
    );
}
