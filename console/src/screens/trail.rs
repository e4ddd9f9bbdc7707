//! The trail of a conversation: why it waits, what is not through yet, and each step.

use maud::{Markup, html};
use operations::plain;
use ponte::{
    clock::Timestamp,
    trail::{Gap, MessageHash, Present, Standing, Step, StepName, Story, Toward},
};

use crate::page::{Reader, length, mark, moment, name, name_long};

/// The most steps that are shown: the last ones.
const STEPS: usize = 200;

/// Why it waits: the first thing that somebody wants to know. `now` is in Unix seconds.
pub(super) fn why_it_waits(reader: &Reader, story: &Story, now: i64) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let bad = |body: &Markup| html! { div class="notice bad" { (body) } };
    match &story.present {
        Present::Waits { to, next_try, why } => bad(&html! {
            p {
                b { (match to {
                    Some(Toward::Helpdesk) => say("Messages to the helpdesk wait: ", "Há mensagens esperando para o helpdesk: "),
                    Some(Toward::Customer) => say("Messages to the customer wait: ", "Há mensagens esperando para o cliente: "),
                    None => say("Its closing waits: ", "O encerramento está esperando: "),
                }) }
                (name_long(why)) ". " (next(reader, *next_try, now))
            }
            p class="quiet" { (say(
                "Nobody can hurry them: the queue itself holds them until then, and goes on in order.",
                "Não dá para apressar: a própria fila segura as mensagens até lá, e depois elas seguem em ordem.",
            )) }
        }),
        Present::NotThrough => html! {
            @if let Some(gap) = story.gaps.first() {
                div class=(if gap.standing == Standing::OnItsWay { "notice" } else { "notice bad" }) {
                    p { b { (say("One message is not through: ", "Uma mensagem ainda não chegou: ")) } (standing(reader, gap, now)) }
                }
            }
        },
        Present::Parked { at, why } => bad(&html! {
            p {
                b { (say("A message is parked: ", "Uma mensagem está retida: ")) }
                (name_long(why)) ", " (moment(*at)) ". "
                a href="/parked" { (say("Parked messages", "Mensagens retidas")) }
            }
        }),
        Present::CustomerWaits { since } => html! {
            div class="notice" { p {
                (say("Nothing waits in Ponte. The customer waits for an agent's word since ", "Nenhuma mensagem está esperando na Ponte. O cliente espera a resposta de um atendente desde "))
                (moment(*since)) "."
            } }
        },
        Present::Nothing => html! { div class="notice good" { p { (say("Nothing waits.", "Nada está esperando.")) } } },
    }
}

/// When it is tried again. `now` is in Unix seconds.
fn next(reader: &Reader, at: Timestamp, now: i64) -> Markup {
    if at.seconds() > now {
        html! { (reader.say("Next try: ", "Próxima tentativa: ")) (moment(at)) "." }
    } else {
        html! { (reader.say("The next try is under way.", "A próxima tentativa está em curso.")) }
    }
}

fn standing(reader: &Reader, gap: &Gap, now: i64) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    match &gap.standing {
        Standing::Waits { next_try, why } => html! { (name_long(why)) ". " (next(reader, *next_try, now)) },
        Standing::Behind { next_try, why } => html! {
            (say("it is behind one that waits: ", "está atrás de outra que espera: ")) (name_long(why)) ". "
            (next(reader, *next_try, now))
        },
        Standing::OnItsWay => html! { (say("on its way.", "a caminho.")) },
        Standing::Unknown => html! {
            (say("the log does not say why. ", "o log não diz por quê. ")) a href="/health" { (say("Health", "Saúde")) }
        },
    }
}

/// What is not through yet, and the last steps, the latest first. `now` is in Unix seconds.
pub(super) fn trail(reader: &Reader, story: &Story, now: i64) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    html! {
        @if !story.gaps.is_empty() {
            h3 { (say("Not through yet", "Ainda não chegaram")) }
            ol class="trail gaps" {
                @for gap in &story.gaps {
                    li class=(side(gap.to)) {
                        span class="when" { (moment(gap.accepted)) }
                        span class="what" { b { (direction(reader, gap.to)) } " " (hashes(std::slice::from_ref(&gap.message))) }
                        span class="why" { (standing(reader, gap, now)) }
                    }
                }
            }
            h3 { (say("Steps", "Passos")) }
        }
        @if story.steps.is_empty() {
            p class="empty" { (say(
                "The logs of the last day have nothing of it. They come up to a minute late, and with LogLevel=warn they hold no success.",
                "Os logs do último dia não têm nada dela. Eles chegam com até um minuto de atraso, e com LogLevel=warn não registram o que deu certo.",
            )) }
        } @else {
            ol class="trail" { @for one in story.steps.iter().rev().take(STEPS) { (step(reader, one)) } }
        }
    }
}

fn step(reader: &Reader, step: &Step) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    let (kind, english, portuguese) = called(step);
    let is_of_messages = !step.messages.is_empty();
    html! {
        li class=(side(step.to)) {
            span class="when" { (moment(step.at)) }
            span class="what" {
                (mark(kind, say(english, portuguese)))
                @if is_of_messages { " " b { (direction(reader, step.to)) } }
                @if let Some(event) = &step.event { " " code { (plain(event)) } }
                @if let Some(passed) = step.since_accepted_ms { " " span class="quiet" { (say("after ", "depois de ")) (lasted(passed)) } }
                @if step.attempt > 1 { " " span class="quiet" { (say("try ", "tentativa ")) (step.attempt) } }
                @if let Some(at) = step.next_try { " " span class="quiet" { (say("again at ", "de novo em ")) (moment(at)) } }
                " " (hashes(&step.messages))
            }
            @if let Some(why) = &step.why { span class="why" { (name_long(why)) } }
            @else if let Some(status) = step.status { span class="why" { (say("answer ", "resposta ")) (status) } }
            @else if !step.figures.is_empty() { span class="why" { (figures(reader, step)) } }
        }
    }
}

/// So many milliseconds.
fn lasted(milliseconds: u64) -> String {
    if milliseconds < 1_000 { format!("{milliseconds} ms") } else { length(milliseconds / 1_000) }
}

/// The names of messages in the log: `ponte trail --message` takes them.
fn hashes(messages: &[MessageHash]) -> Markup {
    html! { @for message in messages.iter().take(3) { code class="quiet" { (message.as_str()) } " " } @if messages.len() > 3 { "…" } }
}

/// What the step says beside its name: how long after the opening it came, queue, route, reason, how far the conversation came, rating.
fn figures(reader: &Reader, step: &Step) -> Markup {
    let known = [
        ("TimeToAssignment", reader.say("after", "depois de")),
        ("TimeToFirstWord", reader.say("after", "depois de")),
        ("Queue", reader.say("queue", "fila")),
        ("Route", reader.say("route", "rota")),
        ("Reason", reader.say("reason", "motivo")),
        ("Stage", reader.say("stage", "etapa")),
        ("Rating", reader.say("rating", "avaliação")),
    ];
    let told = known.into_iter().filter_map(|(figure, label)| {
        let value = step.figures.get(figure)?;
        let seconds = value.as_u64().filter(|_| figure.starts_with("Time"));
        let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some((label, seconds.map_or_else(text, length)))
    });
    html! { @for (at, (label, value)) in told.enumerate() { @if at > 0 { ", " } (label) " " (name(&value)) } }
}

fn side(to: Option<Toward>) -> &'static str {
    match to {
        Some(Toward::Helpdesk) => "in",
        _ => "out",
    }
}

/// Where a message goes.
fn direction(reader: &Reader, to: Option<Toward>) -> &'static str {
    match to {
        Some(Toward::Helpdesk) => reader.say("customer → agent", "cliente → atendente"),
        Some(Toward::Customer) => reader.say("agent → customer", "atendente → cliente"),
        None => reader.say("closing", "encerramento"),
    }
}

/// What a step is called, with its colour.
fn called(step: &Step) -> (&'static str, &'static str, &'static str) {
    match step.step {
        StepName::Accepted => ("quiet", "accepted", "aceita"),
        StepName::Delivered if step.late => ("good", "noted on the closed ticket", "anotada no ticket encerrado"),
        StepName::Delivered => ("good", "delivered", "entregue"),
        StepName::Known => ("quiet", "a copy: nothing done", "cópia: nada foi feito"),
        StepName::Refused => ("bad", "refused", "recusada"),
        StepName::Ignored => ("quiet", "means nothing now", "sem efeito agora"),
        StepName::Withdrawn => ("quiet", "taken back by the agent", "apagada pelo atendente"),
        StepName::Handled => ("good", "done by Ponte", "feita pela Ponte"),
        StepName::Received => ("good", "received", "recebida"),
        StepName::Seen => ("good", "seen", "lida"),
        StepName::Undelivered => ("bad", "not taken by the channel", "não aceita pelo canal"),
        StepName::Waits => ("soft", "waits", "espera"),
        StepName::Parked => ("bad", "parked", "retida"),
        StepName::Done => ("good", "what waited is through", "o que esperava seguiu"),
        StepName::Opened => ("quiet", "conversation opened", "conversa aberta"),
        StepName::Assigned => ("quiet", "an agent has it", "um atendente assumiu"),
        StepName::Answered => ("quiet", "an agent's first word", "primeira resposta do atendente"),
        StepName::Ends => ("quiet", "it ends", "está encerrando"),
        StepName::Asked => ("quiet", "rating asked", "avaliação pedida"),
        StepName::Left => ("quiet", "back with the bot", "de volta com o bot"),
    }
}
