//! The types and the file, field by field.

use std::collections::BTreeSet;

use ponte::{
    conversation::EntryPoint,
    helpdesk::{
        signature::TOLERANCE,
        webhook::wire::{AvailabilityAnswer, Event, FromPonte, StartedAnswer, ToPonte},
    },
    lime::Node,
    message::Content,
    relay::{
        body::MAX_BODY,
        ports::{FileProblem, NotDelivered},
    },
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    file::{Contract, keys, words},
    values::{Fields, from_ponte, to_ponte},
};

/// The `type`s that a type reads, as it says itself when it is given another.
fn kinds<T: DeserializeOwned>() -> BTreeSet<String> {
    let error = serde_json::from_value::<T>(json!({ "type": "?", "data": {} })).err().unwrap().to_string();
    let (_, list) = error.split_once("expected one of ").unwrap();
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_lists_of_types_are_the_same() {
    let contract = Contract::read();
    assert_eq!(contract.alternatives("Content"), kinds::<Content>());
    assert_eq!(contract.alternatives("ToPonte"), kinds::<ToPonte>());
    assert_eq!(contract.alternatives("ToPonte"), ToPonte::TYPES.map(str::to_owned).into());
    assert_eq!(keys(contract.at("/webhooks")), kinds::<FromPonte>());
    for (kind, webhook) in contract.at("/webhooks").as_object().unwrap() {
        let schema = &webhook["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(contract.resolve(schema, &Value::Null)["properties"]["type"]["const"], **kind);
    }
}

#[test]
fn every_type_has_its_values_here() {
    for fields in [Fields::All, Fields::Required] {
        let kinds_of = |values: Vec<(&str, Value)>, at: &str| -> BTreeSet<String> {
            values.iter().filter_map(|(_, value)| value.pointer(at)?.as_str().map(str::to_owned)).collect()
        };
        assert_eq!(kinds_of(from_ponte(fields), "/type"), kinds::<FromPonte>());
        assert_eq!(kinds_of(to_ponte(fields), "/type"), kinds::<ToPonte>());
        assert_eq!(kinds_of(from_ponte(fields), "/data/message/content/type"), kinds::<Content>());
        assert_eq!(kinds_of(to_ponte(fields), "/data/content/type"), kinds::<Content>());
    }
}

#[test]
fn what_the_types_write_is_what_the_file_says() {
    let contract = Contract::read();
    for fields in [Fields::All, Fields::Required] {
        for (name, value) in from_ponte(fields).into_iter().chain(to_ponte(fields)) {
            contract.validate(name, &value).unwrap();
            same_fields(&contract, contract.schema(name), &value, fields, name);
        }
    }
}

/// A full value has exactly the properties of its schema, a bare one exactly the required ones; so all the way down.
fn same_fields(contract: &Contract, schema: &Value, value: &Value, fields: Fields, at: &str) {
    let schema = contract.resolve(schema, value);
    match value {
        // Whatever names a company gives: each has a value of this kind.
        Value::Object(object) if schema["additionalProperties"].is_object() => {
            assert!(!object.is_empty(), "{at}: an empty object shows no fields");
            for value in object.values() {
                same_fields(contract, &schema["additionalProperties"], value, fields, at);
            }
        }
        Value::Object(object) => {
            let expected = match fields {
                Fields::All => keys(&schema["properties"]),
                Fields::Required => words(&schema["required"]),
            };
            assert_eq!(keys(value), expected, "{at}");
            for (field, value) in object {
                same_fields(contract, &schema["properties"][field], value, fields, &format!("{at}.{field}"));
            }
        }
        Value::Array(items) => {
            assert!(!items.is_empty(), "{at}: an empty list shows no fields");
            for item in items {
                same_fields(contract, &schema["items"], item, fields, at);
            }
        }
        _ => {}
    }
}

#[test]
fn what_is_required_is_required_and_what_is_optional_is_optional() {
    let contract = Contract::read();
    for (name, value) in to_ponte(Fields::All) {
        each_removal::<Event<ToPonte>>(&contract, name, &value);
    }
    for (name, value) in from_ponte(Fields::All) {
        each_removal::<Event<FromPonte>>(&contract, name, &value);
    }
}

/// Takes each field away in its turn: schema and type agree about what is left. Ponte's own `timestamp` apart, which the
/// type shares with theirs and the client always sets (`calls.rs`).
fn each_removal<T: DeserializeOwned>(contract: &Contract, name: &str, full: &Value) {
    let mut paths = Vec::new();
    collect("", full, &mut paths);
    for (parent, field) in paths {
        let mut value = full.clone();
        value.pointer_mut(&parent).unwrap().as_object_mut().unwrap().remove(&field).unwrap();
        let by_the_file = contract.validate(name, &value).is_ok();
        let by_the_type = serde_json::from_value::<T>(value).is_ok();
        let ours = keys(contract.at("/webhooks")).contains(full["type"].as_str().unwrap());
        if ours && parent.is_empty() && field == "timestamp" {
            assert!(!by_the_file, "{name}: Ponte always says when");
            continue;
        }
        assert_eq!(by_the_file, by_the_type, "{name} without {parent}/{field}: the file says {by_the_file}");
    }
}

/// The place and name of every field.
fn collect(at: &str, value: &Value, paths: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                paths.push((at.to_owned(), field.clone()));
                collect(&format!("{at}/{field}"), value, paths);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                collect(&format!("{at}/{n}"), item, paths);
            }
        }
        _ => {}
    }
}

#[test]
fn a_ticket_and_an_id_may_be_numbers_and_nothing_else() {
    let contract = Contract::read();
    for (name, full) in to_ponte(Fields::All) {
        for pointer in ["/data/ticket", "/data/id"] {
            for (instead, good) in
                [(json!(4711), true), (json!(true), false), (json!(["a"]), false), (json!(null), false)]
            {
                let mut value = full.clone();
                let Some(field) = value.pointer_mut(pointer) else { continue };
                *field = instead;
                assert_eq!(contract.validate(name, &value).is_ok(), good, "{name}{pointer}, the file");
                assert_eq!(serde_json::from_value::<Event<ToPonte>>(value).is_ok(), good, "{name}{pointer}, the type");
            }
        }
    }
}

#[test]
fn the_answer_to_an_opening_has_the_fields_of_the_file() {
    let contract = Contract::read();
    let full = serde_json::to_value(StartedAnswer { ticket: Some(json!("4711")) }).unwrap();
    assert_eq!(keys(&full), keys(&contract.schema("StartedAnswer")["properties"]));
    assert_eq!(words(&contract.schema("StartedAnswer")["required"]), BTreeSet::new());
    assert!(serde_json::from_value::<StartedAnswer>(json!({})).unwrap().ticket.is_none());
}

#[test]
fn the_answer_about_the_availability_has_the_fields_of_the_file() {
    let contract = Contract::read();
    let full = serde_json::to_value(AvailabilityAnswer { staffed: Some(true) }).unwrap();
    assert_eq!(keys(&full), keys(&contract.schema("AvailabilityAnswer")["properties"]));
    for answer in [json!({}), json!({ "staffed": null }), full] {
        contract.validate("AvailabilityAnswer", &answer).unwrap();
    }
}

#[test]
fn the_words_of_ours_are_those_of_the_file() {
    let contract = Contract::read();
    let listed = |schema: &str, field: &str| words(&contract.schema(schema)["properties"][field]["enum"]);
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    let way = |node: &str| EntryPoint::of(&Node::parse(node).unwrap()).name();
    let ways =
        ["c@tunnel.msging.net", "t@desk.msging.net/Webhook", "5531@wa.gw.msging.net", "6f69@rest.ponte"].map(way);
    assert_eq!(listed("Origin", "mode"), set(&ways));
    let channel = NotDelivered::Channel { code: None, description: None };
    let files = [FileProblem::TooLarge { limit: 1 }, FileProblem::Refused, FileProblem::Unavailable];
    let reasons = [NotDelivered::Closed, NotDelivered::Superseded, NotDelivered::WithBot, channel].into_iter();
    let codes: Vec<_> = reasons.chain(files.map(NotDelivered::File)).map(|why| why.code()).collect();
    assert_eq!(listed("FailedReason", "code"), set(&codes));
    assert_eq!(listed("Routing", "priority"), set(&service_rules::Priority::ALL.map(service_rules::Priority::as_str)));
    assert_eq!(listed("Routing", "language"), set(&service_rules::Language::ALL.map(service_rules::Language::tag)));
}

#[test]
fn the_limits_are_those_of_the_code() {
    let contract = Contract::read();
    assert_eq!(contract.at("/info/x-limits/bodyBytes"), MAX_BODY);
    assert_eq!(contract.at("/info/x-limits/timestampToleranceSeconds"), TOLERANCE.as_secs());
}
