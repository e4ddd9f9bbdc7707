//! What the client asks of Sunshine Conversations in a conversation, and what it makes of the answers.

use crate::every_port::EveryPort;
use std::time::Duration;

use ponte::{
    message::{Content, SourceId},
    relay::{
        Failure,
        ports::{CustomerMessage, EndedBy, NotDelivered, Status},
    },
};
use serde_json::{Value, json};

use super::{
    super::server::{Answer, Server},
    OPENING,
    server::{
        KEY, MESSAGES, PASS, READ, SAY, USER, answers, checked, client, client_with, conversation, done, error,
        message, messages, one, ours, said, to, try_client,
    },
};

const WHO: &str = "GET conversations/T/participants";
const RELEASE: &str = "POST conversations/T/releaseControl";

fn who() -> (u16, Value) {
    (200, json!({ "participants": [{ "id": "p", "userId": USER }], "meta": { "hasMore": false } }))
}

#[tokio::test]
async fn words_are_messages_of_the_customer() {
    let server = answers(&[who(), said("1"), said("2"), said("3"), said("4")]);
    let client = client(&server);
    let file = |mime: &str, name: &str, caption: Option<&str>| Content::File {
        url: format!("https://bucket.example.invalid/{}", name.len()),
        name: Some(name.to_owned()),
        mime: Some(mime.to_owned()),
        size: Some(9),
        caption: caption.map(str::to_owned),
    };
    let long = "n".repeat(200);
    for content in [
        Content::text("Bom dia"),
        file("image/jpeg", "foto.jpg", Some("veja")),
        file("application/pdf", "a.pdf", None),
        file("image/webp", &long, Some(" ")),
    ] {
        client.deliver(&to(), &message(content, false)).await.unwrap();
    }
    let calls = server.calls();
    assert_eq!(checked(&calls), [WHO, SAY, SAY, SAY, SAY], "whose it is, is asked once");
    for call in &calls[1..] {
        assert_eq!(call.body["author"], json!({ "type": "user", "userId": USER }));
        assert_eq!(call.body["metadata"], json!({ "ponte_id": "0123456789abcdef" }));
    }
    assert_eq!(calls[1].body["content"], json!({ "type": "text", "text": "Bom dia" }));
    let url = |name: &str| format!("https://bucket.example.invalid/{}", name.len());
    let picture = json!({ "type": "image", "mediaUrl": url("foto.jpg"), "altText": "foto.jpg", "text": "veja" });
    assert_eq!(calls[2].body["content"], picture);
    assert_eq!(calls[3].body["content"], json!({ "type": "file", "mediaUrl": url("a.pdf"), "altText": "a.pdf" }));
    let expected = json!({ "type": "file", "mediaUrl": url(&long), "altText": "n".repeat(128) });
    assert_eq!(calls[4].body["content"], expected);
}

/// There is no idempotency key: what was tried before is looked for.
#[tokio::test]
async fn a_message_is_looked_for_before_it_is_repeated() {
    let again = message(Content::text("Bom dia"), true);
    let there = || ours("0123456789abcdef");
    let server = answers(&[messages(&[ours("1"), there()])]);
    client(&server).deliver(&to(), &again).await.unwrap();
    assert_eq!(checked(&server.calls()), [MESSAGES]);
    // On an earlier page.
    let full = (200, json!({ "messages": [ours("1")], "meta": { "hasMore": true, "beforeCursor": "b1" } }));
    let server = answers(&[full, messages(&[there()])]);
    client(&server).deliver(&to(), &again).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls), [MESSAGES, MESSAGES]);
    assert!(calls[1].path.ends_with("?page%5Bbefore%5D=b1"), "{}", calls[1].path);
    // Nowhere.
    let server = answers(&[messages(&[ours("1")]), who(), said("2")]);
    client(&server).deliver(&to(), &again).await.unwrap();
    assert_eq!(checked(&server.calls()), [MESSAGES, WHO, SAY]);
}

#[tokio::test]
async fn a_user_who_was_merged_is_asked_for() {
    let server = answers(&[who(), said("1"), error(404, "user_not_found"), who(), said("2")]);
    let client = client(&server);
    for text in ["um", "dois"] {
        client.deliver(&to(), &message(Content::text(text), false)).await.unwrap();
    }
    assert_eq!(checked(&server.calls()), [WHO, SAY, SAY, WHO, SAY]);
}

#[tokio::test]
async fn what_comes_after_the_end_is_told_by_the_bridge() {
    let late = CustomerMessage { late: true, ..message(Content::text("obrigada!"), false) };
    let server = answers(&[messages(&[]), said("1")]);
    client(&server).deliver(&to(), &late).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls), [MESSAGES, SAY]);
    assert_eq!(calls[1].body["author"]["type"], "business", "words of the customer would open a ticket anew");
    assert!(calls[1].body["content"]["text"].as_str().unwrap().ends_with("\nobrigada!"));
    let server = answers(&[messages(&[ours("late/0123456789abcdef")])]);
    client(&server).deliver(&to(), &late).await.unwrap();
    assert_eq!(checked(&server.calls()), [MESSAGES]);
    // With what stands before it, it is longer than one message.
    let late = CustomerMessage { late: true, ..message(Content::text("palavra ".repeat(512)), false) };
    let server = answers(&[messages(&[]), said("1"), said("2")]);
    client(&server).deliver(&to(), &late).await.unwrap();
    assert_eq!(checked(&server.calls()), [MESSAGES, SAY, SAY]);
}

#[tokio::test]
async fn the_agent_is_told_each_thing_once() {
    let words = json!({ "id": "7001", "content": { "type": "text", "text": "Segue o contrato\nAna" } });
    let server = answers(&[messages(&[words]), messages(&[]), said("1"), messages(&[]), said("2")]);
    let client_ = client(&server);
    client_.not_delivered(&to(), &SourceId::exact("7001"), &NotDelivered::Closed).await.unwrap();
    client_.note(&to(), "parked-1", "A message is kept aside.").await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls), [MESSAGES, MESSAGES, SAY, MESSAGES, SAY]);
    let text = calls[2].body["content"]["text"].as_str().unwrap();
    assert!(text.contains("already closed") && text.ends_with("\n> Segue o contrato"), "{text}");
    assert_eq!(calls[4].body["content"]["text"], "A message is kept aside.");
    let seen = [ours("not-delivered-7001"), ours("parked-1")];
    let server = answers(&[messages(&seen), messages(&seen), messages(&seen)]);
    let client_ = client(&server);
    client_.not_delivered(&to(), &SourceId::exact("7001"), &NotDelivered::Superseded).await.unwrap();
    client_.note(&to(), "parked-1", "A message is kept aside.").await.unwrap();
    assert_eq!(checked(&server.calls()), [MESSAGES, MESSAGES, MESSAGES]);
}

#[tokio::test]
async fn a_customer_who_left_is_told_and_control_released() {
    let theirs = || one(conversation(Some("zd:agentWorkspace")));
    let server = answers(&[messages(&[]), said("1"), theirs(), done()]);
    client(&server).ended(&to(), EndedBy::Customer).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls), [MESSAGES, SAY, READ, RELEASE]);
    // The mark is what the verifier knows it by.
    let expected = json!({ "reason": "ticketClosed", "metadata": { "ponte_opening": OPENING } });
    assert_eq!(calls[3].body, expected);
    let check = async |own: &str, active: Option<&str>, expected: &[&str]| {
        let told = || messages(&[ours("ended")]);
        let server = answers(&[told(), one(conversation(active)), done()]);
        client_with(&server, own).ended(&to(), EndedBy::Transfer).await.unwrap();
        assert_eq!(checked(&server.calls()), expected, "{own} {active:?}");
    };
    check("", Some("zd:agentWorkspace"), &[MESSAGES, READ, RELEASE]).await;
    check(r#","on_end":"pass""#, Some("zd:agentWorkspace"), &[MESSAGES, READ, PASS]).await;
    check(r#","on_end":"keep""#, Some("zd:agentWorkspace"), &[MESSAGES]).await;
    // Nobody has it any more, or somebody else.
    check("", None, &[MESSAGES, READ]).await;
    check("", Some("another-bot"), &[MESSAGES, READ]).await;
    // An agent who ended it knows.
    let server = answers(&[]);
    client(&server).ended(&to(), EndedBy::Agent).await.unwrap();
    assert_eq!(server.calls().len(), 0);
}

#[tokio::test]
async fn that_the_customer_has_read_is_shown() {
    let server = answers(&[who(), done()]);
    let client = client_with(&server, r#","receipts":true"#);
    assert!(client.capabilities().receipts && !client.capabilities().typing);
    for status in [Status::Received, Status::Consumed] {
        client.status(&to(), &SourceId::exact("7001"), status).await.unwrap();
    }
    let calls = server.calls();
    assert_eq!(checked(&calls), [WHO, "POST conversations/T/activity"]);
    let expected = json!({ "author": { "type": "user", "userId": USER }, "type": "conversation:read" });
    assert_eq!(calls[1].body, expected);
}

#[tokio::test]
async fn each_answer_has_its_meaning() {
    let check = async |status: u16, code: &str, expected: Failure| {
        let server = answers(&[who(), error(status, code), error(404, code)]);
        let got = client(&server).deliver(&to(), &message(Content::text("oi"), false)).await.unwrap_err();
        assert_eq!(std::mem::discriminant(&got), std::mem::discriminant(&expected), "{status} {code}: {got:?}");
    };
    let (later, unknown) = (Failure::later(""), Failure::Unknown { why: "" });
    let (refused, dead) = (Failure::Refused { why: "", status: 400 }, Failure::Unauthorized { why: "" });
    check(404, "conversation_not_found", Failure::Gone).await;
    check(404, "not_found", Failure::Gone).await;
    // A mistake in the settings must not end every conversation.
    check(404, "app_not_found", later.clone()).await;
    check(404, "", later.clone()).await;
    check(400, "bad_request", refused.clone()).await;
    check(413, "payload_too_large", refused).await;
    for status in [401, 403] {
        check(status, "unauthorized", dead.clone()).await;
    }
    check(409, "conflict", later.clone()).await;
    check(503, "unavailable", later).await;
    check(500, "internal_server_error", unknown).await;
    // Thirty thousand messages: the next conversation is begun.
    let server = answers(&[who(), error(423, "locked"), who(), error(423, "locked")]);
    let full = client(&server).deliver(&to(), &message(Content::text("oi"), false)).await;
    assert_eq!(full, Err(Failure::Gone));
    // A read that failed had no effect.
    let server = answers(&[error(500, "")]);
    let got = client(&server).deliver(&to(), &message(Content::text("oi"), true)).await.unwrap_err();
    assert!(matches!(got, Failure::Later { .. }), "{got:?}");
    let server = answers(&[(200, json!({ "participants": [] }))]);
    assert_eq!(client(&server).deliver(&to(), &message(Content::text("oi"), false)).await, Err(Failure::Gone));
}

#[tokio::test]
async fn a_rate_limit_is_waited_for() {
    let check = async |headers: &'static str, expected: Option<Duration>| {
        let limited = Answer { status: 429, headers, body: json!({}) };
        let server = Server::new(vec![Answer::from(who()), limited]);
        let got = client(&server).deliver(&to(), &message(Content::text("oi"), false)).await.unwrap_err();
        assert!(matches!(got, Failure::Later { .. }), "{got:?}");
        assert_eq!(got.retry_after(), expected);
    };
    check("retry-after: 7\r\n", Some(Duration::from_secs(7))).await;
    // The queue's own schedule: doubling waits with jitter.
    check("", None).await;
}

#[tokio::test]
async fn the_key_goes_home_and_nowhere_else() {
    let client = |key: &str| try_client("https://desk.example.invalid", key, "");
    for broken in ["", "no-colon", ":secret", "id:", " : "] {
        assert!(client(broken).is_err(), "{broken}");
    }
    let access = client(KEY).unwrap().file_access("https://desk.example.invalid/sc/media/1").unwrap();
    let authority = |url: &str| ponte::fetch::Authority::of(&url.parse().unwrap()).unwrap();
    assert!(access.may_go_to(&authority("https://desk.example.invalid/sc/media/1")));
    for stranger in ["https://media.example.invalid/1", "http://desk.example.invalid/1"] {
        assert!(!access.may_go_to(&authority(stranger)), "{stranger}");
    }
}
