//! An assistant behind Rasa's REST channel, as the helpdesk `helper` meets it: it answers in the call itself.
//!
//! What it says to which words is a script, after the examples of the Helper's page on integrations and of Rasa's documentation
//! (`tests/fixtures/rasa`). The token is asked for in the query, as Rasa's HTTP API does. Whose words come is found out by the first of
//! them, as it stands in the ledger: a sender's name is the bridge's own affair.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{ConnectInfo, Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::content::Content;
use crate::files::Digest;
use crate::ledger::{Direction, Lane};
use crate::samples;
use crate::wire::Wire;
use crate::world::{State, World};

/// The token of its HTTP API.
pub const TOKEN: &str = "assistant-token-for-tests";
/// What the bridge says when the assistant has no answer, in Portuguese.
const NO_ANSWER: &str = "Não tivemos uma resposta agora. Por favor, tente de outra forma.";

#[derive(Debug)]
struct Room {
    world: Arc<World>,
    talks: Mutex<HashMap<String, Talk>>,
}

/// One sender's conversation.
#[derive(Debug)]
struct Talk {
    customer: String,
    conversation: String,
    /// Title and payload of the answers that were offered last.
    buttons: Vec<(String, String)>,
    /// As the tracker has them.
    events: Vec<Value>,
    /// Whether it was without an answer before.
    speechless: bool,
}

#[derive(Deserialize)]
struct Said {
    sender: String,
    message: String,
}

pub(crate) fn routes(world: Arc<World>) -> Router {
    let room = Arc::new(Room { world, talks: Mutex::default() });
    Router::new()
        .route("/webhooks/rest/webhook", post(hear))
        .route("/conversations/{sender}/tracker", get(tracker))
        .with_state(room)
}

type Token = Query<HashMap<String, String>>;

fn known(token: &Token) -> bool {
    token.get("token").map(String::as_str) == Some(TOKEN)
}

async fn hear(
    Shared(room): Shared<Arc<Room>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    token: Token,
    Json(said): Json<Said>,
) -> Response {
    let effect = || {
        if !known(&token) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let mut talks = room.talks.lock().unwrap_or_else(PoisonError::into_inner);
        match room.world.write(|state| take(state, &mut talks, &said)) {
            Some(answer) => Json(answer).into_response(),
            None => StatusCode::BAD_REQUEST.into_response(),
        }
    };
    room.world.helpdesk_faults.answer("/webhooks/rest/webhook", &wire, effect).await
}

async fn tracker(Shared(room): Shared<Arc<Room>>, token: Token, Path(sender): Path<String>) -> Response {
    if !known(&token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let talks = room.talks.lock().unwrap_or_else(PoisonError::into_inner);
    let events = talks.get(&sender).map(|talk| talk.events.clone()).unwrap_or_default();
    Json(json!({ "conversation_id": sender, "events": events, "latest_input_channel": "rest" })).into_response()
}

/// Hears the words, and answers. `None` when nobody said them.
fn take(state: &mut State, talks: &mut HashMap<String, Talk>, said: &Said) -> Option<Vec<Value>> {
    if !talks.contains_key(&said.sender) {
        talks.insert(said.sender.clone(), begin(state, &said.message)?);
    }
    let talk = talks.get_mut(&said.sender)?;
    let lane = |direction| Lane { customer: talk.customer.clone(), conversation: talk.conversation.clone(), direction };
    // A payload is what a button sends; the customer tapped its title.
    let tapped = talk.buttons.iter().find(|(_, payload)| *payload == said.message);
    let words = tapped.map_or(said.message.as_str(), |(title, _)| title.as_str());
    state.ledger.see(lane(Direction::ToAgent), Content::from(words), false);
    talk.events.push(json!({ "event": "user", "text": said.message }));

    let answer = script(state, &said.message, &said.sender);
    talk.buttons.clear();
    for item in &answer {
        for content in contents(item) {
            let label = state.label("a");
            state.ledger.say(label, lane(Direction::ToCustomer), content, false);
        }
        let buttons = item.get("buttons").and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |button: &Value, key: &str| button.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        talk.buttons.extend(buttons.iter().map(|button| (text(button, "title"), text(button, "payload"))));
        talk.events.push(json!({ "event": "bot", "text": item.get("text"), "data": { "buttons": buttons } }));
    }
    if answer.is_empty() && !std::mem::replace(&mut talk.speechless, true) {
        // The bridge says so in its own words, once.
        let label = state.label("a");
        state.ledger.say(label, lane(Direction::ToCustomer), Content::from(NO_ANSWER), false);
    }
    Some(answer)
}

/// Whose conversation begins with these words.
fn begin(state: &mut State, words: &str) -> Option<Talk> {
    let said = state.ledger.sent.iter().find(|sent| {
        sent.lane.direction == Direction::ToAgent && sent.arrived.is_none() && sent.content == Content::from(words)
    });
    let Some(lane) = said.map(|sent| sent.lane.clone()) else {
        state.ledger.faults.push(format!("the assistant was told what nobody said: {words:?}"));
        return None;
    };
    state.ledger.note(&lane.customer, "started", "assistant");
    let (buttons, events) = (Vec::new(), Vec::new());
    Some(Talk { customer: lane.customer, conversation: lane.conversation, buttons, events, speechless: false })
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

/// What a person sees of an item of Rasa's REST channel.
pub(crate) fn contents(item: &Value) -> Vec<Content> {
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    let titles = item.get("buttons").and_then(Value::as_array).map(|buttons| {
        buttons.iter().filter_map(|button| button.get("title")?.as_str().map(str::to_owned)).collect::<Vec<_>>()
    });
    let words = match (text("text"), titles) {
        (Some(text), Some(options)) => Some(Content::Choices { text: text.to_owned(), options }),
        (Some(text), None) => Some(Content::from(text)),
        (None, _) => None,
    };
    let file = |url: &str| Content::File { url: url.to_owned(), name: None, mime: None, size: None, caption: None };
    words.into_iter().chain([text("image"), text("attachment")].into_iter().flatten().map(file)).collect()
}
