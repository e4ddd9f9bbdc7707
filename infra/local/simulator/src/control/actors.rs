//! The control endpoints of `make local`, on the helpdesk's port. Each takes and answers JSON; errors are 400 with a sentence.
//!
//! | | body | |
//! |---|---|---|
//! | `GET /_/ledger` | | everything said and seen, and the verdict |
//! | `GET /_/list` | | customers, where they are, and the helpdesk's conversations |
//! | `GET /_/files` | | the files that have arrived, downloaded again and compared with what was sent |
//! | `POST /_/customer` | `{"name","phone","mode":"router"\|"ticket"}` | a new customer (`router` if not said) |
//! | `POST /_/customer/hand_over` | `{"customer","context"?}` | the main bot hands a router's customer to the bridge |
//! | `POST /_/customer/says` | `{"customer","text"}` or `"content"` | without an open ticket, opens one with these words |
//! | `POST /_/customer/sends_file` | `{"customer","mime","base64","name"?,"caption"?}` | through Blip's media store |
//! | `POST /_/customer/types` | `{"customer","on"?}` | stops with `"on":false` |
//! | `POST /_/agent/assigns` | `{"ticket","agent"}` | `"customer"` in place of `"ticket"`, here and below: that customer's, waited for |
//! | `POST /_/agent/types` | `{"ticket","on"?}` | stops with `"on":false` |
//! | `POST /_/agent/says` | `{"ticket","text"}` or `"content"` | |
//! | `POST /_/agent/sends_file` | `{"ticket","mime","base64","name"?,"caption"?}` | from the helpdesk's own address |
//! | `POST /_/agent/closes` | `{"ticket","service"?}` | |
//! | `POST /_/blip/receipts` | `{"on"?}` | Blip sends receipts (received, read) from now on |
//!
//! `faults.rs` has those that stop, slow and break a side. `content` is the contract's `CONTENT`, for files, places and choices. Anyone on this machine may call them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::customers::{Customer, DeskCustomer};
use crate::fake_blip::Blip;
use crate::fake_helpdesk::{Agent, Helpdesk};
use crate::file_check::{self, FileSeen};
use crate::ledger::Label;
use crate::message::Content;
use crate::state::{Profile, Turn, World};

#[derive(Clone, Debug)]
enum ControlledCustomer {
    Router(Customer),
    Ticket(DeskCustomer),
}

#[derive(Clone, Debug)]
struct Control {
    world: Arc<World>,
    customers: Arc<Mutex<HashMap<String, ControlledCustomer>>>,
}

type Answer = Result<Json<Value>, (StatusCode, String)>;

pub(crate) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/_/ledger", get(ledger))
        .route("/_/list", get(list))
        .route(
            "/_/customer",
            post(async |Shared(control): Shared<Control>, body: Json<Value>| reply(control.create(&body))),
        )
        .route(
            "/_/customer/{act}",
            post(async |Shared(control): Shared<Control>, Path(act): Path<String>, body: Json<Value>| {
                reply(control.customer_acts(&act, &body))
            }),
        )
        .route(
            "/_/agent/{act}",
            post(async |Shared(control): Shared<Control>, Path(act): Path<String>, body: Json<Value>| {
                reply(control.agent_acts(&act, &body).await)
            }),
        )
        .route("/_/files", get(files))
        .route(
            "/_/blip/receipts",
            post(async |Shared(control): Shared<Control>, body: Json<Value>| control.receipts(&body)),
        )
        .with_state(Control { world, customers: Arc::default() })
}

async fn ledger(Shared(control): Shared<Control>) -> Json<Value> {
    let ledger = control.world.read(|state| state.ledger.clone());
    Json(json!({"verdict": ledger.verdict(), "summary": ledger.verdict().to_string(), "ledger": ledger}))
}

async fn list(Shared(control): Shared<Control>) -> Json<Value> {
    Json(control.world.read(|state| {
        let people = state.people.iter().map(|person| {
            let status = person.ticket.as_ref().and_then(|id| state.tickets.get(id)).map(|ticket| &ticket.status);
            json!({"name": person.name, "identity": person.profile.identity, "place": format!("{:?}", person.place),
                   "tunnel": person.tunnel, "blip_ticket": person.ticket, "blip_status": status})
        });
        json!({"customers": people.collect::<Vec<_>>(), "conversations": state.conversations})
    }))
}

async fn files(Shared(control): Shared<Control>) -> Json<Value> {
    let ledger = control.world.read(|state| state.ledger.clone());
    let files = file_check::compare(&ledger).await;
    let differences: Vec<String> = files.iter().filter_map(FileSeen::difference).collect();
    Json(json!({"differences": differences, "files": files}))
}

fn reply(result: Result<Value>) -> Answer {
    result.map(Json).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error:#}\n")))
}

fn text<'a>(body: &'a Value, key: &str) -> Result<&'a str> {
    body.get(key).and_then(Value::as_str).ok_or_else(|| anyhow!("`{key}` is missing"))
}

fn content(body: &Value) -> Result<Content> {
    match body.get("content") {
        Some(content) => serde_json::from_value(content.clone()).context("`content` is not as in the contract"),
        None => Ok(text(body, "text")?.into()),
    }
}

/// A file in the body of a command.
struct File<'a> {
    name: Option<&'a str>,
    mime: &'a str,
    bytes: Vec<u8>,
    caption: Option<&'a str>,
}

impl<'a> File<'a> {
    fn read(body: &'a Value) -> Result<Self> {
        let [name, caption] = ["name", "caption"].map(|key| body.get(key).and_then(Value::as_str));
        let bytes = STANDARD.decode(text(body, "base64")?).context("`base64` is not base64")?;
        Ok(Self { name, mime: text(body, "mime")?, bytes, caption })
    }
}

/// Whether something is to begin, which it is if nothing is said.
fn on(body: &Value) -> bool {
    body.get("on").and_then(Value::as_bool).unwrap_or(true)
}

fn labelled(label: &Label) -> Value {
    json!({"message": label})
}

impl Control {
    fn create(&self, body: &Value) -> Result<Value> {
        let profile = Profile::whatsapp(text(body, "name")?, text(body, "phone")?);
        let history = [Turn::Bot("Olá! Como posso ajudar?"), Turn::Customer("Quero falar com uma pessoa")];
        let name = profile.name.clone();
        let customer = if body.get("mode").and_then(Value::as_str) == Some("ticket") {
            let customer = DeskCustomer::new(&self.world, profile);
            customer.talks_to_bot(&history);
            ControlledCustomer::Ticket(customer)
        } else {
            let customer = Customer::new(&self.world, profile);
            customer.talks_to_bot(&history);
            ControlledCustomer::Router(customer)
        };
        self.customers.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), customer);
        Ok(json!({"customer": name}))
    }

    fn customer(&self, body: &Value) -> Result<ControlledCustomer> {
        let name = text(body, "customer")?;
        let customers = self.customers.lock().unwrap_or_else(PoisonError::into_inner);
        customers
            .get(name)
            .cloned()
            .ok_or_else(|| anyhow!("there is no customer {name}; make one with POST /_/customer"))
    }

    fn customer_acts(&self, act: &str, body: &Value) -> Result<Value> {
        match act {
            "hand_over" => self.hand_over(body),
            "says" => self.customer_says(body),
            "sends_file" => self.customer_sends_file(body),
            "types" => {
                match self.customer(body)? {
                    ControlledCustomer::Router(customer) => customer.types(on(body)),
                    ControlledCustomer::Ticket(customer) => customer.types(on(body)),
                }
                Ok(json!({}))
            }
            _ => Err(anyhow!("a customer is handed over (hand_over), types, says or sends_file, and does not {act}")),
        }
    }

    fn hand_over(&self, body: &Value) -> Result<Value> {
        let ControlledCustomer::Router(customer) = self.customer(body)? else {
            return Err(anyhow!("only a router's customer is handed over; this one gets a ticket by speaking"));
        };
        Ok(customer.hand_over(body.get("context")).as_ref().map_or(json!({}), labelled))
    }

    fn customer_says(&self, body: &Value) -> Result<Value> {
        let content = content(body)?;
        Ok(match self.customer(body)? {
            ControlledCustomer::Router(customer) => labelled(&customer.says(content)),
            ControlledCustomer::Ticket(customer)
                if matches!(customer.status().as_deref(), Some("Waiting" | "Open")) =>
            {
                labelled(&customer.says(content))
            }
            ControlledCustomer::Ticket(customer) => {
                let (ticket, label) = customer.opens_ticket(content);
                json!({"message": label, "blip_ticket": ticket})
            }
        })
    }

    fn customer_sends_file(&self, body: &Value) -> Result<Value> {
        let File { name, mime, bytes, caption } = File::read(body)?;
        Ok(labelled(&match self.customer(body)? {
            ControlledCustomer::Router(customer) => customer.sends_file(name, mime, bytes, caption),
            ControlledCustomer::Ticket(customer) => customer.sends_file(name, mime, bytes, caption),
        }))
    }

    fn receipts(&self, body: &Value) -> Json<Value> {
        Blip { world: self.world.clone() }.sends_receipts(on(body));
        Json(json!({}))
    }

    /// The ticket that is meant, by its name or by its customer: what is pasted with the customer's words must wait for it.
    async fn ticket(&self, helpdesk: &Helpdesk, body: &Value) -> Result<String> {
        if body.get("ticket").is_some() || body.get("customer").is_none() {
            return text(body, "ticket").map(str::to_owned);
        }
        match self.customer(body)? {
            ControlledCustomer::Router(customer) => helpdesk.wait_ticket_of(&customer).await,
            ControlledCustomer::Ticket(customer) => helpdesk.wait_ticket_of(&customer).await,
        }
    }

    async fn agent_acts(&self, act: &str, body: &Value) -> Result<Value> {
        let helpdesk = Helpdesk { world: self.world.clone() };
        let ticket = &self.ticket(&helpdesk, body).await?;
        helpdesk.conversation(ticket).with_context(|| format!("there is no ticket {ticket}"))?;
        match act {
            "says" => return Ok(labelled(&helpdesk.says(ticket, content(body)?)?)),
            "assigns" => {
                let name = text(body, "agent")?;
                helpdesk.assigns(ticket, &Agent::new(&name.to_lowercase().replace(' ', "."), name));
            }
            "sends_file" => {
                let File { name, mime, bytes, caption } = File::read(body)?;
                return Ok(labelled(&helpdesk.says_file(ticket, name, mime, bytes, caption)?));
            }
            "types" => helpdesk.types(ticket, on(body)),
            "closes" => helpdesk.closes(ticket, body.get("service").and_then(Value::as_str)),
            _ => {
                return Err(anyhow!("an agent assigns, types, says, sends_file or closes, and does not {act}"));
            }
        }
        Ok(json!({}))
    }
}
