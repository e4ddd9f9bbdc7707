//! What the client asks of Omnize, in order, and what it makes of the answers.

use crate::every_port::EveryPort;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ponte::{
    message::{Content, FileId, SourceId},
    relay::{
        Failure,
        ports::{CustomerMessage, EndedBy, FileBytes, NewConversation, NotDelivered, StoredFiles},
    },
};
use serde_json::{Value, json};

use super::{
    super::bridge::{Adapter, FILE, OPENING, answers, file, message, opening, text, to},
    ADAPTER, fixture,
};
use crate::helpdesk::server::{Answer, Server};

const HASH: &str = "322e458c-540c-4c11-ab5c-d38d39f57213";

/// A store that keeps what is put into it.
#[derive(Default)]
struct Shelf(Mutex<Vec<(String, Value)>>);

#[async_trait]
impl StoredFiles for Shelf {
    async fn open(&self, _: &str) -> Result<Option<FileBytes>, Failure> {
        Ok(None)
    }

    async fn share(&self, id: &FileId, name: &str, mime: &str, text: String) -> Result<Option<String>, Failure> {
        assert_eq!((name, mime), ("history.json", "application/json"));
        self.0.lock().unwrap().push((id.as_str().to_owned(), serde_json::from_str(&text).unwrap()));
        Ok(Some(format!("https://api.example/media/{}", id.as_str())))
    }
}

fn begun() -> (u16, Value) {
    (200, fixture("create-interaction-request")["response"].clone())
}

fn ok() -> (u16, Value) {
    (200, fixture("send-message-request")["response"].clone())
}

#[tokio::test]
async fn an_opening_is_the_documented_interaction_with_a_link_to_the_talk() {
    let server = answers(&[begun()]);
    let shelf = Arc::new(Shelf::default());
    let ticket = ADAPTER.client_with(&server, shelf.clone()).open(&opening()).await.unwrap();
    assert_eq!(ticket.as_str(), HASH);
    let calls = server.calls();
    assert_eq!(ADAPTER.lines(&calls), ["POST interactions"]);
    let shared = shelf.0.lock().unwrap();
    let (id, history) = &shared[0];
    let body = &calls[0].body;
    let link = format!("https://api.example/media/{id}");
    let wanted = json!({
        "token": "ACCOUNT-TOKEN", "media_type": "TEXT", "department_id": 9999,
        "customer": { "name": "Maria", "email": "maria@customers.test.invalid", "phone": "5531" },
        "extra": { "ponte": OPENING }, "external_history": link,
    });
    assert_eq!(body, &wanted);
    // As it is documented: the same fields, of the same kinds.
    let example = fixture("create-interaction-request");
    for (field, value) in example["body"].as_object().unwrap() {
        assert_eq!(std::mem::discriminant(&body[field]), std::mem::discriminant(value), "{field}");
    }
    // The conversation's own folder, and a part that nobody guesses who does not know the token.
    assert!(id.starts_with(OPENING.split('-').next().unwrap()));
    let lines = history["messages"].as_array().unwrap();
    let expected = fixture("external-history-we-serve");
    let fields = |line: &Value| line.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(lines.iter().all(|line| fields(line) == fields(&expected["messages"][0])));
    assert!(lines[0]["content"].as_str().unwrap().contains("Phone: +5531"));
    assert_eq!(
        lines[2],
        json!({ "time": "2026-11-20 08:58:00", "direction": "CLIENT", "content": "quero falar com alguém" })
    );
    assert_eq!(lines[1]["direction"], "AGENT");
}

#[tokio::test]
async fn the_link_depends_on_the_token_and_is_the_same_again() {
    let id = async |adapter: &Adapter| {
        let shelf = Arc::new(Shelf::default());
        adapter.client_with(&answers(&[begun()]), shelf.clone()).open(&opening()).await.unwrap();
        shelf.0.lock().unwrap()[0].0.clone()
    };
    assert_eq!(id(&ADAPTER).await, id(&ADAPTER).await);
    assert_ne!(id(&ADAPTER).await, id(&Adapter { credentials: "ANOTHER", ..ADAPTER }).await);
}

#[tokio::test]
async fn a_stack_without_a_store_sends_no_link() {
    let server = answers(&[begun()]);
    ADAPTER.client(&server).open(&NewConversation { transcript: None, ..opening() }).await.unwrap();
    assert!(server.calls()[0].body.get("external_history").is_none());
}

#[tokio::test]
async fn words_and_files_are_the_documented_messages() {
    let server = answers(&vec![ok(); 5]);
    let client = ADAPTER.client(&server);
    let photo = Content::File {
        url: "https://bucket.example.invalid/foto.png".to_owned(),
        name: None,
        mime: Some("image/png".to_owned()),
        size: None,
        caption: Some("foto do erro".to_owned()),
    };
    client.deliver(&to(HASH), &message("a", photo)).await.unwrap();
    client.deliver(&to(HASH), &text("b")).await.unwrap();
    client.deliver(&to(HASH), &file("c", None)).await.unwrap();
    for (mime, _) in [("audio/ogg", "audio"), ("video/mp4", "video")] {
        let content =
            Content::File { url: FILE.into(), name: None, mime: Some(mime.into()), size: None, caption: None };
        client.deliver(&to(HASH), &message("d", content)).await.unwrap();
    }
    let calls = server.calls();
    let example = fixture("send-message-request");
    assert!(example["url"].as_str().unwrap().ends_with(&calls[0].path), "{}", calls[0].path);
    assert_eq!(calls[0].body, example["body"]);
    assert_eq!(calls[1].body, json!({ "token": "ACCOUNT-TOKEN", "content": "words of b", "type": "text" }));
    assert_eq!((&calls[2].body["type"], &calls[2].body["content"]), (&json!("file"), &json!("conta.pdf")));
    assert_eq!((&calls[3].body["type"], &calls[4].body["type"]), (&json!("audio"), &json!("video")));
}

#[tokio::test]
async fn what_the_agent_is_told_is_a_note_and_what_is_shown_a_state() {
    let server = answers(&vec![ok(); 7]);
    let client = ADAPTER.client(&server);
    client.deliver(&to("h"), &CustomerMessage { late: true, ..text("a") }).await.unwrap();
    client.note(&to("h"), "n", "something was parked").await.unwrap();
    client.not_delivered(&to("h"), &SourceId::exact("7"), &NotDelivered::Closed).await.unwrap();
    client.typing(&to("h"), true).await.unwrap();
    client.typing(&to("h"), false).await.unwrap();
    client.ended(&to("h"), EndedBy::Customer).await.unwrap();
    client.ended(&to("h"), EndedBy::Agent).await.unwrap();
    let calls = server.calls();
    let put = |path: &str| format!("PUT interactions/h{path}");
    let expected = ["", "", "", "/typing", "/cleared", "", "/finish"].map(put);
    assert_eq!(ADAPTER.lines(&calls), expected);
    assert_eq!(calls[1].body, json!({ "token": "ACCOUNT-TOKEN", "note": "something was parked" }));
}

#[tokio::test]
async fn an_answer_means_what_its_words_say() {
    let check = async |answer: Answer, wanted: Failure| {
        let shown = format!("{} {}", answer.status, answer.body);
        let server = Server::new(vec![answer]);
        assert_eq!(ADAPTER.client(&server).deliver(&to("h"), &text("a")).await.unwrap_err(), wanted, "{shown}");
    };
    let example = fixture("error-422");
    let refused = || Failure::Refused { why: "the helpdesk refuses the message", status: 422 };
    let said = |words: &str| (422, json!({ "message": words, "status": 422 })).into();
    check((422, example["body"].clone()).into(), refused()).await;
    check(said("Invalid token"), Failure::Unauthorized { why: "the helpdesk refuses the key (422)" }).await;
    check(said("Interaction not found"), Failure::Gone).await;
    check(said("The interaction is already finished"), Failure::Gone).await;
    check((422, json!("x")).into(), refused()).await;
    check((401, json!({})).into(), crate::helpdesk::refused_key(401)).await;
    check((404, json!({ "message": "Interaction not found", "status": 404 })).into(), Failure::Gone).await;
    check((404, json!("nginx")).into(), Failure::later("no Omnize answers at this address")).await;
    check((500, json!({})).into(), Failure::Unknown { why: "the helpdesk fails (500)" }).await;
    let server = answers(&[(200, json!({ "data": [] }))]);
    let failure = ADAPTER.client(&server).open(&opening()).await.unwrap_err();
    assert_eq!(failure, Failure::Unknown { why: "the helpdesk does not name the interaction" });
}

#[tokio::test]
async fn a_rating_is_the_service_evaluation_of_two_values() {
    for (score, mood) in
        [(1, Some("NEGATIVE")), (2, Some("NEGATIVE")), (3, None), (4, Some("POSITIVE")), (5, Some("POSITIVE"))]
    {
        let server = answers(&[ok()]);
        ADAPTER.client(&server).rated(&to(HASH), score, Some("CSAT")).await.unwrap();
        let calls = server.calls();
        let expected: Vec<Value> =
            mood.map(|mood| json!({ "token": "ACCOUNT-TOKEN", "mood": mood })).into_iter().collect();
        assert_eq!(calls.iter().map(|call| call.body.clone()).collect::<Vec<_>>(), expected, "{score}");
        let lines = ADAPTER.lines(&calls);
        assert!(lines.iter().all(|line| *line == format!("PUT interactions/{HASH}")), "{lines:?}");
    }
}
