//! A small bridge: it relays naively, keeps everything in memory, copies the files, and can be given a defect.
//!
//! Only to judge the judge. It shares the signing code, and nothing else, with the simulator.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use axum::extract::Path;
use axum::extract::State;
use axum::http::{HeaderMap, header::LOCATION};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::message::Content;
use crate::{Bridge, Endpoint, SigningKey, Simulator};

/// What it does defect, and with which of the messages of each conversation's direction (counted from 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    Nothing,
    ForgetsIds,
    LosesThird,
    RepeatsThird,
    SwapsSecondAndThird,
    TellsTheWrongAgent,
    WritesAfterTheEnd,
    ChangesAByte,
    TellsEveryStatus,
    TellsNoPlace,
    TellsEachPlace,
    TellsOfNoTransfer,
    TellsOfEachTransfer,
    AsksForNoRating,
    WritesNoRatingDown,
    KeepsTheRatingFromTheBot,
}

#[derive(Debug, Default)]
struct Session {
    ticket: String,
    conversation: String,
    /// How far each of the agent's messages has come.
    statuses: HashMap<String, &'static str>,
    counts: [u32; 2],
    held: [Option<Value>; 2],
    known: HashSet<String>,
    /// What the customer was told once: a place in the queue, a transfer.
    told: HashSet<&'static str>,
    /// Whether the customer is asked for a rating at the end, and whether that was done.
    rates: bool,
    asked: bool,
}

#[derive(Debug)]
pub(crate) struct FakeBridge {
    defect: Defect,
    blip: String,
    helpdesk: String,
    /// By the customer's address on Blip. Also serialises all work: order is what a naive bridge gets right this way.
    sessions: tokio::sync::Mutex<HashMap<String, Session>>,
    client: reqwest::Client,
    /// The webhook-ids taken.
    events: Mutex<HashSet<String>>,
    /// The copies of files, and the host under which they are handed out, which no resolver knows.
    copies: Mutex<Vec<Vec<u8>>>,
    host: String,
}

type Shared = State<Arc<FakeBridge>>;

/// Starts it and connects the simulator with it.
pub(crate) async fn bridge(sim: &Simulator, defect: Defect) {
    let client = super::client();
    let (sessions, events, copies) = Default::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let host = format!("fake.execute-api.localhost:{}", listener.local_addr().unwrap().port());
    let fake =
        FakeBridge { defect, blip: sim.blip_url(), helpdesk: sim.events_url(), sessions, client, events, copies, host };
    let routes = Router::new().route("/blip", post(from_blip)).route("/helpdesk", post(from_helpdesk));
    let routes = routes.route("/media/{id}", get(media)).route("/copies/{id}", get(copy));
    tokio::spawn(async move { axum::serve(listener, routes.with_state(Arc::new(fake))).await });
    let endpoint = |path: &str| Endpoint { url: format!("{base}{path}"), host: Some("fake.localhost".into()) };
    sim.connect(Bridge { blip_webhook: endpoint("/blip"), helpdesk_callback: endpoint("/helpdesk") });
}

async fn from_blip(State(fake): Shared, Json(envelope): Json<Value>) {
    let mut sessions = fake.sessions.lock().await;
    if envelope.get("event").is_some() {
        return fake.receipt(&mut sessions, &envelope).await;
    }
    let from = envelope["from"].as_str().unwrap().to_owned();
    if envelope["type"] == "application/vnd.lime.chatstate+json" {
        if let Some(session) = sessions.get(&from) {
            let on = envelope["content"]["state"] == "composing";
            let data = json!({"ticket": session.ticket, "conversation": session.conversation, "on": on});
            fake.event("customer.typing", &data).await;
        }
        return;
    }
    let new = !sessions.contains_key(&from);
    if new {
        let conversation = uuid::Uuid::new_v4().to_string();
        let ticket = fake.open(&from, &conversation, &envelope).await;
        let rates = !envelope["content"]["ponte"].is_null();
        sessions.insert(from.clone(), Session { ticket, conversation, rates, ..Session::default() });
    }
    if sessions.get(&from).is_some_and(|session| session.asked) {
        let session = sessions.remove(&from).unwrap();
        return fake.rated(&from, &session.ticket, envelope["content"].as_str().unwrap()).await;
    }
    let id = from.strip_suffix("@desk.msging.net/Webhook");
    if let (true, Some(id)) = (new, id) {
        let open = json!({"id": id, "status": "Open", "agentIdentity": "a%40b@blip.ai"});
        fake.command("set", "desk", "/tickets/change-status", open).await;
    }
    if new {
        fake.to_blip(&from, "greeting", "text/plain", json!("Olá! Já vamos atender.")).await;
    }
    if let (true, Some(id)) = (new, id) {
        let uri = format!("/tickets/{id}/messages?$ascending=true");
        let list = fake.command("get", "desk", &uri, Value::Null).await;
        for item in list["resource"]["items"].as_array().unwrap() {
            if item["direction"] == "sent" {
                fake.word_to_agent(&mut sessions, &from, item).await;
            }
        }
    } else if envelope["content"]["ponte"].is_null() {
        fake.word_to_agent(&mut sessions, &from, &envelope).await;
    }
}

/// The team that the customer's choice in the bot leads to.
fn routed(envelope: &Value) -> Value {
    let content = &envelope["content"];
    if content["ponte"]["queue"] == "billing" { json!("Financeiro") } else { content["team"].clone() }
}

/// As the bridge does it: the link for people leads on to a signed one. Both are looked at under the right name only.
async fn media(State(fake): Shared, headers: HeaderMap, Path(id): Path<usize>) -> impl IntoResponse {
    assert_eq!(headers["host"], fake.host);
    let port = fake.host.rsplit(':').next().unwrap();
    (axum::http::StatusCode::FOUND, [(LOCATION, format!("http://copies.s3.localhost:{port}/copies/{id}?X-Amz=a%2Fb"))])
}

async fn copy(State(fake): Shared, headers: HeaderMap, Path(id): Path<usize>) -> Vec<u8> {
    assert!(headers["host"].to_str().unwrap().starts_with("copies.s3.localhost:"));
    fake.copies.lock().unwrap()[id].clone()
}

async fn from_helpdesk(State(fake): Shared, headers: HeaderMap, Json(event): Json<Value>) {
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    if !fake.events.lock().unwrap().insert(id) && fake.defect != Defect::ForgetsIds {
        return;
    }
    let data = &event["data"];
    let mut sessions = fake.sessions.lock().await;
    let (address, session) = sessions.iter_mut().find(|(_, session)| session.ticket == data["ticket"]).unwrap();
    let address = address.clone();
    match event["type"].as_str().unwrap() {
        "agent.assigned" => {
            let text = format!("Você está falando com {}.", data["agent"]["name"].as_str().unwrap());
            let id = format!("joined.{}", data["agent"]["id"].as_str().unwrap());
            fake.to_blip(&address, &id, "text/plain", json!(text)).await;
        }
        "agent.typing" => {
            let body = json!({"to": address, "type": "application/vnd.lime.chatstate+json", "content": {"state": "composing"}});
            fake.send(&body).await;
        }
        "agent.message" => {
            let content: Content = serde_json::from_value(data["content"].clone()).unwrap();
            let content = fake.copied(content, "").await;
            let (mime, value) = content.to_blip();
            for (part, word) in fake.apply_defect(session, 1, json!([mime, value])).into_iter().enumerate() {
                let id = format!("{part}.VA.{}", data["id"].as_str().unwrap());
                fake.to_blip(&address, &id, word[0].as_str().unwrap(), word[1].clone()).await;
            }
        }
        "conversation.queued" => {
            if fake.defect == Defect::TellsEachPlace
                || !session.told.contains("place") && fake.defect != Defect::TellsNoPlace
            {
                session.told.insert("place");
                let text = format!("Você é o número {} da fila.", data["position"]);
                fake.to_blip(&address, &format!("place-{}", data["position"]), "text/plain", json!(text)).await;
            }
        }
        "conversation.transferred" => {
            let tells = !session.told.contains("transfer") && fake.defect != Defect::TellsOfNoTransfer;
            if fake.defect == Defect::TellsOfEachTransfer || tells {
                session.told.insert("transfer");
                let text =
                    format!("Você foi encaminhado para {}.", data["queue"]["name"].as_str().unwrap_or("outra fila"));
                fake.to_blip(&address, "transferred", "text/plain", json!(text)).await;
            }
        }
        _ if session.rates && fake.defect != Defect::AsksForNoRating => {
            session.asked = true;
            fake.to_blip(&address, "rating", "text/plain", json!("De 1 a 5, como foi o atendimento?")).await;
        }
        _ => {
            sessions.remove(&address);
            fake.close(&address, &data["ticket"], json!({})).await;
        }
    }
}

impl FakeBridge {
    async fn open(&self, from: &str, conversation: &str, envelope: &Value) -> String {
        let ticket = from.ends_with("/Webhook");
        let originator = envelope["metadata"]["#tunnel.originator"].as_str();
        let identity = originator.or(envelope["content"]["customerIdentity"].as_str()).unwrap();
        let contact = self.command("get", "crm", &format!("/contacts/{identity}"), Value::Null).await;
        let owner = if ticket { "" } else { "lime://examplerouter@msging.net" };
        let thread = self.command("get", "", &format!("{owner}/threads/{identity}?$take=50"), Value::Null).await;
        let line = |item: &Value| json!({"author": "bot", "text": item["content"]});
        let lines: Vec<Value> = thread["resource"]["items"].as_array().unwrap().iter().rev().map(line).collect();
        let data = json!({
            "conversation": conversation, "origin": {"mode": "router"}, "notices": [],
            "customer": {
                "id": "x", "name": contact["resource"]["name"], "phone": contact["resource"]["phoneNumber"],
                "email": contact["resource"]["email"], "address": identity,
            },
            "transcript": {"available": true, "messages": lines},
            "routing": {"queue": routed(envelope)},
        });
        self.event("conversation.started", &data).await["ticket"].as_str().unwrap().to_owned()
    }

    /// The id names the conversation and the agent's message; the bridge's own texts have no receipts.
    async fn receipt(&self, sessions: &mut HashMap<String, Session>, envelope: &Value) {
        let id = envelope["id"].as_str().unwrap().trim_start_matches("fwd:");
        let parts: Vec<&str> = id.split('.').collect();
        let status = ["received", "consumed"].into_iter().find(|status| envelope["event"] == *status);
        let (Some(status), &["ponte", name, _, _, message]) = (status, parts.as_slice()) else { return };
        let Some((_, session)) = sessions.iter_mut().find(|(from, _)| from.split('@').next() == Some(name)) else {
            return;
        };
        let before = session.statuses.insert(message.to_owned(), status);
        if before == Some("consumed") && self.defect != Defect::TellsEveryStatus {
            session.statuses.insert(message.to_owned(), "consumed");
            return;
        }
        let data = json!({"ticket": session.ticket, "conversation": session.conversation, "message": message, "status": status});
        self.event("message.status", &data).await;
    }

    /// The same content with a link to a copy of ours; the first of them may be wrong by one byte.
    async fn copied(&self, content: Content, authorization: &str) -> Content {
        let Content::File { url, name, size, caption, .. } = content else { return content };
        let response = self.client.get(&url).header("authorization", authorization).send().await.unwrap();
        assert_eq!(response.status(), 200, "{url}");
        let mut bytes = response.bytes().await.unwrap().to_vec();
        let mut copies = self.copies.lock().unwrap();
        if self.defect == Defect::ChangesAByte && copies.is_empty() {
            *bytes.last_mut().unwrap() ^= 1;
        }
        let (url, kind) = (format!("http://{}/media/{}", self.host, copies.len()), sniffed(&bytes));
        copies.push(bytes);
        let name = name.or_else(|| Some("sem-nome".to_owned()));
        Content::File { url, name, mime: Some(kind.to_owned()), size, caption }
    }

    /// An id is known in a conversation, except by the bridge with the defect of taking messages twice.
    async fn word_to_agent(&self, sessions: &mut HashMap<String, Session>, from: &str, message: &Value) {
        let content = Content::from_blip(message["type"].as_str().unwrap(), &message["content"]).unwrap();
        let session = sessions.get_mut(from).unwrap();
        if !session.known.insert(message["id"].to_string()) && self.defect != Defect::ForgetsIds {
            return;
        }
        let realm = message["content"].get("authorizationRealm").is_some();
        let content = self.copied(content, if realm { "Key a2V5" } else { "" }).await;
        let words = self.apply_defect(session, 0, json!(content));
        let ticket = session.ticket.clone();
        for (index, word) in words.into_iter().enumerate() {
            let data = |ticket: &str| json!({"ticket": ticket, "message": {"id": format!("{}/{index}", message["id"]), "content": word}});
            self.event("message.created", &data(&ticket)).await;
            let other =
                sessions.values().find(|session| session.ticket != ticket).map(|session| session.ticket.clone());
            if let (Defect::TellsTheWrongAgent, Some(other)) = (self.defect, other) {
                self.event("message.created", &data(&other)).await;
            }
        }
    }

    fn apply_defect(&self, session: &mut Session, way: usize, word: Value) -> Vec<Value> {
        session.counts[way] += 1;
        match (self.defect, session.counts[way]) {
            (Defect::LosesThird, 3) => vec![],
            (Defect::RepeatsThird, 3) => vec![word.clone(), word],
            (Defect::SwapsSecondAndThird, 2) => {
                session.held[way] = Some(word);
                vec![]
            }
            (Defect::SwapsSecondAndThird, 3) => vec![word, session.held[way].take().unwrap()],
            _ => vec![word],
        }
    }

    /// The score goes to the ticket, and with the customer to the bot.
    async fn rated(&self, address: &str, ticket: &str, score: &str) {
        self.to_blip(address, "thanks", "text/plain", json!("Obrigado pela avaliação!")).await;
        if self.defect != Defect::WritesNoRatingDown {
            let note = json!({"type": "text", "text": format!("Avaliação do cliente: {score} de 5.")});
            let data = json!({"ticket": ticket, "message": {"id": "rating", "content": note, "note": true}});
            self.event("message.created", &data).await;
        }
        let score: u8 = score.parse().unwrap();
        self.event("conversation.rated", &json!({"ticket": ticket, "score": score, "scale": 5, "asked_by": "bridge"}))
            .await;
        let mut ponte = json!({"ended": "agent", "rating": score});
        if self.defect == Defect::KeepsTheRatingFromTheBot {
            ponte["rating"].take();
        }
        let context = json!({"type": "application/json", "value": {"ponte": ponte}});
        self.close(address, &json!(ticket), json!({"context": context})).await;
    }

    async fn close(&self, address: &str, ticket: &Value, redirect: Value) {
        self.to_blip(address, "closing", "text/plain", json!("Atendimento encerrado.")).await;
        if let Some(id) = address.strip_suffix("@desk.msging.net/Webhook") {
            let closed = json!({"id": id, "status": "ClosedAttendant"});
            self.command("set", "desk", "/tickets/change-status", closed).await;
        } else {
            self.to_blip(address, "redirect", "application/vnd.lime.redirect+json", redirect).await;
        }
        if self.defect == Defect::WritesAfterTheEnd {
            self.to_blip(address, "closing2", "text/plain", json!("Até logo!")).await;
        }
        self.event("conversation.ended", &json!({"ticket": ticket, "reason": "agent"})).await;
    }

    async fn to_blip(&self, to: &str, id: &str, mime: &str, content: Value) {
        let id = format!("ponte.{}.{id}", to.split('@').next().unwrap());
        self.send(&json!({"id": id, "to": to, "type": mime, "content": content})).await;
    }

    async fn send(&self, body: &Value) {
        let request = self.client.post(format!("{}/messages", self.blip)).header("authorization", "Key a2V5");
        assert_eq!(request.body(body.to_string()).send().await.unwrap().status(), 202);
    }

    async fn command(&self, method: &str, domain: &str, uri: &str, resource: Value) -> Value {
        let to = if domain.is_empty() { None } else { Some(format!("postmaster@{domain}.msging.net")) };
        let body = json!({"id": "1", "to": to, "method": method, "uri": uri, "resource": resource});
        let request = self.client.post(format!("{}/commands", self.blip)).header("authorization", "Key a2V5");
        request.body(body.to_string()).send().await.unwrap().json().await.unwrap()
    }

    async fn event(&self, kind: &str, data: &Value) -> Value {
        let body = json!({"type": kind, "timestamp": "2026-11-20T12:02:00Z", "data": data}).to_string();
        let (id, now) = (uuid::Uuid::new_v4().to_string(), crate::clock::now_seconds());
        let signature = SigningKey::parse(super::SECRET).unwrap().sign(&id, now, body.as_bytes()).unwrap();
        let request = self.client.post(&self.helpdesk).header("webhook-id", id);
        let request = request.header("webhook-timestamp", now).header("webhook-signature", signature);
        let response = request.body(body).send().await.unwrap();
        assert!(response.status().is_success());
        response.json().await.unwrap_or_default()
    }
}

/// What the first bytes say; a bridge may trust them more than what the sender says.
fn sniffed(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xFF, 0xD8, ..] => "image/jpeg",
        [0x89, b'P', ..] => "image/png",
        [b'O', b'g', ..] => "audio/ogg",
        _ => "application/octet-stream",
    }
}
