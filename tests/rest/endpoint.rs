//! What the endpoint takes, what it gives, and what is not lost when an answer is.

use std::time::Duration;

use ponte::{
    lime::Document,
    queue::{Destination, ToHelpdeskJob},
    relay::ports::{CustomerChannel, Outgoing, Rejection},
};
use serde_json::{Value, json};

use super::{Site, TOKEN, texts, to};

/// The number of the first that is sent: the clock's.
const FIRST: &str = "1700000000000";

async fn sends(site: &Site, sender: &str, id: &str, document: Document) {
    let message = Outgoing { id: Some(id.to_owned()), to: to(sender), document };
    site.channel().send(&message).await.unwrap();
}

async fn says(site: &Site, id: &str, text: &str) {
    sends(site, "joao", id, Document::text(text.to_owned())).await;
}

fn jobs(site: &Site) -> Vec<ToHelpdeskJob> {
    let sent = site.queue.sent.lock().unwrap();
    assert!(sent.iter().all(|job| job.destination == Destination::ToHelpdesk));
    sent.iter().map(|job| serde_json::from_str(&job.body).unwrap()).collect()
}

#[tokio::test]
async fn a_request_of_rasas_own_is_a_message_and_gets_what_waits() {
    let site = Site::new();
    says(&site, "a", "Bom dia!").await;
    let answer = site.post(&json!({ "sender": "joao", "message": "oi" })).await.unwrap();
    assert_eq!(answer.body, json!([{ "recipient_id": "joao", "text": "Bom dia!", "cursor": FIRST }]));
    let jobs = jobs(&site);
    let envelope = &jobs[0].envelope;
    assert_eq!((&envelope["content"], &envelope["from"]), (&json!("oi"), &json!(to("joao").as_str())));
    assert_eq!(jobs[0].id.as_str(), "request-1");
    // Given once, to whoever names no cursor.
    let answer = site.post(&json!({ "sender": "joao" })).await.unwrap();
    assert_eq!((answer.body, answer.cursor.as_str()), (json!([]), FIRST));
    // Another sender has nothing to do with it.
    says(&site, "b", "segredo").await;
    assert_eq!(site.post(&json!({ "sender": "maria" })).await.unwrap().body, json!([]));
    assert_eq!(site.queue.sent.lock().unwrap().len(), 1, "a look is no message");
}

#[tokio::test]
async fn with_a_cursor_a_lost_answer_is_asked_for_again() {
    let site = Site::new();
    for (id, text) in [("a", "um"), ("b", "dois"), ("c", "três")] {
        says(&site, id, text).await;
    }
    let ask = async |cursor: Value| site.post(&json!({ "sender": "joao", "cursor": cursor })).await.unwrap();
    for _ in 0..2 {
        let answer = ask(json!(0)).await;
        assert_eq!((texts(&answer), answer.cursor.as_str()), (vec!["um", "dois", "três"], "1700000000002"));
    }
    assert_eq!(texts(&ask(json!("1700000000001")).await), ["três"]);
    assert_eq!(ask(json!(1_700_000_000_002_u64)).await.cursor, "1700000000002");
    // What the client has told that it has is not given to one that tells nothing.
    assert_eq!(site.post(&json!({ "sender": "joao" })).await.unwrap().body, json!([]));
    // We never gave these.
    for cursor in [json!(77), json!(1_700_000_000_003_u64), json!(u64::MAX)] {
        assert_eq!(texts(&ask(cursor).await), ["um", "dois", "três"]);
    }
    for bad in [json!("x"), json!(-1), json!([]), json!(1.5)] {
        assert_eq!(site.post(&json!({ "sender": "joao", "cursor": bad })).await.unwrap_err(), 422, "{bad}");
    }
}

#[tokio::test]
async fn a_retry_under_the_same_name_is_the_same_message() {
    let site = Site::new();
    for _ in 0..2 {
        site.post(&json!({ "sender": "joao", "message": "oi", "message_id": "m-1" })).await.unwrap();
    }
    site.post(&json!({ "sender": "joao", "message": "oi" })).await.unwrap();
    site.post(&json!({ "sender": "joao", "message": "oi", "message_id": " " })).await.unwrap();
    let sent = site.queue.sent.lock().unwrap();
    let ids: std::collections::HashSet<_> = sent.iter().map(|job| &job.deduplication).collect();
    assert_eq!((sent.len(), ids.len()), (4, 3));
}

#[tokio::test]
async fn what_is_sent_twice_waits_once_whoever_writes_meanwhile() {
    let site = Site::new();
    *site.outbox.conflicts.lock().unwrap() = 3;
    says(&site, "a", "um").await;
    says(&site, "a", "um").await;
    assert!(site.channel().knows(&to("joao"), "a").await.unwrap());
    assert!(!site.channel().knows(&to("joao"), "b").await.unwrap());
    assert!(!site.channel().knows(&to("maria"), "a").await.unwrap());
    *site.outbox.conflicts.lock().unwrap() = 2;
    assert_eq!(texts(&site.post(&json!({ "sender": "joao" })).await.unwrap()), ["um"]);
    *site.outbox.conflicts.lock().unwrap() = 9;
    says(&site, "a", "um").await;
    let message = Outgoing { id: Some("z".into()), to: to("joao"), document: Document::text("x".to_owned()) };
    assert!(site.channel().send(&message).await.unwrap_err().is_retryable());
}

#[tokio::test]
async fn what_cannot_be_kept_is_answered_with_503() {
    let site = Site::new();
    *site.queue.unavailable.lock().unwrap() = true;
    assert_eq!(site.post(&json!({ "sender": "joao", "message": "oi" })).await.unwrap_err(), 503);
    *site.queue.unavailable.lock().unwrap() = false;
    *site.outbox.unavailable.lock().unwrap() = true;
    assert_eq!(site.post(&json!({ "sender": "joao", "message": "oi", "message_id": "m" })).await.unwrap_err(), 503);
}

#[tokio::test]
async fn bad_requests_get_a_clear_answer() {
    let site = Site::new();
    let post = async |token, body: &str| site.post_with(token, body.as_bytes()).await.unwrap_err();
    let good = r#"{"sender":"joao","message":"oi"}"#;
    for token in [None, Some(""), Some("a-token-for-the-rest-channe"), Some("x")] {
        assert_eq!(post(token, good).await, 401, "{token:?}");
    }
    let deep = "[".repeat(10_000);
    let long = json!({ "sender": "x".repeat(129), "message": "oi" }).to_string();
    let large = json!({ "sender": "joao", "message": "x".repeat(300_000) }).to_string();
    for (body, status) in [
        ("", 400),
        ("oi", 400),
        ("[]", 400),
        (r#"{"message":"oi"}"#, 400),
        (r#"{"sender":5}"#, 400),
        (deep.as_str(), 400),
        (r#"{"sender":""}"#, 422),
        (long.as_str(), 422),
        (large.as_str(), 413),
    ] {
        assert_eq!(post(Some(TOKEN), body).await, status, "{}", &body[..body.len().min(40)]);
    }
    assert!(site.queue.sent.lock().unwrap().is_empty());
    let mut open = site.endpoint();
    open.token = site.token("");
    let asked = ponte::rest::RestRequest { token: Some(""), headers: &(), body: good.as_bytes(), request: "r" };
    assert_eq!(open.post(&asked).await.unwrap_err().status(), 401, "an empty token lets nobody in");
}

#[tokio::test]
async fn each_kind_of_content_is_what_a_client_of_rasas_knows() {
    let site = Site::new();
    let document = |kind: &str, content: Value| {
        let envelope = json!({ "id": "1", "from": "a@b.c", "type": kind, "content": content });
        match ponte::lime::Envelope::from_value(envelope).unwrap() {
            ponte::lime::Envelope::Message(message) => message.document,
            _ => unreachable!(),
        }
    };
    let media = |mime: &str| {
        document("application/vnd.lime.media-link+json", json!({ "type": mime, "uri": "https://x.example/f" }))
    };
    let select = document(
        "application/vnd.lime.select+json",
        json!({ "text": "Qual?", "options": [{ "text": "Sim" }, { "text": "Não" }] }),
    );
    let place = document(
        "application/vnd.lime.location+json",
        json!({ "latitude": -19.5, "longitude": -43.25, "text": "Loja" }),
    );
    let state = document("application/vnd.lime.chatstate+json", json!({ "state": "composing" }));
    let all = [
        media("image/png"),
        media("application/pdf"),
        select,
        place,
        state,
        Document::redirect(Some("vendas"), None),
        Document::redirect(None, None),
    ];
    for (number, document) in all.into_iter().enumerate() {
        sends(&site, "joao", &number.to_string(), document).await;
    }
    let mut got = site.post(&json!({ "sender": "joao" })).await.unwrap().body;
    for item in got.as_array_mut().unwrap() {
        let item = item.as_object_mut().unwrap();
        assert_eq!(item.remove("recipient_id").unwrap(), "joao");
        item.remove("cursor").unwrap();
    }
    let button = |title: &str| json!({ "title": title, "payload": title });
    let wanted = json!([
        { "image": "https://x.example/f" },
        { "attachment": "https://x.example/f" },
        { "text": "Qual?", "buttons": [button("Sim"), button("Não")] },
        { "text": "Loja\nhttps://maps.google.com/?q=-19.5,-43.25" },
        { "custom": { "ponte": "closed", "service": "vendas" } },
        { "custom": { "ponte": "closed" } },
    ]);
    assert_eq!(got, wanted);
}

#[tokio::test(start_paused = true)]
async fn a_request_is_held_as_long_as_it_is_set_and_no_longer_than_needed() {
    let site = Site::new();
    let mut endpoint = site.endpoint();
    endpoint.hold = Duration::from_secs(20);
    let asked =
        ponte::rest::RestRequest { token: Some(TOKEN), headers: &(), body: br#"{"sender":"joao"}"#, request: "r" };
    let answers = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        says(&site, "a", "Bom dia!").await;
    };
    let begun = tokio::time::Instant::now();
    let (answer, ()) = tokio::join!(endpoint.post(&asked), answers);
    assert_eq!(texts(&answer.unwrap()), ["Bom dia!"]);
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    // The clock by hand ends it.
    let passes = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        site.clock.pass(Duration::from_secs(20));
    };
    let (answer, ()) = tokio::join!(endpoint.post(&asked), passes);
    assert_eq!(answer.unwrap().body, json!([]));
}

#[tokio::test]
async fn the_tracker_says_what_was_sent_and_whether_anybody_is_there() {
    let site = Site::new();
    says(&site, "a", "Bom dia!").await;
    let tracker = site.endpoint().tracker(Some(TOKEN), "joao").await.unwrap();
    assert_eq!((&tracker["sender_id"], &tracker["slots"]["ponte_open"]), (&json!("joao"), &json!(false)));
    assert_eq!((&tracker["events"][0]["event"], &tracker["events"][0]["text"]), (&json!("bot"), &json!("Bom dia!")));
    assert_eq!(site.endpoint().tracker(None, "joao").await.map_err(Rejection::status).unwrap_err(), 401);
    assert_eq!(site.endpoint().tracker(Some(TOKEN), "").await.map_err(Rejection::status).unwrap_err(), 422);
}
