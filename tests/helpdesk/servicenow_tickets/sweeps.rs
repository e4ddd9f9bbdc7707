//! What a sweep finds.

use serde_json::{Value, json};

use super::{
    super::bridge::{Adapter, NOW, OPENING, answers, told},
    ADAPTER, RECORD, entry, fixture, record, rows,
};

const CHANGED: &str = "GET table/incident";
const JOURNAL: &str = "GET table/sys_journal_field";

/// The second of 20 November 2026 in words.
fn at(seconds: i64) -> String {
    let seconds = seconds - 1_795_132_800;
    format!("2026-11-20 {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[tokio::test]
async fn the_first_look_only_finds_where_to_begin() {
    let server = answers(&[]);
    let begin = NOW.seconds() - 60;
    for cursor in [None, Some("nonsense"), Some("5")] {
        let first = ADAPTER.sweep(&server).since(cursor).await.unwrap();
        assert_eq!((first.tickets.len(), first.cursor, first.more), (0, format!("{begin}:{begin}"), false));
    }
}

#[tokio::test]
async fn whose_it_is_what_was_said_and_the_end_are_found_in_order() {
    let begin = NOW.seconds() - 600;
    let owned = json!({
        "assigned_to": { "value": "5" }, "state": "6", "sys_updated_on": at(begin + 100),
    });
    let untouched = json!({ "sys_id": "other", "correlation_id": super::mark(), "state": "1", "assigned_to": "",
        "sys_updated_on": at(begin + 50) });
    let mut of_other = entry("o", "ponte", "nossa", "11:59:59");
    of_other["element_id"] = "other".into();
    let server = answers(&[
        rows(&[untouched, record(&owned)]),
        rows(&[entry("b", "ana.souza", "b", "11:51:00"), entry("a", "ana.souza", "a", "11:50:30"), of_other]),
    ]);
    let found = ADAPTER.sweep(&server).since(Some(&format!("{begin}:{begin}"))).await.unwrap();
    let expected =
        ["owner/5", "a", "b", &format!("closed/{}", at(begin + 100))].map(|id| format!("{RECORD} {id} to be read"));
    assert_eq!(told(&found.tickets), expected);
    assert_eq!(found.tickets[0].opening.as_ref().unwrap().as_str(), OPENING);
    assert_eq!((found.cursor, found.more), (format!("{0}:{0}", begin + 40), false));
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), [CHANGED, JOURNAL]);
    let query = |at: usize| {
        let url = reqwest::Url::parse(&format!("http://x{}", calls[at].path)).unwrap();
        url.query_pairs().find(|(name, _)| name == "sysparm_query").unwrap().1.into_owned()
    };
    let since = at(begin);
    assert_eq!(query(0), format!("correlation_idSTARTSWITHponte:^sys_updated_on>={since}^ORDERBYsys_updated_on"));
    assert_eq!(
        query(1),
        format!("element_idINother,{RECORD}^element=comments^sys_created_on>={since}^ORDERBYsys_created_on")
    );
}

#[tokio::test]
async fn what_was_said_within_one_second_is_found_in_the_order_of_its_ids() {
    let begin = NOW.seconds() - 600;
    let row = |id: &str| entry(id, "ana.souza", id, "11:50:30");
    let server = answers(&[
        rows(&[record(&json!({ "sys_updated_on": at(begin + 100) }))]),
        rows(&[row("e11"), row("e10"), row("e9")]),
    ]);
    let found = ADAPTER.sweep(&server).since(Some(&format!("{begin}:{begin}"))).await.unwrap();
    assert_eq!(told(&found.tickets), ["e9", "e10", "e11"].map(|id| format!("{RECORD} {id} to be read")));
}

#[tokio::test]
async fn a_query_that_was_not_understood_finds_nothing() {
    let begin = NOW.seconds() - 600;
    let old = record(&json!({ "sys_updated_on": at(begin - 1) }));
    let foreign = record(&json!({ "correlation_id": "INC-77", "sys_updated_on": at(begin + 1) }));
    let server = answers(&[rows(&[old, foreign])]);
    let found = ADAPTER.sweep(&server).since(Some(&format!("{begin}:{begin}"))).await.unwrap();
    assert_eq!((found.tickets.len(), found.cursor), (0, format!("{begin}:{begin}")));
    assert_eq!(ADAPTER.lines(&server.calls()), [CHANGED]);

    // The real rows of somebody else's record, and old ones of ours.
    let mut theirs = fixture("sys-journal-field")["result"].as_array().unwrap().clone();
    theirs[0]["element_id"] = "theirs".into();
    theirs.push(entry("work", "ana.souza", "x", "11:55:00"));
    theirs[2]["element"] = "work_notes".into();
    let changed = record(&json!({ "sys_updated_on": at(begin + 1) }));
    let server = answers(&[rows(&[changed]), rows(&theirs)]);
    let found = ADAPTER.sweep(&server).since(Some(&format!("{begin}:{begin}"))).await.unwrap();
    assert_eq!(told(&found.tickets), [""; 0]);
}

#[tokio::test]
async fn after_a_long_time_nothing_is_passed_over() {
    let begin = NOW.seconds() - 6000;
    let changed = |n: i64| record(&json!({ "sys_id": format!("r{n}"), "sys_updated_on": at(begin + n) }));
    let page: Vec<Value> = (1..=100).map(changed).collect();
    let server = answers(&[rows(&page), rows(&[])]);
    let found = ADAPTER.sweep(&server).since(Some(&format!("{begin}:{begin}"))).await.unwrap();
    assert_eq!(
        (found.cursor, found.more),
        (format!("{begin}:{}", begin + 100), true),
        "rows are looked at from the same moment"
    );
    let server = answers(&[rows(&[changed(100), changed(101)]), rows(&[])]);
    let found = ADAPTER.sweep(&server).since(Some(&format!("{begin}:{}", begin + 100))).await.unwrap();
    assert_eq!((found.cursor, found.more), (format!("{0}:{0}", begin + 41), false));

    // More comments than a page holds.
    let comment = |n: i64| {
        let mut row = entry(&format!("c{n}"), "ana.souza", "x", "");
        row["sys_created_on"] = at(begin + n).into();
        row
    };
    let first: Vec<Value> = (1..=100).map(comment).collect();
    let server = answers(&[
        rows(&[record(&json!({ "sys_updated_on": at(begin + 200) }))]),
        rows(&first),
        rows(&[comment(100), comment(101)]),
    ]);
    let found = ADAPTER.sweep(&server).since(Some(&format!("{begin}:{begin}"))).await.unwrap();
    let ids: std::collections::HashSet<_> =
        found.tickets[0].events.iter().map(|event| event.id.as_str().to_owned()).collect();
    assert_eq!(ids.len(), 101);
}

#[tokio::test]
async fn files_are_among_what_was_said_where_they_may_be() {
    let begin = NOW.seconds() - 600;
    let with = Adapter { own: r#"{"agent_files":true}"#, ..ADAPTER };
    let file = |by: &str, of: &str| json!({ "sys_id": "f", "table_sys_id": of, "sys_created_by": by, "sys_created_on": at(begin + 20) });
    let changed = || rows(&[record(&json!({ "sys_updated_on": at(begin + 100) }))]);
    let said = || rows(&[entry("a", "ana.souza", "a", "11:50:10"), entry("b", "ana.souza", "b", "11:50:30")]);
    let server = answers(&[
        changed(),
        said(),
        rows(&[file("ponte", RECORD), file("ana.souza", "other"), file("ana.souza", RECORD)]),
    ]);
    let found = with.sweep(&server).since(Some(&format!("{begin}:{begin}"))).await.unwrap();
    assert_eq!(told(&found.tickets), ["a", "file/f", "b"].map(|id| format!("{RECORD} {id} to be read")));
    assert_eq!(ADAPTER.lines(&server.calls()), [CHANGED, JOURNAL, "GET attachment"]);
}
