//! What each webhook of Intercom's is for the customer.

use hmac::{Hmac, KeyInit, Mac};
use ponte::{
    clock::Timestamp,
    helpdesk::intercom::IntercomVerifier,
    message::{AgentEvent, AgentEventKind, ConversationId, TicketEvents},
    relay::ports::{Rejection, Unverified, WebhookVerifier},
};
use serde_json::{Value, json};

use super::{fixture, signatures::Signature};

const SECRET: &str = "intercom-client-secret-for-tests";
const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";

/// What the verifier makes of a signed body.
fn events(body: &[u8]) -> Result<Vec<TicketEvents>, Rejection> {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let hex: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let signature = format!("sha1={}", hex.concat());
    let headers = Signature(Some(&signature));
    let request = Unverified { headers: &headers, path: "", body };
    let verifier = IntercomVerifier::new(SECRET).unwrap();
    let checked = verifier.verify(&request, Timestamp(0))?;
    verifier.events(&request, checked)
}

/// One line for each event: ticket, id, and what it tells.
fn told(body: &Value) -> Vec<String> {
    let tickets = events(body.to_string().as_bytes()).unwrap().into_iter();
    let line = |ticket: &str, AgentEvent { id, kind }: AgentEvent| {
        let what = match kind {
            AgentEventKind::Message { contents, agent } => {
                let contents: Vec<String> = contents.iter().map(|c| serde_json::to_string(c).unwrap()).collect();
                format!("{} says {}", agent.and_then(|a| a.name).unwrap_or_default(), contents.join(" "))
            }
            AgentEventKind::Assigned { agent } => format!("given to {}", agent.name.unwrap_or_default()),
            AgentEventKind::Merged { into } => format!("merged into {}", into.as_str()),
            AgentEventKind::Closed { service } => format!("closed {service:?}"),
            AgentEventKind::NeedsFetch => "to be read".to_owned(),
            AgentEventKind::Typing { on } => format!("typing {on}"),
            other => crate::helpdesk::bridge::line(&other),
        };
        format!("{ticket} {} {what}", id.as_str())
    };
    tickets
        .flat_map(|TicketEvents { ticket, events, .. }| {
            events.into_iter().map(move |event| line(ticket.as_str(), event)).collect::<Vec<_>>()
        })
        .collect()
}

/// A webhook with one part, as `2x-admin-replied-plain-text` has it but for `fields`.
fn part(topic: &str, fields: &Value) -> Value {
    let mut body = fixture("2x-admin-replied-plain-text");
    body["topic"] = topic.into();
    let part = &mut body["data"]["item"]["conversation_parts"]["conversation_parts"][0];
    part.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

const REPLIED: &str = "conversation.admin.replied";
const ASSIGNED: &str = "conversation.admin.assigned";
const CLOSED: &str = "conversation.admin.closed";

#[test]
fn a_reply_in_plain_text_reaches_the_customer() {
    let text = r#"524 7001 Ana Agente says {"type":"text","text":"Bom dia, Maria!\nEm que posso ajudar?"}"#;
    assert_eq!(told(&fixture("2x-admin-replied-plain-text")), [text]);
}

#[test]
fn a_file_reaches_the_customer_without_words() {
    let url = "https://downloads.intercomcdn.example.invalid/i/o/1/manual.pdf?expires=1764003600&signature=x";
    let file = json!({ "type": "file", "url": url, "name": "manual.pdf", "mime": "application/pdf", "size": 48_211 })
        .to_string();
    let got = told(&fixture("2x-admin-replied-with-attachment"));
    let said: Value = serde_json::from_str(got[0].strip_prefix("524 7002 Ana Agente says ").unwrap()).unwrap();
    assert_eq!((got.len(), said), (1, serde_json::from_str(&file).unwrap()));
}

/// A reply that also assigns is one part, told under two topics: the same events with the same ids, so that the ring drops
/// the second telling.
#[test]
fn a_reply_that_assigns_is_the_same_under_both_topics() {
    let expected = [
        r#"21322009097 2824382500 Agente Um says {"type":"text","text":"Hey Maria! How can I help?"}"#,
        "21322009097 2824382500 given to Agente Um",
    ];
    assert_eq!(told(&fixture("2019-admin-replied-is-an-assignment")), expected);
    assert_eq!(told(&fixture("2019-admin-assigned-same-part")), expected);
}

#[test]
fn an_assignment_without_words_tells_who_has_it() {
    let to = |kind: &str| json!({ "part_type": "assignment", "body": null, "assigned_to": { "type": kind, "id": 7, "name": "Bia" } });
    assert_eq!(told(&part(ASSIGNED, &to("admin"))), ["524 7001 given to Bia"]);
    // A team alone is nobody yet: it is where the conversation waits.
    assert_eq!(told(&part(ASSIGNED, &to("team"))), ["524 7001 transferred to 7 Bia, by an agent"]);
    assert!(told(&part(ASSIGNED, &to("nobody_admin"))).is_empty());
}

#[test]
fn a_close_ends_it() {
    assert_eq!(told(&fixture("2019-admin-closed")), ["21322009097 2824395628 closed None"]);
}

#[test]
fn a_close_with_words_says_them_first() {
    let expected = [
        r#"524 7003 Ana Agente says {"type":"text","text":"Encerrando o atendimento. Obrigada!"}"#,
        "524 7003 closed None",
    ];
    assert_eq!(told(&fixture("2x-admin-closed-with-message")), expected);
    let mut bare = fixture("2x-admin-closed-with-message");
    bare["data"]["item"]["conversation_parts"] = Value::Null;
    assert_eq!(told(&bare), ["524 notif_00000000-0000-4000-8000-000000000103 closed None"], "without its part, too");
}

/// The bridge closes when the customer has left. Taken for an agent's close, it would send the customer a farewell.
#[test]
fn our_own_close_is_an_echo() {
    let close = |body: Value| part(CLOSED, &json!({ "part_type": "close", "body": body }));
    assert!(told(&close(format!("[{OPENING}]").into())).is_empty());
    assert!(told(&close(format!("<p>[{OPENING}]</p>").into())).is_empty());
    assert_eq!(told(&close(Value::Null)).len(), 1);
}

#[test]
fn a_note_never_travels() {
    assert!(told(&fixture("2019-admin-noted")).is_empty());
    // Nor under another topic, nor one of a kind that is new to us.
    for kind in ["note", "note_and_reopen"] {
        assert!(told(&part(REPLIED, &json!({ "part_type": kind }))).is_empty(), "{kind}");
    }
}

#[test]
fn what_the_customer_said_does_not_come_back() {
    assert!(told(&fixture("2019-user-replied-own-echo")).is_empty());
    for author in [json!({ "type": "user" }), json!({ "type": "bot", "name": "Fin" }), json!({}), Value::Null] {
        assert!(told(&part(REPLIED, &json!({ "author": author }))).is_empty(), "{author}");
    }
    for topic in ["conversation.operator.replied", "conversation_part.tag.created", "x"] {
        assert!(told(&part(topic, &json!({}))).is_empty(), "{topic}");
    }
}

#[test]
fn words_that_were_taken_back_are_not_said() {
    let said = |redacted: Value| told(&part(REPLIED, &json!({ "redacted": redacted })));
    assert!(said(json!(true)).is_empty());
    for other in [json!(false), json!(null), json!("yes")] {
        assert_eq!(said(other.clone()).len(), 1, "{other}");
    }
    // Whose it is, is told all the same.
    let to = json!({ "part_type": "assignment", "redacted": true, "assigned_to": { "type": "admin", "id": 7, "name": "Bia" } });
    assert_eq!(told(&part(ASSIGNED, &to)), ["524 7001 given to Bia"]);
}

#[test]
fn a_ping_is_nothing() {
    assert!(told(&fixture("ping")).is_empty());
}

#[test]
fn html_is_read_and_what_only_looks_like_it_is_not() {
    let said = |body: &str| told(&part(REPLIED, &json!({ "body": body })));
    let text = |text: &str| format!(r#"524 7001 Ana Agente says {{"type":"text","text":{}}}"#, Value::from(text));
    assert_eq!(said("<p>Um <b>dois</b></p>\n<p>três</p>"), [text("Um *dois*\n\ntrês")]);
    assert_eq!(said("1 < 2 e 3 > 2"), [text("1 < 2 e 3 > 2")]);
    assert_eq!(said("<3 obrigada!"), [text("<3 obrigada!")]);
    let picture = r#"524 7001 Ana Agente says {"type":"file","url":"https://x.example/a.png"}"#;
    assert_eq!(said(r#"<p><img src="https://x.example/a.png"></p>"#), [picture]);
    assert!(said(" ").is_empty());
}

#[test]
fn the_mark_leads_back_without_a_look() {
    for body in [format!("Blip · whatsapp [{OPENING}]"), format!("<p>Blip · whatsapp [{OPENING}]</p>")] {
        let mut reply = fixture("2x-admin-replied-plain-text");
        reply["data"]["item"]["source"]["body"] = body.into();
        assert_eq!(events(reply.to_string().as_bytes()).unwrap()[0].opening, ConversationId::parse(OPENING));
    }
    let foreign = events(fixture("2x-admin-replied-plain-text").to_string().as_bytes()).unwrap();
    assert_eq!(foreign[0].opening, None);
}

#[test]
fn bad_input_is_refused_and_odd_input_is_not() {
    let status = |body: &[u8]| events(body).map_or_else(Rejection::status, |_| 200);
    for (body, expected) in [(&b""[..], 400), (b"oi", 400), (b"[]", 400), (b"{}", 400), (br#"{"topic":5}"#, 400)] {
        assert_eq!(status(body), expected, "{}", String::from_utf8_lossy(body));
    }
    for item in [Value::Null, json!([]), json!({}), json!({ "id": "" }), json!({ "id": "1", "conversation_parts": 5 })]
    {
        let body = json!({ "topic": REPLIED, "data": { "item": item } }).to_string();
        assert_eq!(status(body.as_bytes()), 422, "{item}");
    }
    // Numbers for ids, fields that are null, a link that is none.
    let mut odd = part(REPLIED, &json!({ "id": 7, "assigned_to": null, "attachments": [{ "url": "file:///x" }, {}] }));
    odd["data"]["item"]["id"] = 524.into();
    assert_eq!(told(&odd).len(), 1);
    assert!(told(&odd)[0].starts_with("524 7 "), "{:?}", told(&odd));
    let lost = told(&odd)[0].matches(r#"{"type":"file","url":""}"#).count();
    assert_eq!(lost, 2, "files that cannot be had: the agent is told");
    assert!(told(&part(REPLIED, &json!({ "body": null, "attachments": null }))).is_empty());
}

#[test]
fn a_snooze_and_a_part_that_was_taken_back_are_told() {
    let bare = json!({ "part_type": "snoozed", "body": null });
    assert_eq!(told(&part("conversation.admin.snoozed", &bare)), ["524 hold-7001 on hold true"]);
    assert_eq!(told(&part("conversation.admin.unsnoozed", &bare)), ["524 hold-7001 on hold false"]);
    let redacted = json!({ "redacted": true, "body": "This message was deleted" });
    assert_eq!(told(&part("conversation_part.redacted", &redacted)), ["524 redacted-7001 withdrawn 7001"]);
    let customers = json!({ "redacted": true, "author": { "type": "user", "id": "1" } });
    assert!(told(&part("conversation_part.redacted", &customers)).is_empty(), "the customer's own words");
}
