//! Imports run one way: a room of the crate `ponte` knows only what stands before it, and no adapter knows another.
//!
//! What stands alone is a crate of its own (`shared/lime`, `shared/chat-text`, `shared/service-rules`), so that the compiler holds it. Within the
//! packages, no files import each other in a circle (`imports/circles.rs`).

mod circles;
mod package;
mod paths;

pub(crate) use paths::without_tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The rooms, from the ground up: folders and files of `shared/ponte/src`. Each may import those before it.
const ROOMS: [&str; 25] = [
    "clock",
    "hash",
    "failure",
    "rejection",
    "access",
    "texts",
    "message",
    "conversation",
    "job",
    "trail",
    "relay",
    "telemetry",
    "settings",
    "secret",
    "rotation",
    "secrets",
    "http",
    "fetch",
    "blip",
    "helpdesk",
    "rest",
    "media",
    "store",
    "queue",
    "lambda",
];

/// They implement the ports of `relay` and know nothing of each other.
const ADAPTERS: [&str; 6] = ["blip", "helpdesk", "rest", "media", "store", "queue"];

/// The rooms that a source imports.
fn imports(source: &str) -> BTreeSet<String> {
    let code: String =
        source.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.extend(name(rest));
            continue;
        };
        // `crate::{a, b::{c, d}}`: the first name of each item of the outer braces.
        let (mut depth, mut begins) = (0, true);
        for (at, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                letter if begins && !letter.is_whitespace() => {
                    found.extend(name(&group[at..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    found
}

fn name(code: &str) -> Option<String> {
    let name: String = code.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    ROOMS.contains(&name.as_str()).then_some(name)
}

/// What of these sources, by their path below `src`, is against the flow.
fn against(sources: &BTreeMap<String, String>) -> Vec<String> {
    let place = |room: &str| ROOMS.iter().position(|other| *other == room);
    let mut wrong = Vec::new();
    for (path, source) in sources {
        let room = path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        let Some(at) = place(room) else {
            wrong.push(format!("{path} is in no room"));
            continue;
        };
        for other in imports(source).into_iter().filter(|other| other != room) {
            if place(&other).is_some_and(|other| other > at) {
                wrong.push(format!("{path} imports {other}, which stands above {room}"));
            } else if ADAPTERS.contains(&room) && ADAPTERS.contains(&other.as_str()) {
                wrong.push(format!("{path} imports {other}: one adapter knows another"));
            }
        }
    }
    wrong
}

fn read(folder: &Path, below: &Path, into: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, below, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let name = path.strip_prefix(below).unwrap().to_str().unwrap().replace('\\', "/");
            into.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn imports_run_one_way() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/ponte/src");
    let mut sources = BTreeMap::new();
    read(&source, &source, &mut sources);
    sources.remove("lib.rs");
    assert!(sources.len() > 100, "the sources were found");
    assert_eq!(against(&sources), [""; 0]);
}

#[test]
fn what_runs_against_the_flow_is_found() {
    let found = |path: &str, source: &str| against(&BTreeMap::from([(path.to_owned(), source.to_owned())]));
    for (path, source, expected) in [
        (
            "conversation/agent.rs",
            "use crate::relay::Failure;",
            "conversation/agent.rs imports relay, which stands above conversation",
        ),
        ("message/ids.rs", "fn f() { crate::rest::x() }", "message/ids.rs imports rest, which stands above message"),
        (
            "relay/run.rs",
            "use crate::{\n    clock::{Clock, Timestamp},\n    store::DynamoStore,\n};",
            "relay/run.rs imports store, which stands above relay",
        ),
        (
            "store/dynamo.rs",
            "use crate::{rest::{Entry, queue}};",
            "store/dynamo.rs imports rest: one adapter knows another",
        ),
        ("new.rs", "", "new.rs is in no room"),
    ] {
        assert_eq!(found(path, source), [expected], "{path}");
    }
    for (path, source) in [
        ("relay/run.rs", "use crate::{clock::{Clock, store}, job::Job, relay::x}; // crate::store"),
        ("lambda/aws.rs", "use crate::{store::DynamoStore, queue::SqsQueue, blip};"),
    ] {
        assert_eq!(found(path, source), [""; 0], "{path}");
    }
}
