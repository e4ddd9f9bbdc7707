//! The examples of `docs/rules/`, and the table of `docs/routing.md`, which is made from them.
//!
//! `PONTE_WRITE_DOCS=1 cargo test -p service-rules --all-features` writes the table anew.
#![cfg(test)]

mod cases;
mod table;

use std::{path::PathBuf, sync::LazyLock};

use service_rules::{Facts, ServiceRules, diff, read, route};

/// The examples, by their names.
const EXAMPLES: [&str; 3] = ["shop", "clinic", "municipality"];

fn docs() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"))
}

fn yaml(name: &str) -> String {
    std::fs::read_to_string(docs().join("rules").join(format!("{name}.yaml"))).unwrap()
}

fn rules(name: &str) -> ServiceRules {
    read(yaml(name).as_bytes()).unwrap_or_else(|problems| panic!("{name}: {problems:#?}")).rules
}

#[test]
fn each_example_is_read_without_a_warning_and_is_the_same_as_json() {
    for name in EXAMPLES {
        let yaml = yaml(name);
        assert!(yaml.starts_with("# yaml-language-server: $schema=../service.schema.json\n"), "{name}");
        let read = read(yaml.as_bytes()).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
        assert_eq!(read.warnings, [], "{name}");
        let json = read.rules.to_json().unwrap();
        let again = ServiceRules::from_json(json.as_bytes()).unwrap();
        assert_eq!(again, read.rules);
        assert!(diff(&again, &read.rules).is_empty());
        assert!(!diff(&ServiceRules::default(), &read.rules).is_empty());
        // JSON is YAML, so a document that was pulled as JSON can be pushed.
        assert_eq!(service_rules::read(json.as_bytes()).unwrap().rules, read.rules);
    }
}

#[test]
fn each_line_that_is_taken_out_of_an_example_leaves_no_panic_and_a_place() {
    for name in EXAMPLES {
        let yaml = yaml(name);
        let lines: Vec<&str> = yaml.lines().collect();
        for out in 0..lines.len() {
            let without: Vec<&str> =
                lines.iter().enumerate().filter(|(at, _)| *at != out).map(|(_, line)| *line).collect();
            if let Err(problems) = read(without.join("\n").as_bytes()) {
                let is_placed = problems.iter().all(|problem| problem.line.is_some_and(|line| line <= lines.len()));
                assert!(is_placed, "{name} without line {}: {problems:#?}", out + 1);
            }
        }
    }
}

/// The examples, read once.
static RULES: LazyLock<[ServiceRules; 3]> = LazyLock::new(|| EXAMPLES.map(rules));

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Whatever a bot sends, there is a route, it is short, and it is a queue of the rules.
    #[test]
    fn any_context_leads_somewhere(queue in "\\PC{0,200}", tags in "\\PC{0,400}", value in "\\PC{0,3000}", number in proptest::num::i64::ANY) {
        let context = serde_json::json!({"ponte": {"queue": queue, "tags": tags, "subject": value, "fields": {(queue.as_str()): value}}});
        for rules in RULES.iter() {
            let (mut facts, _) = Facts::from_context(&context);
            facts.ticket.priority = Some(number);
            facts.state = Some(value.clone());
            facts.now = Some(number);
            let extras = ["fila", "fila_dia", "convenio", "bairro"].map(|key| (key.to_owned(), value.clone()));
            facts.extras = Some(extras.into());
            let routed = route(&facts, rules);
            let known = routed.route.queue.as_ref().is_none_or(|queue| rules.queues.contains_key(queue));
            proptest::prop_assert!(known);
            proptest::prop_assert!(routed.route.subject.is_none_or(|subject| subject.chars().count() <= 640));
            proptest::prop_assert!(routed.route.fields.values().all(|value| value.len() <= 4_000));
        }
    }
}

/// Editors read the schema with a validator that is not ours.
#[test]
fn another_validator_takes_the_examples_and_refuses_what_is_wrong() {
    let schema = jsonschema::validator_for(&service_rules::schema()).unwrap();
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for name in EXAMPLES {
        let rules = json(&rules(name).to_json().unwrap());
        let faults: Vec<String> = schema.iter_errors(&rules).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
    for wrong in [
        "{}",
        r#"{"version":2}"#,
        r#"{"version":1,"bots":{}}"#,
        r#"{"version":1,"hours":{"week":{"monday":["09:00-18:00"]}}}"#,
        r#"{"version":1,"hours":{"week":{"mon":["9-18"]}}}"#,
        r#"{"version":1,"hours":{"closed":["24/12/2026"]}}"#,
        r#"{"version":1,"hours":{"outside":"nothing"}}"#,
        r#"{"version":1,"hours":{"holidays":{"calendar":"AR"}}}"#,
        r#"{"version":1,"hours":{"source":{"schedule":"Comercial"}}}"#,
        r#"{"version":1,"night":"never"}"#,
        r#"{"version":1,"silence":{"unanswered":{"warn_after":"ten minutes"}}}"#,
        r#"{"version":1,"rating":{"asked_by":"bot"}}"#,
        r#"{"version":1,"texts":{"fr":{}}}"#,
        r#"{"version":1,"texts":{"en":{"greting":"Hi"}}}"#,
        r#"{"version":1,"texts":{"en":{"not_read":false}}}"#,
        r#"{"version":1,"texts":{"en":{"closing":true}}}"#,
        r#"{"version":1,"time_zone":null}"#,
        r#"{"version":1,"queues":{"a":{"name":{"fr":"A"}}}}"#,
        r#"{"version":1,"routing":{"routes":[{"id":"a","when":{"team":"x"},"then":{}}]}}"#,
        r#"{"version":1,"routing":{"routes":[{"id":"a","when":{"extra.":"x"},"then":{}}]}}"#,
        r#"{"version":1,"routing":{"routes":[{"id":"a","when":{"state":{"like":"x"}},"then":{}}]}}"#,
        r#"{"version":1,"routing":{"fields":{"a":{"static":"x","extra":"y"}}}}"#,
        r#"{"version":1,"routing":{"default":{"priority":"hihg"}}}"#,
        r#"{"version":1,"context":{"transcript_lines":300}}"#,
        r#"{"version":1,"context":{"earlier_tickets":6}}"#,
    ] {
        assert!(!schema.is_valid(&json(wrong)), "{wrong}");
        assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

/// The page for managers names every key, every text and every placeholder, in both languages.
#[test]
fn the_pages_name_every_key() {
    for page in ["rules.md", "rules.pt-BR.md"] {
        let text = std::fs::read_to_string(docs().join(page)).unwrap();
        let schema = service_rules::schema();
        let mut names: Vec<String> =
            service_rules::texts::TextKey::ALL.iter().map(|key| key.as_str().to_owned()).collect();
        names.extend(service_rules::FactName::FIXED.iter().map(|(name, _)| (*name).to_owned()));
        keys(&schema, &mut names);
        for name in names {
            assert!(
                text.contains(&format!("`{name}")) || text.contains(&format!(".{name}`")),
                "{page} does not name `{name}`"
            );
        }
    }
}

/// The YAML on the pages is taken as it stands.
#[test]
fn the_pages_show_rules_that_are_taken() {
    for page in ["rules.md", "rules.pt-BR.md"] {
        let text = std::fs::read_to_string(docs().join(page)).unwrap();
        let blocks: Vec<&str> = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert!(blocks.len() >= 6, "{page}");
        for block in blocks {
            let queues = ["emergency", "sales", "billing", "plantao", "vendas", "financeiro"];
            let queues = queues.map(|queue| format!("  {queue}: {{ name: {queue} }}\n")).concat();
            let read = read(format!("version: 1\nqueues:\n{queues}{block}").as_bytes());
            assert_eq!(read.map(|read| read.warnings), Ok(vec![]), "{page}: {block}");
        }
    }
}

/// The keys of all objects of the schema.
fn keys(schema: &serde_json::Value, names: &mut Vec<String>) {
    match schema {
        serde_json::Value::Object(fields) => {
            if let Some(serde_json::Value::Object(properties)) = fields.get("properties") {
                names.extend(properties.keys().cloned());
            }
            fields.values().for_each(|value| keys(value, names));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, names)),
        _ => {}
    }
}
