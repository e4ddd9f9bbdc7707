//! What the customer's phone does.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use axum::extract::{Multipart, Path, Query, State as Shared};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::form::{Form, answer};
use crate::customers::{Customer, DeskCustomer};
use crate::message::Content;
use crate::playground::language::words;
use crate::playground::selection::Selection;
use crate::playground::view;
use crate::playground::words::Words;
use crate::state::{AnyCustomer, Place, Profile, Turn, World};

/// The customer's shop, in the middle of Belo Horizonte.
const PLACE: (f64, f64) = (-19.9386, -43.9352);
/// A name is at most so long: more is cut by no app, and a page should show it all the same.
const MAX_NAME: usize = 20_000;

enum Phone {
    Router(Customer),
    Ticket(DeskCustomer),
}

/// `POST /customer`: a new customer, whom the bot has greeted.
pub(in crate::playground) async fn new_customer(
    Shared(world): Shared<Arc<World>>,
    Query(selection): Query<Selection>,
    headers: HeaderMap,
    body: Multipart,
) -> Response {
    let done = match Form::read(body).await {
        Ok(form) => create(&world, &form, words(&headers)).map(|number| selection.with_customer(number)),
        Err(error) => Err(error),
    };
    answer(&headers, done)
}

fn create(world: &Arc<World>, form: &Form, words: &Words) -> Result<usize> {
    let name: String = form.must("name", words.name)?.chars().take(MAX_NAME).collect();
    let number = world.read(|state| state.people.len());
    let profile = match form.text("channel") {
        Some("blip-chat") => Profile::blip_chat(&name).email("cliente@example.com"),
        Some("messenger") => Profile::messenger(&name, &format!("100000{number:06}")),
        _ => Profile::whatsapp(&name, &format!("553199{:07}", 9_990_001 + number)),
    };
    let hello = [Turn::Bot(words.bot_hello)];
    if form.text("way") == Some("ticket") {
        let customer = DeskCustomer::new(world, profile);
        customer.talks_to_bot(&hello);
        Ok(customer.index())
    } else {
        let customer = Customer::new(world, profile);
        customer.talks_to_bot(&hello);
        Ok(customer.index())
    }
}

/// `POST /customer/{number}/{act}`.
pub(in crate::playground) async fn customer(
    Shared(world): Shared<Arc<World>>,
    Path((number, act)): Path<(usize, String)>,
    Query(selection): Query<Selection>,
    headers: HeaderMap,
    body: Multipart,
) -> Response {
    let done = match Form::read(body).await {
        Ok(form) => acts(&world, number, &act, form, words(&headers)).map(|()| selection),
        Err(error) => Err(error),
    };
    answer(&headers, done)
}

fn acts(world: &Arc<World>, number: usize, act: &str, form: Form, words: &Words) -> Result<()> {
    let phone = phone(world, number)?;
    match act {
        "asks" => asks(&phone, form.text("for"), words),
        "says" => {
            let text = form.text("text").map(str::to_owned);
            if let Some(file) = form.file {
                phone.sends_file(&file.name, &file.mime, &file.bytes, text.as_deref());
            } else {
                let text = text.context(words.nothing_to_send)?;
                phone.says(world, number, text.into(), words);
            }
        }
        "taps" => phone.says(world, number, form.must("option", words.nothing_to_send)?.into(), words),
        "place" => {
            let (latitude, longitude) = PLACE;
            let text = Some(form.text("text").unwrap_or(words.place_text).to_owned());
            phone.says(world, number, Content::Location { latitude, longitude, text }, words);
        }
        "types" => phone.types(form.text("on") == Some("true")),
        _ => return Err(anyhow!("a phone asks, says, taps, types or sends a place, and does not {act}")),
    }
    Ok(())
}

fn phone(world: &Arc<World>, number: usize) -> Result<Phone> {
    let router = world.read(|state| state.people.get(number).map(|person| person.tunnel.is_some()));
    let found = match router {
        Some(true) => Customer::of(world, number).map(Phone::Router),
        Some(false) => DeskCustomer::of(world, number).map(Phone::Ticket),
        None => None,
    };
    found.ok_or_else(|| anyhow!("there is no customer number {number}"))
}

/// The customer chooses one of the bot's options, and the bot hands over, with the queue where it knows one.
fn asks(phone: &Phone, what: Option<&str>, words: &Words) {
    let billing = what == Some("billing");
    let said = if billing { words.ask_billing } else { words.ask_person };
    let turns = [Turn::Customer(said), Turn::Bot(words.bot_calls)];
    match phone {
        Phone::Router(customer) if customer.place() != Place::Bridge => {
            customer.talks_to_bot(&turns);
            let queue = if billing { "billing" } else { "support" };
            customer.hands_over_to_ponte(&json!({ "queue": queue, "text": said }));
        }
        Phone::Ticket(customer) if !phone.is_with_ponte() => {
            customer.talks_to_bot(&turns);
            customer.is_given_to(if billing { "Financeiro" } else { "Suporte" });
            customer.opens_ticket(said);
        }
        // The page was older than that.
        Phone::Router(_) | Phone::Ticket(_) => {}
    }
}

impl Phone {
    fn is_with_ponte(&self) -> bool {
        match self {
            Self::Router(customer) => customer.place() == Place::Bridge,
            Self::Ticket(customer) => matches!(customer.status().as_deref(), Some("Waiting" | "Open")),
        }
    }

    /// Says it to whoever is at the other end: the bot, the bridge that has asked something, or an agent.
    fn says(&self, world: &World, number: usize, content: Content, words: &Words) {
        let text = content.to_string();
        if !self.is_with_ponte() {
            let turns = [Turn::Customer(&text), Turn::Bot(words.bot_choose)];
            return match self {
                Self::Router(customer) => customer.talks_to_bot(&turns),
                Self::Ticket(customer) => customer.talks_to_bot(&turns),
            };
        }
        let answers = world.read(|state| view::is_answer(state, number, &text));
        match self {
            Self::Router(customer) if answers => customer.answers(text.trim()),
            Self::Ticket(customer) if answers => customer.answers(text.trim()),
            Self::Router(customer) => {
                customer.says(content);
            }
            Self::Ticket(customer) => {
                customer.says(content);
            }
        }
    }

    fn sends_file(&self, name: &str, mime: &str, bytes: &[u8], caption: Option<&str>) {
        match self {
            Self::Router(customer) => customer.sends_file(name, mime, bytes, caption),
            Self::Ticket(customer) => customer.sends_file(name, mime, bytes, caption),
        };
    }

    fn types(&self, on: bool) {
        match self {
            Self::Router(customer) => customer.types(on),
            Self::Ticket(customer) => customer.types(on),
        }
    }
}
