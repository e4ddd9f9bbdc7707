//! The table of conversations, as several screens have it.

use maud::{Markup, html};
use operations::conversations::StateName;
use ponte::{conversation::CustomerRecord, message::TicketId};

use super::{figures::waited, words};
use crate::{
    masked,
    page::{Reader, cell, length, mark, moment, name, table},
};

/// Conversations, one a row. `now` is in Unix seconds.
pub(crate) fn conversations(reader: &Reader, caption: &str, records: &[&CustomerRecord], now: i64) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let head = [
        say("Customer", "Cliente"),
        say("State", "Estado"),
        say("Waits for", "Espera há"),
        say("Queue", "Fila"),
        say("Agent", "Atendente"),
        say("Channel", "Canal"),
        say("Ticket", "Ticket"),
        say("Opened", "Abriu"),
    ];
    let [customer, state, waits, queue, agent, channel, ticket, opened] = head;
    html! {
        (table(caption, &head, &html! {
            @for record in records {
                tr {
                    th scope="row" data-column=(customer) {
                        a href={ "/conversations/" (record.key.as_str()) } { (masked::customer(record)) }
                    }
                    (cell(state, &words::state(reader, StateName::of(record.state))))
                    (cell(waits, &wait(record, now)))
                    (cell(queue, &html! { @if let Some(queue) = &record.placement.queue { (name(queue)) } @else { "–" } }))
                    (cell(agent, &html! { @if let Some(agent) = &record.agent { (masked::agent(agent)) } @else { "–" } }))
                    (cell(channel, &name(&masked::channel(record))))
                    (cell(ticket, &html! { @if let Some(ticket) = record.ticket.as_ref().map(TicketId::as_str) { (name(ticket)) } @else { "–" } }))
                    (cell(opened, &moment(record.opened)))
                }
            }
        }))
    }
}

/// How long the customer has waited, marked where it is long.
pub(crate) fn wait(record: &CustomerRecord, now: i64) -> Markup {
    match waited(record, now) {
        None => html! { "–" },
        Some(seconds) if seconds >= 900 => mark("bad", &length(seconds)),
        Some(seconds) if seconds >= 300 => mark("soft", &length(seconds)),
        Some(seconds) => html! { (length(seconds)) },
    }
}
