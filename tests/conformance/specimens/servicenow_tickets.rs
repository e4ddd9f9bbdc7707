//! `ServiceNow`'s Table API, by its documentation.

use ponte::clock::Timestamp;
use serde_json::{Value, json};

use super::{Answer, BY_NAME, Call, Desk, Happening, OPENING, Specimen};

const SECRET: &str = "a-secret-header-for-tests";

pub(in crate::conformance) const SPECIMEN: Specimen = Specimen {
    name: "servicenow-tickets",
    settings: r#"{"resolve":{"state":"6","close_code":"Solved","close_notes":"Blip"}}"#,
    credentials: "ponte:the-password",
    secret: SECRET,
    answer,
    sign,
    event,
    wait: ("retry-after", "17"),
    route: BY_NAME,
    cannot: &[(
        "an old signature is refused",
        "Nothing is signed, and no time told; a rule only names a row, which is read.",
    )],
};

fn entry(id: &str, element: &str, value: &str, author: &str) -> Value {
    json!({
        "sys_id": id, "name": "incident", "element_id": "1", "element": element, "value": value, "sys_created_by": author,
        "sys_created_on": "2026-11-21 12:00:00",
    })
}

fn answer(desk: &mut Desk, call: &Call) -> Answer {
    let found = |rows: Vec<Value>| (200, json!({ "result": rows }));
    let query = call.query("sysparm_query");
    match call.line.replace("/api/now/", "").as_str() {
        "GET table/incident" => {
            let rows = desk.tickets.iter().filter(|mark| query.contains(*mark));
            found(rows.map(|mark| json!({ "sys_id": "1", "correlation_id": mark })).collect())
        }
        "POST table/incident" => {
            desk.tickets.push(call.at("/correlation_id"));
            (201, json!({ "result": { "sys_id": "1", "number": "INC1" } }))
        }
        "GET table/incident/1" => {
            // The agent resolves it in the event; nothing else looks before the bridge has.
            let state = if desk.closed || desk.posts.is_empty() { "6" } else { "2" };
            let last = desk.posts.iter().rfind(|post| !post.private).map(|post| post.mark.clone());
            (
                200,
                json!({ "result": { "sys_id": "1", "state": state, "correlation_display": last, "assigned_to": "" } }),
            )
        }
        "PATCH table/incident/1" => {
            desk.closed |= call.at("/state") == "6";
            for (field, private) in [("/comments", false), ("/work_notes", true)] {
                let text = call.at(field);
                if !text.is_empty() {
                    let file = text.contains("📎");
                    desk.post(text, private, call.at("/correlation_display")).file = file;
                }
            }
            (200, json!({ "result": { "sys_id": "1" } }))
        }
        "GET table/sys_journal_field" if query.contains("valueLIKE") => {
            let notes = desk.posts.iter().filter(|post| post.private);
            found(notes.map(|post| entry("n", "work_notes", &post.text, "ponte")).collect())
        }
        "GET table/sys_journal_field" => found(Vec::new()),
        "GET table/sys_journal_field/101" => (200, json!({ "result": entry("101", "comments", "Bom dia!", "ana") })),
        "GET table/sys_journal_field/103" => (200, json!({ "result": entry("103", "work_notes", "Bom dia!", "ana") })),
        "GET table/sys_journal_field/104" => (200, json!({ "result": entry("104", "comments", "Bom dia!", "ponte") })),
        "GET table/sys_journal_field/7" => {
            (404, json!({ "error": { "message": "No Record found" }, "status": "failure" }))
        }
        "GET table/sys_user" => found(vec![json!({ "sys_id": "5", "user_name": "ana", "name": "Ana" })]),
        "GET table/sys_user/5" => (200, json!({ "result": { "sys_id": "5", "user_name": "ana", "name": "Ana" } })),
        "POST attachment/file" => {
            assert_eq!((call.query("file_name"), call.text.as_str()), ("conta.pdf", "%PDF-1.7"));
            (201, json!({ "result": { "sys_id": "9" } }))
        }
        other => panic!("{other}"),
    }
}

fn sign(_body: &str, _at: Timestamp) -> Vec<(&'static str, String)> {
    vec![("x-ponte-secret", SECRET.to_owned())]
}

fn event(happening: Happening) -> Value {
    let mark = format!("ponte:{OPENING}");
    let journal = |id: u8| json!({ "sys_id": "1", "correlation_id": mark, "journal": id.to_string() });
    match happening {
        Happening::Says(number) => journal(100 + number),
        Happening::Notes => journal(103),
        Happening::Echoes => journal(104),
        // A rule tells that the record changed; whose it is, is read. Here the owner is named at once, as a sweep does.
        Happening::Takes => json!({ "sys_id": "1", "correlation_id": mark, "journal": "owner/5" }),
        Happening::Closes => json!({ "sys_id": "1", "correlation_id": mark, "updated": "2026-11-21 12:00:00" }),
        Happening::Unknown => json!({ "sys_id": "1", "correlation_id": "another integration's", "planet": "Mars" }),
    }
}
