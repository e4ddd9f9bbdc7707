//! What is around a push: other people, a terminal, a disk, the table's limits.

use std::fmt::Write as _;

use std::{fs::File, path::Path, process::Stdio};

use ponte_cli::rules;
use serde_json::json;
use tokio::{io::AsyncReadExt as _, process::Command};

use super::{BAD, FIRST, Files, SECOND, refused};
use crate::stack::{Desk, Ran};

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
async fn the_largest_rules_are_stored() {
    let (desk, files) = (Desk::start().await, Files::of("largest"));
    let keys =
        ["greeting", "agent_joined", "closing", "no_answer", "not_delivered", "not_opened", "not_read", "parked"];
    let more =
        ["queue_position", "conversation_closed", "channel_refused", "customer_refused", "parked_agent", "own_user"];
    let mut yaml = "version: 1\ntexts:\n".to_owned();
    for language in ["pt-BR", "en", "es"] {
        writeln!(yaml, "  {language}:").unwrap();
        for key in keys.iter().chain(&more) {
            writeln!(yaml, "    {key}: \"{}\"", "é".repeat(1_500)).unwrap();
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
    // Gives the tool a terminal, and types the answer.
    let terminal = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/infra/terminal.py");
    let types = async |answer: &str| {
        let answers = json!([["Type push to go on: ", answer]]).to_string();
        let mut somebody = Command::new("python3");
        somebody.arg(&terminal).arg(answers).args([env!("CARGO_BIN_EXE_ponte"), "rules", "push", &file]);
        somebody.env("AWS_ENDPOINT_URL", &desk.endpoint).env("AWS_REGION", "us-east-1");
        somebody.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        Ran::of(&somebody.output().await.unwrap())
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
    refused(&desk.run(&["rules", "pull", "/dev/full", "--yes"]).await, 1, "/dev/full cannot be written");
    refused(&desk.run(&["rules", "pull", &files.path("")]).await, 1, "cannot be written");
    refused(&desk.run(&["rules", "pull", &files.path("no/such")]).await, 1, "cannot be written");
}
