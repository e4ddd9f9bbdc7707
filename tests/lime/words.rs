//! What documents say in words.

use std::fmt::Write as _;

use ponte::lime::{Document, MAX_WORDS, words};
use serde_json::{Value, json};

use super::fixtures;

#[test]
fn every_example_in_words() {
    let mut all = String::new();
    for (name, message) in fixtures::messages() {
        let said = words(&message.document);
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
    assert_eq!(words(&Document::new(media_type, content)), expected);
}

#[test]
fn what_has_no_words_has_its_name() {
    check("text/plain", json!(" \n"), "[text/plain]");
    check("text/plain", json!(null), "[text/plain]");
    check("text/plain", json!(5), "5");
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
    check("application/x-foo", json!({"text": "hi", "uri": "https://x", "n": 1}), "[application/x-foo] hi\nhttps://x");
    check("application/x-foo; v=1", json!("hi"), "[application/x-foo] hi");
    check("application/x-foo", json!(null), "[application/x-foo]");
    check("application/x\u{7}\n-foo", json!([1]), "[application/x-foo] [1]");
    check("text/markdown", json!("*hi*"), "*hi*");
    check(
        "application/vnd.lime.media-link+json",
        json!({"text": "no uri"}),
        "[application/vnd.lime.media-link+json] no uri",
    );
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
    check("application/json", json!({"k": 1}), r#"{"k":1}"#);
    check("application/json", json!("plain"), "plain");
    check("application/json", json!({"type": "typing_indicator"}), "");
}

#[test]
fn a_quote_goes_before_the_answer_and_is_cut_short() {
    let reply = |quoted: &str| json!({"replied": {"type": "text/plain", "value": "yes"}, "inReplyTo": {"type": "text/plain", "value": quoted}});
    check("application/vnd.lime.reply+json", reply("one\ntwo"), "> one\n> two\nyes");
    let long = words(&Document::new("application/vnd.lime.reply+json", reply(&"x".repeat(5000))));
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
    let long = words(&Document::text("é".repeat(MAX_WORDS + 1)));
    assert_eq!(long.chars().count(), MAX_WORDS);
    assert!(long.ends_with('…'));
    let many = json!({"itemType": "text/plain", "items": vec!["four"; 100_000]});
    let said = words(&Document::new("application/vnd.lime.collection+json", many));
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
