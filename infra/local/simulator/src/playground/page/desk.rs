//! The agent's desk.

use maud::{Markup, html};

use super::{chat, icons};
use crate::playground::selection::{QUEUES, Selection};
use crate::playground::view::{Desk, InQueue, Opened};
use crate::playground::words::Words;
use crate::state::encode;

/// The tickets.
pub(super) fn queue(desk: &Desk, selection: &Selection, words: &Words) -> Markup {
    let open = desk.opened.as_ref().map(|one| one.listed.ticket.as_str());
    html! {
        @if desk.list.is_empty() { p.empty { (words.queue_empty) } }
        @else {
            ul.tickets {
                @for one in &desk.list {
                    li.open[open == Some(one.ticket.as_str())] .over[one.over] { (ticket(one, open, selection, words)) }
                }
            }
        }
    }
}

fn ticket(one: &InQueue, open: Option<&str>, selection: &Selection, words: &Words) -> Markup {
    let state = match (&one.agent, one.over) {
        (_, true) => words.over.to_owned(),
        (Some(agent), false) => agent.clone(),
        (None, false) => words.waiting.to_owned(),
    };
    html! {
        a id=(format!("open-{}", one.ticket)) href=(format!("/{}", selection.with_ticket(&one.ticket).query()))
            aria-current=[(open == Some(one.ticket.as_str())).then_some("true")] {
            bdi.name { (one.name) }
            span.small {
                (one.ticket) " · "
                @if let Some(queue) = &one.queue { bdi { (queue) } " · " }
                bdi { (state) }
            }
        }
        @if one.unread > 0 && !one.over {
            span.badge role="img" aria-label=(format!("{} {}", one.unread, words.unread)) { (one.unread) }
        }
        @if one.agent.is_none() && !one.over {
            form method="post" enctype="multipart/form-data" data-back="answer-text"
                action=(format!("/ticket/{}/take{}", encode(&one.ticket), selection.query())) {
                button.main id=(format!("take-{}", one.ticket)) type="submit" {
                    (words.take) span.hidden { " " (one.ticket) }
                }
            }
        }
    }
}

/// What is known of the customer.
pub(super) fn head(opened: Option<&Opened>, words: &Words) -> Markup {
    let Some(one) = opened else { return html! { p.empty { (words.no_ticket) } } };
    html! {
        div.who {
            h3 { bdi.name { (one.listed.name) } }
            ul.facts {
                li { (one.listed.ticket) }
                @if let Some(queue) = &one.listed.queue { li { bdi { (queue) } } }
                @if let Some(priority) = &one.priority { li { (words.priority) " " (spelt(priority, words)) } }
                @for fact in &one.known { li { bdi { (fact) } } }
            }
        }
        @if !one.before.is_empty() || !one.notes.is_empty() {
            details.before {
                summary #talk-before { (words.before) }
                @for note in &one.notes { p.routed dir="auto" { (note) } }
                ol {
                    @for (customer, text) in &one.before {
                        li { strong { (if *customer { words.customer } else { words.bot }) ": " } span dir="auto" { (text) } }
                    }
                }
            }
        }
    }
}

/// A priority of the service rules, as the team says it.
fn spelt<'a>(priority: &'a str, words: &'a Words) -> &'a str {
    match priority {
        "low" => words.low,
        "normal" => words.normal,
        "high" => words.high,
        "urgent" => words.urgent,
        other => other,
    }
}

/// The chat.
pub(super) fn log(opened: Option<&Opened>, words: &Words) -> Markup {
    let Some(one) = opened else { return chat::empty() };
    html! {
        @for line in &one.lines { (chat::line(line, words.customer, words, None)) }
        @if one.typing { (chat::typing("d-typing", words.customer_types)) }
    }
}

/// What the agent can do with the ticket.
pub(super) fn form(opened: Option<&Opened>, selection: &Selection, words: &Words) -> Markup {
    let Some(one) = opened.filter(|one| !one.listed.over) else { return chat::empty() };
    let to = |act: &str| format!("/ticket/{}/{act}{}", encode(&one.listed.ticket), selection.query());
    if one.listed.agent.is_none() {
        return html! {
            form.take method="post" enctype="multipart/form-data" data-back="answer-text" action=(to("take")) {
                button.main #take-open type="submit" { (words.take) " " (one.listed.ticket) }
            }
        };
    }
    html! {
        form.composer method="post" enctype="multipart/form-data" action=(to("says")) data-types=(to("types")) {
            label.hidden for="answer-text" { (words.write_answer) }
            textarea #answer-text name="text" rows="1" placeholder=(words.write_answer) data-send dir="auto" {}
            details.more {
                summary #add-options { (words.add_options) }
                label for="answer-options" { (words.options) " " span.small { (words.options_hint) } }
                textarea #answer-options name="options" rows="3" dir="auto" {}
            }
            div.tools {
                label.tool {
                    (icons::clip()) span.hidden { (words.attach) }
                    input #answer-file type="file" name="file";
                    output.chosen {}
                }
                button.quiet #save-note type="submit" formaction=(to("note")) title=(words.note_hint) {
                    (icons::note()) (words.save_note)
                }
                button.main #answer-send type="submit" { (icons::send()) (words.send) }
            }
        }
        div.moves {
            form method="post" enctype="multipart/form-data" action=(to("transfer")) {
                label.hidden for="transfer-queue" { (words.transfer_to) }
                select #transfer-queue name="queue" {
                    @for queue in QUEUES {
                        @if one.listed.queue.as_deref() != Some(queue) { option value=(queue) { (queue) } }
                    }
                }
                button #transfer type="submit" { (words.transfer) }
            }
            form method="post" enctype="multipart/form-data" action=(to("close")) {
                button.danger #close type="submit" { (words.close) }
            }
        }
    }
}
