//! How a ticket is made, and found again.

use ponte::relay::ports::{NewConversation, Profile};
use serde_json::{Value, json};

use super::{
    super::bridge::opening_of, AUDITS, CUSTOMER, NOW, OPENING, PUT, answers, audits, client, fixture, lines, ticket,
    updated,
};

pub(super) fn opening(transcript: &str) -> NewConversation {
    opening_of(transcript, "2026-11-20T11:58:00.000Z", NOW)
}

fn none() -> (u16, Value) {
    (200, json!({ "tickets": [], "count": 0 }))
}

fn user() -> (u16, Value) {
    (201, json!({ "user": { "id": CUSTOMER, "role": "end-user" } }))
}

#[tokio::test]
async fn a_conversation_is_a_ticket_whose_first_comment_is_a_note() {
    let far = answers(&[none(), user(), ticket("new")]);
    assert_eq!(client(&far).open(&opening("quero falar com alguém")).await.unwrap().as_str(), "5158");
    let calls = far.calls();
    assert_eq!(lines(&calls), ["GET tickets", "POST users/create_or_update", "POST tickets"]);
    assert_eq!(calls[0].path.split('?').nth(1), Some(format!("external_id={OPENING}").as_str()));
    // `email/token` and the token, as Basic.
    assert_eq!(calls[0].header("authorization"), Some("Basic cG9udGVAZGVzay50ZXN0LmludmFsaWQvdG9rZW46dGhlLXRva2Vu"));
    // No e-mail address: Zendesk would write to the customer.
    let user = json!({ "user": { "external_id": "c41d8a07e2b95f3664d0a9c8b7e1f250", "name": "Maria da Silva", "verified": true } });
    assert_eq!(calls[1].body, user);
    assert_eq!(calls[2].header("idempotency-key"), Some(OPENING));
    let mut ticket = calls[2].body["ticket"].clone();
    let body = ticket["comment"].as_object_mut().unwrap().remove("body").unwrap();
    let expected = json!({
        "subject": "Blip · whatsapp · Maria da Silva",
        "external_id": OPENING,
        "requester_id": CUSTOMER,
        "comment": { "public": false },
        "tags": ["blip"],
    });
    assert_eq!(ticket, expected);
    // The documented request has the same fields, and more of them.
    let documented = fixture("api-create-ticket-request");
    for field in expected.as_object().unwrap().keys() {
        assert!(documented["body"]["ticket"].get(field).is_some(), "{field}");
    }
    for said in ["Phone: +5531", "[2026-11-20 11:58 UTC] Bot: Olá!", "Customer: quero falar com alguém"] {
        assert!(body.as_str().unwrap().contains(said), "{said}: {body}");
    }
}

#[tokio::test]
async fn an_opening_that_is_repeated_finds_its_ticket() {
    let found = (200, json!({ "tickets": [ticket("open").1["ticket"].clone()] }));
    let far = answers(std::slice::from_ref(&found));
    assert_eq!(client(&far).open(&opening("oi")).await.unwrap().as_str(), "5158");
    assert_eq!(lines(&far.calls()), ["GET tickets"]);
    // Whoever does not know the filter answers with every ticket: none of them is ours.
    let foreign = (200, json!({ "tickets": [{ "id": 1, "external_id": "another" }, { "id": 2 }] }));
    let far = answers(&[foreign, user(), ticket("new")]);
    assert_eq!(client(&far).open(&opening("oi")).await.unwrap().as_str(), "5158");
    // The same key with other words, since the transcript went on: the first try's ticket is found next time.
    let far = answers(&[none(), user(), (400, fixture("api-error-idempotency-mismatch")["body"].clone()), found]);
    let client = client(&far);
    assert_eq!(client.open(&opening("oi")).await.unwrap_err().kind(), "later");
    assert_eq!(client.open(&opening("oi")).await.unwrap().as_str(), "5158");
}

#[tokio::test]
async fn a_long_talk_with_the_bot_goes_on_in_notes_and_each_is_there_once() {
    let long = "palavra ".repeat(2700);
    let far = answers(&[none(), user(), ticket("new"), updated(), updated(), updated()]);
    client(&far).open(&opening(&long)).await.unwrap();
    let calls = far.calls();
    assert_eq!(lines(&calls)[3..], [PUT, PUT, PUT]);
    let marks = [3, 4, 5].map(|at: usize| calls[at].body["ticket"]["metadata"]["ponte"].clone());
    assert_eq!(marks, ["dossier-2-5b8e2d41f7a0", "dossier-3-5b8e2d41f7a0", "dossier-4-5b8e2d41f7a0"]);
    assert_eq!(calls[3].body["ticket"]["comment"]["public"], false);
    // One was lost.
    let found = (200, json!({ "tickets": [ticket("open").1["ticket"].clone()] }));
    let far = answers(&[found, audits(&["dossier-4-5b8e2d41f7a0", "dossier-2-5b8e2d41f7a0"]), updated()]);
    client(&far).open(&opening(&long)).await.unwrap();
    let calls = far.calls();
    assert_eq!(lines(&calls), ["GET tickets", AUDITS, PUT]);
    assert_eq!(calls[2].body["ticket"]["metadata"]["ponte"], "dossier-3-5b8e2d41f7a0");
}

/// The ticket is there, and the agent has the customer's words.
#[tokio::test]
async fn a_note_that_is_refused_does_not_keep_the_conversation_from_opening() {
    let refused = (422, json!({ "error": "RecordInvalid", "details": { "base": [] } }));
    let far = answers(&[none(), user(), ticket("new"), refused, updated(), updated()]);
    assert_eq!(client(&far).open(&opening(&"palavra ".repeat(2700))).await.unwrap().as_str(), "5158");
    assert_eq!(lines(&far.calls())[3..], [PUT, PUT, PUT]);
}

/// Blip did not answer who it is: a name that Zendesk knows is better than none.
#[tokio::test]
async fn a_customer_without_a_name_keeps_the_one_that_is_known() {
    let nameless = || {
        let mut opening = opening("oi");
        opening.profile = Profile::default();
        opening.profile_known = false;
        opening
    };
    let known = json!({ "id": CUSTOMER, "external_id": "c41d8a07e2b95f3664d0a9c8b7e1f250", "name": "Maria" });
    let far = answers(&[none(), (200, json!({ "users": [{ "id": 1 }, known] })), ticket("new")]);
    client(&far).open(&nameless()).await.unwrap();
    let calls = far.calls();
    assert_eq!(lines(&calls), ["GET tickets", "GET users", "POST tickets"]);
    assert_eq!(calls[2].body["ticket"]["requester_id"], CUSTOMER);
    let far =
        answers(&[none(), (200, json!({ "users": [{ "id": 1, "external_id": "another" }] })), user(), ticket("new")]);
    client(&far).open(&nameless()).await.unwrap();
    assert_eq!(far.calls()[2].body["user"]["name"], "Blip whatsapp");
}
