//! What a customer lives through beside words: a place in the queue, a transfer to another team, a rating, and the way back to the bot.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::customers::Customer;
use crate::fake_helpdesk::Agent;
use crate::ledger::{Direction, Label, Ledger, Origin};
use crate::simulator::Simulator;
use crate::state::{AnyCustomer, Place};

/// The team that the conversation is moved to, as its customers read it (`infra/local/service.yaml`).
const TEAM: &str = "Estornos";
/// The customer's rating.
const RATING: u64 = 4;

// What Ponte says, in its own words.
const PLACE: &str = "Você é o número 3 da fila.";
const TRANSFERRED: &str = "Você foi encaminhado para Estornos.";
const QUESTION: &str = "De 1 a 5, como foi o atendimento?";
const THANKS: &str = "Obrigado pela avaliação!";
const NOTE: &str = "Avaliação do cliente: 4 de 5.";

/// The customer is the third in the queue, and reads it. A moment later the helpdesk tells that it is the second place, which is no
/// reason to let a phone sound again.
pub(super) async fn waits(sim: &Simulator, customer: &Customer, ticket: &str, step: Duration) -> Result<()> {
    sim.helpdesk.tells_place(ticket, 3);
    sim.helpdesk.tells_place(ticket, 2);
    reads(sim, customer, PLACE, step).await
}

/// The last words of the agent who moves a conversation, and the first ones of who takes it.
pub(super) struct Moves {
    pub(super) goodbye: Label,
    pub(super) hello: Label,
}

/// An agent moves the conversation, and another one takes it and writes, all as fast as it can be typed.
pub(super) fn moves(sim: &Simulator, ticket: &str, into: &Agent) -> Result<Moves> {
    let goodbye = sim.helpdesk.says(ticket, "Vou passar você para a equipe de estornos.")?;
    sim.helpdesk.transfers(ticket, TEAM);
    sim.helpdesk.assigns(ticket, into);
    let hello = sim.helpdesk.says(ticket, "Oi, Ana! Faço o estorno agora.")?;
    Ok(Moves { goodbye, hello })
}

impl Moves {
    /// The customer reads where the conversation went, after the words of one agent and before those of the other.
    pub(super) async fn told(&self, sim: &Simulator, customer: &Customer, step: Duration) -> Result<()> {
        reads(sim, customer, TRANSFERRED, step).await?;
        let sees = customer.sees();
        let message = |label: &Label| sees.iter().position(|seen| seen.origin == Origin::Message(label.clone()));
        let told = sees.iter().position(|seen| is_line(&seen.content.to_string(), TRANSFERRED));
        ensure!(
            message(&self.goodbye) < told && told < message(&self.hello),
            "{} read of the transfer at the wrong moment",
            customer.name()
        );
        Ok(())
    }
}

/// The agent has closed. The customer is asked for a rating, gives it, and goes back to the bot, which gets it; so does the ticket.
pub(super) async fn rates(sim: &Simulator, customer: &Customer, ticket: &str, limit: Duration) -> Result<()> {
    reads(sim, customer, QUESTION, limit).await?;
    ensure!(customer.place() == Place::Bridge, "{} was sent back before the rating", customer.name());
    customer.answers(&RATING.to_string());
    let what = format!("the ticket of {} gets the note {NOTE:?}", customer.name());
    sim.until(limit, &what, |ledger| system(ledger, customer, Direction::ToAgent, NOTE)).await?;
    customer.wait_place(&Place::MainBot, limit).await?;
    let delivered = customer.delivered();
    let (place, context) = delivered.last().context("the bot was told nothing of how the conversation ended")?;
    let value = context.get("value").unwrap_or(context);
    let wanted = json!({"ponte": {"ended": "agent", "rating": RATING}});
    ensure!(*place == Place::MainBot && *value == wanted, "{place:?} was told {value}, and not {wanted}");
    let reason = sim.helpdesk.wait_ended(ticket, limit).await?;
    ensure!(reason == "agent", "the helpdesk was told that the conversation ended by {reason:?}");
    // As a figure, too, and once.
    let events = sim.helpdesk.events(ticket);
    let rated = events.iter().filter(|event| event.get("type") == Some(&json!("conversation.rated")));
    let scores: Vec<_> = rated.map(|event| event.pointer("/data/score")).collect();
    ensure!(scores == [Some(&json!(RATING))], "the ticket got the ratings {scores:?}, and not {RATING} once");
    Ok(())
}

/// Each of these texts came once.
pub(super) fn is_told_once(customer: &Customer) -> Result<()> {
    let sees = customer.sees();
    let system = || sees.iter().filter(|one| one.origin == Origin::System).map(|one| one.content.to_string());
    for (what, begins) in [
        ("a place in the queue", "Você é o "),
        ("a transfer", "Você foi encaminhado "),
        ("a question for a rating", QUESTION),
        ("thanks for the rating", THANKS),
    ] {
        let times = system().filter(|text| text.starts_with(begins)).count();
        ensure!(times == 1, "{} read {what} {times} times, and not once", customer.name());
    }
    Ok(())
}

async fn reads(sim: &Simulator, customer: &Customer, text: &str, limit: Duration) -> Result<()> {
    let what = format!("{} reads {text:?}", customer.name());
    sim.until(limit, &what, |ledger| system(ledger, customer, Direction::ToCustomer, text)).await
}

/// Whether a text of the bridge's own has this line.
fn system(ledger: &Ledger, customer: &Customer, direction: Direction, text: &str) -> Option<()> {
    let name = customer.name();
    let mut seen = ledger.seen.iter().filter(|seen| seen.lane.customer == name && seen.lane.direction == direction);
    seen.any(|seen| seen.origin == Origin::System && is_line(&seen.content.to_string(), text)).then_some(())
}

fn is_line(text: &str, line: &str) -> bool {
    text.lines().any(|one| one == line)
}
