//! Now: who waits, what is open, what is parked, how each side is.

use std::{cmp::Reverse, fmt::Write as _};

use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use maud::{Markup, html};
use operations::{
    metrics::{Messages, POINT_SECONDS, POINTS},
    status::{self, Queue, Side},
};
use ponte::clock::{Clock, SystemClock};
use service_rules::ServiceRules;

use super::{
    figures::{Figures, WAITS, figures, target, waited},
    health::side_state,
    table, words,
};
use crate::{
    Console, chart,
    fault::Fault,
    page::{Reader, Screen, length, name, name_long, second, written},
};

/// How many of those who wait longest are shown.
const LONGEST: usize = 8;
/// How often the script asks anew, in seconds.
const SECONDS: u32 = 5;

pub(crate) async fn page(State(console): State<Console>, reader: Reader) -> Result<Response, Fault> {
    let body = html! {
        div data-live="/live" data-seconds=(SECONDS) { (parts(&console, &reader).await?) }
    };
    Ok(reader.page(Screen::Now, reader.say("Now", "Agora"), &body))
}

/// What the script fetches.
pub(crate) async fn live(State(console): State<Console>, reader: Reader) -> Result<Response, Fault> {
    Ok(Html(parts(&console, &reader).await?.into_string()).into_response())
}

async fn parts(console: &Console, reader: &Reader) -> Result<Markup, Fault> {
    let open = console.open().await?;
    let now = SystemClock.now().seconds();
    let rules = console.stack.rules.current().await.ok().flatten();
    let rules = rules.and_then(|stored| ServiceRules::from_json(stored.rules.as_bytes()).ok());
    let figures = figures(&open.conversations, target(rules.as_ref()), now);
    let counts = status::counts(&console.stack).await?;
    let sides = console.sides.get(status::sides(&console.stack)).await;
    let messages = console.messages.get(operations::metrics::messages(&console.stack)).await;
    let mut waiting: Vec<_> = open.conversations.iter().filter(|record| waited(record, now).is_some()).collect();
    waiting.sort_by_key(|record| Reverse(waited(record, now)));
    waiting.truncate(LONGEST);
    let say = |english, portuguese| reader.say(english, portuguese);
    Ok(html! {
        (tiles(reader, &figures, &counts, open.next.is_some()))
        section {
            h2 { (say("Waiting longest", "Esperando há mais tempo")) }
            @if waiting.is_empty() {
                p class="empty" { (say("Nobody waits.", "Ninguém espera.")) }
            } @else {
                (table::conversations(reader, say("Waiting longest", "Esperando há mais tempo"), &waiting, now))
                p { a href="/conversations?waiting=0" { (say("All who wait", "Todos os que esperam")) } }
            }
        }
        div class="pair" {
            section {
                h2 { (say("Open by queue", "Abertas por fila")) }
                (by_queue(reader, &figures))
            }
            section {
                h2 { (say("Both sides", "Os dois lados")) }
                @match &sides {
                    Ok(sides) => { (list_of_sides(reader, sides)) }
                    Err(problem) => p class="empty" { (say("The logs cannot be read: ", "Não foi possível ler os logs: ")) (name_long(&problem.to_string())) }
                }
            }
        }
        div class="pair" {
            section {
                h2 { (say("How long they wait", "Há quanto tempo esperam")) }
                (waits(reader, &figures))
            }
            section {
                h2 { (say("Messages, last 3 hours", "Mensagens, últimas 3 horas")) }
                @match &messages {
                    Ok(messages) => { (traffic(reader, messages, now)) }
                    Err(problem) => p class="empty" { (say("CloudWatch cannot be read: ", "Não foi possível ler o CloudWatch: ")) (name_long(&problem.to_string())) }
                }
            }
        }
        p class="quiet" { (say("As of ", "Situação às ")) (second(now)) }
    })
}

fn tiles(reader: &Reader, figures: &Figures, counts: &[Queue], cut: bool) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let parked: u64 = counts.iter().map(|queue| queue.parked).sum();
    let target = figures.target / 60;
    let tile = |label: &str, value: &str, link: &str, kind: &str| {
        html! { li class=(kind) { a href=(link) { span class="value" { (value) } " " span class="word" { (label) } } } }
    };
    let longest = figures.longest_seconds.map_or_else(|| "–".to_owned(), length);
    let late = figures.waiting - figures.in_time;
    let in_time = (figures.in_time * 100).checked_div(figures.waiting);
    let plus = if cut { "+" } else { "" };
    html! {
        ul class="tiles" {
            (tile(say("customers wait", "clientes esperam"), &format!("{}{plus}", figures.waiting), "/conversations?waiting=0", ""))
            (tile(say("longest wait", "maior espera"), &longest, "/conversations?waiting=0", if late > 0 { "soft" } else { "" }))
            (tile(
                &reader.say(format!("wait less than {target} min"), format!("esperam menos de {target} min")),
                &in_time.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %")),
                &format!("/conversations?waiting={target}"),
                "",
            ))
            (tile(say("open", "abertas"), &format!("{}{plus}", figures.open), "/conversations", ""))
            (tile(say("parked messages", "mensagens retidas"), &parked.to_string(), "/parked", if parked > 0 { "bad" } else { "" }))
        }
    }
}

fn by_queue(reader: &Reader, figures: &Figures) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let most = figures.by_queue.values().map(|(open, _)| *open).max().unwrap_or(1).max(1);
    html! {
        @if figures.by_queue.is_empty() { p class="empty" { (say("Nothing is open.", "Nada está aberto.")) } }
        ul class="bars" {
            @for (queue, (open, waiting)) in figures.by_queue.iter().take(20) {
                li {
                    a href={ "/conversations?queue=" (encoded(queue)) } {
                        @if queue.is_empty() { (say("no queue", "sem fila")) } @else { (name(queue)) }
                    }
                    (chart::bar(*open, most))
                    span { (reader.count(*open, ("open", "aberta"), ("open", "abertas"))) ", " span class="quiet" { (reader.count(*waiting, ("waits", "espera"), ("wait", "esperam"))) } }
                }
            }
        }
    }
}

fn list_of_sides(reader: &Reader, sides: &[Side]) -> Markup {
    html! {
        ul class="sides" {
            @for side in sides {
                li {
                    (side_state(reader, side))
                    b { (words::side(reader, side.function)) }
                    span class="quiet" {
                        @if let Some(at) = &side.last_success { (reader.say("last worked ", "funcionou por último ")) (written(at)) }
                        @else { (reader.say("nothing in a day", "nada em um dia")) }
                    }
                }
            }
        }
        p { a href="/health" { (reader.say("Details", "Detalhes")) } }
    }
}

fn waits(reader: &Reader, figures: &Figures) -> Markup {
    let [one, five, fifteen, hour] = WAITS.map(|seconds| seconds / 60);
    let words = [
        format!("< {one} min"),
        format!("{one}–{five} min"),
        format!("{five}–{fifteen} min"),
        format!("{fifteen}–{hour} min"),
        format!("> {hour} min"),
    ];
    let columns: Vec<(String, u64)> = words.into_iter().zip(figures.waits).collect();
    chart::columns(reader.say("Customers who wait, by how long", "Clientes que esperam, por tempo de espera"), &columns)
}

fn traffic(reader: &Reader, messages: &[Messages], now: i64) -> Markup {
    let step = i64::from(POINT_SECONDS);
    let from = now - now.rem_euclid(step) + step - step * i64::try_from(POINTS).unwrap_or(0);
    html! {
        @if messages.iter().all(|one| one.points.is_empty()) {
            p class="empty" { (reader.say("CloudWatch has no messages in these hours.", "O CloudWatch não tem mensagens nessas horas.")) }
        } @else {
            @for one in messages {
                @let total: f64 = one.points.iter().map(|(_, value)| value).sum();
                @let about = format!("{}: {total:.0}", words::direction(reader, one.queue));
                p class="quiet" { (about) }
                (chart::line(&about, &one.points, from, step, POINTS))
            }
        }
    }
}

/// A name as a part of a link.
pub(crate) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut link, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            link.push(char::from(byte));
        } else {
            let _ = write!(link, "%{byte:02X}");
        }
        link
    })
}
