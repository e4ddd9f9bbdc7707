//! What the client asks of `ServiceNow`, in order, and what it makes of the answers.

use crate::every_port::EveryPort;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use ponte::{
    message::{Content, SourceId},
    relay::{
        Failure,
        ports::{CustomerMessage, EndedBy, NewConversation, NotDelivered, Status},
    },
};
use serde_json::{Value, json};

use super::{
    super::bridge::{Adapter, FILE, NOW, OPENING, answers, file, message, opening, text, to},
    ADAPTER, fixture,
};
use crate::helpdesk::server::{Answer, Call, Server};

const SEND: &str = "POST bot/integration";

fn ok() -> (u16, Value) {
    (200, json!({ "status": "success" }))
}

/// The requests that `act` makes, each of which is only received.
async fn sent<T>(
    adapter: &Adapter,
    calls: usize,
    act: impl AsyncFnOnce(&dyn ponte::relay::ports::Helpdesk) -> T,
) -> Vec<Call> {
    let server = answers(&vec![ok(); calls]);
    act(&*adapter.client(&server)).await;
    let calls_made = server.calls();
    assert_eq!(adapter.lines(&calls_made), vec![SEND; calls]);
    calls_made
}

#[tokio::test]
async fn an_opening_is_the_documented_call_for_an_agent() {
    let calls = sent(&ADAPTER, 1, async |client| {
        assert_eq!(client.open(&opening()).await.unwrap().as_str(), OPENING);
    })
    .await;
    let body = &calls[0].body;
    assert_eq!(calls[0].header("authorization"), Some("Basic cG9udGU6dGhlLXBhc3N3b3Jk"));
    // Each field of the documented request is there, and is of its kind.
    let example = &fixture("va-request-agent")["body"];
    for (field, value) in example.as_object().unwrap() {
        if matches!(field.as_str(), "emailId" | "timezone") {
            continue; // only to link accounts; and the instance's own
        }
        assert_eq!(std::mem::discriminant(&body[field]), std::mem::discriminant(value), "{field}");
    }
    assert_eq!(
        (&body["action"], &body["message"]["text"], &body["requestId"], &body["clientSessionId"], &body["timestamp"]),
        (
            &json!("AGENT"),
            &json!("quero falar com alguém"),
            &json!(format!("{OPENING}.agent")),
            &json!(OPENING),
            &json!(NOW.0)
        )
    );
    assert_eq!(body["userId"], OPENING.split('-').next().unwrap(), "a pseudonym");
    assert_eq!(
        (&body["contextVariables"], &body["clientVariables"]),
        (&json!({ "live_agent_only": "true" }), &json!({ "ponte": OPENING }))
    );
    let history = body["history"].as_array().unwrap();
    assert_eq!(history.len(), 2, "who it is, and what was said before");
    assert!(history[0]["value"].as_str().unwrap().contains("Phone: +5531"));
    let line = json!({
        "displayName": "Bot", "isBotMessage": true, "timestamp": "1795175880000", "type": "text", "value": "Olá!",
    });
    assert_eq!(history[1], line);
}

#[tokio::test]
async fn an_opening_may_have_more_steps() {
    let own = r#"{"opening":["START_CONVERSATION","SEND_HISTORY","AGENT"],"context":{"b2b_category":"humanresource"}}"#;
    let unread = NewConversation { transcript: None, ..opening() };
    let calls = sent(&Adapter { own, ..ADAPTER }, 3, async |client| client.open(&unread).await.unwrap()).await;
    let bodies: Vec<&Value> = calls.iter().map(|call| &call.body).collect();
    let actions: Vec<&Value> = bodies.iter().map(|body| &body["action"]).collect();
    assert_eq!(actions, ["START_CONVERSATION", "SEND_HISTORY", "AGENT"]);
    let history: Vec<bool> = bodies.iter().map(|body| body.get("history").is_some()).collect();
    assert_eq!(history, [false, true, false]);
    assert!(bodies.iter().all(|body| body["contextVariables"] == json!({ "b2b_category": "humanresource" })));
    assert_eq!(bodies[2]["message"]["text"], "Blip · whatsapp · Maria", "nothing that the customer said is known");
}

#[tokio::test]
async fn words_files_and_what_comes_late() {
    let calls = sent(&ADAPTER, 4, async |client| {
        client.deliver(&to(OPENING), &text("a")).await.unwrap();
        client.deliver(&to(OPENING), &file("b", None)).await.unwrap();
        client.deliver(&to(OPENING), &file("c", Some("segue"))).await.unwrap();
        client.deliver(&to(OPENING), &CustomerMessage { late: true, ..text("d") }).await.unwrap();
    })
    .await;
    let wanted = json!({ "text": "words of a", "typed": true, "clientMessageId": "a" });
    assert_eq!((&calls[0].body["message"], &calls[0].body["requestId"]), (&wanted, &json!(format!("{OPENING}.a"))));
    assert!(calls[0].body.get("action").is_none() && calls[0].body.get("history").is_none());
    let attachment = json!({
        "clientAttachmentId": "b", "contentType": "application/pdf", "fileName": "conta.pdf", "url": FILE,
    });
    assert_eq!(calls[1].body["message"], json!({ "typed": true, "clientMessageId": "b", "attachment": attachment }));
    // Words beside a file might not be shown: a link in the words is.
    assert_eq!(calls[2].body["message"]["text"], format!("segue\nconta.pdf\n{FILE}"));
    assert_eq!(calls[3].body["action"], "SEND_HISTORY", "words would begin another conversation");
    assert!(calls[3].body["history"][0]["value"].as_str().unwrap().ends_with("words of d"));
}

#[tokio::test]
async fn files_that_it_takes_are_the_documented_ones() {
    let server = answers(&[]);
    let files = ADAPTER.client(&server).capabilities().files.unwrap();
    assert!(files.shows(Some("image/PNG")) && files.shows(Some("application/pdf")));
    assert!(!files.shows(Some("audio/ogg")) && !files.shows(None) && files.caption == 0);
}

#[tokio::test]
async fn what_the_agent_is_told_and_shown() {
    let own = r#"{"third_party_chat":true}"#;
    let calls = sent(&Adapter { own, ..ADAPTER }, 6, async |client| {
        let to = to(OPENING);
        client.not_delivered(&to, &SourceId::exact("54623afe"), &NotDelivered::Closed).await.unwrap();
        client.not_delivered(&to, &SourceId::exact("made/up.1"), &NotDelivered::Closed).await.unwrap();
        client.status(&to, &SourceId::exact("54623afe"), Status::Received).await.unwrap();
        client.typing(&to, true).await.unwrap();
        client.typing(&to, false).await.unwrap();
    })
    .await;
    let actions: Vec<&Value> = calls.iter().map(|call| &call.body["action"]).collect();
    assert_eq!(actions, ["UPDATE_MESSAGES", "SEND_HISTORY", "SEND_HISTORY", "UPDATE_MESSAGES", "TYPING", "VIEWING"]);
    assert_eq!(calls[0].body["message"], json!([{ "id": "54623afe", "status": "external_error" }]));
    assert_eq!(calls[3].body["message"], json!([{ "id": "54623afe", "status": "sent_to_user" }]));
    // Without the property, only words.
    let calls = sent(&ADAPTER, 1, async |client| {
        client.not_delivered(&to(OPENING), &SourceId::exact("54623afe"), &NotDelivered::Closed).await.unwrap();
    })
    .await;
    assert_eq!(calls[0].body["action"], "SEND_HISTORY");
    assert!(!ADAPTER.client(&answers(&[])).capabilities().receipts);
}

#[tokio::test]
async fn a_customer_who_leaves_ends_it() {
    let calls = sent(&ADAPTER, 2, async |client| client.ended(&to(OPENING), EndedBy::Customer).await.unwrap()).await;
    assert_eq!(
        (&calls[0].body["action"], &calls[1].body["action"]),
        (&json!("SEND_HISTORY"), &json!("END_CONVERSATION"))
    );
    assert_eq!(calls[1].body["message"]["text"], "", "it must be empty");
    sent(&ADAPTER, 0, async |client| client.ended(&to(OPENING), EndedBy::Agent).await.unwrap()).await;
}

#[tokio::test]
async fn a_call_proves_itself_as_the_channel_wants_it() {
    let token = Adapter { own: r#"{"authentication":"token"}"#, credentials: "ORANGE", ..ADAPTER };
    let calls = sent(&token, 1, async |client| client.deliver(&to(OPENING), &text("a")).await.unwrap()).await;
    assert_eq!((calls[0].header("token"), calls[0].header("authorization")), (Some("ORANGE"), None));
    let hash = Adapter { own: r#"{"authentication":"hash"}"#, credentials: "va-hash-secret", ..ADAPTER };
    let calls = sent(&hash, 1, async |client| {
        client.deliver(&to(OPENING), &message("a", Content::text("Olá"))).await.unwrap();
    })
    .await;
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(b"va-hash-secret").unwrap();
    mac.update(calls[0].text.as_bytes());
    let hex: Vec<String> = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(calls[0].header("x-b2b-signature"), Some(hex.concat().as_str()), "over the bytes that were sent");
    // The login opens files of the instance, and of nobody else.
    let server = answers(&[]);
    let access = |adapter: &Adapter, url: &str| adapter.client(&server).file_access(url).is_some();
    assert!(access(&ADAPTER, &format!("{}/sys_attachment.do?sys_id=1", server.url)));
    assert!(!access(&ADAPTER, "https://evil.example/sys_attachment.do") && !access(&ADAPTER, "x"));
    assert!(!access(&token, &format!("{}/sys_attachment.do?sys_id=1", server.url)));
}

#[tokio::test]
async fn an_answer_means_what_it_means_in_servicenow() {
    let check = async |answer: Answer, wanted: Result<(), Failure>| {
        let shown = format!("{} {}", answer.status, answer.body);
        let server = Server::new(vec![answer]);
        assert_eq!(ADAPTER.client(&server).deliver(&to(OPENING), &text("a")).await, wanted, "{shown}");
    };
    let later = |why, after: Option<u64>| Err(Failure::Later { after: after.map(Duration::from_secs), why });
    let refused = |status| Err(Failure::Refused { why: "the helpdesk refuses the message", status });
    let limited = fixture("api-rate-limited");
    let answer = Answer { status: 429, headers: "retry-after: 1480\r\n", body: limited["body"].clone() };
    check(answer, later("the helpdesk asks to wait (429)", Some(1480))).await;
    check((404, json!({ "status": "failure" })).into(), later("no Virtual Agent API answers at this address", None))
        .await;
    for status in [401, 403] {
        check((status, json!({})).into(), Err(crate::helpdesk::refused_key(status))).await;
    }
    check((400, json!({})).into(), refused(400)).await;
    check((405, json!({})).into(), later("unexpected response from the helpdesk (405)", None)).await;
    check((500, json!({})).into(), Err(Failure::Unknown { why: "the helpdesk fails (500)" })).await;
    check((200, json!({ "status": "failure", "error": { "message": "x" } })).into(), refused(400)).await;
    check((200, json!("<html>log in</html>")).into(), later("unexpected response from the helpdesk", None)).await;
    check((200, json!({ "result": {} })).into(), later("unexpected response from the helpdesk", None)).await;
    // A synchronous channel answers with the content itself: the words arrived.
    check((200, json!({ "requestId": "x", "body": [] })).into(), Ok(())).await;
}
