//! Where a conversation goes, in `conversation.started`.

use ponte::relay::ports::{Helpdesk, NewConversation};
use serde_json::{Value, json};
use service_rules::{Language, Priority, Route};

use super::{
    calls::{in_house, in_house_of, opening},
    file::Contract,
};

/// An opening with every part of a route.
fn routed() -> NewConversation {
    let text = |text: &str| Some(text.to_owned());
    let route = Route {
        queue: text("financeiro"),
        agent: text("ana@example.com"),
        skills: vec!["cobranca".to_owned()],
        priority: Some(Priority::Urgent),
        tags: vec!["boleto".to_owned(), "vip".to_owned()],
        fields: [("contrato".to_owned(), "77-1020".to_owned())].into(),
        language: Language::Spanish,
        subject: text("Segunda via"),
        ticket_type: text("pergunta"),
        brand: text("loja"),
        form: text("cobranca"),
        return_service: text("menu"),
    };
    let route_notes = vec!["Fila: Financeiro.".to_owned(), " ".to_owned()];
    NewConversation { route, route_notes, ..opening(true) }
}

/// What the tool gets of an opening, answered so.
async fn told(opening: &NewConversation, answers: &[u16]) -> Vec<(String, Value)> {
    let answers = answers.iter().map(|status| format!("HTTP/1.1 {status} X\r\n")).collect();
    let (client, calls) = in_house(answers, r#"{"ticket":"4711"}"#);
    assert_eq!(client.open(opening).await.map(|ticket| ticket.as_str().to_owned()).as_deref(), Ok("4711"));
    calls.try_iter().map(|call| call.event()).collect()
}

#[tokio::test]
async fn every_part_of_a_route_is_told_by_its_name() {
    let told = told(&routed(), &[200]).await;
    let [(_, event)] = told.as_slice() else { panic!("{told:?}") };
    let expected = json!({
        "queue": "financeiro", "agent": "ana@example.com", "skills": ["cobranca"], "priority": "urgent", "tags": ["boleto", "vip"],
        "fields": { "contrato": "77-1020" }, "language": "es", "subject": "Segunda via", "type": "pergunta", "brand": "loja",
        "form": "cobranca", "notes": ["Fila: Financeiro."],
    });
    assert_eq!(event["data"]["routing"], expected);
    Contract::read().validate("ConversationStarted", event).unwrap();
}

#[tokio::test]
async fn a_part_alone_is_told_alone_and_none_is_nothing() {
    let with = |route: Route| NewConversation { route, ..opening(true) };
    let language = Route { language: Language::English, ..Route::default() };
    let priority = Route { priority: Some(Priority::Low), ..Route::default() };
    let back = Route { return_service: Some("menu".to_owned()), ..Route::default() };
    let noted = NewConversation { route_notes: vec!["plano: ouro".to_owned()], ..opening(true) };
    for (opening, expected) in [
        (opening(true), None),
        (with(back), None),
        (with(language), Some(json!({ "language": "en" }))),
        (with(priority), Some(json!({ "priority": "low", "language": "pt-BR" }))),
        (noted, Some(json!({ "language": "pt-BR", "notes": ["plano: ouro"] }))),
    ] {
        let told = told(&opening, &[200]).await;
        assert_eq!(told[0].1["data"].get("routing"), expected.as_ref());
    }
}

#[tokio::test]
async fn the_stacks_own_language_is_no_part_of_a_route() {
    for (language, expected) in
        [(Language::English, None), (Language::Portuguese, Some(json!({ "language": "pt-BR" })))]
    {
        let (client, calls) = in_house_of(crate::rules::english(), vec!["HTTP/1.1 200 X\r\n".to_owned()], "{}");
        let route = Route { language, ..Route::default() };
        client.open(&NewConversation { route, ..opening(true) }).await.unwrap();
        let (_, event) = calls.try_iter().next().unwrap().event();
        assert_eq!(event["data"].get("routing"), expected.as_ref());
    }
}

#[tokio::test]
async fn a_tool_that_refuses_the_route_gets_the_conversation_without_it() {
    for status in [400, 422] {
        // The note may fail, too: the conversation is open.
        for note in [200, 500] {
            let told = told(&routed(), &[status, 200, note]).await;
            let [(first, _), (second, started), (third, note)] = told.as_slice() else { panic!("{told:?}") };
            assert_eq!(
                (first, started["data"].get("routing")),
                (second, None),
                "the same event, as it was never taken in"
            );
            assert_eq!((third.ends_with("-note-route"), &note["data"]["message"]["note"]), (true, &json!(true)));
            let words = note["data"]["message"]["content"]["text"].as_str().unwrap();
            assert!(words.starts_with("Fila: Financeiro.\n") && words.contains(&status.to_string()), "{words}");
        }
    }
}

#[tokio::test]
async fn what_is_refused_without_a_route_is_refused_once() {
    let (client, calls) = in_house(vec!["HTTP/1.1 422 X\r\n".to_owned(); 2], "{}");
    assert_eq!(client.open(&opening(true)).await.unwrap_err().kind(), "refused");
    assert_eq!(calls.try_iter().count(), 1);
    // A tool that takes it neither way.
    let (client, calls) = in_house(vec!["HTTP/1.1 422 X\r\n".to_owned(); 3], "{}");
    assert_eq!(client.open(&routed()).await.unwrap_err().kind(), "refused");
    assert_eq!(calls.try_iter().count(), 2);
}
