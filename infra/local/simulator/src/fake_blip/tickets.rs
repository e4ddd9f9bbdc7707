//! Tickets of the custom attendance channel: `Waiting`, `Open` with an agent, and closed for good.
//!
//! Sources: the vendor's page "Como conectar a um canal de atendimento personalizado" and `get /ticket` as observed. The code for
//! a change of a finished ticket is unknown; 61 (command processing error) stands for it.

use serde_json::{Value, json};

use super::command::{Answer, CommandUri, failure};
use super::records::thread_messages;
use crate::message::TICKET;
use crate::state::State;

pub(super) fn get(state: &State, id: &str) -> Answer {
    let unknown = || failure(64, format!("Ticket not found for specified id {id}"));
    let ticket = state.tickets.get(id).ok_or_else(unknown)?;
    let mut document = ticket.document.clone();
    if let Some(fields) = document.as_object_mut() {
        fields.insert("status".to_owned(), json!(ticket.status));
        fields.insert("closed".to_owned(), json!(ticket.ended()));
        if let Some(agent) = &ticket.agent {
            fields.insert("agentIdentity".to_owned(), json!(agent));
        }
    }
    Ok(Some((TICKET, document)))
}

/// Newest first, or `$ascending=true` (response-ticket-messages.json).
pub(super) fn messages(state: &State, uri: &CommandUri, id: &str) -> Answer {
    let take = uri.take(100)?;
    let unknown = || failure(64, format!("Ticket not found for specified id {id}"));
    let messages = &state.tickets.get(id).ok_or_else(unknown)?.messages;
    let skip = uri.query("$skip").and_then(|skip| skip.parse().ok()).unwrap_or(0);
    let items: Vec<Value> = if uri.query("$ascending") == Some("true") {
        messages.iter().skip(skip).take(take).cloned().collect()
    } else {
        messages.iter().rev().skip(skip).take(take).cloned().collect()
    };
    Ok(Some(thread_messages(&items)))
}

pub(super) fn change_status(state: &mut State, resource: &Value) -> Answer {
    let text = |key: &str| resource.get(key).and_then(Value::as_str);
    let id = text("id").ok_or_else(|| failure(64, "The id is missing"))?;
    let status = text("status").ok_or_else(|| failure(24, "The status is missing"))?;
    let agent = text("agentIdentity");
    let unknown = || failure(64, format!("Ticket not found for specified id {id}"));
    let ticket = state.tickets.get_mut(id).ok_or_else(unknown)?;
    if ticket.ended() {
        return Err(failure(61, "A finished ticket cannot be changed"));
    }
    match status {
        "Open" if agent.is_none() => return Err(failure(25, "Opening needs an agentIdentity")),
        "Open" => ticket.agent = agent.map(str::to_owned),
        "ClosedAttendant" | "ClosedClient" => {}
        _ => return Err(failure(24, format!("The status {status} cannot be set"))),
    }
    status.clone_into(&mut ticket.status);
    let (index, ended) = (ticket.person, ticket.ended());
    if let Some(person) = state.people.get_mut(index) {
        let name = person.name.clone();
        // An older ticket may be closed while the customer already talks in the next.
        if ended && person.ticket.as_deref() == Some(id) {
            person.end();
        }
        state.ledger.note(&name, "ticket", status);
    }
    Ok(None)
}
