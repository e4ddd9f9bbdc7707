//! What is done to one conversation. Each asks once.

use axum::{
    extract::{Form, Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use operations::{
    conversations::{self, Closing, Selector, StateName},
    parked::{Detail, Which},
};
use ponte::conversation::CustomerRecord;
use serde::Deserialize;

use super::{conversation::record, words};
use crate::{
    Console,
    confirm::{Question, ask},
    fault::Fault,
    masked,
    page::{Reader, Screen, name},
};

/// The longest name of a router's service that is taken.
const MAX_SERVICE: usize = 100;

fn what_about(reader: &Reader, record: &CustomerRecord, then: &str) -> Markup {
    html! {
        p class="lead" {
            b { (name(&masked::customer(record))) } " "
            @if let Some(ticket) = &record.ticket { (reader.say("ticket ", "ticket ")) (name(ticket.as_str())) " " }
            (words::state(reader, StateName::of(record.state)))
        }
        p { (then) }
    }
}

fn question(
    reader: &Reader,
    record: &CustomerRecord,
    what: &str,
    (title, then, button): (&str, &str, &str),
    fields: Markup,
) -> Response {
    let back = format!("/conversations/{}", record.key.as_str());
    let body = what_about(reader, record, then);
    let action = format!("{back}/{what}");
    let is_final = what != "customer";
    ask(
        reader,
        &Question { here: Screen::Conversations, title, body, action: &action, fields, button, is_final, back: &back },
    )
}

/// Asks whether this is to be done to the conversation of a key in an address.
async fn asks(
    console: &Console,
    reader: &Reader,
    key: &str,
    what: &str,
    words: (&str, &str, &str),
    fields: impl Fn(&CustomerRecord) -> Markup,
) -> Result<Response, Fault> {
    let record = record(console, key).await?;
    Ok(question(reader, &record, what, words, fields(&record)))
}

fn id(record: &CustomerRecord) -> Markup {
    // What is confirmed is this conversation, not the one that the customer may have by then.
    html! { input type="hidden" name="conversation" value=(record.opening.as_str()); }
}

pub(crate) async fn ask_close(
    State(console): State<Console>,
    reader: Reader,
    Path(key): Path<String>,
) -> Result<Response, Fault> {
    let words = (
        reader.say("Close this conversation?", "Encerrar esta conversa?"),
        reader.say(
            "As its agent would: the customer goes back to the bot, and the helpdesk is told.",
            "Como o atendente faria: o cliente volta para o bot, e o helpdesk é avisado.",
        ),
        reader.say("Close it", "Encerrar"),
    );
    let fields = |record: &CustomerRecord| {
        html! {
            (id(record))
            p { label { (reader.say("The router's service that the customer goes to, if not the usual one", "Serviço do roteador para onde o cliente vai, se não o de sempre"))
                input name="service" maxlength=(MAX_SERVICE) autocomplete="off"; } }
        }
    };
    asks(&console, &reader, &key, "close", words, fields).await
}

pub(crate) async fn ask_hand_back(
    State(console): State<Console>,
    reader: Reader,
    Path(key): Path<String>,
) -> Result<Response, Fault> {
    let words = (
        reader.say("Hand this customer back?", "Devolver este cliente ao bot?"),
        reader.say(
            "As if nobody had answered: the customer goes back to the bot. The ticket stays open, and its agent reads that the customer went.",
            "Como se ninguém tivesse respondido: o cliente volta para o bot. O ticket fica aberto, e o atendente lê que o cliente foi.",
        ),
        reader.say("Hand back", "Devolver ao bot"),
    );
    asks(&console, &reader, &key, "hand-back", words, id).await
}

pub(crate) async fn ask_replay(
    State(console): State<Console>,
    reader: Reader,
    Path(key): Path<String>,
) -> Result<Response, Fault> {
    let words = (
        reader.say(
            "Send the parked messages of this conversation back?",
            "Reenviar as mensagens retidas desta conversa?",
        ),
        reader.say(
            "They go back to their queues in order. What had its effect already is not repeated.",
            "Elas voltam para as filas em ordem. O que já teve efeito não se repete.",
        ),
        reader.say("Send back", "Reenviar"),
    );
    asks(&console, &reader, &key, "replay", words, |_| html! {}).await
}

pub(crate) async fn ask_customer(
    State(console): State<Console>,
    reader: Reader,
    Path(key): Path<String>,
) -> Result<Response, Fault> {
    let words = (
        reader.say("Show who it is?", "Mostrar quem é?"),
        reader.say(
            "The customer's address, which may be a phone number, and the agent's name. That you looked is written down.",
            "O endereço do cliente, que pode ser um telefone, e o nome do atendente. Fica registrado que você olhou.",
        ),
        reader.say("Show", "Mostrar"),
    );
    asks(&console, &reader, &key, "customer", words, |_| html! {}).await
}

#[derive(Deserialize)]
pub(crate) struct Close {
    conversation: String,
    #[serde(default)]
    service: String,
}

impl Close {
    fn id(&self) -> Result<ponte::message::ConversationId, Fault> {
        match Selector::parse(&self.conversation) {
            Ok(Selector::Conversation(id)) => Ok(id),
            _ => Err(Fault::not_found()),
        }
    }
}

async fn seen(console: &Console, key: &str, outcome: Closing, done: &str) -> Response {
    console.open.forget().await;
    let done = if outcome == Closing::ClosedAlready { "closed-already" } else { done };
    Redirect::to(&format!("/conversations/{key}?done={done}")).into_response()
}

pub(crate) async fn close(
    State(console): State<Console>,
    reader: Reader,
    Form(form): Form<Close>,
) -> Result<Response, Fault> {
    let service = Some(form.service.trim()).filter(|service| !service.is_empty());
    if service.is_some_and(|service| service.chars().count() > MAX_SERVICE || service.chars().any(char::is_control)) {
        return Err(Fault::wrong(reader.say("This is no service's name.", "Isto não é nome de serviço.")));
    }
    let closed = conversations::close(&console.acting(&reader.operator), &form.id()?, service).await?;
    Ok(seen(&console, closed.conversation.conversation().as_str(), closed.outcome, "close").await)
}

pub(crate) async fn hand_back(
    State(console): State<Console>,
    reader: Reader,
    Form(form): Form<Close>,
) -> Result<Response, Fault> {
    let closed = conversations::hand_back(&console.acting(&reader.operator), &form.id()?).await?;
    Ok(seen(&console, closed.conversation.conversation().as_str(), closed.outcome, "hand-back").await)
}

pub(crate) async fn replay(
    State(console): State<Console>,
    reader: Reader,
    Path(key): Path<String>,
) -> Result<Response, Fault> {
    let record = record(&console, &key).await?;
    let which = Which::One(record.key.as_str().to_owned());
    let replayed = operations::parked::replay(&console.acting(&reader.operator), None, &which, |_| ()).await?;
    let link = format!("/conversations/{}?done=replay&n={}", record.key.as_str(), replayed.replayed);
    Ok(Redirect::to(&link).into_response())
}

pub(crate) async fn customer(
    State(console): State<Console>,
    reader: Reader,
    Path(key): Path<String>,
) -> Result<Response, Fault> {
    let record = record(&console, &key).await?;
    let whom = Selector::Key(record.key.clone());
    let view = conversations::show(&console.acting(&reader.operator), &whom, Detail::Personal).await?;
    let back = format!("/conversations/{}", record.key.as_str());
    let body = html! {
        dl class="facts" {
            div { dt { (reader.say("Address", "Endereço")) } dd { (name(view.address.as_deref().unwrap_or("–"))) } }
            div { dt { (reader.say("Agent", "Atendente")) } dd { (name(view.agent_name.as_deref().unwrap_or("–"))) } }
        }
        p { a href=(back) { (reader.say("Back to the conversation", "Voltar à conversa")) } }
    };
    Ok(reader.page(Screen::Conversations, reader.say("Who it is", "Quem é"), &body))
}
