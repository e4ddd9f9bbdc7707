//! A sweep after much has happened, against a `ServiceNow` that reads queries: it gets on, page by page, at equal moments too.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use ponte::relay::ports::{EventPoller, Swept};
use serde_json::{Value, json};

use super::{
    super::{
        bridge::{Adapter, OneFile, file, to},
        server::{Call, Server},
    },
    ADAPTER, RECORD, entry, mark, record,
};

/// Rows by table, in no order.
#[derive(Default)]
struct Instance {
    records: Vec<Value>,
    journal: Vec<Value>,
    files: Vec<Value>,
}

impl Instance {
    fn answer(&self, call: &Call) -> (u16, Value) {
        let path = call.path.split('?').next().unwrap();
        let table = match path.rsplit('/').next().unwrap() {
            "incident" => &self.records,
            "sys_journal_field" => &self.journal,
            "attachment" => &self.files,
            other => panic!("{other}"),
        };
        let most: usize = call.query("sysparm_limit").unwrap().parse().unwrap();
        (200, json!({ "result": found(table, &call.query("sysparm_query").unwrap(), most) }))
    }
}

/// As much of an encoded query as is used here: conditions that are all fulfilled, and orders.
fn found(table: &[Value], query: &str, most: usize) -> Vec<Value> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let mut rows: Vec<Value> = table.to_vec();
    let mut orders = Vec::new();
    for condition in query.split('^') {
        if let Some(field) = condition.strip_prefix("ORDERBY") {
            orders.push(field.to_owned());
            continue;
        }
        let name = condition.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap();
        let (field, rest) = condition.split_at(name);
        let holds: Box<dyn Fn(&str) -> bool> = if let Some(from) = rest.strip_prefix(">=") {
            Box::new(move |value| value >= from)
        } else if let Some(after) = rest.strip_prefix('>') {
            Box::new(move |value| value > after)
        } else if let Some(same) = rest.strip_prefix('=') {
            Box::new(move |value| value == same)
        } else if let Some(begin) = rest.strip_prefix("STARTSWITH") {
            Box::new(move |value| value.starts_with(begin))
        } else if let Some(list) = rest.strip_prefix("IN") {
            Box::new(move |value| list.split(',').any(|one| one == value))
        } else {
            panic!("{condition}")
        };
        rows.retain(|row| holds(&text(row, field)));
    }
    // What has no order comes as the table has it.
    rows.sort_by_key(|row| orders.iter().map(|field| text(row, field)).collect::<Vec<_>>());
    rows.truncate(most);
    rows
}

const WITH_FILES: Adapter = Adapter { own: r#"{"agent_files":true}"#, ..ADAPTER };
/// 20 November 2026, 11:00:00 UTC.
const BEGIN: i64 = 1_795_172_400;

/// So many seconds later, in words.
fn at(seconds: i64) -> String {
    let seconds = seconds + 39_600;
    format!("2026-11-20 {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// An id in no order.
fn id(number: u64) -> String {
    format!("{:016x}{number:016x}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn closed(number: u64, seconds: i64) -> Value {
    let fields = json!({ "sys_id": id(number), "state": "7", "sys_updated_on": at(seconds), "correlation_id": mark() });
    record(&fields)
}

fn of_record(mut row: Value, number: u64) -> Value {
    row["element_id"] = id(number).into();
    row
}

/// Looks until there is no more: ticket and event, each as often as it was found; the looks; and the last cursor.
async fn looks(instance: Instance) -> (Vec<(String, String)>, usize, String) {
    let instance = Arc::new(Mutex::new(instance));
    let server = Server::serving(move |call| instance.lock().unwrap().answer(call));
    let sweep: Arc<dyn EventPoller> = WITH_FILES.sweep(&server);
    let (mut all, mut cursor) = (Vec::new(), format!("{BEGIN}:{BEGIN}"));
    for looks in 1..100 {
        let Swept { tickets, cursor: next, more } = sweep.since(Some(&cursor)).await.unwrap();
        for ticket in tickets {
            let events = ticket.events.iter().map(|event| event.id.as_str().to_owned());
            all.extend(events.map(|event| (ticket.ticket.as_str().to_owned(), event)));
        }
        assert!(!more || next != cursor, "it does not get on: {next}");
        cursor = next;
        if !more {
            return (all, looks, cursor);
        }
    }
    panic!("it does not end")
}

#[tokio::test]
async fn records_that_were_closed_in_one_second_are_found_all() {
    for together in [99, 100, 101, 150, 1_000] {
        // Some before and after them.
        let before = (0..30).map(|number| closed(number, 1));
        let same = (100..100 + together).map(|number| closed(number, 100));
        let behind = (5_000..5_130).map(|number| closed(number, 101 + i64::try_from(number - 5_000).unwrap() / 10));
        let records: Vec<Value> = before.chain(same).chain(behind).collect();
        let expected: HashSet<_> = records.iter().map(|row| row["sys_id"].as_str().unwrap().to_owned()).collect();
        let (found, looks, cursor) = looks(Instance { records, ..Instance::default() }).await;
        let ended: HashSet<_> = found.iter().map(|(ticket, _)| ticket.clone()).collect();
        assert_eq!(ended, expected, "{together}");
        assert!(looks < 12 + usize::try_from(together).unwrap() / 100, "{looks}");
        let settled = BEGIN + 113 - 60;
        assert_eq!(cursor, format!("{settled}:{settled}"), "a minute behind the newest");
    }
}

#[tokio::test]
async fn words_and_files_are_found_however_many_and_at_one_moment_too() {
    for (words, files, second) in
        [(99, 101, true), (150, 150, true), (101, 250, false), (450, 1, false), (0, 100, true)]
    {
        let moment = |number: u64| at(if second { 50 } else { 50 + i64::try_from(number).unwrap() / 20 });
        let comment = |number: u64| {
            let mut row = of_record(entry(&format!("c{}", id(number)), "ana.souza", "oi", ""), 1);
            row["sys_created_on"] = moment(number).into();
            row
        };
        let attached = |number: u64| {
            json!({ "sys_id": format!("f{}", id(number)), "table_sys_id": id(1), "sys_created_by": "ana.souza",
                "sys_created_on": moment(number) })
        };
        let instance = Instance {
            records: vec![closed(1, 200)],
            journal: (0..words).map(comment).collect(),
            files: (0..files).map(attached).collect(),
        };
        let told: Vec<String> = looks(instance).await.0.into_iter().map(|(_, event)| event).collect();
        let expected = (0..words).map(|number| format!("c{}", id(number)));
        let expected = expected.chain((0..files).map(|number| format!("file/f{}", id(number))));
        let expected: HashSet<String> = expected.chain([format!("closed/{}", at(200))]).collect();
        assert_eq!(told.len(), expected.len(), "each once");
        assert_eq!(told.into_iter().collect::<HashSet<_>>(), expected, "{words} {files}");
    }
}

#[tokio::test]
async fn a_file_of_ours_is_known_behind_any_number_of_others() {
    let other = |number: u64| {
        json!({ "sys_id": id(number), "table_sys_id": RECORD, "sys_created_by": "ana.souza", "file_name": "x",
            "size_bytes": "1", "sys_created_on": at(1) })
    };
    let mut files: Vec<Value> = (0..100).map(other).collect();
    files.push(json!({ "sys_id": id(100), "table_sys_id": RECORD, "sys_created_by": "ponte",
        "file_name": "conta.pdf", "size_bytes": "8", "sys_created_on": at(2) }));
    let instance = Instance { files, ..Instance::default() };
    let server = Server::serving(move |call| match call.line().as_str() {
        "GET /api/now/attachment" => instance.answer(call),
        // The words that name it.
        "GET /api/now/table/incident/965f140bdb4c8c105f6f00b5ca961922" => {
            (200, json!({ "result": record(&json!({})) }))
        }
        "PATCH /api/now/table/incident/965f140bdb4c8c105f6f00b5ca961922" => (200, json!({ "result": {} })),
        line => panic!("{line}"),
    });
    let client = ADAPTER.client_with(&server, Arc::new(OneFile));
    let mut said = file("m", None);
    said.may_be_duplicate = true;
    client.deliver(&to(RECORD), &said).await.unwrap();
    assert_eq!(server.calls().iter().filter(|call| call.method == "POST").count(), 0, "it is there");
}
