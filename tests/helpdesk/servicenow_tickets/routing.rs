//! Where a route sends a record, and what `ServiceNow` leaves out of it in silence.

use ponte::relay::ports::NewConversation;
use serde_json::{Value, json};
use service_rules::{Priority, Route};

use super::{
    super::bridge::{Adapter, answers, routed},
    ADAPTER, RECORD, mark, one, record, rows,
};

const OWN: Adapter = Adapter { own: r#"{"fields":{"assignment_group":"Blip","caller_id":"5"}}"#, ..ADAPTER };

fn with(route: Route) -> NewConversation {
    NewConversation { route, ..routed() }
}

fn whole() -> NewConversation {
    let mut opening = routed();
    opening.route.fields = [("u_contrato", "77-1020"), ("correlation_id", "x"), ("Contrato social", "y")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into();
    opening
}

/// The record as it is made, with these columns of the route.
fn made(columns: &Value) -> (u16, Value) {
    let mut result = json!({ "sys_id": RECORD });
    result.as_object_mut().unwrap().extend(columns.as_object().unwrap().clone());
    (201, json!({ "result": result }))
}

#[tokio::test]
async fn every_part_that_a_record_has_is_a_column_and_the_rest_is_in_the_first_note() {
    let reference = json!({ "link": "https://x", "value": "5" });
    let columns = json!({
        "assignment_group": reference, "assigned_to": reference, "impact": "2", "urgency": "1", "category": "inquiry",
        "short_description": "Segunda via", "u_contrato": "77-1020",
    });
    let server = answers(&[rows(&[]), made(&columns)]);
    OWN.client(&server).open(&whole()).await.unwrap();
    let calls = server.calls();
    assert_eq!(OWN.lines(&calls), ["GET table/incident", "POST table/incident"], "what is there is not told");
    assert_eq!(calls[1].query("sysparm_input_display_value").as_deref(), Some("true"));
    let asked = calls[1].query("sysparm_fields").unwrap();
    assert!(columns.as_object().unwrap().keys().all(|column| asked.split(',').any(|name| name == column)), "{asked}");
    let mut body = calls[1].body.clone();
    let note = body.as_object_mut().unwrap().remove("work_notes").unwrap();
    let expected = json!({
        "assignment_group": "Financeiro", "assigned_to": "ana@example.com", "impact": "2", "urgency": "1", "category": "inquiry",
        "short_description": "Segunda via", "u_contrato": "77-1020", "caller_id": "5", "contact_type": "chat", "correlation_id": mark(),
    });
    assert_eq!(body, expected);
    let note = note.as_str().unwrap();
    for said in [
        "no skill named",
        "no tag named \"boleto\"",
        "no brand",
        "no form",
        "no field named \"correlation_id\"",
        "\"Contrato social\"",
    ] {
        assert!(note.contains(said), "{said}: {note}");
    }
}

#[tokio::test]
async fn what_is_left_out_in_silence_is_told_in_a_note_of_its_own() {
    let columns = json!({ "assignment_group": "", "assigned_to": null, "impact": "2", "urgency": "1", "category": "inquiry", "short_description": "" });
    let server = answers(&[rows(&[]), made(&columns), rows(&[]), one(record(&json!({})))]);
    OWN.client(&server).open(&whole()).await.unwrap();
    let calls = server.calls();
    let note = calls[3].body["work_notes"].as_str().unwrap();
    for said in
        ["no queue named \"Financeiro\"", "no agent named", "no field named \"u_contrato\"", "Subject: Segunda via"]
    {
        assert!(note.contains(said), "{said}: {note}");
    }
    assert!(!note.contains("77-1020") && !note.contains("priority"), "{note}");
    // An opening that is repeated reads the record, and looks for the note.
    let there = || rows(&[record(&json!({}))]);
    let server = answers(&[there(), one(record(&columns)), rows(&[]), one(record(&json!({})))]);
    OWN.client(&server).open(&whole()).await.unwrap();
    let calls = server.calls();
    assert!(calls[1].query("sysparm_fields").unwrap().contains("assignment_group"));
    assert!(calls[3].body["work_notes"].as_str().unwrap().contains("no queue named"));
}

#[tokio::test]
async fn names_are_looked_up_by_service_now_only_where_there_are_some() {
    let group = || Some("287ebd7da9fe198100f92cc8d1d2154e".to_owned());
    for (route, by_name) in [
        (Route { queue: group(), ..Route::default() }, None),
        (Route { priority: Some(Priority::Low), ..Route::default() }, None),
        (Route { subject: Some("x".to_owned()), ..Route::default() }, None),
        (Route { queue: Some("Financeiro".to_owned()), ..Route::default() }, Some("true")),
    ] {
        let columns = json!({ "assignment_group": "5", "impact": "1", "urgency": "1", "short_description": "x" });
        let server = answers(&[rows(&[]), made(&columns)]);
        OWN.client(&server).open(&with(route)).await.unwrap();
        assert_eq!(server.calls()[1].query("sysparm_input_display_value").as_deref(), by_name);
    }
}

#[tokio::test]
async fn a_priority_is_the_columns_of_the_table_or_of_the_settings() {
    let case = r#"{"table":"sn_customerservice_case","closed_states":["3"]}"#;
    let own = r#"{"priority":{"high":{"u_prio":"P1"}}}"#;
    for (own, priority, expected) in [
        ("{}", Priority::Low, json!({ "impact": "3", "urgency": "2" })),
        ("{}", Priority::Normal, json!({ "impact": "2", "urgency": "2" })),
        ("{}", Priority::Urgent, json!({ "impact": "1", "urgency": "1" })),
        (case, Priority::High, json!({ "priority": "2" })),
        (own, Priority::High, json!({ "u_prio": "P1" })),
        (own, Priority::Urgent, json!({ "impact": "1", "urgency": "1" })),
    ] {
        let server = answers(&[rows(&[]), made(&expected)]);
        let route = Route { priority: Some(priority), ..Route::default() };
        Adapter { own, ..ADAPTER }.client(&server).open(&with(route)).await.unwrap();
        let calls = server.calls();
        for column in ["impact", "urgency", "priority", "u_prio"] {
            assert_eq!(calls[1].body.get(column), expected.get(column), "{own} {column}");
        }
    }
}

#[tokio::test]
async fn a_refused_record_is_made_once_more_without_its_route() {
    for status in [400, 403] {
        let refused = (status, json!({ "error": { "message": "no" }, "status": "failure" }));
        let server = answers(&[rows(&[]), refused, made(&json!({}))]);
        OWN.client(&server).open(&whole()).await.unwrap();
        let calls = server.calls();
        assert_eq!(OWN.lines(&calls)[1..], ["POST table/incident", "POST table/incident"]);
        let body = &calls[2].body;
        assert_eq!(
            (&body["assignment_group"], body.get("impact"), body.get("u_contrato")),
            (&json!("Blip"), None, None)
        );
        let note = body["work_notes"].as_str().unwrap().to_owned();
        assert!(
            note.contains(&format!("refused the route, and the conversation was opened without it: {status}")),
            "{note}"
        );
        // An opening that is repeated finds the record, and this note: it does not say that there is no such group.
        let there = json!({ "name": "incident", "element_id": RECORD, "element": "work_notes", "value": note });
        let far = answers(&[rows(&[record(&json!({}))]), one(json!({ "sys_id": RECORD })), rows(&[there])]);
        OWN.client(&far).open(&whole()).await.unwrap();
        let calls = far.calls();
        assert_eq!(OWN.lines(&calls)[2..], ["GET table/sys_journal_field"]);
    }
}
