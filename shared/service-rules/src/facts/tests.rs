use serde_json::json;

use super::*;
use crate::{Language, Priority};

fn paths(ignored: &[Ignored]) -> Vec<&str> {
    ignored.iter().map(|note| note.path.as_str()).collect()
}

#[test]
fn a_context_is_read_as_a_document_as_text_and_as_text_in_its_container() {
    let document = json!({"ponte":{"queue":"financeiro","agent":"ana@example.com","skills":["alemão"],"priority":"high","tags":["boleto"],
        "fields":{"contrato":"77-1020","vip":true,"n":3},"language":"en-US","subject":"Segunda via","text":"Segunda via\nde boleto"}});
    let read = ContextFacts::read(&document);
    assert_eq!((read.kind, read.ignored.len()), (ContextKind::Ponte, 0));
    let facts = &read.facts;
    assert_eq!((facts.queue.as_deref(), facts.agent.as_deref()), (Some("financeiro"), Some("ana@example.com")));
    assert_eq!((facts.priority, facts.language), (Some(Priority::High), Some(Language::English)));
    assert_eq!(facts.text.as_deref(), Some("Segunda via\nde boleto"));
    assert_eq!(
        facts.fields.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>(),
        ["contrato=77-1020", "n=3", "vip=true"]
    );

    let text = document.to_string();
    for same in [
        json!(text),
        json!(format!(" \n{text}")),
        json!({"type":"text/plain","value":text}),
        json!({"type":"application/json","value":document}),
    ] {
        assert_eq!(ContextFacts::read(&same), read);
    }
    let quoted_again = json!({"ponte": document["ponte"].to_string()});
    assert_eq!(ContextFacts::read(&quoted_again), read);
    assert_eq!(Facts::from_context(&document).0.context, read.facts);
    assert_eq!(format!("{read:?}").matches("financeiro").count(), 0, "nothing of it is readable in a log");
}

#[test]
fn words_are_the_subject_and_other_json_is_nothing() {
    let words = ContextFacts::read_text(" Segunda via\nde boleto ");
    assert_eq!(words.kind, ContextKind::Text);
    assert_eq!(words.facts.subject.as_deref(), Some("Segunda via de boleto"));
    assert_eq!(words.facts.text.as_deref(), Some("Segunda via\nde boleto"));
    // JSON that does not speak to us was always shown as it is, and so was JSON that is none.
    for text in [r#"{"name":"x"}"#, r#"{"ponte":"#, r#"{"ponte":1e999}"#] {
        assert_eq!(ContextFacts::read_text(text).kind, ContextKind::Text, "{text}");
    }
    for other in [
        json!(null),
        json!(true),
        json!(4),
        json!([]),
        json!({}),
        json!({"value":[1]}),
        json!(" "),
        json!({"name":"ponte"}),
    ] {
        assert_eq!(
            ContextFacts::read(&other),
            ReadContext { facts: ContextFacts::default(), kind: ContextKind::Other, ignored: vec![] }
        );
    }
}

#[test]
fn every_type_in_every_place_is_tolerated_and_named() {
    let keys = ["queue", "agent", "skills", "priority", "tags", "fields", "language", "subject", "text"];
    let values = [
        json!(null),
        json!(true),
        json!(7),
        json!(1.5),
        json!(""),
        json!("x"),
        json!([]),
        json!([1, "a", null, {}]),
        json!({}),
        json!({"a":{}}),
    ];
    for key in keys {
        for value in &values {
            let read = ContextFacts::read(&json!({"ponte": {key: value}}));
            assert_eq!(read.kind, ContextKind::Ponte);
            assert!(
                read.ignored.iter().all(|note| note.path.starts_with(&format!("ponte.{key}"))),
                "{key} {value} {:?}",
                read.ignored
            );
        }
    }
    let read = ContextFacts::read(
        &json!({"ponte":{"queue":{"name":"secret"},"agent":[1],"skills":{"a":1},"priority":"secret","tags":["a",["secret"],2,"a"],
        "fields":{"k":["secret"]},"language":"secret","subject":true,"text":4,"qeue":"secret","secret":1}}),
    );
    assert_eq!(read.facts.tags, ["a", "2"]);
    let mut found = paths(&read.ignored);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "ponte",
            "ponte.agent",
            "ponte.fields[0]",
            "ponte.language",
            "ponte.priority",
            "ponte.queue",
            "ponte.skills",
            "ponte.subject",
            "ponte.tags[1]",
            "ponte.text",
            "ponte: a key that is near `queue`",
        ]
    );
    assert!(!read.ignored.iter().any(|note| note.to_string().contains("secret")));
    assert_eq!(
        ContextFacts::read(&json!({"ponte":{"queue":360_000_111,"tags":"a, b,,"}})).facts.queue.as_deref(),
        Some("360000111")
    );
    for no_object in [json!([]), json!("words"), json!(4)] {
        let read = ContextFacts::read(&json!({"ponte": no_object}));
        assert_eq!((read.kind, paths(&read.ignored)), (ContextKind::Ponte, vec!["ponte"]), "{no_object}");
    }
}

#[test]
fn two_hundred_kilobytes_become_short_texts() {
    let long = "😀é\u{202e}שלום".repeat(10_000);
    let tags: Vec<String> = (0..20_000).map(|number| number.to_string()).collect();
    let fields: serde_json::Map<String, Value> =
        (0..20_000).map(|number| (number.to_string(), json!([number]))).collect();
    let begun = std::time::Instant::now();
    let read = ContextFacts::read(
        &json!({"ponte":{"queue":long,"tags":tags,"skills":long,"fields":fields,"subject":long,"text":long,"priority":long,"language":long}}),
    );
    let facts = &read.facts;
    assert_eq!(facts.tags.len(), 30);
    assert!(facts.queue.as_ref().unwrap().starts_with("😀é") && facts.queue.as_ref().unwrap().len() <= 400);
    assert!(facts.text.as_ref().unwrap().len() <= 16_000 && facts.subject.as_ref().unwrap().len() <= 640);
    assert_eq!(read.ignored.len(), 20);
    let text = json!({"ponte":{"text": "a".repeat(300_000)}}).to_string();
    assert_eq!(ContextFacts::read_text(&text).kind, ContextKind::Text);
    assert_eq!(ContextFacts::read_text(&"{\"a\":".repeat(40_000)).kind, ContextKind::Text);
    assert_eq!(ContextFacts::read_text(&"\u{0}".repeat(200_000)).facts, ContextFacts::default());
    assert!(begun.elapsed().as_secs() < 10);
}

#[test]
fn a_ticket_of_blip() {
    let ticket = TicketFacts::of(
        &json!({"id":"1","team":"Suporte","priority":"3000","tags":["a",2,{}],"externalId":7,"sequentialId":12,
        "parentSequentialId":11,"CampaignId":"c"}),
    );
    assert_eq!((ticket.team(), ticket.priority), (Some("Suporte"), Some(3_000)));
    assert_eq!(ticket.tags, ["a", "2"]);
    let texts: Vec<_> = TicketKey::ALL.iter().filter_map(|key| ticket.text(*key)).collect();
    assert_eq!(texts, ["1", "Suporte", "3000", "a, 2", "7", "12", "11", "c"]);
    for none in ["Default", "DIRECT_TRANSFER", "direct_transfer", " "] {
        assert_eq!(TicketFacts::of(&json!({"team": none})).team(), None);
    }
    for odd in [json!(null), json!([]), json!("x"), json!({"team":{},"priority":{},"tags":7,"id":[]})] {
        assert_eq!(TicketFacts::of(&odd).team(), None);
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,60}", inside in "[\\PC\n\"{}:,\\[\\]]{0,60}") {
        let _ = ContextFacts::read_text(&text);
        let _ = ContextFacts::read_text(&format!("{{\"ponte\":{inside}}}"));
    }
}
