//! A fake assistant behind Rasa's REST channel, as the helpdesk `helper` meets it: it answers in the call itself.
//!
//! What it says to which words is a script, after the examples of the Helper's page on integrations and of Rasa's documentation
//! (`tests/fixtures/rasa`). The token is asked for in the query, as Rasa's HTTP API does. Whose words come is found out by the first of
//! them, as it stands in the ledger: a sender's name is the bridge's own choice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ledger::{Digest, Direction, Lane};
use crate::message::{Content, contents_of_item};
use crate::samples;
use crate::state::{State, World};
use crate::transport::ConnectionSwitch;

/// The token of its HTTP API.
pub(crate) const TOKEN: &str = "assistant-token-for-tests";
/// What the bridge says when the assistant has no answer, in Portuguese.
const NO_ANSWER: &str = "Não tivemos uma resposta agora. Por favor, tente de outra forma.";

#[derive(Debug)]
struct Assistant {
    world: Arc<World>,
    sessions: Mutex<HashMap<String, Session>>,
}

/// One sender's conversation.
#[derive(Debug)]
struct Session {
    customer: String,
    conversation: String,
    /// Title and payload of the answers that were offered last.
    buttons: Vec<(String, String)>,
    /// As the tracker has them.
    events: Vec<Value>,
    /// Whether it was without an answer before.
    unanswered: bool,
}

#[derive(Deserialize)]
struct UserMessage {
    sender: String,
    message: String,
}

pub(crate) fn routes(world: Arc<World>) -> Router {
    let assistant = Arc::new(Assistant { world, sessions: Mutex::default() });
    Router::new()
        .route("/webhooks/rest/webhook", post(receive))
        .route("/conversations/{sender}/tracker", get(tracker))
        .with_state(assistant)
}

type Token = Query<HashMap<String, String>>;

fn has_token(token: &Token) -> bool {
    token.get("token").map(String::as_str) == Some(TOKEN)
}

async fn receive(
    Shared(assistant): Shared<Arc<Assistant>>,
    ConnectInfo(connection): ConnectInfo<ConnectionSwitch>,
    token: Token,
    Json(said): Json<UserMessage>,
) -> Response {
    let effect = || {
        if !has_token(&token) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let mut sessions = assistant.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        match assistant.world.write(|state| answer(state, &mut sessions, &said)) {
            Some(answer) => Json(answer).into_response(),
            None => StatusCode::BAD_REQUEST.into_response(),
        }
    };
    assistant.world.helpdesk_faults.answer("/webhooks/rest/webhook", &connection, effect).await
}

async fn tracker(Shared(assistant): Shared<Arc<Assistant>>, token: Token, Path(sender): Path<String>) -> Response {
    if !has_token(&token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let sessions = assistant.sessions.lock().unwrap_or_else(PoisonError::into_inner);
    let events = sessions.get(&sender).map(|session| session.events.clone()).unwrap_or_default();
    Json(json!({ "conversation_id": sender, "events": events, "latest_input_channel": "rest" })).into_response()
}

/// Takes the message into the ledger, and answers. `None` when nobody said it.
fn answer(state: &mut State, sessions: &mut HashMap<String, Session>, said: &UserMessage) -> Option<Vec<Value>> {
    if !sessions.contains_key(&said.sender) {
        sessions.insert(said.sender.clone(), begin_session(state, &said.message)?);
    }
    let session = sessions.get_mut(&said.sender)?;
    let lane =
        |direction| Lane { customer: session.customer.clone(), conversation: session.conversation.clone(), direction };
    // A payload is what a button sends; the customer tapped its title.
    let tapped = session.buttons.iter().find(|(_, payload)| *payload == said.message);
    let words = tapped.map_or(said.message.as_str(), |(title, _)| title.as_str());
    state.ledger.see(lane(Direction::ToAgent), Content::from(words), false);
    session.events.push(json!({ "event": "user", "text": said.message }));

    let answer = script(state, &said.message, &said.sender);
    session.buttons.clear();
    for item in &answer {
        for content in contents_of_item(item) {
            let label = state.label("a");
            state.ledger.say(label, lane(Direction::ToCustomer), content, false);
        }
        let buttons = item.get("buttons").and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |button: &Value, key: &str| button.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        session.buttons.extend(buttons.iter().map(|button| (text(button, "title"), text(button, "payload"))));
        session.events.push(json!({ "event": "bot", "text": item.get("text"), "data": { "buttons": buttons } }));
    }
    if answer.is_empty() && !std::mem::replace(&mut session.unanswered, true) {
        // The bridge says so in its own words, once.
        let label = state.label("a");
        state.ledger.say(label, lane(Direction::ToCustomer), Content::from(NO_ANSWER), false);
    }
    Some(answer)
}

/// Whose conversation begins with these words.
fn begin_session(state: &mut State, words: &str) -> Option<Session> {
    let said = state.ledger.sent.iter().find(|sent| {
        sent.lane.direction == Direction::ToAgent && sent.arrived.is_none() && sent.content == Content::from(words)
    });
    let Some(lane) = said.map(|sent| sent.lane.clone()) else {
        state.ledger.faults.push(format!("the assistant was told what nobody said: {words:?}"));
        return None;
    };
    state.ledger.note(&lane.customer, "started", "assistant");
    let (buttons, events) = (Vec::new(), Vec::new());
    Some(Session { customer: lane.customer, conversation: lane.conversation, buttons, events, unanswered: false })
}

/// What it says to these words.
fn script(state: &mut State, words: &str, sender: &str) -> Vec<Value> {
    let item = |mut fields: Value| {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("recipient_id".to_owned(), sender.into());
        }
        fields
    };
    let text = |text: &str| item(json!({ "text": text }));
    match words {
        "conte-me algumas coisas sobre você" => {
            vec![text("Eu posso ajudá-lo a trabalhar de maneira mais inteligente, em vez de mais")]
        }
        "quero avaliar" => {
            let buttons = json!([{ "title": "Sim", "payload": "/affirm" }, { "title": "Não", "payload": "/deny" }]);
            vec![item(json!({ "text": "Você poderia avaliar o meu atendimento?", "buttons": buttons }))]
        }
        "/affirm" => vec![text("Que bom!"), text("De 1 a 5, que nota você me dá?")],
        "/deny" => vec![text("Tudo bem.")],
        "uma foto" => {
            let (photo, manual) = (samples::jpeg(20_011), samples::pdf(30_003));
            let (photo, manual) =
                (host(state, "foto.jpg", "image/jpeg", photo), host(state, "manual.pdf", "application/pdf", manual));
            vec![
                item(json!({ "text": "Aqui está" })),
                item(json!({ "image": photo })),
                item(json!({ "attachment": manual })),
            ]
        }
        "xyzzy" => Vec::new(),
        "tchau" => vec![text("Até logo!"), item(json!({ "custom": { "ponte": "close" } }))],
        "quero outra fila" => {
            vec![
                text("Vou passar você adiante."),
                item(json!({ "custom": { "ponte": "handover", "service": "survey" } })),
            ]
        }
        other => vec![text(&format!("Você disse: {other}"))],
    }
}

fn host(state: &mut State, name: &str, mime: &str, bytes: Vec<u8>) -> String {
    let digest = Digest::of(&bytes);
    let id = state.attachments.put(mime, bytes.into());
    let url = format!("{}/files/{id}/{name}", state.attachments.base);
    state.ledger.upload(&url, digest);
    url
}
