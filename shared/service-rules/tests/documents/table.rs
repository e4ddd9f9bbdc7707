//! The table of `docs/routing.md`.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use service_rules::{ContactKey, ContextFacts, Facts, Referral, Routed, TicketFacts, route};

use crate::{cases::CASES, docs, rules};

const BEGIN: &str = "<!-- cases: made by the tests of the crate service-rules -->\n";
const END: &str = "<!-- end of cases -->\n";

/// Noon of 2026-11-30 in UTC, nine in the morning in São Paulo.
const NOW: i64 = 1_796_040_000;

fn texts(value: Option<&Value>) -> impl Iterator<Item = (String, String)> {
    let fields = value.and_then(Value::as_object).cloned().unwrap_or_default();
    fields.into_iter().map(|(key, value)| (key, value.as_str().unwrap().to_owned()))
}

/// Facts as a case writes them.
fn facts(case: &str) -> Facts {
    let case: Map<String, Value> = serde_json::from_str(case).unwrap();
    let text = |key: &str| case.get(key).map(|value| value.as_str().unwrap().to_owned());
    let referral = case.get("referral");
    let of_ad =
        |key: &str| referral.and_then(|referral| referral.get(key)).map(|value| value.as_str().unwrap().to_owned());
    let known = ["context", "ticket", "extras", "contact", "state", "channel", "referral", "message"];
    assert!(case.keys().all(|key| known.contains(&key.as_str())));
    Facts {
        context: case.get("context").map(|context| ContextFacts::read(context).facts).unwrap_or_default(),
        ticket: case.get("ticket").map(TicketFacts::of).unwrap_or_default(),
        channel_domain: None,
        extras: Some(texts(case.get("extras")).collect()),
        contact: texts(case.get("contact"))
            .map(|(key, value)| (ContactKey::ALL.iter().copied().find(|known| known.as_str() == key).unwrap(), value))
            .collect(),
        state: text("state"),
        channel: text("channel"),
        referral: Referral { id: of_ad("id"), headline: of_ad("headline"), ..Referral::default() },
        message: text("message"),
        now: Some(NOW),
    }
}

/// What a route says beside its queue.
fn rest(routed: &Routed) -> String {
    let mut rest = serde_json::to_value(&routed.route).unwrap();
    let fields = rest.as_object_mut().unwrap();
    fields.remove("queue");
    if fields.get("language").is_some_and(|language| language == "pt-BR") {
        fields.remove("language");
    }
    let mut words: Vec<String> = Vec::new();
    for key in [
        "agent",
        "skills",
        "priority",
        "tags",
        "fields",
        "language",
        "subject",
        "ticket_type",
        "brand",
        "form",
        "return_service",
    ] {
        match fields.get(key) {
            None => {}
            Some(Value::String(text)) => words.push(format!("{key} {text}")),
            Some(Value::Array(texts)) => {
                let texts: Vec<&str> = texts.iter().filter_map(Value::as_str).collect();
                words.push(format!("{key} {}", texts.join(", ")));
            }
            Some(Value::Object(named)) => {
                let named: Vec<String> =
                    named.iter().map(|(name, value)| format!("{name} = {}", value.as_str().unwrap())).collect();
                words.push(format!("{key} {}", named.join(", ")));
            }
            Some(other) => panic!("{other}"),
        }
    }
    if let Some(unknown) = &routed.unknown_queue {
        words.push(format!("note: no queue {unknown}"));
    }
    if !routed.clear_extras.is_empty() {
        words.push(format!("empties {}", routed.clear_extras.join(", ")));
    }
    words.join("; ")
}

fn table() -> String {
    let mut table = String::from("| | rules | facts | queue | with | counted as |\n|-|-|-|-|-|-|\n");
    for (number, (name, about, case, _)) in CASES.iter().enumerate() {
        let routed = route(&facts(case), &rules(name));
        let queue = routed.route.queue.as_deref().unwrap_or("–");
        let facts = case.replace('|', "\\|");
        let _ = writeln!(
            table,
            "| {} | {name} | {about}: `{facts}` | {queue} | {} | {} |",
            number + 1,
            rest(&routed),
            routed.metric()
        );
    }
    table
}

#[test]
fn each_case_goes_where_it_should() {
    assert!(CASES.len() >= 30);
    for (name, about, case, expected) in CASES {
        let routed = route(&facts(case), &rules(name));
        let found = format!("{} {}", routed.route.queue.as_deref().unwrap_or("-"), routed.metric());
        assert_eq!(found, *expected, "{name}: {about}");
    }
}

#[test]
fn the_page_holds_the_table() {
    let page = docs().join("routing.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    let made = table();
    if std::env::var_os("PONTE_WRITE_DOCS").is_some() {
        std::fs::write(&page, format!("{before}{BEGIN}{made}{END}{after}")).unwrap();
    } else {
        assert_eq!(written, made, "docs/routing.md is not what the rules do: PONTE_WRITE_DOCS=1 writes it anew");
    }
}
