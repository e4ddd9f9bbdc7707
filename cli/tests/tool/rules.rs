//! The service rules: check, push, pull, history, rollback.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
};

use ponte::store::RulesVersion;
use ponte_cli::rules;
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt as _, process::Command};

use super::stack::{Desk, Ran, tool};

const BAD: &str =
    "version: 1\ntexts:\n  en:\n    greting: Hi\nqueues:\n  a: { name: A }\nrouting:\n  default:\n    queue: b\n";
const FIRST: &str = "# ours\r\nversion: 1\r\ntexts:\r\n  en:\r\n    greeting: \"Hi 👋\" # short";
const SECOND: &str = "version: 1\ntexts:\n  en: { greeting: Hello }\nqueues:\n  a: { name: A }\n";

/// A folder of one test's files.
struct Files(PathBuf);

impl Files {
    fn of(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rules-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn with(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        fs::write(self.0.join(name), text).unwrap();
        self.path(name)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn check(file: &str) -> Ran {
    Ran::of(&tool().args(["rules", "check", file]).output().await.unwrap())
}

/// One sentence of ours on standard error.
fn refused(ran: &Ran, code: i32, words: &str) {
    assert_eq!(ran.code, code, "{}{}", ran.said, ran.wrong);
    let sentence = ran.wrong.lines().last().unwrap_or_default();
    assert!(sentence.starts_with("ponte: ") && sentence.contains(words), "{words}: {}", ran.wrong);
    assert!(!ran.wrong.contains("panicked"), "{}", ran.wrong);
}

#[tokio::test]
async fn check_tells_all_that_is_wrong_with_its_line_and_needs_no_stack() {
    let files = Files::of("check");
    let bad = files.with("bad.yaml", BAD);
    let ran = check(&bad).await;
    refused(&ran, 2, "is refused, errors: 2");
    assert_eq!(ran.wrong.lines().count(), 1);
    let lines: Vec<&str> = ran.said.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("line 4, column 5: texts.en.greting: "), "{}", ran.said);
    assert!(lines[0].contains("greeting") && lines[1].starts_with("line 9, column 12: routing.default.queue: "));
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
    assert_eq!((desk.audit().await.len(), desk.stack.store.current_rules().await.unwrap()), (0, None));

    let ran = desk.run(&["rules", "push", &first, "--yes"]).await;
    assert_eq!((ran.code, ran.said.as_str()), (0, "version 1: in force within a minute\n"), "{}", ran.wrong);
    let stored = desk.stack.store.current_rules().await.unwrap().unwrap();
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
async fn a_push_in_between_is_seen_and_written_down() {
    let (desk, files) = (Desk::start().await, Files::of("between"));
    let read = service_rules::read(FIRST.as_bytes()).unwrap().rules;
    let plan = rules::push(&desk.stack, (&read, FIRST), None).await.unwrap();
    assert_eq!(desk.run(&["rules", "push", &files.with("second.yaml", SECOND), "--yes"]).await.code, 0);
    let problem = rules::put_in_force(&desk.stack, &plan).await.unwrap_err();
    assert!(problem.code() == 4 && problem.to_string().contains("somebody else did meanwhile"), "{problem}");
    assert_eq!(desk.run(&["rules", "pull"]).await.said, SECOND);
    let what = desk.audit().await.iter().map(|line| line["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(what, ["rules.push", "rules.push", "rules.push.stopped"]);
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
    desk.stack.store.push_rules(&stored(1, json)).await.unwrap();
    let pulled = files.path("pulled.yaml");
    assert_eq!(desk.run(&["rules", "pull", &pulled]).await.code, 0);
    let ran = desk.run(&["rules", "push", &pulled, "--from", "1"]).await;
    assert!(ran.code == 4 && ran.wrong.contains("only comments and blanks differ"), "{}", ran.wrong);
    // Of a later release.
    desk.stack.store.push_rules(&stored(2, r#"{"version":2,"hours":{}}"#)).await.unwrap();
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

#[tokio::test]
async fn the_largest_rules_are_stored() {
    let (desk, files) = (Desk::start().await, Files::of("largest"));
    let keys =
        ["greeting", "agent_joined", "closing", "no_answer", "not_delivered", "not_opened", "not_read", "parked"];
    let more =
        ["queue_position", "conversation_closed", "channel_refused", "customer_refused", "parked_agent", "own_user"];
    let mut yaml = "version: 1\ntexts:\n".to_owned();
    for language in ["pt-BR", "en", "es"] {
        yaml.push_str(&format!("  {language}:\n"));
        for key in keys.iter().chain(&more) {
            yaml.push_str(&format!("    {key}: \"{}\"\n", "é".repeat(1_500)));
        }
    }
    let read = service_rules::read(yaml.as_bytes()).unwrap().rules;
    assert!(read.to_json().unwrap().len() > 120_000);
    yaml.push('#');
    yaml.push_str(&"x".repeat(service_rules::MAX_YAML - yaml.len()));
    let ran = desk.run(&["rules", "push", &files.with("largest.yaml", &yaml), "--yes"]).await;
    assert_eq!((ran.code, ran.said.as_str()), (0, "version 1: in force within a minute\n"), "{}", ran.wrong.len());
    assert!(desk.run(&["rules", "pull"]).await.said == yaml);
}

#[tokio::test]
async fn whoever_is_there_is_asked() {
    let (desk, files) = (Desk::start().await, Files::of("asked"));
    let file = files.with("first.yaml", FIRST);
    // `script` gives the tool a terminal, and types what it reads.
    let types = async |answer: &str| {
        let line = format!(
            "printf '{answer}\\n' | script -qec \"{} rules push {file}\" /dev/null",
            env!("CARGO_BIN_EXE_ponte")
        );
        let mut shell = Command::new("bash");
        shell.args(["-c", &line]).env("AWS_ENDPOINT_URL", &desk.endpoint).env("AWS_REGION", "us-east-1");
        shell.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        Ran::of(&shell.output().await.unwrap())
    };
    let ran = types("no").await;
    assert!(ran.code == 4 && ran.said.contains("ponte: nothing is pushed"), "{}{}", ran.said, ran.wrong);
    assert_eq!(desk.audit().await.len(), 0);
    let ran = types("push").await;
    assert!(ran.said.contains("Type push to go on: ") && ran.said.contains("in force within a minute"), "{}", ran.said);
    assert_eq!((ran.code, desk.run(&["rules", "pull"]).await.said.as_str()), (0, FIRST));
}

#[tokio::test]
async fn a_reader_who_leaves_and_a_full_disk_are_no_panic() {
    let (desk, files) = (Desk::start().await, Files::of("reader"));
    let (first, bad) = (files.with("first.yaml", FIRST), files.with("bad.yaml", BAD));
    assert_eq!(desk.run(&["rules", "push", &first, "--yes"]).await.code, 0);
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    for (arguments, code) in [
        (&["rules", "check", &first][..], 0),
        (&["rules", "check", &bad], 2),
        (&["rules", "pull"], 0),
        (&["rules", "pull", "--json"], 0),
        (&["rules", "history"], 0),
        (&["rules", "push", &first], 0),
    ] {
        let child = desk.tool().args(arguments).stdout(full()).stderr(Stdio::piped()).spawn().unwrap();
        let ran = Ran::of(&child.wait_with_output().await.unwrap());
        refused(&ran, 1, "cannot be written to standard output");
        let status = desk.tool().args(arguments).stdout(full()).stderr(full()).status().await.unwrap();
        assert_eq!(status.code(), Some(1), "{arguments:?}");
        let mut child = desk.tool().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut wrong = String::new();
        child.stderr.take().unwrap().read_to_string(&mut wrong).await.unwrap();
        assert_eq!(child.wait().await.unwrap().code(), Some(code), "{arguments:?}: {wrong}");
        assert!(!wrong.contains("panicked"), "{arguments:?}: {wrong}");
    }
    // A file that cannot be written.
    refused(&desk.run(&["rules", "pull", "/dev/full"]).await, 1, "/dev/full cannot be written");
    refused(&desk.run(&["rules", "pull", &files.path("")]).await, 1, "cannot be written");
    refused(&desk.run(&["rules", "pull", &files.path("no/such")]).await, 1, "cannot be written");
}
