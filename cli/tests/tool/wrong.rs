//! What people do wrong, and what goes wrong around them: each is one sentence, with the exit code that `docs/cli.md` promises.

use std::{fs::File, process::Stdio};

use ponte_cli::Place;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
};

use super::stack::{Desk, Ran, tool};

/// A wrong use: arguments, exit code, and what the sentence must have in it.
type Row = (&'static [&'static str], i32, &'static str);

/// Uses that no stack is needed for. `clap` says the first kind.
const ARGUMENTS: [Row; 25] = [
    (&[], 2, "Usage"),
    (&["nosuch"], 2, "unrecognized"),
    (&["conversations"], 2, "Usage"),
    (&["conversations", "show"], 2, "WHO"),
    (&["conversations", "find"], 2, "WHO"),
    (&["conversations", "list", "--limit", "0"], 2, "--limit"),
    (&["conversations", "list", "--limit", "-1"], 2, "-1"),
    (&["conversations", "list", "--limit", "many"], 2, "many"),
    (&["conversations", "list", "--limit", "99999999999999999999999"], 2, "--limit"),
    (&["conversations", "list", "--state", "asleep"], 2, "claimed"),
    (&["conversations", "close"], 2, "CONVERSATION"),
    (&["parked", "list", "--queue", "other"], 2, "to-helpdesk"),
    (&["parked", "replay"], 2, "--all"),
    (&["parked", "replay", "--all", "--conversation", "x"], 2, "cannot be used"),
    (&["parked", "drop", "x"], 2, "--reason"),
    (&["parked", "show"], 2, "ID"),
    (&["customer", "export"], 2, "WHO"),
    (&["customer", "erase", "x", "--wait", "18446744073709551615"], 2, "--wait"),
    (&["customer", "erase", "x", "--wait", "-5"], 2, "-5"),
    (&["--stack", "", "parked", "list"], 2, "--stack"),
    (&["rules"], 2, "Usage"),
    (&["rules", "check"], 2, "FILE"),
    (&["rules", "push"], 2, "FILE"),
    (&["rules", "push", "x", "--from", "last"], 2, "last"),
    (&["rules", "rollback", "-1"], 2, "-1"),
];

/// Uses of a stack that is there, and in which nothing is.
const ON_A_STACK: [Row; 26] = [
    (&["--stack", "nosuch", "status"], 3, "there is no stack nosuch"),
    (&["--stack", "a b", "status"], 3, "there is no stack"),
    (&["--stack", "other", "status"], 1, "is it a stack of Ponte's?"),
    (&["conversations", "show", ""], 2, "neither an address"),
    (&["conversations", "show", "5511@"], 2, "no address"),
    (&["conversations", "show", "-"], 2, "neither an address"),
    (&["customer", "erase", "-", "--yes"], 2, "neither an address"),
    (&["conversations", "show", "nobody"], 3, "not found"),
    (&["conversations", "show", "+55 31 98888-0002"], 3, "behind a router"),
    (&["conversations", "show", "5531988880002@wa.gw.msging.net"], 3, "behind a router"),
    (&["conversations", "show", "x@tunnel.msging.net"], 3, "not found under this address"),
    (&["conversations", "show", "0123456789abcdef0123456789abcdef"], 3, "nothing is held"),
    (&["conversations", "show", "0123456789abcdef0123456789abcdef-0123456789ab"], 3, "nothing is held"),
    (&["conversations", "find", "31 98888 0002"], 3, "not found"),
    (&["conversations", "close", "nobody"], 2, "close takes a conversation's id"),
    (&["conversations", "close", "0123456789abcdef0123456789abcdef"], 2, "close takes a conversation's id"),
    (&["conversations", "close", "0123456789abcdef0123456789abcdef-0123456789ab"], 3, "no such conversation"),
    (&["parked", "show", "nosuch"], 3, "no parked copy nosuch"),
    (&["parked", "drop", "nosuch", "--reason", "x"], 3, "no parked copy nosuch"),
    (&["parked", "drop", "nosuch", "--reason", "  "], 2, "a reason must say something"),
    (&["parked", "replay", "--conversation", "nobody"], 3, "not found"),
    (&["parked", "replay", "--conversation", "0123456789abcdef0123456789abcdef"], 3, "no conversation"),
    (&["customer", "export", "+55 31 98888-0002"], 3, "not found"),
    (&["customer", "erase", "+55 31 98888-0002", "--yes"], 3, "not found"),
    (&["customer", "erase", "5531988880002@wa.gw.msging.net", "--yes"], 3, "not found"),
    (&["customer", "erase", "", "--rest", "--yes"], 2, "a sender's name"),
];

/// What is wrong around the tool: variables, exit code, and what the sentence must have in it.
/// Variables of the environment.
type Variables = &'static [(&'static str, &'static str)];
const SETTINGS: [(Variables, i32, &str); 10] = [
    (&[], 2, "no region"),
    (&[("AWS_REGION", "")], 2, "no region"),
    (&[("AWS_REGION", "sa east 1")], 2, "no region: give one as in"),
    (&[("AWS_REGION", "sa-east-1")], 2, "no credentials: sign in"),
    (&[("AWS_REGION", "sa-east-1"), ("AWS_ACCESS_KEY_ID", "x")], 2, "no credentials: sign in"),
    (&[("AWS_REGION", "sa-east-1"), ("AWS_PROFILE", "nosuch")], 2, "the profile nosuch is in no file"),
    (&[("AWS_PROFILE", "nosuch")], 2, "the profile nosuch is in no file"),
    (&[GOOD[0], GOOD[1], GOOD[2], ("AWS_ENDPOINT_URL", "http://127.0.0.1:1")], 1, "no connection"),
    (&[GOOD[0], GOOD[1], GOOD[2], ("AWS_ENDPOINT_URL", "http://nosuch.invalid")], 1, "AWS_ENDPOINT_URL"),
    (&[GOOD[0], GOOD[1], GOOD[2], ("AWS_ENDPOINT_URL", "nonsense")], 1, "AWS_ENDPOINT_URL"),
];
const GOOD: [(&str, &str); 3] =
    [("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];

/// One sentence of ours, and no debug output of anybody's.
fn one_sentence(what: &str, ran: &Ran, code: i32, words: &str) {
    let sentence = ran.wrong.trim_end();
    assert_eq!(ran.code, code, "{what}: {sentence}");
    assert_eq!(ran.said, "", "{what}");
    assert!(sentence.starts_with("ponte: ") && sentence.lines().count() == 1, "{what}: {sentence}");
    assert!(sentence.contains(words) && sentence.len() < 420, "{what}: {sentence}");
    for never in ["panicked", "SdkError", "DispatchFailure", "source:", "Some(", "88880002"] {
        assert!(!sentence.contains(never), "{what}: {never} in {sentence}");
    }
}

#[tokio::test]
async fn wrong_arguments_are_told_with_code_2() {
    for (arguments, code, words) in ARGUMENTS {
        let ran = Ran::of(&tool().args(arguments).output().await.unwrap());
        assert_eq!((ran.code, ran.said.as_str()), (code, ""), "{arguments:?}: {}", ran.wrong);
        assert!(ran.wrong.contains(words) && !ran.wrong.contains("panicked"), "{arguments:?}: {}", ran.wrong);
    }
}

#[tokio::test]
async fn wrong_settings_are_one_sentence_with_what_to_do() {
    for (variables, code, words) in SETTINGS {
        let ran = Ran::of(&tool().arg("status").envs(variables.iter().copied()).output().await.unwrap());
        one_sentence(&format!("{variables:?}"), &ran, code, words);
    }
}

#[tokio::test]
async fn wrong_uses_of_a_stack_are_one_sentence_with_their_code() {
    let desk = Desk::start().await;
    let formation = aws_sdk_cloudformation::Client::new(&desk.config);
    let other = r#"{"Resources":{"Q":{"Type":"AWS::SQS::Queue"}},"Outputs":{"X":{"Value":{"Ref":"Q"}}}}"#;
    formation.create_stack().stack_name("other").template_body(other).send().await.unwrap();
    for (arguments, code, words) in ON_A_STACK {
        one_sentence(&format!("{arguments:?}"), &desk.run(arguments).await, code, words);
    }
    assert_eq!(desk.audit().await.len(), 0, "nothing was done, and nothing announced");
    // A folder with something in it, and one that cannot be made.
    let opening = desk.opens("a@tunnel.msging.net", None, Some("T-1")).await;
    let file = env!("CARGO_MANIFEST_DIR");
    let ran = desk.run(&["customer", "export", opening.as_str(), "--to", file]).await;
    one_sentence("a folder with something in it", &ran, 2, "is not empty");
    let ran = desk.run(&["customer", "export", opening.as_str(), "--to", "/dev/null/x"]).await;
    assert_eq!((ran.code, ran.wrong.contains("cannot be written")), (1, true), "{}", ran.wrong);
    // Things of the stack that somebody deleted: AWS's code is in the sentence.
    aws_sdk_dynamodb::Client::new(&desk.config).delete_table().table_name("ponte-table").send().await.unwrap();
    for arguments in [
        &["conversations", "show", opening.as_str()][..],
        &["conversations", "list"],
        &["status"],
        &["rules", "history"],
    ] {
        one_sentence(
            &format!("{arguments:?} without a table"),
            &desk.run(arguments).await,
            1,
            "ResourceNotFoundException",
        );
    }
    let secrets = aws_sdk_secretsmanager::Client::new(&desk.config);
    secrets.delete_secret().secret_id("ponte-keys").force_delete_without_recovery(true).send().await.unwrap();
    one_sentence("no secret", &desk.run(&["status"]).await, 1, "secret");
}

#[tokio::test]
async fn a_reader_who_leaves_and_a_full_disk_are_no_panic() {
    let desk = Desk::start().await;
    desk.opens("a@tunnel.msging.net", None, Some("T-1")).await;
    for number in 0..20 {
        desk.queue(Place::Parked, &format!("{number}@tunnel.msging.net"), "m").await;
    }
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    for arguments in
        [&["parked", "list"][..], &["conversations", "list", "--json"], &["status"], &["--help"], &["--version"]]
    {
        let child = desk.tool().args(arguments).stdout(full()).stderr(Stdio::piped()).spawn().unwrap();
        let ran = Ran::of(&child.wait_with_output().await.unwrap());
        one_sentence(&format!("{arguments:?} to a full disk"), &ran, 1, "cannot be written to standard output");
        // Nobody reads what is wrong either.
        let status = desk.tool().args(arguments).stdout(full()).stderr(full()).status().await.unwrap();
        assert_eq!(status.code(), Some(1), "{arguments:?}");
        // Whoever reads leaves before the first line comes.
        let mut child = desk.tool().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut wrong = String::new();
        child.stderr.take().unwrap().read_to_string(&mut wrong).await.unwrap();
        assert_eq!((child.wait().await.unwrap().code(), wrong.as_str()), (Some(0), ""), "{arguments:?}");
    }
    // As a shell does it.
    let line = format!("{} parked list | head -1; echo ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_ponte"));
    let mut shell = Command::new("bash");
    shell.arg("-c").arg(line).env("AWS_ENDPOINT_URL", &desk.endpoint).envs(GOOD);
    let ran = Ran::of(&shell.output().await.unwrap());
    let lines: Vec<&str> = ran.said.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("ID") && lines[1] == "0", "{}{}", ran.said, ran.wrong);
    // Nor is standard error needed.
    let status = desk.tool().arg("nosuch").stderr(full()).status().await.unwrap();
    assert_eq!(status.code(), Some(2));
}

/// Answers each request with this, or never.
async fn other_side(answer: Option<&'static str>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            let Some(answer) = answer else {
                held.push(connection);
                continue;
            };
            tokio::spawn(async move {
                let _ = connection.read(&mut [0; 4096]).await;
                let _ = connection.write_all(answer.as_bytes()).await;
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_aws_is_one_sentence() {
    let page =
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<html></html>";
    let error = "HTTP/1.1 503 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let portal =
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let rows = [
        (Some(page), "AWS_ENDPOINT_URL"),
        (Some(error), "AWS_ENDPOINT_URL"),
        (Some(portal), "AWS_ENDPOINT_URL"),
        (Some("nonsense\r\n\r\n"), "AWS_ENDPOINT_URL"),
        (Some(""), "AWS_ENDPOINT_URL"),
        (None, "no answer in time"),
    ];
    for (answer, words) in rows {
        let url = other_side(answer).await;
        let ran = Ran::of(&tool().arg("status").envs(GOOD).env("AWS_ENDPOINT_URL", url).output().await.unwrap());
        one_sentence(&format!("{answer:?}"), &ran, 1, words);
    }
}
