//! The page that asks once before something is changed.

use axum::response::Response;
use maud::{Markup, html};

use crate::page::{Reader, Screen};

/// What is asked.
pub(crate) struct Question<'a> {
    pub(crate) here: Screen,
    pub(crate) title: &'a str,
    /// What happens then, and what it is done to.
    pub(crate) body: Markup,
    /// Where the form goes.
    pub(crate) action: &'a str,
    /// Fields beside the token.
    pub(crate) fields: Markup,
    /// What the button says.
    pub(crate) button: &'a str,
    /// Whether it cannot be undone.
    pub(crate) is_final: bool,
    /// Where the way back leads.
    pub(crate) back: &'a str,
}

/// The question as a page.
pub(crate) fn ask(reader: &Reader, question: &Question<'_>) -> Response {
    let body = html! {
        (question.body)
        form method="post" action=(question.action) class="ask" {
            (reader.token())
            (question.fields)
            p class="buttons" {
                button type="submit" class=(if question.is_final { "final" } else { "main" }) { (question.button) }
                a href=(question.back) { (reader.say("Back", "Voltar")) }
            }
        }
        p class="quiet" { (reader.say("It is written into the audit log with who you are.", "Fica registrado no log de auditoria, com quem você é.")) }
    };
    reader.page(question.here, question.title, &body)
}
