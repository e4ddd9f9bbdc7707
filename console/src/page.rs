//! What all pages have: the frame, and how times, names and states are written. Whatever others chose is text: maud escapes it, and what a reader
//! could not see is spelt out.

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use maud::{DOCTYPE, Markup, html};
use operations::plain;
use ponte::clock::Timestamp;

use crate::{access::Role, language::Language, operator::Operator};

/// The most characters of a name that others chose.
const MAX_NAME: usize = 60;

/// The screens that the menu leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    Now,
    Conversations,
    Parked,
    Search,
    Health,
    Rules,
    /// None of them.
    Other,
}

const MENU: [(Screen, &str, &str, &str); 6] = [
    (Screen::Now, "/", "Now", "Agora"),
    (Screen::Conversations, "/conversations", "Conversations", "Conversas"),
    (Screen::Parked, "/parked", "Parked messages", "Mensagens retidas"),
    (Screen::Search, "/search", "Search", "Buscar"),
    (Screen::Health, "/health", "Health", "Saúde"),
    (Screen::Rules, "/rules", "Service rules", "Regras do serviço"),
];

/// Who looks at a page, and in which language.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(crate) language: Language,
    pub(crate) operator: Operator,
    pub(crate) stack: String,
}

impl Reader {
    /// The one of two texts that is in the reader's language.
    pub(crate) fn say<T>(&self, english: T, portuguese: T) -> T {
        self.language.say(english, portuguese)
    }

    /// Whether the reader may do what needs `role`: what is not allowed is not offered.
    pub(crate) fn may(&self, role: Role) -> bool {
        self.operator.may(role)
    }

    /// A whole page.
    pub(crate) fn page(&self, here: Screen, title: &str, body: &Markup) -> Response {
        frame(self.language, Some((self, here)), title, body).into_response()
    }

    /// The hidden field that each form has.
    pub(crate) fn token(&self) -> Markup {
        html! { input type="hidden" name="form_token" value=(self.operator.form_token()); }
    }

    /// How many of something, with its word in the singular or the plural.
    pub(crate) fn count(&self, number: u64, one: (&str, &str), many: (&str, &str)) -> String {
        let (english, portuguese) = if number == 1 { one } else { many };
        format!("{number} {}", self.say(english, portuguese))
    }
}

/// A moment, in UTC until the script writes it in the reader's zone.
pub(crate) fn moment(at: Timestamp) -> Markup {
    let text = at.rfc3339();
    written(&text)
}

/// The same of a moment that is written already, as RFC 3339.
pub(crate) fn written(text: &str) -> Markup {
    let text = plain(text);
    let shown = match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(minute)) if text.is_ascii() => format!("{day} {minute} UTC"),
        _ => cut(&text),
    };
    html! { time datetime=(text) { (shown) } }
}

/// A moment in Unix seconds.
pub(crate) fn second(at: i64) -> Markup {
    moment(Timestamp(at.saturating_mul(1_000)))
}

/// A length of time as people say it.
pub(crate) fn length(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// Text that others chose, cut where it is too long, in a direction of its own.
pub(crate) fn name(text: &str) -> Markup {
    let shown = cut(&plain(text));
    html! { bdi { (shown) } }
}

/// The same for an attribute or an option, which take no markup.
pub(crate) fn cut_value(text: &str) -> String {
    cut(&plain(text))
}

fn cut(text: &str) -> String {
    let mut chars = text.chars();
    let kept: String = chars.by_ref().take(MAX_NAME).collect();
    if chars.next().is_some() { format!("{kept}…") } else { kept }
}

/// A mark with a word in it: what it says is never said by its colour alone.
pub(crate) fn mark(kind: &str, text: &str) -> Markup {
    html! { span class={ "mark " (kind) } { (text) } }
}

/// The parts of a cell, with the name of its column for narrow windows, where a row is a card.
pub(crate) fn cell(column: &str, body: &Markup) -> Markup {
    html! { td data-column=(column) { (body) } }
}

/// A table whose rows are cards in a narrow window. `head` has the names of its columns, and each of `rows` has them in its cells, too.
pub(crate) fn table(caption: &str, head: &[&str], rows: &Markup) -> Markup {
    html! {
        table class="cards" {
            caption class="unseen" { (caption) }
            thead { tr { @for column in head { th scope="col" { (column) } } } }
            tbody { (rows) }
        }
    }
}

fn frame(language: Language, reader: Option<(&Reader, Screen)>, title: &str, body: &Markup) -> Html<String> {
    let say = |english: &'static str, portuguese: &'static str| language.say(english, portuguese);
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Ponte" }
                link rel="stylesheet" href="/assets/console.css";
                link rel="icon" type="image/svg+xml" href="/assets/icon.svg";
                script src="/assets/console.js" defer {}
            }
            body {
                a class="skip" href="#main" { (say("Skip to the content", "Ir para o conteúdo")) }
                header class="top" {
                    a class="brand" href="/" { img src="/assets/icon.svg" alt="" width="24" height="24"; "Ponte" }
                    @if let Some((reader, here)) = reader {
                        nav aria-label=(say("Screens", "Telas")) {
                            ul {
                                @for (screen, path, english, portuguese) in MENU {
                                    li { a href=(path) aria-current=[(screen == here).then_some("page")] { (say(english, portuguese)) } }
                                }
                            }
                        }
                        p class="who" {
                            span { (say("Stack", "Stack")) " " b { (name(&reader.stack)) } }
                            span { (name(reader.operator.who.rsplit('/').next().unwrap_or_default())) }
                        }
                    }
                }
                main id="main" tabindex="-1" {
                    h1 { (title) }
                    (body)
                }
                footer {
                    p { (say("Times are in your zone where scripts run; else in UTC, and say so.",
                             "Os horários estão no seu fuso onde há script; senão, em UTC, e dizem isso.")) }
                    p { (say("No page shows what customers write.", "Nenhuma página mostra o que os clientes escrevem.")) }
                }
            }
        }
    };
    Html(page.into_string())
}

/// A page that says that something was not done.
pub(crate) fn refusal(
    language: Language,
    reader: Option<&Reader>,
    status: StatusCode,
    title: &str,
    why: &str,
) -> Response {
    let body = html! {
        div class="notice bad" role="alert" { p { (name_long(why)) } }
        @if reader.is_some() { p { a href="/" { (language.say("Back to the first page", "Voltar à primeira página")) } } }
    };
    let page = frame(language, reader.map(|reader| (reader, Screen::Other)), title, &body);
    (status, page).into_response()
}

/// A sentence of ours that may have names of others in it.
pub(crate) fn name_long(text: &str) -> Markup {
    let text = plain(text);
    let shown: String = text.chars().take(600).collect();
    html! { bdi { (shown) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_text_and_cut() {
        assert_eq!(name("<img src=x onerror=alert(1)>").into_string(), "<bdi>&lt;img src=x onerror=alert(1)&gt;</bdi>");
        assert_eq!(name("a\u{202e}b").into_string(), "<bdi>a\\u{202e}b</bdi>");
        let long = name(&"é".repeat(10_000)).into_string();
        assert!(long.chars().count() < 80 && long.ends_with("…</bdi>"), "{long}");
    }
}
