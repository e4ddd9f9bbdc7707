//! One conversation: who, where it stands, what the clock will do, and the trail of its messages.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use maud::{Markup, html};
use operations::{
    conversations::{self, Coming, StateName},
    trail::of_the_last_day,
};
use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    conversation::{CustomerRecord, EntryPoint},
    message::{CustomerKey, TicketId},
};
use serde::Deserialize;
use service_rules::ServiceRules;

use super::{table::wait, trail, words};
use crate::{
    Console,
    access::Role,
    fault::Fault,
    masked,
    page::{Reader, Screen, moment, name, name_long, second},
};

/// What was done just before, by its name in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    pub(crate) done: String,
    pub(crate) n: u64,
}

/// The conversation of a key in an address.
pub(super) async fn record(console: &Console, key: &str) -> Result<CustomerRecord, Fault> {
    let is_key = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_key {
        return Err(Fault::not_found());
    }
    let key = CustomerKey::new(key.to_ascii_lowercase());
    conversations::read(&console.stack, &key).await?.ok_or_else(Fault::not_found)
}

pub(crate) async fn page(
    State(console): State<Console>,
    reader: Reader,
    Path(key): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, Fault> {
    let record = record(&console, &key).await?;
    let now = SystemClock.now().seconds();
    let rules = console.stack.rules.current().await.ok().flatten();
    let rules = rules.and_then(|stored| ServiceRules::from_json(stored.rules.as_bytes()).ok()).unwrap_or_default();
    let coming = conversations::coming(&record, &rules, now);
    let story = of_the_last_day(&console.stack, &record).await;
    let say = |english, portuguese| reader.say(english, portuguese);
    let state = StateName::of(record.state);
    let body = html! {
        (told(&reader, &done))
        p class="lead" {
            (words::state(&reader, state)) " " (words::stands(&reader, state, record.outbound.last.0 > 0))
        }
        @if let Ok(story) = &story { (trail::why_it_waits(&reader, story, now)) }
        (buttons(&reader, &record, state))
        div class="pair" {
            section {
                h2 { (say("What is known", "O que se sabe")) }
                (facts(&reader, &record, now))
            }
            section {
                h2 { (say("If nobody says anything", "Se ninguém escrever")) }
                (timers(&reader, &record, &coming))
            }
        }
        section {
            h2 { (say("Trail of the last day", "Rastro do último dia")) }
            @match &story {
                Ok(story) => { (trail::trail(&reader, story, now)) }
                Err(problem) => div class="notice bad" { p { (name_long(&problem.to_string())) } }
            }
        }
    };
    let title = reader
        .say(format!("Conversation {}", masked::customer(&record)), format!("Conversa {}", masked::customer(&record)));
    Ok(reader.page(Screen::Conversations, &title, &body))
}

fn told(reader: &Reader, done: &Done) -> Markup {
    let text = match done.done.as_str() {
        "close" => reader.say(
            "It closes: the customer goes back to the bot when the delay is over, and the helpdesk is told.".to_owned(),
            "Está encerrando: o cliente volta para o bot em alguns segundos, e o helpdesk é avisado.".to_owned(),
        ),
        "hand-back" => reader.say(
            "The customer goes back to the bot. The ticket stays open.".to_owned(),
            "O cliente volta para o bot. O ticket fica aberto.".to_owned(),
        ),
        "closed-already" => reader.say(
            "It had ended already: nothing was done.".to_owned(),
            "Já estava encerrada: nada foi feito.".to_owned(),
        ),
        "replay" => {
            reader.say(format!("Sent back to the queue: {}.", done.n), format!("De volta para a fila: {}.", done.n))
        }
        _ => return html! {},
    };
    html! { div class="notice good" role="status" { p { (text) } } }
}

fn buttons(reader: &Reader, record: &CustomerRecord, state: StateName) -> Markup {
    let link = |what: &str, text: &str, kind: &str| {
        html! { a class={ "button " (kind) } href={ "/conversations/" (record.key.as_str()) "/" (what) } { (text) } }
    };
    let ends = matches!(state, StateName::Ticketed | StateName::Open | StateName::Closing);
    html! {
        p class="buttons" {
            @if reader.may(Role::Operator) {
                @if ends {
                    (link("close", reader.say("Close…", "Encerrar…"), ""))
                    (link("hand-back", reader.say("Hand back…", "Devolver ao bot…"), ""))
                }
                (link("replay", reader.say("Send parked messages back…", "Reenviar mensagens retidas…"), ""))
            }
            @if reader.may(Role::Privacy) { (link("customer", reader.say("Who is it…", "Quem é…"), "quiet")) }
        }
    }
}

fn facts(reader: &Reader, record: &CustomerRecord, now: i64) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let dash = || html! { "–" };
    let moment = |at: Timestamp| if at.0 > 0 { moment(at) } else { dash() };
    let desk = &record.desk;
    let rows: Vec<(&str, Markup)> = vec![
        (say("Customer", "Cliente"), name(&masked::customer(record))),
        (say("Waits for", "Espera há"), wait(record, now)),
        (say("Agent", "Atendente"), record.agent.as_deref().map_or_else(dash, |agent| name(&masked::agent(agent)))),
        (say("Queue", "Fila"), record.placement.queue.as_deref().map_or_else(dash, name)),
        (say("Came by", "Chegou por"), html! { (name(&masked::channel(record))) ", " (entry(reader, record)) }),
        (
            say("Language", "Idioma"),
            record.placement.language.map_or_else(dash, |language| html! { (format!("{language:?}")) }),
        ),
        (
            say("Helpdesk's ticket", "Ticket no helpdesk"),
            record.ticket.as_ref().map(TicketId::as_str).map_or_else(dash, name),
        ),
        (say("Opened", "Abriu"), moment(record.opened)),
        (say("Last from customer", "Última do cliente"), moment(record.inbound.last)),
        (say("Last from agent", "Última do atendente"), moment(record.outbound.last)),
        (say("Transferred", "Transferida"), desk.queued_at.map_or_else(dash, second)),
        (say("On hold since", "Em pausa desde"), desk.held_at.map_or_else(dash, second)),
        (say("Conversation", "Conversa"), html! { code { (record.opening.as_str()) } }),
    ];
    html! {
        dl class="facts" { @for (label, value) in rows { div { dt { (label) } dd { (value) } } } }
        @if record.placement.queue.is_some() {
            p class="quiet" { (reader.say(
                "The queue was chosen at the opening by the routes of the service rules.",
                "A fila foi escolhida na abertura pelas rotas das regras do serviço.",
            )) " " a href="/rules" { (reader.say("Service rules", "Regras do serviço")) } }
        }
    }
}

fn entry(reader: &Reader, record: &CustomerRecord) -> &'static str {
    match EntryPoint::of(&record.address) {
        EntryPoint::Router => reader.say("a router", "um roteador"),
        EntryPoint::Desk { .. } => reader.say("a ticket of Blip's", "um ticket do Blip"),
        EntryPoint::Bot => reader.say("the bot", "o bot"),
        EntryPoint::Rest => reader.say("your own site", "o seu site"),
    }
}

fn timers(reader: &Reader, record: &CustomerRecord, coming: &[Coming]) -> Markup {
    let told = record.timers.told;
    let say = |english, portuguese| reader.say(english, portuguese);
    let done = [
        (
            told.unanswered_at,
            say("the customer was told that we look for somebody", "o cliente leu que procuramos alguém"),
        ),
        (
            told.agent_silent_at,
            say("the ticket got a note that the customer waits", "o ticket ganhou uma nota de que o cliente espera"),
        ),
        (
            told.customer_silent_at,
            say("the customer was asked whether they are there", "perguntamos ao cliente se ainda está aí"),
        ),
    ];
    html! {
        @if coming.is_empty() {
            p class="empty" { (say("Nothing is due by the service rules.", "Nada vence pelas regras do serviço.")) }
        } @else {
            ol class="steps" {
                @for one in coming { li { (second(one.at)) " " (words::effect(reader, &one.effect)) } }
            }
        }
        @if done.iter().any(|(at, _)| at.is_some()) {
            h3 { (say("Done already", "Já feito")) }
            ul class="steps" {
                @for (at, text) in done { @if let Some(at) = at { li { (second(at)) " " (text) } } }
            }
        }
    }
}
