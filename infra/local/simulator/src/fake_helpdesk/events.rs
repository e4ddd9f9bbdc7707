//! The endpoint for the bridge's events: signature first, then once for each webhook-id, then the effect.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

use super::{files, presence};
use crate::clock;
use crate::json::text;
use crate::ledger::{Direction, Lane};
use crate::message::Content;
use crate::signature::SignatureHeaders;
use crate::state::{Conversation, State, World};
use crate::transport::ConnectionSwitch;

type Request = (Shared<Arc<World>>, ConnectInfo<ConnectionSwitch>, HeaderMap, Bytes);
/// The body of a good answer, or status and reason.
type Answer = Result<Option<Value>, (StatusCode, String)>;

pub(crate) fn routes(world: Arc<World>) -> Router {
    Router::new().route("/events", post(post_event)).with_state(world.clone()).merge(files::routes(world))
}

async fn post_event((Shared(world), ConnectInfo(connection), headers, body): Request) -> Response {
    let event: Value = serde_json::from_slice(&body).unwrap_or_default();
    let data = event.get("data").cloned().unwrap_or_default();
    let [kind, ticket, conversation] =
        [text(&event, "type"), text(&data, "ticket"), text(&data, "conversation")].map(Option::unwrap_or_default);
    // A conversation that was not taken yet is known by whose it is.
    let [address, blip_ticket] = ["/customer/address", "/origin/blip_ticket"]
        .map(|path| data.pointer(path).and_then(Value::as_str).unwrap_or_default());
    let line = format!("/events {kind} {ticket} {conversation} {address} {blip_ticket}");
    let line = line.trim_end();
    let effect = || {
        let answer = take(&world, &headers, &body, &event);
        match answer {
            Ok(Some(body)) => axum::Json(body).into_response(),
            Ok(None) => StatusCode::NO_CONTENT.into_response(),
            Err((status, reason)) => {
                let fault = format!("helpdesk answered {status}: {reason}");
                world.write(|state| state.ledger.faults.push(fault));
                status.into_response()
            }
        }
    };
    world.helpdesk_faults.answer(line, &connection, effect).await
}

fn take(world: &World, headers: &HeaderMap, body: &[u8], event: &Value) -> Answer {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = SignatureHeaders {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
    };
    let verified = world.key.verify(signed, body, clock::now_seconds());
    verified.map_err(|why| (StatusCode::UNAUTHORIZED, why.to_string()))?;
    if signed.id.is_empty() {
        return Err((StatusCode::UNAUTHORIZED, "no webhook-id".to_owned()));
    }
    world.write(|state| {
        if let Some(answer) = state.answered.get(signed.id).cloned() {
            state.ledger.redelivered += 1;
            return Ok(answer);
        }
        let answer = apply(state, event)?;
        state.answered.insert(signed.id.to_owned(), answer.clone());
        Ok(answer)
    })
}

fn apply(state: &mut State, event: &Value) -> Answer {
    let bad = |reason: &str| (StatusCode::BAD_REQUEST, format!("{reason}: {event}"));
    let kind = text(event, "type").ok_or_else(|| bad("no type"))?;
    text(event, "timestamp").ok_or_else(|| bad("no timestamp"))?;
    let data = event.get("data").ok_or_else(|| bad("no data"))?;
    if kind == "conversation.started" {
        let id = text(data, "conversation").ok_or_else(|| bad("no conversation"))?;
        return Ok(start(state, id, data, event));
    }
    if kind == "availability.requested" {
        if data.get("queue").is_some_and(|queue| !queue.is_string()) {
            return Err(bad("a queue that is no name"));
        }
        return Ok(Some(json!({"staffed": !state.helpdesk.nobody_there})));
    }
    let index = find(state, data).ok_or_else(|| (StatusCode::NOT_FOUND, format!("no such ticket: {data}")))?;
    let gone = state.helpdesk.closed_is_gone;
    let conversation = state.conversations.get_mut(index).ok_or_else(|| bad("no such ticket"))?;
    if text(data, "ticket").is_some_and(|ticket| ticket != conversation.ticket) {
        return Err(bad("the ticket is not the conversation's"));
    }
    let (customer, name) = (conversation.customer.clone(), conversation.conversation.clone());
    match kind {
        "message.created" => {
            let message = data.get("message").ok_or_else(|| bad("no message"))?;
            text(message, "id").ok_or_else(|| bad("a message without id"))?;
            let content = message.get("content").cloned().unwrap_or_default();
            let content: Content = serde_json::from_value(content).map_err(|error| bad(&error.to_string()))?;
            if conversation.closed && gone {
                return Err((StatusCode::GONE, format!("ticket {} is closed", conversation.ticket)));
            }
            conversation.events.push(event.clone());
            let lane = Lane { customer, conversation: name, direction: Direction::ToAgent };
            // A note is the bridge's own: nobody on the other side said it.
            let is_note = message.get("note").and_then(Value::as_bool) == Some(true);
            state.ledger.see(lane, content, is_note);
        }
        "message.failed" => {
            let message = text(data, "message").ok_or_else(|| bad("no message"))?;
            let reason = data.get("reason").ok_or_else(|| bad("no reason"))?;
            conversation.events.push(event.clone());
            state.ledger.refuse(message, reason.to_string());
            state.ledger.note(&customer, "failed", text(reason, "text").unwrap_or_default());
        }
        "conversation.ended" => {
            let reason = text(data, "reason").ok_or_else(|| bad("no reason"))?;
            conversation.events.push(event.clone());
            conversation.ended = Some(reason.to_owned());
            state.ledger.note(&customer, "ended", reason);
        }
        "conversation.rated" => {
            let number = |key: &str| data.get(key).and_then(Value::as_u64);
            let (score, scale) = number("score").zip(number("scale")).ok_or_else(|| bad("no score or scale"))?;
            if score == 0 || score > scale {
                return Err(bad("a score that is not on the scale"));
            }
            conversation.events.push(event.clone());
            state.ledger.note(&customer, "rated", format!("{score} of {scale}"));
        }
        "message.status" => presence::take_status(conversation, &mut state.ledger, event)?,
        "customer.typing" => presence::take_typing(conversation, &mut state.ledger, event)?,
        _ => return Err(bad("an event that the contract does not know")),
    }
    Ok(None)
}

/// Opens the helpdesk's ticket, once for each conversation of the bridge.
fn start(state: &mut State, id: &str, data: &Value, event: &Value) -> Option<Value> {
    if let Some(known) = state.conversations.iter().find(|one| one.id == id) {
        let ticket = json!({"ticket": known.ticket});
        state.ledger.faults.push(format!("conversation {id} was started twice, under two webhook-ids"));
        return Some(ticket);
    }
    let (customer, conversation) = name(state, data);
    let without_numbers = state.helpdesk.without_numbers;
    let ticket = if without_numbers { id.to_owned() } else { format!("T-{}", 1001 + state.conversations.len()) };
    state.ledger.note(&customer, "started", &*ticket);
    let answer = (!without_numbers).then(|| json!({"ticket": ticket}));
    let (started, events) = (data.clone(), vec![event.clone()]);
    let id = id.to_owned();
    state.conversations.push(Conversation {
        id,
        ticket,
        customer,
        conversation,
        started,
        events,
        agent: None,
        queue: None,
        closed: false,
        ended: None,
    });
    answer
}

/// Whose conversation it is, for the ledger: by Blip's ticket, else by the customer's address or phone; a customer's
/// conversations are told apart by their order.
fn name(state: &mut State, data: &Value) -> (String, String) {
    let customer = data.get("customer").cloned().unwrap_or_default();
    let ticket = data.get("origin").and_then(|origin| text(origin, "blip_ticket"));
    if let Some(ticket) = ticket.and_then(|id| state.tickets.get(id.split('@').next().unwrap_or(id))) {
        let (index, conversation) = (ticket.person, ticket.conversation.clone());
        if let Ok(person) = state.person(index) {
            person.started += 1;
            return (person.name.clone(), conversation);
        }
    }
    let (address, phone) = (text(&customer, "address"), text(&customer, "phone").map(digits));
    // The REST channel knows a sender's name and nothing else.
    let sender =
        if data.pointer("/origin/mode").is_some_and(|mode| mode == "rest") { text(&customer, "name") } else { None };
    let person = state.people.iter_mut().find(|person| {
        let known = [Some(&person.profile.identity), person.tunnel.as_ref()];
        let by_address =
            address.is_some_and(|address| known.into_iter().flatten().any(|one| one.eq_ignore_ascii_case(address)));
        by_address
            || sender == Some(person.name.as_str())
            || (phone.is_some() && person.profile.phone.as_deref().map(digits) == phone)
    });
    let Some(person) = person else {
        state.ledger.faults.push(format!("a conversation of a customer nobody knows: {customer}"));
        return ("unknown".to_owned(), format!("unknown#{}", state.conversations.len() + 1));
    };
    person.started += 1;
    // A conversation that the bridge began on its own has its number all the same, so that the next one is named right.
    person.begun = person.begun.max(person.started);
    (person.name.clone(), format!("{}#{}", person.name, person.started))
}

fn find(state: &State, data: &Value) -> Option<usize> {
    let (ticket, id) = (text(data, "ticket"), text(data, "conversation"));
    let fits = |one: &Conversation| match id {
        Some(id) => one.id == id,
        None => Some(one.ticket.as_str()) == ticket,
    };
    state.conversations.iter().rposition(fits)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
