//! What an opening asks of Sunshine Conversations, in order.

use ponte::relay::{Failure, ports::NewConversation};
use serde_json::{Value, json};
use service_rules::{Priority, Route};

use super::{
    OPENING,
    server::{
        CUSTOMER, MESSAGES, OFFER, PASS, READ, SAY, TICKET, answers, checked, client, client_with, conversation, done,
        error, message, messages, one, opening, ours, said, to, user,
    },
};

#[tokio::test]
async fn a_new_customer_is_a_user_a_conversation_and_a_hand_over() {
    let server = answers(&[user(), one(conversation(None)), done(), said("m1"), done(), done()]);
    assert_eq!(client(&server).open(&opening()).await.unwrap().as_str(), TICKET);
    let calls = server.calls();
    assert_eq!(checked(&calls), ["POST users", "POST conversations", PASS, SAY, PASS, OFFER]);
    let bodies: Vec<&Value> = calls.iter().map(|call| &call.body).collect();
    // Neither e-mail nor phone: Zendesk would write to the customer by itself, or find somebody else.
    assert_eq!(*bodies[0], json!({ "externalId": CUSTOMER, "profile": { "givenName": "Maria" } }));
    let marks = json!({ "ponte_opening": OPENING, "ponte_channel": "whatsapp" });
    let expected = json!({ "type": "personal", "participants": [{ "userExternalId": CUSTOMER }], "metadata": marks });
    assert_eq!(*bodies[1], expected);
    // To us, so that no bot answers; then to the agents, who begin to read where the customer is introduced; then offered to us.
    let mark = json!({ "ponte_opening": OPENING });
    assert_eq!(*bodies[2], json!({ "switchboardIntegration": "ponte", "metadata": mark }));
    assert_eq!(bodies[3]["author"], json!({ "type": "business", "displayName": "Ponte" }));
    let text = bodies[3]["content"]["text"].as_str().unwrap();
    for words in ["Name: Maria\n", "Phone: +5531", "[2025-11-24 15:59 UTC] Bot: Olá!", "com alguém"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let with_first = json!({ "ponte_opening": OPENING, "first_message_id": "m1" });
    assert_eq!(*bodies[4], json!({ "switchboardIntegration": "zd:agentWorkspace", "metadata": with_first }));
    assert_eq!(*bodies[5], json!({ "switchboardIntegration": "ponte", "metadata": mark }));
}

#[tokio::test]
async fn names_fields_and_the_offer_are_settings() {
    let own = r#","agents":"zd-agentWorkspace","bridge":"blip","offer":false,"ticket":{
        "dataCapture.ticketField.1":"{name} {channel}","dataCapture.ticketField.2":"{email}","vip":true}"#;
    let server = answers(&[user(), one(conversation(None)), done(), said("m1"), done()]);
    client_with(&server, own).open(&opening()).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls), ["POST users", "POST conversations", PASS, SAY, PASS]);
    assert_eq!(calls[2].body["switchboardIntegration"], "blip");
    assert_eq!(calls[4].body["switchboardIntegration"], "zd-agentWorkspace");
    // What is not known is not named.
    let expected = json!({
        "ponte_opening": OPENING, "first_message_id": "m1", "dataCapture.ticketField.1": "Maria whatsapp", "vip": true,
    });
    assert_eq!(calls[4].body["metadata"], expected);
    // Without an integration of our own there is nobody to pass control to.
    let server = answers(&[user(), one(conversation(None)), said("m1"), done()]);
    client_with(&server, r#","bridge":"""#).open(&opening()).await.unwrap();
    assert_eq!(checked(&server.calls()), ["POST users", "POST conversations", SAY, PASS]);
}

fn list(conversations: &[Value], after: Option<&str>) -> (u16, Value) {
    let meta = json!({ "hasMore": after.is_some(), "afterCursor": after });
    (200, json!({ "conversations": conversations, "meta": meta }))
}

fn of_another_opening() -> Value {
    json!({ "id": "other", "metadata": { "ponte_opening": "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-ffffffffffff" } })
}

#[tokio::test]
async fn a_customer_who_comes_back_has_another_conversation() {
    let conflict = error(409, "conflict");
    let none = list(&[of_another_opening(), json!({ "id": "web" })], None);
    let server = answers(&[conflict, none, one(conversation(None)), done(), said("m1"), done(), done()]);
    client(&server).open(&opening()).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls)[..3], ["POST users", "GET conversations", "POST conversations"]);
    assert!(calls[1].path.contains(&format!("filter%5BuserExternalId%5D={CUSTOMER}")), "{}", calls[1].path);
}

/// The first try was made, and its answer lost.
#[tokio::test]
async fn an_opening_that_is_repeated_goes_on_where_it_stood() {
    let conflict = || error(409, "conflict");
    // On the second page; nothing was said in it yet.
    let pages = [list(&[of_another_opening()], Some("c1")), list(&[conversation(None)], None)];
    let [first, second] = pages;
    let nobody = || one(conversation(None));
    let server = answers(&[conflict(), first, second, nobody(), messages(&[]), done(), said("m1"), done(), done()]);
    assert_eq!(client(&server).open(&opening()).await.unwrap().as_str(), TICKET);
    let calls = server.calls();
    let begin = ["POST users", "GET conversations"];
    assert_eq!(checked(&calls), [&begin[..], &["GET conversations", READ, MESSAGES, PASS, SAY, PASS, OFFER]].concat());
    assert!(calls[2].path.ends_with("page%5Bafter%5D=c1"), "{}", calls[2].path);
    // The customer was introduced: not twice, and the agents still begin to read there.
    let found = || list(&[conversation(None)], None);
    let server = answers(&[conflict(), found(), nobody(), messages(&[ours("dossier/0")]), done(), done(), done()]);
    client(&server).open(&opening()).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls), [&begin[..], &[READ, MESSAGES, PASS, PASS, OFFER]].concat());
    assert_eq!(calls[5].body["metadata"]["first_message_id"], "id-of-dossier/0");
    // The agents have it, and are not disturbed.
    let theirs = one(conversation(Some("zd:agentWorkspace")));
    let server = answers(&[conflict(), found(), theirs, done()]);
    client(&server).open(&opening()).await.unwrap();
    assert_eq!(checked(&server.calls()), [&begin[..], &[READ, OFFER]].concat());
}

#[tokio::test]
async fn an_introduction_that_is_refused_does_not_hold_up_the_customer() {
    let server = answers(&[user(), one(conversation(None)), done(), error(400, "bad_request"), done(), done()]);
    client(&server).open(&opening()).await.unwrap();
    assert_eq!(checked(&server.calls())[3..], [SAY, PASS, OFFER]);
}

/// A transcript of 50 messages is longer than one message may be.
#[tokio::test]
async fn a_long_transcript_is_several_messages() {
    let mut long = opening();
    let line = long.transcript.as_ref().unwrap()[0].clone();
    long.transcript = Some(vec![ponte::relay::ports::Line { text: "palavra ".repeat(100), ..line }; 8]);
    let server =
        answers(&[user(), one(conversation(None)), done(), said("m1"), said("m2"), said("m3"), done(), done()]);
    client(&server).open(&long).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls)[3..], [SAY, SAY, SAY, PASS, OFFER]);
    let ids: Vec<&Value> = calls[3..6].iter().map(|call| &call.body["metadata"]["ponte_id"]).collect();
    assert_eq!(ids, ["dossier/0", "dossier/1", "dossier/2"]);
    assert_eq!(calls[6].body["metadata"]["first_message_id"], "m1");
}

#[tokio::test]
async fn a_conversation_without_an_answer_is_looked_for() {
    let server = answers(&[user(), (502, Value::Null)]);
    assert!(matches!(client(&server).open(&opening()).await, Err(Failure::Unknown { .. })));
    let server = answers(&[user(), (201, json!({}))]);
    assert!(matches!(client(&server).open(&opening()).await, Err(Failure::Unknown { .. })));
    // After the opening, the customer is known: one call for each message.
    let server = answers(&[user(), one(conversation(None)), done(), said("m1"), done(), done(), said("m2")]);
    let client = client(&server);
    client.open(&opening()).await.unwrap();
    client.deliver(&to(), &message(ponte::message::Content::text("oi"), false)).await.unwrap();
    assert_eq!(checked(&server.calls())[6..], [SAY]);
}

#[tokio::test]
async fn a_route_is_metadata_of_the_hand_over_to_the_agents() {
    let route = Route {
        queue: Some("360000111".into()),
        agent: Some("Ana".into()),
        priority: Some(Priority::High),
        tags: vec!["boleto".into(), "segunda via".into()],
        subject: Some("Segunda via".into()),
        fields: [("444", "77-1020"), ("Motivo", "x")].map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..Route::default()
    };
    let routed = NewConversation { route, ..opening() };
    let own = r#","ticket":{"dataCapture.systemField.tags":"blip","dataCapture.ticketField.444":"-"}"#;
    let server = answers(&[user(), one(conversation(None)), done(), said("m1"), done(), done()]);
    client_with(&server, own).open(&routed).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls), ["POST users", "POST conversations", PASS, SAY, PASS, OFFER]);
    let expected = json!({
        "ponte_opening": OPENING, "first_message_id": "m1", "dataCapture.systemField.group_id": "360000111",
        "dataCapture.systemField.priority": "high", "dataCapture.systemField.tags": "blip,boleto,segunda_via",
        "dataCapture.ticketField.444": "77-1020",
    });
    assert_eq!(calls[4].body["metadata"], expected);
    // To us it says nothing of the route.
    assert_eq!(calls[2].body["metadata"], json!({ "ponte_opening": OPENING }));
    let note = calls[3].body["content"]["text"].as_str().unwrap();
    for lost in ["no agent named \"Ana\"", "no field named \"Motivo\"", "Subject: Segunda via"] {
        assert!(note.contains(lost), "{lost}: {note}");
    }

    // Refused: once more without, after the agents were told.
    let server = answers(&[
        user(),
        one(conversation(None)),
        done(),
        said("m1"),
        error(400, "bad_request"),
        said("m2"),
        done(),
        done(),
    ]);
    client(&server).open(&routed).await.unwrap();
    let calls = server.calls();
    assert_eq!(checked(&calls)[2..], [PASS, SAY, PASS, SAY, PASS, OFFER]);
    assert!(calls[5].body["content"]["text"].as_str().unwrap().contains("opened without it: 400"));
    assert_eq!(calls[6].body["metadata"], json!({ "ponte_opening": OPENING, "first_message_id": "m1" }));
}

/// The answer was lost, and the agents have the conversation with its route: nothing is said of a failure, and it is not passed again without.
#[tokio::test]
async fn a_hand_over_without_an_answer_is_looked_for_before_it_is_repeated_or_told() {
    let route = Route { queue: Some("360000111".into()), ..Route::default() };
    let routed = NewConversation { route, ..opening() };
    let begin = || vec![user(), one(conversation(None)), done(), said("m1"), (504, Value::Null)];
    let theirs = one(conversation(Some("zd:agentWorkspace")));
    let far = answers(&[begin(), vec![theirs, done()]].concat());
    client(&far).open(&routed).await.unwrap();
    assert_eq!(checked(&far.calls())[2..], [PASS, SAY, PASS, READ, OFFER]);
    // Where nobody can say, the opening is tried again, and looks first.
    let far = answers(&[begin(), vec![error(503, "down")]].concat());
    assert_eq!(client(&far).open(&routed).await.unwrap_err().kind(), "later");
    assert_eq!(checked(&far.calls())[2..], [PASS, SAY, PASS, READ]);
}

/// The agents are told, if they can be; and have the conversation in any case.
#[tokio::test]
async fn a_route_that_cannot_be_passed_and_a_refused_note_do_not_hold_up_the_customer() {
    let route = Route {
        queue: Some("360000111".into()),
        agent: Some("Ana".into()),
        priority: Some(Priority::High),
        fields: [("444".to_owned(), "77-1020".to_owned())].into(),
        ..Route::default()
    };
    let routed = NewConversation { route, ..opening() };
    for (failures, note, words) in [
        // The note is refused.
        (vec![error(400, "bad_request")], error(400, "bad_request"), vec!["opened without it: 400"]),
        (vec![error(403, "forbidden")], said("m2"), vec!["opened without it: 403"]),
        // A failure that may last. Its effect is looked for before anything is said.
        (
            vec![error(500, "internal"), one(conversation(Some("ponte")))],
            said("m2"),
            vec!["set the queue \"360000111\"", "set the priority \"high\"", "set the field \"444\""],
        ),
        // A conflict: once more at once.
        (vec![error(409, "conflict"), error(405, "no")], said("m2"), vec!["set the queue"]),
    ] {
        let tries = failures.len();
        let begin = vec![user(), one(conversation(None)), done(), said("m1")];
        let far = answers(&[begin, failures, vec![note, done(), done()]].concat());
        client(&far).open(&routed).await.unwrap();
        let calls = far.calls();
        assert_eq!(checked(&calls)[4 + tries..], [SAY, PASS, OFFER]);
        let text = calls[4 + tries].body["content"]["text"].as_str().unwrap();
        assert!(words.iter().all(|words| text.contains(words)) && !text.contains("77-1020"), "{text}");
        // It was said in the first note already.
        assert!(!text.contains("Ana"), "{text}");
        let plain = json!({ "ponte_opening": OPENING, "first_message_id": "m1" });
        assert_eq!(calls[5 + tries].body["metadata"], plain);
    }
}
