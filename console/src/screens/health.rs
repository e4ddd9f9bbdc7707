//! Health: both sides' last words, the queues, what waits for another try, and which versions are in force.

use axum::{extract::State, response::Response};
use maud::{Markup, html};
use operations::status::{self, Side, Status};

use super::words;
use crate::{
    Console,
    fault::Fault,
    page::{Reader, Screen, cell, length, mark, moment, name, name_long, table, written},
};

pub(crate) async fn page(State(console): State<Console>, reader: Reader) -> Result<Response, Fault> {
    let status = status::status(&console.stack, |_| ()).await?;
    let rules = operations::rules::in_force(&console.stack).await?;
    let say = |english, portuguese| reader.say(english, portuguese);
    let body = html! {
        section {
            h2 { (say("Both sides", "Os dois lados")) }
            (sides(&reader, &status))
        }
        section {
            h2 { (say("Queues", "Filas de mensagens")) }
            (queues(&reader, &status))
        }
        section {
            h2 { (say("What waits for another try", "O que espera nova tentativa")) }
            (waiting(&reader, &status))
        }
        section {
            h2 { (say("Versions", "Versões")) }
            dl class="facts" {
                div { dt { (say("This console", "Este console")) } dd { (env!("CARGO_PKG_VERSION")) } }
                div { dt { (say("Helpdesk", "Helpdesk")) } dd { (name(&console.stack.helpdesk.name)) } }
                div { dt { (say("Service rules", "Regras do serviço")) } dd {
                    @if let Some(rules) = rules { a href="/rules" { (say("version ", "versão ")) (rules.version) } ", " (written(&rules.at)) }
                    @else { (say("none", "nenhuma")) }
                } }
            }
        }
        p class="quiet" { (say(
            "SQS counts approximately and up to a minute late. Logs come up to a minute late, and go back a day here; with LogLevel=warn they hold no success.",
            "O SQS conta por aproximação, com até um minuto de atraso. Os logs chegam com até um minuto de atraso, e aqui se lê um dia; com LogLevel=warn não registram o que deu certo.",
        )) }
        p class="quiet" { (say("As of ", "Situação às ")) (written(&status.at)) }
    };
    Ok(reader.page(Screen::Health, say("Health", "Saúde"), &body))
}

/// How a side is: failing where its last failure is later than its last success. Moments are RFC 3339 in UTC, whose order is that of their letters.
pub(super) fn side_state(reader: &Reader, side: &Side) -> Markup {
    let refused = |why: &str| why.contains("not accepted") || why.contains("401") || why.contains("403");
    match (&side.last_success, &side.last_failure) {
        (success, Some(failure)) if success.as_ref().is_none_or(|success| success < failure) => {
            if side.why.as_deref().is_some_and(refused) {
                mark("bad", reader.say("key refused", "chave recusada"))
            } else {
                mark("bad", reader.say("failing", "falhando"))
            }
        }
        (Some(_), _) => mark("good", reader.say("works", "funciona")),
        (None, _) => mark("quiet", reader.say("quiet", "sem movimento")),
    }
}

fn sides(reader: &Reader, status: &Status) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let head = [
        say("Side", "Lado"),
        say("State", "Estado"),
        say("Last success", "Último sucesso"),
        say("Last failure", "Última falha"),
        say("Why", "Por quê"),
    ];
    let none = || say("none in a day", "nada em um dia");
    let at = |moment: &Option<String>| html! { @if let Some(at) = moment { (written(at)) } @else { (none()) } };
    html! {
        (table(say("Both sides", "Os dois lados"), &head, &html! {
            @for side in &status.sides {
                tr {
                    th scope="row" data-column=(head[0]) { (words::side(reader, side.function)) }
                    (cell(head[1], &side_state(reader, side)))
                    (cell(head[2], &at(&side.last_success)))
                    (cell(head[3], &at(&side.last_failure)))
                    (cell(head[4], &html! { @if let Some(why) = &side.why { (name_long(why)) } @else { "–" } }))
                }
            }
        }))
    }
}

fn queues(reader: &Reader, status: &Status) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let head = [
        say("Queue", "Fila"),
        say("Ready", "Prontas"),
        say("Held", "Em espera"),
        say("Oldest", "Mais antiga"),
        say("Parked", "Retidas"),
        say("Oldest parked", "Retida mais antiga"),
    ];
    let age = |seconds: Option<u64>| seconds.map_or_else(|| "–".to_owned(), length);
    html! {
        (table(say("Queues", "Filas de mensagens"), &head, &html! {
            @for queue in &status.queues {
                tr {
                    th scope="row" data-column=(head[0]) { (words::direction(reader, queue.queue)) }
                    (cell(head[1], &html! { (queue.ready) }))
                    (cell(head[2], &html! { (queue.held) }))
                    (cell(head[3], &html! { (age(queue.oldest_seconds)) }))
                    (cell(head[4], &html! { @if queue.parked > 0 { a href="/parked" { (queue.parked) } } @else { "0" } }))
                    (cell(head[5], &html! { (age(queue.oldest_parked_seconds)) }))
                }
            }
        }))
    }
}

fn waiting(reader: &Reader, status: &Status) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let head = [
        say("Conversation", "Conversa"),
        say("Where", "Onde"),
        say("Since", "Desde"),
        say("Tries", "Tentativas"),
        say("Next try", "Próxima tentativa"),
        say("Why", "Por quê"),
    ];
    if status.waiting.is_empty() {
        return html! { p class="empty" { (say("Nothing waits for another try.", "Nada espera nova tentativa.")) } };
    }
    let at = |next: Option<ponte::clock::Timestamp>| html! { @if let Some(at) = next { (moment(at)) } @else { "–" } };
    html! {
        (table(say("What waits for another try", "O que espera nova tentativa"), &head, &html! {
            @for one in status.waiting.iter().take(100) {
                tr {
                    th scope="row" data-column=(head[0]) {
                        @if let Some(key) = &one.key { a href={ "/conversations/" (key.as_str()) } { (key.as_str().chars().take(8).collect::<String>()) } } @else { "–" }
                    }
                    (cell(head[1], &html! { (words::direction(reader, one.queue)) }))
                    (cell(head[2], &at(one.since)))
                    (cell(head[3], &html! { @if let Some(tries) = one.tries { (tries) } @else { "–" } }))
                    (cell(head[4], &at(one.next_try)))
                    (cell(head[5], &name_long(&one.why)))
                }
            }
        }))
    }
}
