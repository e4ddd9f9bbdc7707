//! What each webhook of Chatwoot's is, and who may send one.

use hmac::{Hmac, KeyInit, Mac};
use ponte::{clock::Timestamp, relay::ports::Rejection};
use serde_json::{Value, json};

use super::{
    super::bridge::{Adapter, NOW, OPENING, told},
    ADAPTER, fixture,
};

fn signed(secret: &str, at: Timestamp, body: &str) -> Vec<(&'static str, String)> {
    let timestamp = at.seconds().to_string();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let hex: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    vec![("x-chatwoot-timestamp", timestamp), ("x-chatwoot-signature", format!("sha256={}", hex.concat()))]
}

/// The events of a signed body, each a line.
fn of(body: &Value) -> Vec<String> {
    let body = body.to_string();
    told(&ADAPTER.through(&signed(ADAPTER.secret, NOW, &body), "", &body).unwrap())
}

#[test]
fn each_example_is_what_it_is() {
    for (name, expected) in [
        ("message-created-agent-reply", Some("118 9001 to be read")),
        ("message-created-agent-attachment", Some("118 9004 to be read")),
        ("message-created-private-note", None),
        ("message-created-own-incoming-echo", None),
        ("conversation-status-changed-resolved", Some("118 resolved/1763640120.512 to be read")),
        ("conversation-updated-assignee", Some("118 assigned/1763640120.512 given to Ana")),
        ("conversation-typing-on", Some("118 typing/true/1795176000 typing true")),
        ("conversation-created", None),
    ] {
        assert_eq!(of(&fixture(name)).first().map(String::as_str), expected, "{name}");
    }
}

#[test]
fn what_is_not_for_the_customer_is_left_out() {
    let changed = |name: &str, pointer: &str, value: Value| {
        let mut body = fixture(name);
        *body.pointer_mut(pointer).unwrap() = value;
        of(&body)
    };
    let reply = "message-created-agent-reply";
    assert_eq!(changed(reply, "/sender/type", json!("agent_bot")), [""; 0], "a bot");
    assert_eq!(changed(reply, "/sender", json!(null)), [""; 0], "an automation");
    assert_eq!(changed(reply, "/private", json!(null)), [""; 0], "what does not say that it is public");
    assert_eq!(changed(reply, "/message_type", json!("template")), [""; 0]);
    assert_eq!(
        changed(reply, "/content_type", json!("input_csat")),
        ["118 9001 to be read"],
        "an agent's, whatever it is"
    );
    let template = |kind: &str, private: Value| {
        let mut body = fixture(reply);
        (body["message_type"], body["content_type"], body["private"]) = (json!("template"), json!(kind), private);
        body["sender"] = Value::Null;
        of(&body)
    };
    assert_eq!(template("input_csat", json!(false)), ["118 9001 to be read"], "of the templates only the survey");
    assert_eq!(template("input_csat", json!(null)), [""; 0]);
    assert_eq!(template("input_email", json!(false)), [""; 0]);
    assert_eq!(changed(reply, "/message_type", json!(1)), ["118 9001 to be read"], "a number does as well");
    assert_eq!(changed(reply, "/event", json!("message_updated")), [""; 0]);
    let typing = "conversation-typing-on";
    assert_eq!(changed(typing, "/is_private", json!(true)), [""; 0], "a note is being written");
    assert_eq!(
        changed(typing, "/event", json!("conversation_typing_off")),
        ["118 typing/false/1795176000 typing false"]
    );
    let status = "conversation-status-changed-resolved";
    assert_eq!(changed(status, "/status", json!("pending")), [""; 0]);
    for (before, now, expected) in [
        (json!("open"), "snoozed", vec!["118 snoozed/true/1763640120.512 on hold true"]),
        (json!("snoozed"), "open", vec!["118 snoozed/false/1763640120.512 on hold false"]),
        (json!(null), "open", vec![]),
        (json!("resolved"), "open", vec![]),
        (json!("pending"), "open", vec![]),
    ] {
        let mut body = fixture(status);
        body["status"] = json!(now);
        body["changed_attributes"] = json!([{ "status": { "previous_value": before, "current_value": now } }]);
        assert_eq!(of(&body), expected, "{before} {now}");
        body["changed_attributes"] = json!([]);
        assert_eq!(of(&body).len(), 1, "a server that does not say what it was before");
    }
    let assigned = "conversation-updated-assignee";
    assert_eq!(changed(assigned, "/changed_attributes", json!([{ "priority": {} }])), [""; 0]);
    assert_eq!(changed(assigned, "/changed_attributes/0/assignee_id/current_value", json!(null)), [""; 0]);
    assert_eq!(changed(assigned, "/meta/assignee", json!(null)), [""; 0]);
}

#[test]
fn a_team_that_changes_is_a_transfer_and_so_is_an_agent_who_gives_it_back() {
    let update = |team: Value, changes: Value| {
        let mut body = fixture("conversation-updated-assignee");
        body["meta"]["team"] = team;
        body["changed_attributes"] = changes;
        of(&body)
    };
    let sales = || json!({ "id": 5, "name": "vendas" });
    let from = |before: Value, after: Value| json!({ "previous_value": before, "current_value": after });
    let moved = update(sales(), json!([{ "team_id": from(json!(4), json!(5)) }]));
    assert!(moved[0].ends_with("transferred to 5 vendas"), "{moved:?}");
    let with_agent =
        update(sales(), json!([{ "team_id": from(json!(4), json!(5)) }, { "assignee_id": from(json!(1), json!(2)) }]));
    assert_eq!(with_agent.len(), 2, "the team, then its agent: {with_agent:?}");
    let given_back = update(sales(), json!([{ "assignee_id": from(json!(1), json!(null)) }]));
    assert!(given_back[0].ends_with("transferred to 5 vendas, unassigned"), "{given_back:?}");
    assert_eq!(update(sales(), json!([{ "team_id": from(json!(null), json!(5)) }])), [""; 0], "the first team");
    assert_eq!(update(json!(null), json!([{ "team_id": from(json!(4), json!(null)) }])), [""; 0], "no team at all");
}

#[test]
fn a_message_that_an_agent_deletes_is_withdrawn() {
    let mut body = fixture("message-created-agent-reply");
    body["event"] = json!("message_updated");
    body["content_attributes"] = json!({ "deleted": true });
    assert_eq!(of(&body), ["118 deleted/9001 withdrawn 9001"]);
    body["private"] = json!(true);
    assert_eq!(of(&body), [""; 0], "a note");
    body["private"] = json!(false);
    body["message_type"] = json!("incoming");
    assert_eq!(of(&body), [""; 0], "the customer's own");
}

#[test]
fn our_mark_leads_back_without_a_look() {
    let opening = |mark: Value| {
        let mut body = fixture("message-created-agent-reply");
        body["conversation"]["custom_attributes"]["ponte"] = mark;
        let body = body.to_string();
        let events = ADAPTER.through(&signed(ADAPTER.secret, NOW, &body), "", &body).unwrap();
        events[0].opening.as_ref().map(|opening| opening.as_str().to_owned())
    };
    assert_eq!(opening(json!(OPENING)).as_deref(), Some(OPENING));
    assert_eq!([opening(json!("nonsense")), opening(json!(5)), opening(json!(null))], [None, None, None]);
}

#[test]
fn what_cannot_be_read_says_so() {
    let status = |body: &str| ADAPTER.through(&signed(ADAPTER.secret, NOW, body), "", body).map_err(Rejection::status);
    assert_eq!(status("no JSON").unwrap_err(), 400);
    assert_eq!(status("{}").unwrap_err(), 400);
    let message = json!({
        "event": "message_created", "id": 1, "message_type": "outgoing", "private": false, "sender": { "type": "user" },
    });
    assert_eq!(status(&message.to_string()).unwrap_err(), 422, "a message of no conversation");
    assert_eq!(status(r#"{"event":"anything","id":[],"meta":5,"changed_attributes":{"a":1}}"#).unwrap(), []);
}

#[test]
fn the_vectors_hold() {
    let file = fixture("signatures");
    let cases = file["cases"].as_array().unwrap();
    assert!(cases.len() >= 2);
    for case in cases {
        let text = |field: &str| case[field].as_str().unwrap_or_default().to_owned();
        let timestamp = case["timestamp"].as_str().map_or_else(|| case["timestamp"].to_string(), str::to_owned);
        let headers = [("x-chatwoot-timestamp", timestamp.clone()), ("x-chatwoot-signature", text("signature"))];
        let adapter = Adapter { secret: Box::leak(text("secret").into_boxed_str()), ..ADAPTER };
        let headers: Vec<(&str, String)> = headers.into_iter().collect();
        let now = Timestamp(timestamp.parse::<i64>().unwrap() * 1000);
        let body = text("body");
        let map = super::super::bridge::headers(&headers);
        let request = ponte::relay::ports::Unverified { headers: &map, path: "", body: body.as_bytes() };
        let got = adapter.verifier().verify(&request, now).is_ok();
        assert_eq!(got, case["valid"].as_bool().unwrap_or(true), "{}", text("name"));
    }
}

#[test]
fn a_signature_is_of_this_body_and_of_now() {
    let body = fixture("message-created-agent-reply").to_string();
    let status = |headers: &[(&str, String)], body: &str| ADAPTER.through(headers, "", body).map_err(Rejection::status);
    let good = signed(ADAPTER.secret, NOW, &body);
    assert!(status(&good, &body).is_ok());
    assert_eq!(status(&good, &body.replace("Maria", "Mario")).unwrap_err(), 401);
    assert_eq!(status(&good[1..], &body).unwrap_err(), 401, "without its time");
    assert_eq!(status(&[], &body).unwrap_err(), 401);
    for seconds in [-301, 301] {
        let at = Timestamp(NOW.0 + seconds * 1000);
        assert_eq!(status(&signed(ADAPTER.secret, at, &body), &body).unwrap_err(), 401, "{seconds}");
    }
    assert!(status(&signed(ADAPTER.secret, Timestamp(NOW.0 - 300_000), &body), &body).is_ok());
    // The secret in the path is good for nothing where the server signs.
    assert!(ADAPTER.through(&[], ADAPTER.secret, &body).is_err());
}

#[test]
fn an_older_server_is_known_by_its_address() {
    let older = Adapter {
        own: r#"{"account":3,"inbox":9,"signed":false}"#,
        secret: "an-address-that-nobody-guesses another-one-for-a-while",
        ..ADAPTER
    };
    let body = fixture("message-created-agent-reply").to_string();
    for path in ["an-address-that-nobody-guesses", "another-one-for-a-while"] {
        assert_eq!(told(&older.through(&[], path, &body).unwrap()), ["118 9001 to be read"]);
    }
    for path in ["", "an-address-that-nobody-guesses/", "an-address-that-nobody-guesse", "x"] {
        assert_eq!(older.through(&[], path, &body).unwrap_err().status(), 401, "{path}");
    }
    // A signature is good for nothing there: anybody could have made it with a secret of their own.
    assert!(older.through(&signed(older.secret, NOW, &body), "", &body).is_err());
}

#[test]
fn settings_and_secrets_that_would_not_work_are_refused() {
    let verifier = |own: &str, secret: &str| {
        let settings =
            ponte::settings::HelpdeskSettings { name: "chatwoot".into(), url: String::new(), own: own.into() };
        ponte::helpdesk::verifier(&settings, secret).is_ok()
    };
    assert!(verifier(ADAPTER.own, "x"));
    assert!(!verifier(ADAPTER.own, " "), "an empty secret would let anybody in");
    assert!(!verifier(r#"{"account":3,"inbox":9,"signed":false}"#, "too-short"));
    for bad in ["", "{}", r#"{"account":3}"#, r#"{"account":"3","inbox":9}"#, r#"{"account":3,"inbox":9,"sign":true}"#]
    {
        assert!(!verifier(bad, "x"), "{bad}");
    }
}
