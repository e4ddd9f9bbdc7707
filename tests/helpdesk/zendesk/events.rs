//! What each webhook of Zendesk's is for the customer.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use ponte::{
    helpdesk::zendesk::ZendeskVerifier,
    message::{AgentEventKind, ConversationId, TicketEvents},
    relay::ports::{Rejection, Unverified, WebhookVerifier},
};
use serde_json::{Value, json};

use super::{NOW, OPENING, fixture, signatures::Signed};

const SECRET: &str = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
const TIMESTAMP: &str = "2026-11-20T12:00:00Z";

/// What the verifier makes of a signed body.
fn events(body: &[u8]) -> Result<Vec<TicketEvents>, Rejection> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(TIMESTAMP.as_bytes());
    mac.update(body);
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let headers = Signed { signature: &signature, timestamp: TIMESTAMP };
    let request = Unverified { headers: &headers, path: "", body };
    let verifier = ZendeskVerifier::new(SECRET).unwrap();
    let checked = verifier.verify(&request, NOW)?;
    verifier.events(&request, checked)
}

/// One line for each event: ticket, id, and what it tells.
fn told(body: &Value) -> Vec<String> {
    let tickets = events(body.to_string().as_bytes()).unwrap().into_iter();
    let lines = tickets.flat_map(|TicketEvents { ticket, events, .. }| {
        let line = move |event: ponte::message::AgentEvent| {
            let what = match event.kind {
                AgentEventKind::NeedsFetch => "to be read".to_owned(),
                AgentEventKind::Assigned { agent } => format!("given to {}", agent.name.unwrap_or_default()),
                AgentEventKind::Closed { service } => format!("closed {service:?}"),
                other => format!("{other:?}"),
            };
            format!("{} {} {what}", ticket.as_str(), event.id.as_str())
        };
        events.into_iter().map(line).collect::<Vec<_>>()
    });
    lines.collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_public_comment_of_an_agent_is_read() {
    assert_eq!(told(&fixture("event-comment-added-public-staff")), ["5158 comment-9876543210 to be read"]);
}

#[test]
fn a_note_never_travels() {
    assert_eq!(told(&fixture("event-comment-added-private-note")), NOTHING);
    // Nor does what does not say that it is public.
    let mut body = fixture("event-comment-added-public-staff");
    for public in [json!(null), json!("true"), json!(false)] {
        body["event"]["comment"]["is_public"] = public.clone();
        let got = events(body.to_string().as_bytes());
        assert!(got.is_err() || got.unwrap().is_empty(), "{public}");
    }
    body["event"]["comment"].as_object_mut().unwrap().remove("is_public");
    assert_eq!(told(&body), NOTHING);
}

#[test]
fn what_the_customer_said_does_not_come_back() {
    assert_eq!(told(&fixture("event-comment-added-end-user-echo")), NOTHING);
}

#[test]
fn what_zendesk_says_by_itself_is_nothing() {
    let mut body = fixture("event-comment-added-public-staff");
    for id in [json!(-1), json!("-1")] {
        body["event"]["comment"]["author"]["id"] = id;
        assert_eq!(told(&body), NOTHING);
    }
}

#[test]
fn an_assignment_is_read_and_ids_may_be_text_or_numbers() {
    let mut body = fixture("event-agent-assignment-changed");
    let expected = ["5158 assignee-8447388090496-c6d7e8f9-0a1b-2c3d-4e5f-6a7b8c9d0e1f to be read"];
    assert_eq!(told(&body), expected);
    body["event"]["current"] = json!("8447388090496");
    body["detail"]["id"] = json!(5158);
    assert_eq!(told(&body), expected);
    body["event"]["current"] = Value::Null;
    assert_eq!(told(&body), NOTHING, "given back to nobody");
}

#[test]
fn solved_ends_it_and_no_other_status_does() {
    let mut body = fixture("event-status-changed-solved");
    assert_eq!(told(&body), ["5158 solved-a8b9c1d2-3e4f-5a6b-7c8d-9e0f1a2b3c4d to be read"]);
    let id = "a8b9c1d2-3e4f-5a6b-7c8d-9e0f1a2b3c4d";
    let ended = format!("5158 solved-{id} to be read");
    let rests = |on: bool| format!("5158 hold-{id} OnHold {{ on: {on} }}");
    for (before, status, expected) in [
        ("OPEN", "CLOSED", vec![ended.clone()]),
        ("PENDING", "solved", vec![ended]),
        ("OPEN", "PENDING", vec![rests(true)]),
        ("OPEN", "hold", vec![rests(true)]),
        ("PENDING", "HOLD", vec![rests(true)]),
        ("HOLD", "OPEN", vec![rests(false)]),
        ("NEW", "OPEN", vec![]),
    ] {
        (body["event"]["previous"], body["event"]["current"]) = (before.into(), status.into());
        assert_eq!(told(&body), expected, "{before} {status}");
    }
}

#[test]
fn a_group_that_changes_is_a_transfer_and_so_is_a_ticket_without_an_assignee() {
    let mut body = fixture("event-agent-assignment-changed");
    body["type"] = json!("zen:event-type:ticket.group_assignment_changed");
    let mut change = |previous: Value, current: Value| {
        (body["event"]["previous"], body["event"]["current"]) = (previous, current);
        told(&body)
    };
    let id = "c6d7e8f9-0a1b-2c3d-4e5f-6a7b8c9d0e1f";
    assert_eq!(change(json!("111"), json!(112)), [format!("5158 group-112-{id} to be read")]);
    assert_eq!(change(Value::Null, json!("112")), NOTHING, "the first group");
    assert_eq!(change(json!("111"), Value::Null), NOTHING);
    let mut body = fixture("event-agent-assignment-changed");
    (body["event"]["previous"], body["event"]["current"]) = (json!("8447388090496"), Value::Null);
    body["detail"]["group_id"] = json!("112");
    assert_eq!(told(&body), [format!("5158 group-112-nobody-{id} to be read")]);
}

#[test]
fn what_was_redacted_or_made_private_is_withdrawn() {
    let told = |kind: &str, changes: Value| {
        let mut body = fixture("event-comment-added-public-staff");
        body["type"] = json!(format!("zen:event-type:ticket.{kind}"));
        let comment = body["event"]["comment"].as_object_mut().unwrap();
        comment.extend(changes.as_object().unwrap().clone());
        events(body.to_string().as_bytes()).unwrap().into_iter().flat_map(|ticket| ticket.events).next()
    };
    let message = ponte::message::SourceId::exact("comment-9876543210");
    for (kind, partly) in
        [("comment_redacted", true), ("attachment_redacted_from_comment", true), ("comment_made_private", false)]
    {
        let event = told(kind, json!({})).unwrap();
        assert_eq!(event.kind, AgentEventKind::Withdrawn { message: message.clone(), partly }, "{kind}");
        let customers = json!({ "author": { "id": "7", "is_staff": false } });
        assert_eq!(told(kind, customers), None, "{kind}: the customer's own words");
    }
    assert_eq!(told("comment_redacted", json!({ "is_public": false })), None, "a note");
    assert!(told("comment_made_private", json!({ "is_public": false })).is_some(), "it is private now");
}

#[test]
fn a_trigger_names_the_comment_and_repeats_itself_harmlessly() {
    let expected = ["5158 comment-34127690123789 to be read"];
    assert_eq!(told(&fixture("trigger-new-message")), expected);
    assert_eq!(told(&fixture("trigger-ticket-assigned")), ["5158 assignee-377510121931- given to Ana Agente"]);
    let solved = ["5158 comment-34127690123790 to be read", "5158 solved- to be read"];
    assert_eq!(told(&fixture("trigger-ticket-solved")), solved);
    let mut body = fixture("trigger-ticket-solved");
    body["commentId"] = "".into();
    assert_eq!(told(&body), ["5158 solved- to be read"]);
}

#[test]
fn the_mark_leads_back_without_a_look() {
    let mut body = fixture("event-comment-added-public-staff");
    let opening = |body: &Value| events(body.to_string().as_bytes()).unwrap()[0].opening.clone();
    assert_eq!(opening(&body), None);
    body["detail"]["external_id"] = OPENING.into();
    assert_eq!(opening(&body), ConversationId::parse(OPENING));
    body["detail"]["external_id"] = "blip:3f6d2f0e".into();
    assert_eq!(opening(&body), None, "somebody else's");
    let mut body = fixture("trigger-new-message");
    body["externalId"] = OPENING.into();
    assert_eq!(opening(&body), ConversationId::parse(OPENING));
}

#[test]
fn bad_input_is_refused_and_odd_input_is_not() {
    let status = |body: &str| events(body.as_bytes()).map(|events| events.len()).map_err(Rejection::status);
    // A template whose placeholder was not escaped.
    assert_eq!(status(r#"{"type":"newMessage","comment":"he said "hi""}"#), Err(400));
    assert_eq!(status(""), Err(400));
    assert_eq!(status("{}"), Err(400));
    assert_eq!(status(r#"{"type":"zen:event-type:ticket.comment_added"}"#), Err(422));
    assert_eq!(
        status(
            r#"{"type":"zen:event-type:ticket.comment_added","event":{"comment":{"is_public":true,"author":{"is_staff":true}}}}"#
        ),
        Err(422)
    );
    assert_eq!(status(r#"{"type":"newMessage","commentId":1}"#), Err(422), "no ticket");
    assert_eq!(status(r#"{"type":"newMessage"}"#), Ok(0));
    assert_eq!(status(r#"{"type":"zen:event-type:ticket.tags_changed","event":{"current":["a"]}}"#), Ok(0));
    assert_eq!(status(r#"{"type":"zen:event-type:user.created"}"#), Ok(0));
    assert_eq!(status(r#"{"type":"anything"}"#), Ok(0));
}
