//! The service rules: the document in force, what a change would do, and earlier versions.

use axum::{
    extract::{Form, Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use operations::{
    OperationError,
    rules::{self, Checked, History, Plan},
};
use serde::Deserialize;
use service_rules::Severity;

use super::{conversation::Done, rules_help};
use crate::{
    Console,
    access::Role,
    confirm::{Question, ask},
    fault::Fault,
    page::{Reader, Screen, mark, name, name_long, written},
};

/// What is pushed where nothing is in force yet.
const FIRST: &str = "version: 1\n";

pub(crate) async fn page(
    State(console): State<Console>,
    reader: Reader,
    Query(done): Query<Done>,
) -> Result<Response, Fault> {
    let (from, source) = match rules::pull(&console.stack).await {
        Ok(pulled) => (pulled.pushing.version, pulled.source),
        Err(OperationError::NotFound(_)) => (0, FIRST.to_owned()),
        Err(problem) => return Err(problem.into()),
    };
    let history = rules::history(&console.stack).await?;
    let body = html! {
        @if done.done == "push" {
            div class="notice good" role="status" { p { (reader.say(
                format!("Version {} is in force within a minute.", done.n),
                format!("A versão {} vale em até um minuto.", done.n),
            )) } }
        }
        @if done.done == "same" {
            div class="notice" role="status" { p { (reader.say("The same is in force already: nothing was pushed.", "O mesmo já está em vigor: nada foi publicado.")) } }
        }
        (editor(&reader, from, &source, None))
        section { h2 { (reader.say("Versions", "Versões")) } (versions(&reader, &history)) }
        section { h2 { (reader.say("What may be written", "O que se pode escrever")) } (rules_help::help(&reader)) }
    };
    Ok(reader.page(Screen::Rules, reader.say("Service rules", "Regras do serviço"), &body))
}

fn editor(reader: &Reader, from: u64, source: &str, checked: Option<&Checked>) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    html! {
        @if let Some(checked) = checked { (problems(reader, checked)) }
        form method="post" action="/rules/check" {
            (reader.token())
            input type="hidden" name="from" value=(from);
            label for="source" {
                @if from == 0 { (say("The document; there is none yet", "O documento; ainda não há nenhum")) }
                @else { (say("The document in force, version ", "O documento em vigor, versão ")) (from) }
            }
            textarea id="source" name="source" rows="22" spellcheck="false" autocapitalize="off" autocomplete="off" { "\n" (source) }
            p class="buttons" { button type="submit" class="main" { (say("Check, and show the difference", "Verificar e mostrar a diferença")) } }
        }
    }
}

fn problems(reader: &Reader, checked: &Checked) -> Markup {
    if checked.problems.is_empty() {
        return html! {};
    }
    let is_refused = checked.rules.is_none();
    html! {
        div class=(if is_refused { "notice bad" } else { "notice" }) role="alert" {
            @if is_refused { p { (reader.say("It is not pushed like this:", "Assim não se publica:")) } }
            ul {
                @for problem in checked.problems.iter().take(100) {
                    li {
                        @match problem.severity {
                            Severity::Error => (mark("bad", reader.say("error", "erro"))),
                            Severity::Warning => (mark("soft", reader.say("warning", "aviso"))),
                        }
                        " " (name_long(&problem.to_string()))
                    }
                }
            }
        }
    }
}

fn versions(reader: &Reader, history: &History) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    if history.versions.is_empty() {
        return html! { p class="empty" { (say("Nothing was pushed yet.", "Nada foi publicado ainda.")) } };
    }
    html! {
        ol class="versions" reversed {
            @for one in &history.versions {
                li {
                    b { (say("Version ", "Versão ")) (one.version) } " " (written(&one.at)) " "
                    span class="quiet" { (name(&one.by)) } " "
                    @if Some(one.version) == history.in_force { (mark("good", say("in force", "em vigor"))) }
                    @else if reader.may(Role::Operator) {
                        a href={ "/rules/" (one.version) "/rollback" } { (say("Back to it…", "Voltar a ela…")) }
                    }
                }
            }
        }
    }
}

/// A document, and the version that it was made from; 0 where there was none.
#[derive(Deserialize)]
pub(crate) struct Document {
    source: String,
    from: u64,
}

impl Document {
    /// The text with the ends of lines that people write: browsers send another one.
    fn text(&self) -> String {
        self.source.replace("\r\n", "\n")
    }

    fn checked(&self) -> Result<Checked, OperationError> {
        rules::check("service.yaml".to_owned(), self.text().into_bytes())
    }

    async fn plan(&self, console: &Console, checked: &Checked) -> Result<Plan, OperationError> {
        let accepted = checked.accepted()?;
        let plan = rules::push(&console.stack, accepted, (self.from > 0).then_some(self.from)).await?;
        match (&plan.replaces, self.from) {
            (Some(_), 0) => {
                Err(OperationError::NotPossible("somebody else pushed meanwhile: open the page again".to_owned()))
            }
            _ => Ok(plan),
        }
    }
}

pub(crate) async fn check(
    State(console): State<Console>,
    reader: Reader,
    Form(document): Form<Document>,
) -> Result<Response, Fault> {
    let checked = document.checked()?;
    let text = document.text();
    if checked.rules.is_none() {
        let body = editor(&reader, document.from, &text, Some(&checked));
        return Ok(reader.page(Screen::Rules, reader.say("Service rules", "Regras do serviço"), &body));
    }
    let plan = document.plan(&console, &checked).await?;
    if let Some(done) = nothing_to_do(&plan) {
        return Ok(done);
    }
    let body = html! { (problems(&reader, &checked)) (difference(&reader, &plan)) };
    if !reader.may(Role::Operator) {
        return Ok(reader.page(Screen::Rules, reader.say("The difference", "A diferença"), &body));
    }
    let fields = html! {
        input type="hidden" name="from" value=(document.from);
        textarea name="source" hidden aria-hidden="true" { "\n" (text) }
    };
    let title =
        reader.say(format!("Push version {}?", plan.version()), format!("Publicar a versão {}?", plan.version()));
    let button = reader.say("Push", "Publicar");
    Ok(asks(&reader, &title, body, "/rules/push", fields, button))
}

fn asks(reader: &Reader, title: &str, body: Markup, action: &str, fields: Markup, button: &str) -> Response {
    let (here, back) = (Screen::Rules, "/rules");
    ask(reader, &Question { here, title, body, action, fields, button, is_final: false, back })
}

/// What is in force already is not pushed.
fn nothing_to_do(plan: &Plan) -> Option<Response> {
    plan.is_nothing().then(|| Redirect::to("/rules?done=same").into_response())
}

fn difference(reader: &Reader, plan: &Plan) -> Markup {
    let say = |english, portuguese| reader.say(english, portuguese);
    html! {
        h2 { (say("What changes", "O que muda")) }
        @match &plan.changes {
            None => p { (say("This release cannot read what is in force: all of it is replaced.", "Esta versão não lê o que está em vigor: tudo é trocado.")) },
            Some(changes) if changes.is_empty() => p { (say("Only comments and blanks.", "Só comentários e espaços.")) },
            Some(changes) => dl class="difference" {
                @for change in changes.iter().take(300) {
                    div {
                        dt { code { (name(&change.path)) } }
                        @if let Some(from) = &change.from { dd { del { (name_long(from)) } } }
                        @if let Some(to) = &change.to { dd { ins { (name_long(to)) } } }
                    }
                }
            },
        }
    }
}

pub(crate) async fn push(
    State(console): State<Console>,
    reader: Reader,
    Form(document): Form<Document>,
) -> Result<Response, Fault> {
    let checked = document.checked()?;
    let plan = document.plan(&console, &checked).await?;
    Box::pin(put_in_force(&console, &reader, &plan)).await
}

async fn put_in_force(console: &Console, reader: &Reader, plan: &Plan) -> Result<Response, Fault> {
    if let Some(done) = nothing_to_do(plan) {
        return Ok(done);
    }
    let pushed = rules::put_in_force(&console.acting(&reader.operator), plan).await?;
    Ok(Redirect::to(&format!("/rules?done=push&n={}", pushed.version)).into_response())
}

pub(crate) async fn ask_rollback(
    State(console): State<Console>,
    reader: Reader,
    Path(version): Path<u64>,
) -> Result<Response, Fault> {
    let plan = rules::rollback(&console.stack, version).await?;
    if let Some(done) = nothing_to_do(&plan) {
        return Ok(done);
    }
    let title = reader.say(format!("Go back to version {version}?"), format!("Voltar à versão {version}?"));
    let body = html! {
        p { (reader.say("It becomes a new version.", "Ela vira uma versão nova.")) }
        (difference(&reader, &plan))
    };
    let fields = html! { input type="hidden" name="from" value=(plan.version() - 1); };
    let (action, button) = (format!("/rules/{version}/rollback"), reader.say("Go back", "Voltar a ela"));
    Ok(asks(&reader, &title, body, &action, fields, button))
}

/// The version whose difference was shown.
#[derive(Deserialize)]
pub(crate) struct From {
    from: u64,
}

pub(crate) async fn rollback(
    State(console): State<Console>,
    reader: Reader,
    Path(version): Path<u64>,
    Form(form): Form<From>,
) -> Result<Response, Fault> {
    let plan = rules::rollback(&console.stack, version).await?;
    if plan.version() != form.from.saturating_add(1) {
        let words = "another version is in force than the one whose difference you saw: open the page again";
        return Err(OperationError::NotPossible(words.to_owned()).into());
    }
    Box::pin(put_in_force(&console, &reader, &plan)).await
}
