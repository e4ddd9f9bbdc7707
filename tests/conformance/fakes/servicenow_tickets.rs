//! `ServiceNow`'s Table API, by its documentation.

use ponte::clock::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Call, Desk, Fake, Happening, OPENING, RouteNames, Routed};

const SECRET: &str = "a-secret-header-for-tests";

pub(in crate::conformance) const FAKE: Fake = Fake {
    name: "servicenow-tickets",
    settings: r#"{"resolve":{"state":"6","close_code":"Solved","close_notes":"Blip"}}"#,
    credentials: "ponte:the-password",
    secret: SECRET,
    answer,
    sign,
    event,
    wait: ("retry-after", "17"),
    opens_with: &["GET /api/now/table/incident", "POST /api/now/table/incident"],
    route: RouteNames { queue: "Financeiro", field: "u_contrato" },
    cannot: &[
        (super::super::staffing::TOLD, "A ticket's group has no state that the Table API tells."),
        (super::super::staffing::UNKNOWN, "For the same reason."),
        (
            "a transfer to another queue is told by its name",
            "The rule of docs/helpdesks/servicenow-tickets.md sends journals, the assignee and the end; it sends no change of the group.",
        ),
        ("a ticket that is put on hold is told", "For the same reason."),
        ("words that an agent deletes are named", "A journal entry cannot be deleted by an agent."),
        ("an old signature is refused", "Nothing is signed, and no time told; a rule only names a row, which is read."),
        ("a route's tags are set", "A record has no column for tags; they are named in a note."),
        (
            super::super::reopening::GOES_ON,
            "A record is opened again by its state, whose values and whose lock are the company's own: a new one is linked to it.",
        ),
        (super::super::reopening::GONE, "For the same reason."),
    ],
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
        "POST table/incident" if desk.refuse_route && !call.at("/assignment_group").is_empty() => {
            (400, json!({ "error": { "message": "Invalid" }, "status": "failure" }))
        }
        "POST table/incident" => {
            desk.tickets.push(call.at("/correlation_id"));
            desk.first_note = call.at("/work_notes");
            // With names, an id is the name of no incident: the column stays empty.
            let named = call.query("sysparm_input_display_value") == "true";
            desk.follows = if named { String::new() } else { call.at("/parent_incident") };
            desk.routed = routed(call);
            (201, json!({ "result": columns(desk) }))
        }
        "GET table/incident/1" if call.query("sysparm_fields").starts_with("sys_id,") && !query_of_record(call) => {
            (200, json!({ "result": columns(desk) }))
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
            if call.json.get("parent_incident").is_some() {
                desk.follows = call.at("/parent_incident");
                return (200, json!({ "result": { "sys_id": "1" } }));
            }
            // A column that the table does not have is ignored, and the answer is 200.
            let rated = Some(call.at("/u_contrato")).filter(|value| !value.is_empty());
            desk.routed.fields.extend(rated.clone().map(|value| ("u_contrato".to_owned(), value)));
            desk.rated = rated;
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
            let texts = notes.map(|post| post.text.as_str()).chain([desk.first_note.as_str()]);
            found(texts.map(|text| entry("n", "work_notes", text, "ponte")).collect())
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

/// Whether this reads what the bridge reads of every record.
fn query_of_record(call: &Call) -> bool {
    call.query("sysparm_fields").contains("correlation_id")
}

/// What the instance makes of a new record: a group that it does not have is none.
fn routed(call: &Call) -> Routed {
    let named = call.query("sysparm_input_display_value") == "true";
    let priority = match (call.at("/impact").as_str(), call.at("/urgency").as_str()) {
        ("", "") => None,
        ("3", "2") => Some("low"),
        ("2", "1") => Some("high"),
        ("1", "1") => Some("urgent"),
        other => panic!("{other:?}"),
    };
    let contract = Some(call.at("/u_contrato")).filter(|value| !value.is_empty());
    Routed {
        queue: Some(call.at("/assignment_group")).filter(|group| named && group == "Financeiro"),
        priority: priority.map(str::to_owned),
        tags: Vec::new(),
        fields: contract.map(|value| ("u_contrato".to_owned(), value)).into_iter().collect(),
    }
}

/// The columns of the record that a route may have set.
fn columns(desk: &Desk) -> Value {
    let group = desk.routed.queue.as_ref().map(|_| json!({ "link": "https://x", "value": "5" }));
    let set = desk.routed.priority.as_ref().map(|_| "1");
    json!({
        "sys_id": "1", "number": "INC1", "assignment_group": group.unwrap_or_else(|| "".into()), "impact": set, "urgency": set,
        "u_contrato": desk.routed.fields.get("u_contrato"),
    })
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
        Happening::Moves | Happening::Rests | Happening::Deletes | Happening::Unknown => {
            json!({ "sys_id": "1", "correlation_id": "another integration's", "planet": "Mars" })
        }
    }
}
