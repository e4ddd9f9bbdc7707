//! Versions of the rules in a stack.

use std::fs;

use ponte::store::RulesVersion;
use serde_json::{Value, json};

use super::{FIRST, Files, SECOND, refused};
use crate::stack::Desk;

#[tokio::test]
async fn rules_are_pushed_pulled_listed_and_put_back() {
    let (desk, files) = (Desk::start().await, Files::of("life"));
    // Before the first push.
    refused(&desk.run(&["rules", "pull"]).await, 3, "there are no service rules yet");
    refused(&desk.run(&["rules", "rollback", "1", "--yes"]).await, 3, "there are no service rules yet");
    let ran = desk.run(&["rules", "history"]).await;
    assert_eq!((ran.code, ran.said.as_str()), (0, "there are no service rules yet\n"));
    let (first, second) = (files.with("first.yaml", FIRST), files.with("second.yaml", SECOND));
    refused(&desk.run(&["rules", "push", &first, "--from", "1", "--yes"]).await, 4, "none is");
    // Nobody is there to be asked: the difference is shown, and nothing done.
    let ran = desk.run(&["rules", "push", &first]).await;
    refused(&ran, 4, "nothing is pushed: nobody is there");
    assert!(
        ran.wrong.starts_with("version 1; there are no rules yet\ntexts.en.greeting\n  + Hi 👋\n"),
        "{}",
        ran.wrong
    );
    assert_eq!((desk.audit().await.len(), desk.stack.rules.current().await.unwrap()), (0, None));

    let ran = desk.run(&["rules", "push", &first, "--yes"]).await;
    assert_eq!((ran.code, ran.said.as_str()), (0, "version 1: in force within a minute\n"), "{}", ran.wrong);
    let stored = desk.stack.rules.current().await.unwrap().unwrap();
    let json = r#"{"version":1,"texts":{"en":{"greeting":"Hi 👋"}}}"#;
    assert_eq!((stored.version, stored.rules.as_str(), stored.source), (1, json, None));
    assert!(stored.by.starts_with("arn:"), "{}", stored.by);
    // The very bytes: on standard output, and in a file.
    let ran = desk.run(&["rules", "pull"]).await;
    assert_eq!((ran.code, ran.said.as_str()), (0, FIRST));
    assert_eq!(ran.wrong, "version 1; if you change it, push it with --from 1\n");
    let pulled = files.path("pulled.yaml");
    let ran = desk.run(&["rules", "pull", &pulled]).await;
    assert_eq!((ran.code, fs::read_to_string(&pulled).unwrap().as_str()), (0, FIRST), "{}", ran.wrong);
    assert_eq!(desk.run(&["rules", "pull", "--json"]).await.json()["source"], FIRST);
    // The same again.
    let ran = desk.run(&["rules", "push", &pulled]).await;
    assert_eq!((ran.code, ran.said.as_str()), (0, "the same is in force as version 1: nothing is pushed\n"));

    let ran = desk.run(&["rules", "push", &second, "--from", "1", "--yes", "--json"]).await;
    let pushed = ran.json();
    assert_eq!((&pushed["version"], &pushed["replaces"], &pushed["pushed"]), (&json!(2), &json!(1), &json!(true)));
    let greeting = json!({ "path": "texts.en.greeting", "from": "Hi 👋", "to": "Hello" });
    assert!(pushed["changes"].as_array().unwrap().contains(&greeting), "{pushed}");
    assert!(ran.wrong.contains("version 2 in the place of 1, which was pushed at 20"), "{}", ran.wrong);
    assert!(ran.wrong.contains("\ntexts.en.greeting\n  - Hi 👋\n  + Hello\n"), "{}", ran.wrong);
    // A file that is somebody's work is not replaced.
    refused(&desk.run(&["rules", "pull", &pulled]).await, 4, "pulled.yaml is left as it is");
    assert_eq!(fs::read_to_string(&pulled).unwrap(), FIRST);
    assert_eq!(desk.run(&["rules", "pull", &pulled, "--yes"]).await.code, 0);
    assert_eq!(fs::read_to_string(&pulled).unwrap(), SECOND);
    // A change of what is no longer in force.
    let ran = desk.run(&["rules", "push", &first, "--from", "1", "--yes"]).await;
    refused(&ran, 4, "version 1 is not in force, 2 is, pushed at ");
    // Comments only.
    let commented = files.with("commented.yaml", format!("# why\n{SECOND}"));
    let ran = desk.run(&["rules", "push", &commented, "--yes"]).await;
    assert!(ran.code == 0 && ran.wrong.contains("only comments and blanks differ"), "{}", ran.wrong);

    refused(&desk.run(&["rules", "rollback", "9", "--yes"]).await, 3, "version 9 is not kept");
    refused(&desk.run(&["rules", "rollback", "0", "--yes"]).await, 3, "version 0 is not kept");
    let ran = desk.run(&["rules", "rollback", "1"]).await;
    refused(&ran, 4, "nothing is pushed: nobody is there");
    assert!(ran.wrong.contains("queues.a.name\n  - A\n"), "{}", ran.wrong);
    let ran = desk.run(&["rules", "rollback", "1", "--yes"]).await;
    assert_eq!((ran.code, ran.said.as_str()), (0, "version 4: in force within a minute\n"), "{}", ran.wrong);
    assert_eq!(desk.run(&["rules", "pull"]).await.said, FIRST);
    let ran = desk.run(&["rules", "rollback", "1", "--yes"]).await;
    assert_eq!((ran.code, ran.said.as_str()), (0, "the same is in force as version 4: nothing is pushed\n"));
    let ran = desk.run(&["rules", "history"]).await;
    let words = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    assert_eq!(ran.said.lines().map(words).collect::<Vec<_>>(), ["VERSION", "4", "3", "2", "1"]);
    assert!(ran.said.lines().nth(1).unwrap().contains("(in force)") && ran.said.contains("arn:aws:"), "{}", ran.said);
    let lines = desk.audit().await;
    let line = |line: &Value| (line["what"].clone(), line["version"].clone(), line["back_to"].clone());
    let push = |version: u64| (json!("rules.push"), json!(version), Value::Null);
    let expected = [push(1), push(2), push(3), (json!("rules.rollback"), json!(4), json!(1))];
    assert_eq!(lines.iter().map(line).collect::<Vec<_>>(), expected);
    assert!(lines.iter().all(|line| line.get("ids").is_none() && !line.to_string().contains("Hello")), "{lines:?}");
}

#[tokio::test]
async fn what_was_stored_otherwise_is_pulled_and_replaced() {
    let (desk, files) = (Desk::start().await, Files::of("otherwise"));
    let stored = |version, rules: &str| RulesVersion {
        version,
        rules: rules.to_owned(),
        source: None,
        at: "2026-11-29T10:00:00.000Z".to_owned(),
        by: "somebody".to_owned(),
    };
    // Without a source: what is pulled can be pushed.
    let json = r#"{"version":1,"texts":{"en":{"greeting":"Hi"}}}"#;
    desk.stack.rules.push(&stored(1, json)).await.unwrap();
    let pulled = files.path("pulled.yaml");
    assert_eq!(desk.run(&["rules", "pull", &pulled]).await.code, 0);
    let ran = desk.run(&["rules", "push", &pulled, "--from", "1"]).await;
    assert!(ran.code == 4 && ran.wrong.contains("only comments and blanks differ"), "{}", ran.wrong);
    // Of a later release.
    desk.stack.rules.push(&stored(2, r#"{"version":2,"hours":{}}"#)).await.unwrap();
    let ran = desk.run(&["rules", "push", &pulled, "--yes"]).await;
    assert!(ran.code == 0 && ran.wrong.contains("this release cannot read what is in force"), "{}", ran.wrong);
    refused(
        &desk.run(&["rules", "rollback", "2", "--yes"]).await,
        4,
        "version 2 cannot be put in force by this release",
    );
}

#[tokio::test]
async fn the_twenty_first_version_takes_the_place_of_the_first() {
    let (desk, files) = (Desk::start().await, Files::of("many"));
    let file = |version: u64| format!("version: 1\ntexts:\n  en:\n    greeting: Number {version}\n");
    for version in 1..=21 {
        let path = files.with("rules.yaml", file(version));
        let ran = desk.run(&["rules", "push", &path, "--yes"]).await;
        assert_eq!(ran.said, format!("version {version}: in force within a minute\n"), "{}", ran.wrong);
    }
    let history = desk.run(&["rules", "history", "--json"]).await.json();
    let versions: Vec<u64> =
        history["versions"].as_array().unwrap().iter().map(|one| one["version"].as_u64().unwrap()).collect();
    assert_eq!((&history["in_force"], versions), (&json!(21), (2..=21).rev().collect()));
    refused(&desk.run(&["rules", "rollback", "1", "--yes"]).await, 3, "version 1 is not kept");
    assert_eq!(desk.run(&["rules", "rollback", "2", "--yes"]).await.said, "version 22: in force within a minute\n");
    assert_eq!(desk.run(&["rules", "pull"]).await.said, file(2));
}
