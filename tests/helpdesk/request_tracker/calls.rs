//! What the client asks of RT, in order, and what it makes of the answers.

use crate::every_port::EveryPort;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use ponte::{
    message::{Content, SourceId},
    relay::{
        Failure,
        ports::{CustomerMessage, EndedBy, FileBytes, Helpdesk, NewConversation, NotDelivered, StoredFiles},
    },
};
use serde_json::{Value, json};

use super::{
    super::bridge::opening_of, NOW, OPENING, Server, answers, client, client_with, lines, list, query, ticket, to,
};

const CORRESPOND: &str = "POST ticket/4/correspond";
const COMMENT: &str = "POST ticket/4/comment";
const LOOK: &str = "GET transactions";
const TICKET: &str = "GET ticket/4";

fn opening(transcript: &str) -> NewConversation {
    opening_of(transcript, "2026-11-21T08:40:00.000Z", NOW)
}

fn message(content: Content) -> CustomerMessage {
    CustomerMessage { id: "0123456789abcdef".to_owned(), content, at: NOW, late: false, may_be_duplicate: false }
}

fn made() -> (u16, Value) {
    (201, json!({ "_url": "http://127.0.0.1:8899/REST/2.0/ticket/4", "type": "ticket", "id": "4" }))
}

fn added() -> (u16, Value) {
    (201, json!(["Correspondence added", "Custom fields updated"]))
}

fn marked() -> (u16, Value) {
    ticket(&json!({ "CustomFields": [{ "name": "BlipTicketId", "id": "3", "values": [OPENING] }] }))
}

fn found() -> (u16, Value) {
    list(&[json!({ "id": "4", "type": "ticket" })])
}

#[tokio::test]
async fn a_conversation_is_a_ticket_without_a_requestor() {
    let server = answers(&[list(&[]), made(), marked()]);
    assert_eq!(client(&server).open(&opening("quero falar\ncom alguém")).await.unwrap().as_str(), "4");
    let calls = server.calls();
    assert_eq!(lines(&calls), ["GET tickets", "POST ticket", TICKET]);
    assert_eq!(query(&calls[0], "query").unwrap(), format!("CF.{{BlipTicketId}} = '{OPENING}'"));
    let mut body = calls[1].body.clone();
    let content = body.as_object_mut().unwrap().remove("Content").unwrap();
    // No requestor, and nobody in Cc: RT would write e-mail to the customer.
    let expected = json!({
        "Queue": "General",
        "Subject": "Blip · whatsapp · Maria da Silva",
        "ContentType": "text/plain",
        "CustomFields": { "BlipIdentity": "5531999990000@wa.gw.msging.net", "BlipTicketId": OPENING },
    });
    assert_eq!(body, expected);
    for said in ["Phone: +5531", "maria@customers", "[2026-11-21 08:40 UTC] Bot: Olá!", "com alguém"] {
        assert!(content.as_str().unwrap().contains(said), "{said}: {content}");
    }
}

/// The first try was made, and its answer lost.
#[tokio::test]
async fn an_opening_that_is_repeated_finds_its_ticket() {
    let server = answers(&[found()]);
    assert_eq!(client(&server).open(&opening("oi")).await.unwrap().as_str(), "4");
    assert_eq!(lines(&server.calls()), ["GET tickets"]);
    // An answer without a ticket may have made one.
    let server = answers(&[list(&[]), (201, json!({}))]);
    assert_eq!(client(&server).open(&opening("oi")).await.unwrap_err().kind(), "unknown");
    let server = answers(&[list(&[]), (500, Value::Null)]);
    assert_eq!(client(&server).open(&opening("oi")).await.unwrap_err().kind(), "unknown");
    let server = answers(&[(500, Value::Null)]);
    assert_eq!(client(&server).open(&opening("oi")).await.unwrap_err().kind(), "later", "nothing was made yet");
}

/// The ticket is there, and the agent has the customer's words.
#[tokio::test]
async fn a_comment_that_is_refused_does_not_keep_the_conversation_from_opening() {
    let refused = (413, json!({ "message": "too large" }));
    let far = answers(&[list(&[]), made(), marked(), refused, added(), added()]);
    client(&far).open(&opening(&"palavra ".repeat(2800))).await.unwrap();
    assert_eq!(lines(&far.calls())[3..], [COMMENT, COMMENT, COMMENT]);
}

#[tokio::test]
async fn a_long_talk_with_the_bot_goes_on_in_comments_and_each_is_there_once() {
    let long = "palavra ".repeat(2800);
    let server = answers(&[list(&[]), made(), marked(), added(), added(), added()]);
    client(&server).open(&opening(&long)).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), ["GET tickets", "POST ticket", TICKET, COMMENT, COMMENT, COMMENT]);
    let ids = [3, 4, 5].map(|at: usize| calls[at].body["TxnCustomFields"]["BlipMessageId"].clone());
    assert_eq!(ids, ["dossier-2-5b8e2d41f7a0", "dossier-3-5b8e2d41f7a0", "dossier-4-5b8e2d41f7a0"]);
    let said: String = [1, 3, 4, 5].map(|at: usize| calls[at].body["Content"].as_str().unwrap()).concat();
    assert!(said.ends_with(long.trim_end()) && said.starts_with("Name: Maria"), "nothing is lost at the cuts");
    // One was lost.
    let there = || list(&[json!({ "id": "7" })]);
    let server = answers(&[found(), there(), list(&[]), added(), there()]);
    client(&server).open(&opening(&long)).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), ["GET tickets", LOOK, LOOK, COMMENT, LOOK]);
    assert_eq!(calls[3].body["TxnCustomFields"]["BlipMessageId"], "dossier-3-5b8e2d41f7a0");
}

#[tokio::test]
async fn words_are_correspondence_with_their_id() {
    let server = answers(&[added(), added(), added()]);
    let client = client(&server);
    client.deliver(&to(), &message(Content::text("Bom dia,\nAna"))).await.unwrap();
    let file = Content::File {
        url: "https://bucket.example.invalid/a".to_owned(),
        name: Some("a.pdf".to_owned()),
        mime: Some("application/pdf".to_owned()),
        size: Some(9),
        caption: Some("segue".to_owned()),
    };
    client.deliver(&to(), &message(file)).await.unwrap();
    let late = CustomerMessage { late: true, ..message(Content::text("obrigada!")) };
    client.deliver(&to(), &late).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [CORRESPOND, CORRESPOND, COMMENT], "a late one must not open the ticket anew");
    let expected = json!({
        "Content": "Bom dia,\nAna",
        "ContentType": "text/plain",
        "TxnCustomFields": { "BlipMessageId": "0123456789abcdef" },
    });
    assert_eq!(calls[0].body, expected);
    assert_eq!(calls[1].body["Content"], "segue\na.pdf\nhttps://bucket.example.invalid/a");
    let late = calls[2].body["Content"].as_str().unwrap();
    assert!(late.starts_with("The customer wrote this before the end") && late.ends_with("\nobrigada!"), "{late}");
}

/// The stack's own store, with one file in it.
struct Store(&'static str);

#[async_trait]
impl StoredFiles for Store {
    async fn open(&self, url: &str) -> Result<Option<FileBytes>, Failure> {
        let bytes = Bytes::from_static(self.0.as_bytes());
        let size = bytes.len().try_into().unwrap();
        let bytes = futures_util::stream::once(async { Ok(bytes) }).boxed();
        let file = FileBytes { name: "foto.png".into(), mime: "image/png".into(), size, bytes };
        Ok((url == LINK).then_some(file))
    }
}

const LINK: &str = "https://stack.example.invalid/media/1";

fn picture(url: &str, caption: Option<&str>) -> Content {
    let caption = caption.map(str::to_owned);
    Content::File {
        url: url.into(),
        name: Some("foto.png".into()),
        mime: Some("image/png".into()),
        size: Some(9),
        caption,
    }
}

#[tokio::test]
async fn a_file_is_attached() {
    let server = answers(&[added(), added(), added()]);
    let client = client_with(&server, Arc::new(Store("the bytes")));
    client.deliver(&to(), &message(picture(LINK, Some("segue")))).await.unwrap();
    let late = CustomerMessage { late: true, ..message(picture(LINK, None)) };
    client.deliver(&to(), &late).await.unwrap();
    // A file that the stack does not have is its link.
    client.deliver(&to(), &message(picture("https://stack.example.invalid/media/2", None))).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [CORRESPOND, COMMENT, CORRESPOND]);
    for part in [
        "name=\"JSON\"",
        r#""Content":"segue""#,
        r#""TxnCustomFields":{"BlipMessageId":"0123456789abcdef"}"#,
        "name=\"Attachments\"; filename=\"foto.png\"",
        "image/png",
        "\r\n\r\nthe bytes\r\n",
    ] {
        assert!(calls[0].text.contains(part), "{part}: {}", calls[0].text);
    }
    assert!(calls[1].text.contains(r#"it came after:\nfoto.png""#) && calls[1].text.contains("the bytes"));
    assert_eq!(calls[2].body["Content"], "foto.png\nhttps://stack.example.invalid/media/2");
}

#[tokio::test]
async fn a_file_that_rt_does_not_take_is_its_link() {
    let text = format!("foto.png\n{LINK}");
    let server = answers(&[(413, Value::Null), added()]);
    client_with(&server, Arc::new(Store("the bytes"))).deliver(&to(), &message(picture(LINK, None))).await.unwrap();
    let calls = server.calls();
    assert_eq!((lines(&calls), &calls[1].body["Content"]), (vec![CORRESPOND.into(), CORRESPOND.into()], &json!(text)));
    let server = answers(&[added()]);
    client_with(&server, Arc::new(Store(""))).deliver(&to(), &message(picture(LINK, None))).await.unwrap();
    assert_eq!(server.calls()[0].body["Content"], text, "RT takes no file without bytes");
    // What it says of the ticket counts for a file, too.
    let server = answers(&[(400, json!({})), (404, json!({})), (200, json!({ "Version": "5.0.3" }))]);
    let sent = client_with(&server, Arc::new(Store("x"))).deliver(&to(), &message(picture(LINK, None))).await;
    assert_eq!(sent, Err(Failure::Gone));
}

/// RT has no idempotency key: what was tried before is looked for.
#[tokio::test]
async fn a_message_is_looked_for_before_it_is_repeated() {
    let again = CustomerMessage { may_be_duplicate: true, ..message(Content::text("oi")) };
    let server = answers(&[list(&[json!({ "id": "108" })])]);
    client(&server).deliver(&to(), &again).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [LOOK]);
    let asked = "ObjectType = 'RT::Ticket' AND ObjectId = '4' AND 'CF.{BlipMessageId}' = '0123456789abcdef'";
    assert_eq!(query(&calls[0], "query").unwrap(), asked);
    let server = answers(&[list(&[]), added()]);
    client(&server).deliver(&to(), &again).await.unwrap();
    assert_eq!(lines(&server.calls()), [LOOK, CORRESPOND]);
    // What cannot be looked up is not repeated.
    let server = answers(&[(500, Value::Null)]);
    assert_eq!(client(&server).deliver(&to(), &again).await.unwrap_err().kind(), "later");
}

#[tokio::test]
async fn the_agent_is_told_in_comments_and_each_once() {
    let none = || list(&[]);
    let parts = list(&[json!({ "id": "9", "ContentType": "text/plain", "Filename": "", "ContentLength": "18" })]);
    let body = (200, json!({ "id": 9, "Content": "U2VndWUgbyBjb250cmF0bwpvaQ==\n" }));
    let server = answers(&[parts, body, none(), added(), none(), added()]);
    let client_ = client(&server);
    client_.not_delivered(&to(), &SourceId::exact("113"), &NotDelivered::Closed).await.unwrap();
    client_.note(&to(), "parked-1", "It's kept aside.").await.unwrap();
    let calls = server.calls();
    let quoted = ["GET transaction/113/attachments", "GET attachment/9"];
    assert_eq!(lines(&calls), [&quoted[..], &[LOOK, COMMENT, LOOK, COMMENT]].concat());
    let text = calls[3].body["Content"].as_str().unwrap();
    assert!(text.ends_with("already closed.\n> Segue o contrato"), "{text}");
    let ids = [3, 5].map(|at: usize| calls[at].body["TxnCustomFields"]["BlipMessageId"].clone());
    assert_eq!(ids, [json!("not-delivered-113"), json!("parked-1")]);
    // Again, and once where the message itself cannot be read.
    let there = || list(&[json!({ "id": "200" })]);
    let server = answers(&[(500, Value::Null), there(), there()]);
    let client_ = client(&server);
    client_.not_delivered(&to(), &SourceId::exact("113"), &NotDelivered::Superseded).await.unwrap();
    client_.note(&to(), "parked-1", "It's kept aside.").await.unwrap();
    assert_eq!(lines(&server.calls()), [quoted[0], LOOK, LOOK]);
}

#[tokio::test]
async fn a_customer_who_left_is_a_comment_and_a_resolved_ticket() {
    let open = || ticket(&json!({ "Status": "open" }));
    let resolved = || ticket(&json!({}));
    let server = answers(&[list(&[]), added(), open(), (200, json!(["Ticket 4: Status changed"])), resolved()]);
    client(&server).ended(&to(), EndedBy::Customer).await.unwrap();
    let calls = server.calls();
    assert_eq!(lines(&calls), [LOOK, COMMENT, TICKET, "PUT ticket/4", TICKET]);
    assert_eq!(calls[1].body["TxnCustomFields"]["BlipMessageId"], "ended-5b8e2d41f7a0");
    assert_eq!(calls[3].body, json!({ "Status": "resolved" }));
    // Again: neither twice. Nor anything where an agent ended it.
    let server = answers(&[list(&[json!({ "id": "5" })]), resolved()]);
    client(&server).ended(&to(), EndedBy::Transfer).await.unwrap();
    assert_eq!(lines(&server.calls()), [LOOK, TICKET]);
    client(&answers(&[])).ended(&to(), EndedBy::Agent).await.unwrap();
    // RT answers 200 to a status that it does not take: the ticket waits for another one, and nothing else is wrong.
    let no = (200, json!(["Ticket 4: Status 'resolved' isn't a valid status for this ticket."]));
    let server = answers(&[list(&[]), added(), open(), no, open()]);
    client(&server).ended(&to(), EndedBy::Customer).await.unwrap();
    assert_eq!(lines(&server.calls()).len(), 5);
}

#[tokio::test]
async fn answers_are_read_as_what_they_mean() {
    let deliver = async |server: &Server| client(server).deliver(&to(), &message(Content::text("oi"))).await;
    let kind = async |bodies: &[(u16, Value)]| deliver(&answers(bodies)).await.map_or_else(|f| f.kind(), |()| "ok");
    let no = |status: u16, words: &str| (status, json!({ "message": words }));
    assert_eq!(kind(&[no(401, "Unauthorized")]).await, "unauthorized");
    assert_eq!(kind(&[no(403, "Forbidden")]).await, "unauthorized");
    assert_eq!(kind(&[no(412, "Precondition Failed")]).await, "later");
    assert_eq!(kind(&[(500, Value::Null)]).await, "unknown", "it may have been posted");
    assert_eq!(kind(&[no(429, "slow down")]).await, "later");
    // A ticket that is not there is a 400, and so is one on which the user may not write.
    let denied = || no(400, "Permission Denied");
    let rt = || (200, json!({ "Version": "5.0.3+dfsg-3~deb12u6" }));
    assert_eq!(kind(&[denied(), no(404, "Not Found"), rt()]).await, "gone");
    assert_eq!(kind(&[no(404, "Not Found"), rt()]).await, "gone");
    // Who says so must be RT: a proxy before it knows no ticket.
    assert_eq!(kind(&[no(404, "Not Found"), no(404, "Not Found")]).await, "later");
    assert_eq!(kind(&[no(404, "Not Found"), (200, json!({}))]).await, "later");
    assert_eq!(kind(&[no(404, "Not Found"), (503, Value::Null)]).await, "later");
    assert_eq!(kind(&[denied(), ticket(&json!({ "_hyperlinks": [{ "ref": "comment" }] }))]).await, "unauthorized");
    assert_eq!(kind(&[denied(), ticket(&json!({}))]).await, "refused");
    assert_eq!(kind(&[denied(), (200, json!({}))]).await, "later", "something else answers in RT's place");
    // Words that nobody reads are no reason to repeat what was posted.
    assert_eq!(kind(&[(201, json!({ "x": 1 }))]).await, "ok");
    assert_eq!(
        kind(&[(201, json!(["Correspondence added", "Unable to load transaction custom field: x"]))]).await,
        "ok"
    );
}

#[tokio::test]
async fn an_address_without_rt_is_a_failure() {
    let server = answers(&[(200, json!({ "hello": "world" }))]);
    let failure = client(&server).open(&opening("oi")).await.unwrap_err();
    assert_eq!(failure, Failure::later("unexpected response from the helpdesk"));
    let wrong = Failure::later("no Request Tracker answers at this address");
    let server = answers(&[(404, json!({})), (404, json!({}))]);
    assert_eq!(client(&server).open(&opening("oi")).await.unwrap_err(), wrong);
}

#[tokio::test]
async fn a_rating_is_a_custom_field_and_what_rt_does_not_set_is_found_out() {
    const SET: &str = "PUT ticket/4";
    let done = || (200, json!(["CSAT 4 added"]));
    let with =
        |name: &str, value: &str| ticket(&json!({ "CustomFields": [{ "name": name, "id": "7", "values": [value] }] }));
    for (name, read, is_kept) in [
        ("CSAT", with("CSAT", "4"), true),
        ("7", with("CSAT", "4"), true),
        ("csat", with("CSAT", "4"), true),
        ("CSAT", with("CSAT", "2"), false),
        ("CSAT", with("Contrato", "4"), false),
    ] {
        let server = answers(&[done(), read]);
        let outcome = client(&server).rated(&to(), 4, Some(name)).await;
        assert_eq!(outcome.is_ok(), is_kept, "{name}: {outcome:?}");
        assert!(matches!(outcome, Ok(()) | Err(Failure::Refused { .. })), "{name}: {outcome:?}");
        let calls = server.calls();
        assert_eq!(lines(&calls), [SET, TICKET]);
        assert_eq!(calls[0].body, json!({ "CustomFields": { name: "4" } }));
    }
    let server = answers(&[]);
    client(&server).rated(&to(), 4, None).await.unwrap();
    let own = client(&server).rated(&to(), 4, Some("blipticketid")).await.unwrap_err();
    assert!(matches!(own, Failure::Refused { .. }) && server.calls().is_empty(), "the bridge finds its tickets by it");
}
