//! What documents say in words.

use std::fmt::Write as _;

use ponte::lime::{Document, MAX_WORDS, in_short, to_text};
use serde_json::{Value, json};

use super::fixtures;

#[test]
fn every_example_in_words() {
    let mut all = String::new();
    for (name, message) in fixtures::messages() {
        let said = to_text(&message.document);
        assert_eq!(said.is_empty(), message.document.is_internal(), "{name}");
        writeln!(all, "{name}\n{}\n", indented(&said)).unwrap();
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("words", all);
    });
}

/// Each line four spaces in, so that names and words are told apart.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(media_type: &str, content: Value, expected: &str) {
    assert_eq!(to_text(&Document::new(media_type, content)), expected);
}

#[test]
fn what_has_no_words_has_its_name() {
    for blank in [json!(" \n"), json!(null), json!(""), json!("\u{200b}\u{2800}\u{fe0f}")] {
        check("text/plain", blank.clone(), "[empty message]");
        let inside = json!({"type": "text/plain", "value": blank});
        check("application/vnd.lime.sensitive+json", inside.clone(), "[empty message]");
        let quoted = json!({"type": "text/plain", "value": "ok?"});
        check(
            "application/vnd.lime.reply+json",
            json!({"replied": inside, "inReplyTo": quoted}),
            "> ok?\n[empty message]",
        );
    }
    check("text/plain", json!(5), "5");
    check("text/plain", json!({"text": "oi"}), "oi");
    check("text/plain", json!(["um", "dois"]), "um, dois");
    check("text/html", json!("aB3".repeat(100)), &"aB3".repeat(100));
    check("application/vnd.lime.location+json", json!({"latitude": "*"}), "[location]");
    check("application/vnd.lime.contact+json", json!({}), "[contact]");
    check("application/vnd.lime.reaction+json", json!({}), "[reaction removed]");
    check("application/vnd.lime.collection+json", json!({"itemType": "text/plain", "items": []}), "[collection]");
    check("application/vnd.lime.deleted-content+json", json!(null), "[deleted-content]");
    check("application/vnd.iris.human-agent-request", json!("True"), "[human-agent-request]");
    check("application/json", json!({}), "{}");
}

#[test]
fn an_unknown_type_says_its_name_and_what_is_readable() {
    check(
        "application/x-foo",
        json!({"text": "hi", "n": 1, "list": ["a", 2], "deep": {"b": true, "c": [{"d": 1, "e": "f"}, {"d": 2}]}}),
        "[application/x-foo] hi\ndeep b: true\ndeep c: d 1, e f\ndeep c: 2\nlist: a, 2\nn: 1",
    );
    check("application/x-foo; v=1", json!("hi"), "[application/x-foo] hi");
    check("application/x-foo+json", json!("hi"), "[application/x-foo+json] hi");
    check("application/x-foo", json!(null), "[application/x-foo]");
    check("application/x\u{7}\n-foo", json!([1]), "[application/x-foo] 1");
    check("text/markdown", json!("*hi*"), "*hi*");
    check("application/vnd.lime.media-link+json", json!({"text": "no uri"}), "[file] no uri");
}

#[test]
fn rare_types_say_what_they_hold() {
    check("application/vnd.lime.ssml-text+json", json!({"text": "hi", "ssml": "<speak>ho</speak>"}), "hi");
    check("application/vnd.lime.ssml-text+json", json!({"ssml": "<speak>a <b>c</b></speak>"}), "a c");
    let item = |text: &str| json!({"type": "text/plain", "value": text});
    check("application/vnd.lime.tuple+json", json!({"item1": item("a"), "item2": item("b")}), "a\nb");
    check("application/vnd.lime.external+json", json!({"type": "text/plain", "content": "hi"}), "hi");
    check("application/vnd.lime.satisfaction-survey+json", json!({"question": "Well?"}), "Well?");
    let call = json!({"type": "Voice", "status": "NOANSWER", "identification": "5531988889999"});
    check("application/vnd.iris.calls.media+json", call, "[call] Voice NOANSWER");
}

#[test]
fn the_channels_own_json_is_read() {
    check("application/json", json!({"type": "text", "text": {"body": "hi"}}), "hi");
    let buttons = json!({"type": "interactive", "interactive": {"body": {"text": "Well?"}, "action": {"buttons": [
        {"type": "reply", "reply": {"id": "1", "title": "Yes"}}, {"type": "reply", "reply": {"id": "2", "title": "No"}}]}}});
    check("application/json", buttons, "Well?\n1. Yes\n2. No");
    let list = json!({"interactive": {"body": {"text": "Which?"}, "action": {"button": "Open", "sections": [
        {"rows": [{"title": "A"}]}, {"rows": [{"title": "B"}]}]}}});
    check("application/json", list, "Which?\n1. A\n2. B");
    check(
        "application/json",
        json!({"type": "image", "image": {"link": "https://x", "caption": "A cat"}}),
        "A cat\nhttps://x",
    );
    check("application/json", json!({"k": 1}), "k: 1");
    check("application/json", json!("plain"), "plain");
    check("application/json", json!({"type": "typing_indicator"}), "");
}

#[test]
fn a_quote_goes_before_the_answer_and_is_cut_short() {
    let reply = |quoted: &str| json!({"replied": {"type": "text/plain", "value": "yes"}, "inReplyTo": {"type": "text/plain", "value": quoted}});
    check("application/vnd.lime.reply+json", reply("one\ntwo"), "> one\n> two\nyes");
    let long = to_text(&Document::new("application/vnd.lime.reply+json", reply(&"x".repeat(5000))));
    assert!(long.ends_with("…\nyes") && long.chars().count() < 400);
    check(
        "application/vnd.lime.reply+json",
        json!({"replied": {"type": "text/plain", "value": "yes"}, "inReplyTo": {"id": "1"}}),
        "yes",
    );
}

#[test]
fn words_end_at_their_limit() {
    let exact = "é".repeat(MAX_WORDS);
    check("text/plain", json!(exact), &exact);
    let long = to_text(&Document::text("é".repeat(MAX_WORDS + 1)));
    assert_eq!(long.chars().count(), MAX_WORDS);
    assert!(long.ends_with('…'));
    let many = json!({"itemType": "text/plain", "items": vec!["four"; MAX_WORDS / 4]});
    let said = to_text(&Document::new("application/vnd.lime.collection+json", many));
    assert!(said.chars().count() <= MAX_WORDS && said.starts_with("four\nfour"));
}

#[test]
fn what_lies_too_deep_is_marked() {
    let mut content = json!({"type": "text/plain", "value": "at the bottom"});
    for _ in 0..20 {
        content = json!({"type": "application/vnd.lime.container+json", "value": content});
    }
    check("application/vnd.lime.container+json", content, "[…]");
}

#[test]
fn what_is_cut_for_a_transcript_says_so() {
    let long = Document::text("é".repeat(13_521));
    let cut = in_short(&long, 8_000);
    assert_eq!(cut.chars().count(), 8_000);
    assert!(cut.ends_with("é… [cut: 13521 characters in all]"), "{cut}");
    assert_eq!(in_short(&long, 13_521), to_text(&long));
}

#[test]
fn a_known_type_in_another_shape_is_read_for_its_values() {
    for (name, content, expected) in [
        ("contact", json!({"phones": [{"phone": "+55 31 98888-0002"}]}), "+55 31 98888-0002"),
        (
            "contact",
            json!({"name": {"formatted_name": "Ana Souza", "first_name": "Ana"}, "phones": [{"phone": "+55 31 98888-0002", "wa_id": "5531988880002", "type": "CELL"}],
                   "emails": [{"email": "a@x.example"}], "org": {"company": "Loja"}, "addresses": [{"street": "Rua A, 1", "city": "Betim"}], "urls": [{"url": "https://x.example"}], "birthday": "1990-01-02"}),
            "Ana Souza\n+55 31 98888-0002\na@x.example\nhttps://x.example\nLoja\nRua A, 1, Betim\nbirthday: 1990-01-02",
        ),
        ("contact", json!({"name": "Ana", "phone": 31_988_880_002_i64}), "Ana\nphone: 31988880002"),
        ("contact", json!("Ana +5531"), "Ana +5531"),
        ("contact", json!([{"name": "Ana"}]), "[contact] Ana"),
        ("contact", json!({"photoUri": "https://x.example/a.png"}), "photoUri: https://x.example/a.png"),
        ("location", json!({"lat": -19.9, "lng": -43.9}), "lat: -19.9\nlng: -43.9"),
        ("location", json!({"latitude": 200, "longitude": 0}), "latitude: 200\nlongitude: 0"),
        ("location", json!({"latitude": "*", "longitude": "*", "address": "Rua A"}), "address: Rua A"),
        ("web-link", json!({"url": "https://x.example", "title": "Trocas"}), "Trocas\nurl: https://x.example"),
        ("web-link", json!({"uri": {"href": "https://x.example"}}), "href: https://x.example"),
        ("select", json!({"text": "Qual?"}), "[select] Qual?"),
        (
            "select",
            json!({"text": "Qual?", "options": [{"text": "A"}], "footer": "Até 18h"}),
            "Qual?\n1. A\nfooter: Até 18h",
        ),
        ("collection", json!({"items": ["um", "dois"]}), "[collection] items: um, dois"),
        ("reply", json!({"replied": "sim"}), "[reply] replied: sim"),
        (
            "invoice",
            json!({"total": 10, "items": [{"name": "Aro", "total": 10}], "number": "77"}),
            "[invoice]\n10 name: Aro\n10\nnumber: 77",
        ),
        (
            "input",
            json!({"label": {"type": "text/plain", "value": "CPF?"}, "hint": "só números"}),
            "CPF?\nhint: só números",
        ),
        ("copy-and-paste", json!({"code": "0002"}), "code: 0002"),
        ("media-link", json!({"title": "boleto.pdf"}), "[file] boleto.pdf"),
        (
            "reply",
            json!({"replied": {"type": "text/plain", "value": "sim"}, "inReplyTo": {"value": {"text": "Qual?"}}}),
            "> Qual?\nsim",
        ),
    ] {
        let said = to_text(&Document::new(&format!("application/vnd.lime.{name}+json"), content.clone()));
        let expected = expected.replace("10 name: Aro", "10 Aro");
        assert_eq!(said, expected, "{content}");
    }
}

#[test]
fn a_reaction_is_removed_only_where_no_emoji_was_sent() {
    let check = |content: Value, expected: &str| check("application/vnd.lime.reaction+json", content, expected);
    for emoji in [
        json!("🙏"),
        json!({"values": ["🙏"]}),
        json!({"values": "🙏"}),
        json!({"value": "🙏"}),
        json!([128_591]),
        json!(128_591),
        json!("128591"),
        json!({"values": ["U+1F64F"]}),
        json!({"values": ["0x1F64F"]}),
        json!({"values": ["55357", "56911"]}),
        json!({"values": [128_591.0]}),
    ] {
        check(json!({"emoji": emoji}), "🙏");
    }
    check(json!({"reaction": "🙏"}), "🙏");
    check(json!({"text": "🙏"}), "🙏");
    for nothing in [
        json!({}),
        json!({"emoji": null}),
        json!({"emoji": ""}),
        json!({"emoji": {}}),
        json!({"emoji": {"values": []}}),
    ] {
        check(nothing, "[reaction removed]");
    }
    check(json!({"emoji": {"values": [55_357]}}), "[reaction that cannot be read]");
    check(json!({"emoji": ":pray:"}), "[reaction that cannot be read]\nemoji: :pray:");
    check(json!({"emoji": {"name": "pray"}}), "[reaction that cannot be read]");
    check(json!("🙏"), "[reaction that cannot be read]\n🙏");
    check(json!(null), "[reaction that cannot be read]");
}

#[test]
fn a_quoted_file_is_a_quotation_in_words() {
    let reply = |quoted: Value| json!({"replied": {"type": "text/plain", "value": "este"}, "inReplyTo": quoted});
    let file = |value: Value| reply(json!({"id": "1", "type": "application/vnd.lime.media-link+json", "value": value}));
    let secret =
        "https://blipmediastore.blob.core.windows.net/secure-medias/Media_b34a1052-6707-439d-8b99-46052f27f895?sig=x";
    for (content, expected) in [
        (
            file(json!({"type": "image/jpeg", "uri": secret, "title": "foto.jpg", "text": "o aro"})),
            "> [image] foto.jpg\n> o aro",
        ),
        (file(json!({"type": "audio/ogg", "uri": secret})), "> [audio]"),
        (file(json!({"type": "voice/ogg", "uri": "file:///data/user/0/voz.ogg"})), "> [audio]"),
        (
            file(
                json!({"type": "application/pdf", "uri": secret, "title": "Media_b34a1052-6707-439d-8b99-46052f27f895"}),
            ),
            "> [pdf]",
        ),
        (file(json!({"type": "image/png"})), "> [image]"),
        (file(json!("b34a1052-6707-439d-8b99-46052f27f895")), "> [file]"),
        (reply(json!({"type": "application/vnd.lime.media-link+json"})), "> [file]"),
        (reply(json!({"type": "image/png", "value": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAA"})), "> [image]"),
        (reply(json!({"type": "application/vnd.iris.ticket+json", "value": {"id": "1"}})), ""),
    ] {
        let expected = if expected.is_empty() { "este".to_owned() } else { format!("{expected}\neste") };
        check("application/vnd.lime.reply+json", content, &expected);
    }
}
