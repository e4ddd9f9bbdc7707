//! What could not be processed: groups, reasons, the shape of a message without its words; sent back in order, or dropped with a reason.

use axum::{
    extract::{Form, Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use operations::{
    QueueName,
    parked::{self, Detail, Listed, Parked, Which},
};
use ponte::message::CustomerKey;
use serde::Deserialize;

use super::{conversation::Done, now::encoded, words};
use crate::{
    Console,
    access::Role,
    confirm::{Question, ask},
    fault::Fault,
    page::{Reader, Screen, cell, length, name, name_long, table, written},
};

/// The longest reason of a drop.
const MAX_REASON: usize = 200;

pub(crate) async fn page(
    State(console): State<Console>,
    reader: Reader,
    Query(done): Query<Done>,
) -> Result<Response, Fault> {
    let listed = parked::list(&console.stack, None, |_| ()).await?;
    let say = |english, portuguese| reader.say(english, portuguese);
    let body = html! {
        (told(&reader, &done))
        p { (say(
            "A message is parked when trying again does not help. What follows it in its conversation goes on.",
            "Uma mensagem fica retida quando tentar de novo não adianta. O que vem depois dela na conversa segue.",
        )) }
        @if listed.parked.is_empty() && listed.behind.is_empty() {
            p class="empty" { (say("Nothing is parked.", "Nada está retido.")) }
        } @else {
            @if reader.may(Role::Operator) {
                p class="buttons" { a class="button" href="/parked/replay" { (say("Send all back…", "Reenviar todas…")) } }
            }
            @for group in groups(&listed) { (card(&reader, group)) }
            @for behind in &listed.behind {
                p class="quiet" {
                    (words::direction(&reader, behind.queue)) ": " (behind.copies) " "
                    (say("more behind these, or in the hands of another look", "a mais atrás destas, ou nas mãos de outra consulta"))
                }
            }
        }
    };
    Ok(reader.page(Screen::Parked, say("Parked messages", "Mensagens retidas"), &body))
}

fn told(reader: &Reader, done: &Done) -> Markup {
    let text = match done.done.as_str() {
        "replay" => reader.say(format!("Sent back to the queue: {}.", done.n), format!("De volta para a fila: {}.", done.n)),
        "left" => reader.say(
            format!("Sent back: {}. Some stayed: they were parked again, are held by somebody, or are no job. Look again in two minutes.", done.n),
            format!("De volta para a fila: {}. Algumas ficaram: foram retidas de novo, estão com alguém, ou não são jobs. Olhe de novo em dois minutos.", done.n),
        ),
        "drop" => reader.say("Dropped for good.".to_owned(), "Descartada de vez.".to_owned()),
        _ => return html! {},
    };
    html! { div class="notice good" role="status" { p { (text) } } }
}

/// The groups in the order of the list, which has each group's copies together.
fn groups(listed: &Listed) -> Vec<&[Parked]> {
    listed.parked.chunk_by(|one, other| (one.queue, &one.group) == (other.queue, &other.group)).collect()
}

fn card(reader: &Reader, group: &[Parked]) -> Markup {
    let Some(first) = group.first() else { return html! {} };
    let say = |english, portuguese| reader.say(english, portuguese);
    let [kind, age, reason, look] =
        [say("Kind", "Tipo"), say("Since", "Desde"), say("Reason", "Motivo"), say("Look", "Ver")];
    let count = u64::try_from(group.len()).unwrap_or(u64::MAX);
    html! {
        section class="card" {
            h2 {
                (words::direction(reader, first.queue)) ", "
                (reader.count(count, ("message", "mensagem"), ("messages", "mensagens")))
            }
            p class="buttons" {
                @if let Some(key) = &first.key {
                    a href={ "/conversations/" (key.as_str()) } { (say("The conversation", "A conversa")) }
                }
                @if reader.may(Role::Operator) {
                    a class="button" href={ "/parked/replay?group=" (encoded(&first.group)) } { (say("Send back in order…", "Reenviar em ordem…")) }
                }
            }
            (table(say("Messages of this group, in order", "Mensagens deste grupo, em ordem"), &[kind, age, reason, look], &html! {
                @for one in group {
                    tr {
                        (cell(kind, &name(&one.kind)))
                        (cell(age, &html! { (written(&one.parked_at)) " (" (length(one.age_seconds)) ")" }))
                        (cell(reason, &name_long(&one.reason)))
                        (cell(look, &html! { a href=(link(one.queue, &one.id)) aria-label={ (say("Shape", "Estrutura")) " " (one.id) } { (say("Shape", "Estrutura")) } }))
                    }
                }
            }))
        }
    }
}

fn link(queue: QueueName, id: &str) -> String {
    format!("/parked/{}/{}", queue.as_str(), encoded(id))
}

fn queue(text: &str) -> Result<QueueName, Fault> {
    text.parse().map_err(|_| Fault::not_found())
}

pub(crate) async fn one(
    State(console): State<Console>,
    reader: Reader,
    Path((of, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let queue = queue(&of)?;
    let shown = parked::show(&console.stack, Some(queue), &id, Detail::Redacted).await?;
    let say = |english, portuguese| reader.say(english, portuguese);
    let shape = serde_json::to_string_pretty(&shown.body).unwrap_or_default();
    let key = shown.parked.key.as_ref().map(CustomerKey::as_str);
    let body = html! {
        dl class="facts" {
            div { dt { (say("Where", "Onde")) } dd { (words::direction(&reader, queue)) } }
            div { dt { (say("Kind", "Tipo")) } dd { (name(&shown.parked.kind)) } }
            div { dt { (say("Parked", "Retida")) } dd { (written(&shown.parked.parked_at)) } }
            div { dt { (say("Reason", "Motivo")) } dd { (name_long(&shown.parked.reason)) } }
        }
        p class="buttons" {
            @if let Some(key) = key { a href={ "/conversations/" (key) } { (say("The conversation", "A conversa")) } }
            @if reader.may(Role::Operator) {
                a class="button" href={ (link(queue, &id)) "/drop" } { (say("Drop…", "Descartar…")) }
            }
        }
        h2 { (say("Its shape", "Sua estrutura")) }
        p class="quiet" { (say("Every word, number and name is replaced by its length.", "Cada texto, número e nome foi trocado pelo seu tamanho.")) }
        pre tabindex="0" role="region" aria-label=(say("Its shape", "Sua estrutura")) { (shape) }
    };
    Ok(reader.page(Screen::Parked, say("One parked message", "Uma mensagem retida"), &body))
}

/// Which group is sent back; none: all.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Group {
    group: String,
}

pub(crate) async fn ask_replay(reader: Reader, Query(which): Query<Group>) -> Response {
    let say = |english, portuguese| reader.say(english, portuguese);
    let all = which.group.is_empty();
    let body = html! {
        p { (say(
            "They go back to their queues in order, behind what waits there. What had its effect already is not repeated.",
            "Elas voltam para as filas em ordem, atrás do que já espera lá. O que já teve efeito não se repete.",
        )) }
        p { (say(
            "First mend why they were parked: else they are parked again.",
            "Antes, conserte o motivo pelo qual ficaram retidas: senão ficam retidas de novo.",
        )) }
    };
    let title = if all {
        say("Send all parked messages back?", "Reenviar todas as mensagens retidas?")
    } else {
        say("Send the messages of this group back?", "Reenviar as mensagens deste grupo?")
    };
    let fields = html! { input type="hidden" name="group" value=(which.group); };
    let button = say("Send back", "Reenviar");
    ask(
        &reader,
        &Question {
            here: Screen::Parked,
            title,
            body,
            action: "/parked/replay",
            fields,
            button,
            is_final: false,
            back: "/parked",
        },
    )
}

pub(crate) async fn replay(
    State(console): State<Console>,
    reader: Reader,
    Form(which): Form<Group>,
) -> Result<Response, Fault> {
    let which = if which.group.is_empty() { Which::All } else { Which::One(which.group) };
    let replayed = parked::replay(&console.acting(&reader.operator), None, &which, |_| ()).await?;
    let done = if replayed.left.is_empty() && replayed.not_handed_out == 0 { "replay" } else { "left" };
    Ok(Redirect::to(&format!("/parked?done={done}&n={}", replayed.replayed)).into_response())
}

pub(crate) async fn ask_drop(reader: Reader, Path((of, id)): Path<(String, String)>) -> Result<Response, Fault> {
    let queue = queue(&of)?;
    let say = |english, portuguese| reader.say(english, portuguese);
    let body = html! {
        p { (say(
            "It is deleted for good, and nobody is told: neither the customer nor the agent.",
            "Ela é apagada de vez, e ninguém é avisado: nem o cliente, nem o atendente.",
        )) }
    };
    let fields = html! {
        p { label {
            (say("Why, for the audit log; nothing personal", "Por quê, para o log de auditoria; nada pessoal"))
            input name="reason" required maxlength=(MAX_REASON) autocomplete="off";
        } }
    };
    let (here, back) = (Screen::Parked, link(queue, &id));
    let question = Question {
        here,
        title: say("Drop this message?", "Descartar esta mensagem?"),
        body,
        action: &format!("{back}/drop"),
        fields,
        button: say("Drop for good", "Descartar de vez"),
        is_final: true,
        back: &back,
    };
    Ok(ask(&reader, &question))
}

#[derive(Deserialize)]
pub(crate) struct Drop {
    reason: String,
}

pub(crate) async fn discard(
    State(console): State<Console>,
    reader: Reader,
    Path((of, id)): Path<(String, String)>,
    Form(form): Form<Drop>,
) -> Result<Response, Fault> {
    if form.reason.trim().is_empty() || form.reason.chars().count() > MAX_REASON {
        return Err(Fault::wrong(
            reader.say(
                "A reason says something, in 200 characters at most.",
                "O motivo diz algo, em até 200 caracteres.",
            ),
        ));
    }
    let stack = console.acting(&reader.operator);
    Box::pin(parked::discard(&stack, Some(queue(&of)?), &id, form.reason.trim())).await?;
    Ok(Redirect::to("/parked?done=drop").into_response())
}
