//! What a row holds that was only named, and what came before it.

use crate::every_port::EveryPort;
use ponte::message::SourceId;
use serde_json::{Value, json};

use super::{
    super::bridge::{Adapter, answers, read, to},
    ADAPTER, RECORD, ana, entry, fixture, gone, one, record, rows,
};

const JOURNAL: &str = "GET table/sys_journal_field";

fn id(id: &str) -> SourceId {
    SourceId::exact(id)
}

#[tokio::test]
async fn a_comment_is_read_with_those_before_it() {
    // The newest first, as it is asked for.
    let journal = rows(&[
        entry("d", "ana.souza", "depois", "12:03:00"),
        entry("c", "ana.souza", "Bom dia", "12:02:00"),
        entry("b", "ponte", "as palavras do cliente", "12:01:00"),
        entry("a", "ana.souza", "antes", "12:00:00"),
    ]);
    let server = answers(&[journal, rows(&[ana()]), one(entry("c", "ana.souza", "Bom dia", "12:02:00"))]);
    let client = ADAPTER.client(&server);
    assert_eq!(client.missed_before(&to(RECORD), &id("c")).await.unwrap(), [id("a")]);
    let told = client.read(&to(RECORD), &id("a")).await.unwrap();
    assert_eq!(read(&told), [r#"Ana Souza says {"type":"text","text":"antes"}"#]);
    let told = client.read(&to(RECORD), &id("c")).await.unwrap();
    assert_eq!(read(&told), [r#"Ana Souza says {"type":"text","text":"Bom dia"}"#], "who she is, is known by now");
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [JOURNAL, "GET table/sys_user", "GET table/sys_journal_field/c"]);
    let query = reqwest::Url::parse(&format!("http://x{}", calls[0].path)).unwrap();
    let query = query.query_pairs().find(|(name, _)| name == "sysparm_query").unwrap().1.into_owned();
    assert_eq!(query, format!("element_id={RECORD}^element=comments^ORDERBYDESCsys_created_on"));
}

/// The list names the newest second first, and says nothing about its order within one.
#[tokio::test]
async fn within_a_second_the_ids_tell_what_came_first_or_each_comes_when_it_is_named() {
    let row = |id: &str, at: &str| entry(id, "ana.souza", id, at);
    let missed = async |rows_of: &[Value], named: &str| {
        let missed = ADAPTER.client(&answers(&[rows(rows_of)])).missed_before(&to(RECORD), &id(named)).await.unwrap();
        missed.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>()
    };
    let at = "12:02:00";
    for list in [[row("e9", at), row("e10", at), row("e11", at)], [row("e11", at), row("e10", at), row("e9", at)]] {
        assert_eq!(missed(&list, "e9").await, [""; 0]);
        assert_eq!(missed(&list, "e11").await, ["e9", "e10"]);
        assert_eq!(missed(&list, "e10").await, ["e9"]);
    }
    let (one, other) = ("2c6420c31b0000506a4a85507e4bcb82", "4db0e8cb1bcccc106a4a85507e4bcba2");
    let list = [row(one, at), row(other, at), row("a1", "12:01:00")];
    assert_eq!(missed(&list, one).await, ["a1"]);
    assert_eq!(missed(&list, other).await, ["a1"]);
}

#[tokio::test]
async fn the_real_rows_of_a_journal_are_public_or_not() {
    let example = fixture("sys-journal-field");
    for (row, expected) in [(0, None), (1, Some(r#"Ana Souza says {"type":"text","text":"This is Sev1 incident."}"#))] {
        let row = example["result"][row].clone();
        let who = row["sys_created_by"].clone();
        let id = id(row["sys_id"].as_str().unwrap());
        let user = json!({ "sys_id": "5", "user_name": who, "name": "Ana Souza" });
        let server = answers(&[one(row), rows(&[user])]);
        let told = ADAPTER.client(&server).read(&to(RECORD), &id).await.unwrap();
        assert_eq!(read(&told).first().map(String::as_str), expected);
    }
}

#[tokio::test]
async fn what_a_forged_event_names_is_not_told() {
    let with = |fields: Value| {
        let mut row = entry("a", "ana.souza", "segredo", "12:00:00");
        row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        one(row)
    };
    for (what, answer) in [
        ("a work note", with(json!({ "element": "work_notes" }))),
        ("of another record", with(json!({ "element_id": "another" }))),
        ("of another table", with(json!({ "name": "problem" }))),
        ("our own", with(json!({ "sys_created_by": "ponte" }))),
        ("nobody's", with(json!({ "sys_created_by": "system" }))),
        ("of nobody that is named", with(json!({ "sys_created_by": "" }))),
        ("an empty one", with(json!({ "value": "[code]<p></p>[/code]" }))),
    ] {
        assert!(ADAPTER.client(&answers(&[answer])).read(&to(RECORD), &id("a")).await.unwrap().is_empty(), "{what}");
    }
    assert!(ADAPTER.client(&answers(&[gone()])).read(&to(RECORD), &id("a")).await.is_err());
}

#[tokio::test]
async fn a_query_that_was_not_understood_tells_nothing() {
    let foreign = |field: &str, value: &str| {
        let mut row = entry("x", "ana.souza", "de outro", "12:00:00");
        row[field] = value.into();
        row
    };
    let server = answers(&[rows(&[
        foreign("element_id", "other"),
        foreign("element", "work_notes"),
        foreign("name", "problem"),
    ])]);
    assert!(ADAPTER.client(&server).missed_before(&to(RECORD), &id("updated/1")).await.unwrap().is_empty());
    // A user that was not asked for is nobody.
    let server = answers(&[
        one(entry("a", "ana.souza", "oi", "12:00:00")),
        rows(&[json!({ "sys_id": "1", "user_name": "admin", "name": "Root" })]),
    ]);
    let told = ADAPTER.client(&server).read(&to(RECORD), &id("a")).await.unwrap();
    assert_eq!(read(&told), [r#"? says {"type":"text","text":"oi"}"#]);
}

#[tokio::test]
async fn a_change_is_whose_it_is_and_whether_it_is_over() {
    let owned = json!({ "assigned_to": { "link": "https://x/api/now/table/sys_user/5", "value": "5" } });
    let check = async |event: &str, answered: &[(u16, Value)], expected: &[&str]| {
        let server = answers(answered);
        assert_eq!(read(&ADAPTER.client(&server).read(&to(RECORD), &id(event)).await.unwrap()), expected, "{event}");
    };
    check("updated/1", &[one(record(&json!({})))], &[]).await;
    check("updated/1", &[one(record(&owned)), one(ana())], &["given to Ana Souza"]).await;
    for state in ["6", "7", "8"] {
        check("updated/1", &[one(record(&json!({ "state": state })))], &["closed"]).await;
    }
    check("closed/1", &[one(record(&json!({ "state": 7 })))], &["closed"]).await;
    check("closed/1", &[one(record(&json!({ "state": "2" })))], &[]).await;
    check("owner/5", &[one(ana())], &["given to Ana Souza"]).await;
    check("owner/5", &[gone()], &[]).await;
    let others = Adapter { own: r#"{"closed_states":["3"]}"#, ..ADAPTER };
    let server = answers(&[one(record(&json!({ "state": "6" })))]);
    assert!(others.client(&server).read(&to(RECORD), &id("closed/1")).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_last_words_come_before_the_end() {
    let many: Vec<Value> =
        (0..12).rev().map(|n| entry(&format!("c{n:02}"), "ana.souza", "oi", &format!("12:00:{n:02}"))).collect();
    let server = answers(&[rows(&many)]);
    let missed = ADAPTER.client(&server).missed_before(&to(RECORD), &id("closed/1")).await.unwrap();
    assert_eq!(missed, ["c04", "c05", "c06", "c07", "c08", "c09", "c10", "c11"].map(id));
    let server = answers(&[]);
    assert!(ADAPTER.client(&server).missed_before(&to(RECORD), &id("owner/5")).await.unwrap().is_empty());
    let server = answers(&[rows(&many)]);
    assert!(ADAPTER.client(&server).missed_before(&to(RECORD), &id("unknown")).await.unwrap().is_empty());
}

#[tokio::test]
async fn html_in_a_journal_is_read_and_its_files_are_for_those_who_say_so() {
    let value = "Veja:\r\n[code]<p>Oi <b>Maria</b></p>[/code]\r\nAté logo";
    let server = answers(&[one(entry("a", "ana.souza", value, "12:00:00")), rows(&[ana()])]);
    let told = ADAPTER.client(&server).read(&to(RECORD), &id("a")).await.unwrap();
    assert_eq!(read(&told), [r#"Ana Souza says {"type":"text","text":"Veja:\nOi *Maria*\nAté logo"}"#]);

    let mut file = fixture("attachment-created")["result"].clone();
    file["table_sys_id"] = RECORD.into();
    let event = id("file/6ea10fe64f411200adf9f8e18110c739");
    let with = Adapter { own: r#"{"agent_files":true}"#, ..ADAPTER };
    let server = answers(&[one(file.clone()), rows(&[json!({ "sys_id": "5", "user_name": "admin", "name": "Ana" })])]);
    let url = format!("{}/api/now/attachment/6ea10fe64f411200adf9f8e18110c739/file", server.url);
    let client = with.client(&server);
    let told = client.read(&to(RECORD), &event).await.unwrap();
    let expected = format!(
        r#"Ana says {{"type":"file","url":"{url}","name":"Issue_screenshot","mime":"image/jpeg","size":36597}}"#
    );
    assert_eq!(read(&told), [expected]);
    assert!(client.file_access(&url).is_some() && client.file_access("https://evil.example/file").is_none());
    let server = answers(&[one(file)]);
    assert!(
        ADAPTER.client(&server).read(&to(RECORD), &event).await.unwrap().is_empty(),
        "nothing says that it is for the customer"
    );
}
