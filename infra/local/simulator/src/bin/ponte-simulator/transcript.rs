//! What each side saw, for people: left the customer, right the agent, between them how long each message took.

use ponte_simulator::{Conversation, Direction, Ledger, Note, Origin, Sent, Simulator};
use serde_json::Value;

use crate::columns::row;

/// Prints every conversation of the ledger.
pub(crate) fn print(simulator: &Simulator) {
    let ledger = simulator.ledger();
    let conversations = simulator.helpdesk.conversations();
    let mut customers: Vec<&str> = Vec::new();
    for sent in &ledger.sent {
        if !customers.contains(&sent.lane.customer.as_str()) {
            customers.push(&sent.lane.customer);
        }
    }
    for customer in customers {
        println!("\n{}\n", "=".repeat(103));
        for conversation in conversations.iter().filter(|one| one.customer == customer) {
            print!("{}", heading(conversation));
        }
        print!("{}", row("WHAT THE CUSTOMER SAW", "", "WHAT THE AGENT SAW"));
        let mut rows = rows(&ledger, customer);
        rows.sort_by_key(|(at, _)| *at);
        for (_, text) in rows {
            print!("{text}");
        }
    }
    println!();
}

/// The ticket, the profile and the transcript that the agent got.
fn heading(conversation: &Conversation) -> String {
    let at = |path: &str| conversation.started.pointer(path).and_then(Value::as_str);
    let known = ["name", "phone", "email", "channel"].map(|key| at(&format!("/customer/{key}")));
    let mut lines = vec![
        format!(
            "{}, ticket {}, {} mode",
            conversation.customer,
            conversation.ticket,
            at("/origin/mode").unwrap_or("-")
        ),
        format!("The agent was told: {}", known.into_iter().flatten().collect::<Vec<_>>().join(", ")),
    ];
    if let Some(queue) = at("/routing/queue") {
        let notes = conversation.started.pointer("/routing/notes").and_then(Value::as_array);
        let notes: Vec<&str> = notes.into_iter().flatten().filter_map(Value::as_str).collect();
        lines.push(format!("It was routed to {queue}:\n    {}", notes.join("\n").replace('\n', "\n    ")));
    }
    let transcript = conversation.started.pointer("/transcript/messages").and_then(Value::as_array);
    for line in transcript.into_iter().flatten() {
        let field = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
        let indented = field("text").replace('\n', "\n              ");
        lines.push(format!("    {:>8}: {indented}", field("author")));
    }
    lines.join("\n") + "\n\n"
}

fn rows(ledger: &Ledger, customer: &str) -> Vec<(i64, String)> {
    let sent = ledger
        .sent
        .iter()
        .filter(|sent| sent.lane.customer == customer)
        .map(|sent| (sent.arrived.unwrap_or(sent.at), message(sent)));
    let others = ledger.seen.iter().filter(|seen| seen.lane.customer == customer).filter_map(|seen| {
        let mark = match &seen.origin {
            Origin::Message(_) => return None,
            Origin::System => "(system)",
            Origin::Again => "AGAIN",
            Origin::Leaked(_) => "LEAKED",
            Origin::Nobody => "BY NOBODY",
        };
        let text = seen.content.to_string();
        Some((
            seen.at,
            match seen.lane.direction {
                Direction::ToCustomer => row(&text, mark, ""),
                Direction::ToAgent => row("", mark, &text),
            },
        ))
    });
    let notes = ledger.notes.iter().filter(|note| note.customer == customer);
    let notes = notes.map(|note| (note.at, noted(note)));
    sent.chain(others).chain(notes).collect()
}

fn message(sent: &Sent) -> String {
    let said = sent.content.to_string();
    let (seen, took) = match (sent.arrived, &sent.refused) {
        (Some(at), _) => (said.clone(), format!("{} ms", at - sent.at)),
        (None, Some(reason)) => (format!("(given back: {reason})"), "refused".to_owned()),
        (None, None) => ("(never arrived)".to_owned(), "LOST".to_owned()),
    };
    match sent.lane.direction {
        Direction::ToAgent => row(&said, &format!("{took} >"), &seen),
        Direction::ToCustomer => row(&seen, &format!("< {took}"), &said),
    }
}

/// Typing (the customer's, and the agent's as the customer sees it), answers to Ponte, redirects and Blip's ticket are seen on the left; the helpdesk's own doings on the right.
fn noted(note: &Note) -> String {
    let text = format!("· {}: {}", note.kind, note.text);
    match note.kind {
        "types" | "typing" | "answers" | "redirect" | "ticket" => row(&text, "", ""),
        _ => row("", "", &text),
    }
}
