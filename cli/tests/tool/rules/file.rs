//! Files that are checked: what is wrong in them, and what is no file of rules. No stack is there.

use serde_json::json;

use super::{BAD, Files, check, refused};
use crate::stack::{Ran, tool};

#[tokio::test]
async fn check_tells_all_that_is_wrong_with_its_line_and_needs_no_stack() {
    let files = Files::of("check");
    let bad = files.with("bad.yaml", BAD);
    let ran = check(&bad).await;
    refused(&ran, 2, "is refused, errors: 2");
    assert_eq!(ran.wrong.lines().count(), 1);
    let lines: Vec<&str> = ran.said.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("line 4, column 5: texts.en.greting: "), "{}", ran.said);
    assert!(lines[0].contains("greeting") && lines[1].starts_with("line 9, column 5: routing.default.queue: "));
    let ran = Ran::of(&tool().args(["rules", "check", &bad, "--json"]).output().await.unwrap());
    refused(&ran, 2, "errors: 2");
    let first = &ran.json()["problems"][0];
    assert_eq!(
        (&first["severity"], &first["line"], &first["path"]),
        (&json!("error"), &json!(4), &json!("texts.en.greting"))
    );
    // Warnings do not fail.
    let never = "version: 1\nrouting:\n  routes:\n    - id: all\n      then: { priority: low }\n    - id: never\n      then: { priority: high }\n";
    let ran = check(&files.with("never.yaml", never)).await;
    assert_eq!((ran.code, ran.wrong.as_str()), (0, ""), "{}", ran.said);
    assert!(ran.said.starts_with("line 6, column ") && ran.said.contains("warning: "), "{}", ran.said);
    assert!(ran.said.ends_with("never.yaml: no errors\n"), "{}", ran.said);
    for example in ["shop", "clinic", "municipality"] {
        let ran = check(&format!("{}/../docs/rules/{example}.yaml", env!("CARGO_MANIFEST_DIR"))).await;
        assert_eq!((ran.code, ran.said.lines().count()), (0, 1), "{}{}", ran.said, ran.wrong);
    }
    // What a terminal would obey is spelt out.
    let ran = check(&files.with("escape.yaml", "version: 1\n\"\\e[2K\": x\n")).await;
    assert!(ran.code == 2 && !ran.said.contains('\u{1b}') && ran.said.contains("\\u{1b}[2K"), "{}", ran.said);
}

#[tokio::test]
async fn what_is_no_file_of_rules_is_refused_in_a_sentence() {
    let files = Files::of("nofile");
    refused(&check(&files.path("nosuch.yaml")).await, 2, "nosuch.yaml cannot be read: No such file");
    refused(&check(&files.path("")).await, 2, "cannot be read: ");
    refused(&check(&files.with("large.yaml", vec![b'#'; 10_000_000])).await, 2, "has more than 262144 bytes");
    refused(&check("/dev/zero").await, 2, "has more than 262144 bytes");
    for (name, bytes) in [
        ("empty", &b""[..]),
        ("binary", b"\x7fELF\x00\xff"),
        ("utf16", b"\xff\xfev\x00"),
        ("list", b"- a\n- b\n"),
        ("loop", b"version: &a 1\nqueues: *a\n"),
        ("twice", b"version: 1\nversion: 1\n"),
    ] {
        let ran = check(&files.with(name, bytes)).await;
        refused(&ran, 2, "is refused, errors: ");
        assert!(ran.said.starts_with("line "), "{name}: {}", ran.said);
    }
    // A push says the same before it looks for a stack.
    let push = tool().args(["rules", "push", &files.with("bad.yaml", BAD), "--yes"]).output().await.unwrap();
    let ran = Ran::of(&push);
    refused(&ran, 2, "is refused, errors: 2");
    assert!(ran.said.starts_with("line 4, column 5: "), "{}", ran.said);
}
