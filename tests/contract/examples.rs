//! Every example of the file works: ours are read by the types, theirs go through the endpoint.

use std::collections::{BTreeMap, BTreeSet};

use ponte::{
    clock::Timestamp,
    helpdesk::{
        signature::SigningKey,
        webhook::{
            InHouseVerifier,
            wire::{Event, FromPonte, StartedAnswer},
        },
    },
    message::{
        Agent, AgentEvent, AgentEventKind, Content, ConversationId, DeskQueue, SourceId, TicketEvents, TicketId,
    },
    relay::ports::{Headers, Rejection, Unverified, WebhookVerifier},
};
use serde_json::Value;

use super::{
    SECRET,
    file::{Contract, keys},
};

const NOW: Timestamp = Timestamp(1_795_176_120_000);
const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";

struct Signed {
    timestamp: String,
    signature: String,
}

impl Headers for Signed {
    fn get(&self, name: &str) -> Option<&str> {
        match name {
            "webhook-id" => Some("msg_1"),
            "webhook-timestamp" => Some(&self.timestamp),
            "webhook-signature" => Some(&self.signature),
            _ => None,
        }
    }
}

/// Posts `body`, signed, to the endpoint.
pub(super) fn through_the_endpoint(body: &Value) -> Result<Vec<TicketEvents>, Rejection> {
    let body = serde_json::to_vec(body).unwrap();
    let signature = SigningKey::parse(SECRET).unwrap().sign("msg_1", NOW, &body);
    let headers = Signed { timestamp: NOW.seconds().to_string(), signature };
    let request = Unverified { headers: &headers, path: "", body: &body };
    let verifier = InHouseVerifier::new(SECRET).unwrap();
    let checked = verifier.verify(&request, NOW)?;
    verifier.events(&request, checked)
}

#[test]
fn each_example_of_theirs_gives_its_event() {
    let contract = Contract::read();
    let expected = expected();
    let examples = contract.examples("/paths/~1helpdesk");
    assert_eq!(examples.keys().map(String::as_str).collect::<BTreeSet<_>>(), expected.keys().copied().collect());
    let mut shown = BTreeSet::new();
    for (name, example) in examples {
        let value = &example["value"];
        contract.validate("ToPonte", value).unwrap();
        let (id, opening, kind) = &expected[name.as_str()];
        let events = TicketEvents {
            ticket: TicketId::new("4711"),
            opening: opening.and_then(ConversationId::parse),
            events: vec![AgentEvent { id: SourceId::new(id), kind: kind.clone() }],
        };
        assert_eq!(through_the_endpoint(value), Ok(vec![events]), "{name}");
        shown.extend([&value["type"], &value["data"]["content"]["type"]].map(|kind| kind.as_str().unwrap_or_default()));
    }
    for kind in contract.alternatives("ToPonte").into_iter().chain(contract.alternatives("Content")) {
        assert!(shown.contains(kind.as_str()), "no example of {kind}");
    }
}

/// For each example the event's id, the opening it names, and what it says.
fn expected() -> BTreeMap<&'static str, (&'static str, Option<&'static str>, AgentEventKind)> {
    let text = |text: &str| Some(text.to_owned());
    let ana = Agent { id: text("7"), name: text("Ana Souza") };
    let message = |content| AgentEventKind::Message { contents: vec![content], agent: None };
    let greeting = AgentEventKind::Message {
        contents: vec![Content::text("Olá, Maria! Já vou ver isso. 😀")],
        agent: Some(ana.clone()),
    };
    let file = message(Content::File {
        url: "https://files.example.com/boleto-4711.pdf".to_owned(),
        name: text("boleto.pdf"),
        mime: text("application/pdf"),
        size: Some(48_213),
        caption: text("Segue o boleto"),
    });
    let location = message(Content::Location { latitude: -19.9191, longitude: -43.9386, text: text("Nossa loja") });
    let choices = message(Content::Choices {
        text: "Posso ajudar em algo mais?".to_owned(),
        options: vec!["Sim".to_owned(), "Não".to_owned()],
    });
    let link = message(Content::Link {
        url: "https://www.example.com/trocas".to_owned(),
        title: text("Trocas e devoluções"),
        text: text("Tudo o que você precisa saber"),
    });
    let finance = DeskQueue { id: text("8"), name: text("Financeiro") };
    let transferred = |queue, unassigned| AgentEventKind::Transferred { queue, unassigned, by: None };
    BTreeMap::from([
        ("assigned", ("msg_1", None, AgentEventKind::Assigned { agent: ana })),
        ("text", ("m-1", Some(OPENING), greeting)),
        ("html", ("m-1b", None, message(Content::text("*Pronto!* Veja aqui (https://www.example.com)")))),
        ("numbers", ("90210", None, message(Content::text("Linha um\nLinha dois")))),
        ("file", ("m-2", None, file)),
        ("location", ("m-3", None, location)),
        ("choices", ("m-4", None, choices)),
        ("link", ("m-5", None, link)),
        ("typing", ("msg_1", None, AgentEventKind::Typing { on: true })),
        ("transferred", ("msg_1", None, transferred(Some(finance), false))),
        ("givenBack", ("msg_1", None, transferred(None, true))),
        ("queued", ("msg_1", None, AgentEventKind::Queued { position: 3 })),
        ("onHold", ("msg_1", None, AgentEventKind::OnHold { on: true })),
        ("withdrawn", ("msg_1", None, AgentEventKind::Withdrawn { message: SourceId::exact("m-1"), partly: false })),
        ("closed", ("msg_1", None, AgentEventKind::Closed { service: None })),
        ("closedToService", ("msg_1", None, AgentEventKind::Closed { service: text("pesquisa") })),
    ])
}

#[test]
fn each_example_of_ours_is_read_and_written_unchanged() {
    let contract = Contract::read();
    for kind in keys(contract.at("/webhooks")) {
        for (name, example) in contract.examples(&format!("/webhooks/{kind}")) {
            let value = &example["value"];
            assert_eq!(value["type"], *kind);
            let schema =
                &contract.at(&format!("/webhooks/{kind}"))["post"]["requestBody"]["content"]["application/json"];
            let schema = schema["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            contract.validate(schema, value).unwrap();
            let read: Event<FromPonte> = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), *value, "{kind}: {name}");
            let opening = value["data"]["conversation"].as_str().and_then(ConversationId::parse);
            // A bot asks before there is a conversation.
            let has_one = kind != "availability.requested";
            assert_eq!(opening.is_some(), has_one, "{kind}: {name} shows a conversation that is none");
        }
    }
}

#[test]
fn each_example_of_an_answer_fits() {
    let contract = Contract::read();
    let answers = contract.at("/webhooks/conversation.started/post/responses/2XX/content/application~1json/examples");
    for (name, example) in answers.as_object().unwrap() {
        contract.validate("StartedAnswer", &example["value"]).unwrap();
        let answer: StartedAnswer = serde_json::from_value(example["value"].clone()).unwrap();
        assert_eq!(answer.ticket.is_some(), name != "none");
    }
}
