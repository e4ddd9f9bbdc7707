//! Conversations: those that have not ended, by the index. Without a filter a page costs a page; with one, what is open is read.

use std::{cmp::Reverse, collections::BTreeSet};

use axum::{
    extract::{Query, State},
    response::Response,
};
use maud::{Markup, html};
use operations::conversations::{self, Cursor, StateName};
use ponte::{
    clock::{Clock, SystemClock},
    conversation::CustomerRecord,
};
use serde::Deserialize;

use super::{figures::waited, now::encoded, table};
use crate::{
    Console, MAX_OPEN,
    fault::Fault,
    masked,
    page::{Reader, Screen, cut_value},
};

/// Conversations on a page.
const PAGE: usize = 50;

/// What is asked for. An empty field asks for nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    state: String,
    queue: Option<String>,
    agent: String,
    channel: String,
    /// Minutes that the customer waits at least.
    waiting: String,
    /// Where the page begins: a place of the index, or with a filter a number.
    from: String,
}

impl Filter {
    fn is_empty(&self) -> bool {
        let Self { state, queue, agent, channel, waiting, .. } = self;
        queue.as_deref().is_none_or(|queue| queue == ANY)
            && [state, agent, channel, waiting].iter().all(|field| field.trim().is_empty())
    }

    fn takes(&self, record: &CustomerRecord, now: i64) -> bool {
        let state = self.state.parse::<StateName>().ok();
        let waiting = self.waiting.trim().parse::<u64>().ok().map(|minutes| minutes.saturating_mul(60));
        state.is_none_or(|state| state == StateName::of(record.state))
            && self
                .queue
                .as_deref()
                .filter(|queue| *queue != ANY)
                .is_none_or(|queue| record.placement.queue.as_deref().unwrap_or_default() == queue)
            && (self.agent.is_empty() || record.agent.as_deref().map(masked::agent).unwrap_or_default() == self.agent)
            && (self.channel.is_empty() || masked::channel(record) == self.channel)
            && waiting.is_none_or(|least| waited(record, now).is_some_and(|waited| waited >= least))
    }

    fn link(&self, from: &str) -> String {
        let queue = self.queue.as_deref().unwrap_or(ANY);
        let fields = [
            ("state", self.state.as_str()),
            ("queue", queue),
            ("agent", &self.agent),
            ("channel", &self.channel),
            ("waiting", &self.waiting),
            ("from", from),
        ];
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        format!("/conversations?{}", pairs.join("&"))
    }
}

/// All queues: the empty name is that of conversations without one.
const ANY: &str = "*";

pub(crate) async fn page(
    State(console): State<Console>,
    reader: Reader,
    Query(filter): Query<Filter>,
) -> Result<Response, Fault> {
    let now = SystemClock.now().seconds();
    let title = reader.say("Conversations", "Conversas");
    if filter.is_empty() {
        let from = Cursor::parse(&filter.from);
        if from.is_none() && !filter.from.is_empty() {
            return Err(Fault::wrong(reader.say("This page does not exist.", "Esta página não existe.")));
        }
        let open = conversations::open(&console.stack, from.as_ref(), PAGE).await?;
        let shown: Vec<&CustomerRecord> = open.conversations.iter().collect();
        let next = open.next.map(|cursor| filter.link(&cursor.as_text()));
        let order = reader.say("In the order of what is due next.", "Na ordem do que vence primeiro.");
        let body = html! {
            (form(&console, &reader, &filter).await)
            p class="quiet" { (order) }
            (listed(&reader, &shown, now))
            (pages(&reader, from.is_some().then(|| filter.link("")), next))
        };
        return Ok(reader.page(Screen::Conversations, title, &body));
    }
    let open = console.open().await?;
    let mut found: Vec<&CustomerRecord> =
        open.conversations.iter().filter(|record| filter.takes(record, now)).collect();
    found.sort_by_key(|record| (Reverse(waited(record, now)), record.opened));
    let begin = filter.from.parse::<usize>().unwrap_or(0);
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let shown: Vec<&CustomerRecord> = found.iter().skip(begin).take(PAGE).copied().collect();
    let next = (begin.saturating_add(PAGE) < found.len()).then(|| filter.link(&begin.saturating_add(PAGE).to_string()));
    let before = (begin > 0).then(|| filter.link(&begin.saturating_sub(PAGE).to_string()));
    let body = html! {
        (form(&console, &reader, &filter).await)
        p class="quiet" role="status" {
            (reader.count(total, ("conversation", "conversa"), ("conversations", "conversas")))
            (reader.say(", the longest wait first.", ", a maior espera primeiro."))
            @if open.next.is_some() {
                " " (reader.say("More are open than are looked through here: ", "Há mais abertas do que se procura aqui: ")) (MAX_OPEN) "."
            }
        }
        (listed(&reader, &shown, now))
        (pages(&reader, before, next))
    };
    Ok(reader.page(Screen::Conversations, title, &body))
}

fn listed(reader: &Reader, shown: &[&CustomerRecord], now: i64) -> Markup {
    html! {
        @if shown.is_empty() {
            p class="empty" { (reader.say("No conversation is open that fits.", "Nenhuma conversa aberta corresponde.")) }
        } @else {
            div class="card" { (table::conversations(reader, reader.say("Conversations", "Conversas"), shown, now)) }
        }
        p class="quiet" {
            (reader.say("Ended conversations are found by ", "Conversas encerradas se encontram em "))
            a href="/search" { (reader.say("searching", "Buscar")) } "."
        }
    }
}

fn pages(reader: &Reader, before: Option<String>, next: Option<String>) -> Markup {
    html! {
        @if before.is_some() || next.is_some() {
            nav class="pages" aria-label=(reader.say("Pages", "Páginas")) {
                @if let Some(link) = before { a href=(link) rel="prev" { (reader.say("← Before", "← Anteriores")) } }
                @if let Some(link) = next { a href=(link) rel="next" { (reader.say("Next →", "Próximas →")) } }
            }
        }
    }
}

/// The filter, with what there is to choose: the queues of the rules, and the agents and channels of what was read lately.
async fn form(console: &Console, reader: &Reader, filter: &Filter) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let open = if filter.is_empty() { None } else { console.open().await.ok() };
    let records = open.as_ref().map_or(&[][..], |open| open.conversations.as_slice());
    let mut queues: BTreeSet<String> = records.iter().filter_map(|record| record.placement.queue.clone()).collect();
    if let Ok(Some(stored)) = console.stack.rules.current().await
        && let Ok(rules) = service_rules::ServiceRules::from_json(stored.rules.as_bytes())
    {
        queues.extend(rules.queues.keys().cloned());
    }
    queues.extend(filter.queue.clone().filter(|queue| !queue.is_empty() && queue != ANY));
    let channels: BTreeSet<String> =
        records.iter().map(masked::channel).chain([filter.channel.clone()]).filter(|one| !one.is_empty()).collect();
    let states = [
        (StateName::Claimed, say("opening, no ticket", "abrindo, sem ticket")),
        (StateName::Ticketed, say("opening", "abrindo")),
        (StateName::Open, say("open", "aberta")),
        (StateName::Closing, say("ending", "encerrando")),
    ];
    let any = say("any", "qualquer");
    html! {
        form method="get" action="/conversations" class="filter" {
            label { (say("State", "Estado"))
                select name="state" {
                    option value="" { (any) }
                    @for (state, word) in states { option value=(state.as_str()) selected[filter.state == state.as_str()] { (word) } }
                }
            }
            label { (say("Queue", "Fila"))
                select name="queue" {
                    option value=(ANY) { (any) }
                    option value="" selected[filter.queue.as_deref() == Some("")] { (say("no queue", "sem fila")) }
                    @for queue in queues.iter().take(200) { option value=(queue) selected[filter.queue.as_deref() == Some(queue.as_str())] { (cut_value(queue)) } }
                }
            }
            label { (say("Agent's initials", "Iniciais do atendente"))
                input name="agent" value=(filter.agent) maxlength="4" size="4" autocomplete="off";
            }
            label { (say("Channel", "Canal"))
                input name="channel" value=(filter.channel) list="channels" size="12" autocomplete="off";
                datalist id="channels" { @for channel in &channels { option value=(channel) {} } }
            }
            label { (say("Waits at least, min", "Espera no mínimo, min"))
                input name="waiting" value=(filter.waiting) inputmode="numeric" pattern="[0-9]*" size="4" autocomplete="off";
            }
            button type="submit" { (say("Filter", "Filtrar")) }
            @if !filter.is_empty() { a href="/conversations" { (say("No filter", "Sem filtro")) } }
        }
    }
}
