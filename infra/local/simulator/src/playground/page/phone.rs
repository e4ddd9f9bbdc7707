//! The customer's phone.

use maud::{Markup, html};

use super::chat;
use crate::playground::selection::Selection;
use crate::playground::view::{Phone, RATINGS, With};
use crate::playground::words::Words;

/// Which customers there are.
pub(super) fn customers(names: &[String], selection: &Selection, words: &Words) -> Markup {
    html! {
        @if names.len() > 1 {
            ul.people aria-label=(words.customers) {
                @for (number, name) in names.iter().enumerate().rev().take(12) {
                    li {
                        a id=(format!("customer-{number}")) href=(format!("/{}", selection.with_customer(number).query()))
                            aria-current=[(selection.customer == Some(number)).then_some("true")] {
                            bdi { (short(name)) }
                        }
                    }
                }
            }
        }
    }
}

/// Enough of a name for a link.
fn short(name: &str) -> String {
    if name.chars().count() <= 28 { name.to_owned() } else { name.chars().take(27).chain(['…']).collect() }
}

/// Who it is, and with whom.
pub(super) fn head(phone: Option<&Phone>, words: &Words) -> Markup {
    let Some(phone) = phone else { return chat::empty() };
    let with = match &phone.with {
        With::Bot => words.with_bot.to_owned(),
        With::Agent(None) => words.with_agent.to_owned(),
        With::Agent(Some(name)) => format!("{} {name}", words.with_named),
        With::Service(name) => name.clone(),
    };
    let channel = match phone.domain.as_str() {
        "wa.gw.msging.net" => "WhatsApp",
        "messenger.gw.msging.net" => "Messenger",
        "0mn.io" => "Blip Chat",
        other => other,
    };
    let way = if phone.router { words.way_router } else { words.way_ticket };
    html! {
        span.avatar aria-hidden="true" { (phone.name.chars().find(|one| one.is_alphanumeric()).unwrap_or('?')) }
        div.who {
            bdi.name { (phone.name) }
            span.small { (channel) " · " (with) }
        }
        span.hidden { (way) }
    }
}

/// The chat.
pub(super) fn log(phone: Option<&Phone>, selection: &Selection, words: &Words) -> Markup {
    let Some(phone) = phone else { return chat::empty() };
    let other = match &phone.with {
        With::Bot | With::Service(_) => words.bot,
        With::Agent(_) => words.agent,
    };
    let buttons = |options: &[String]| tappable(options, selection);
    html! {
        @for line in &phone.lines {
            @let tappable = phone.tappable.as_ref() == Some(&line.key);
            (chat::line(line, other, words, tappable.then_some(&buttons)))
        }
        @if phone.typing { (chat::typing("p-typing", words.agent_types)) }
    }
}

/// The answers of a question, to tap.
fn tappable(options: &[String], selection: &Selection) -> Markup {
    let number = selection.customer.unwrap_or_default();
    html! {
        form.answers method="post" enctype="multipart/form-data" data-back="say-text"
            action=(format!("/customer/{number}/taps{}", selection.query())) {
            @for (place, option) in options.iter().enumerate() {
                button id=(format!("tap-{place}")) type="submit" name="option" value=(option) dir="auto" { (option) }
            }
        }
    }
}

/// What the bot offers, and the ratings where one is asked for.
pub(super) fn options(phone: Option<&Phone>, selection: &Selection, words: &Words) -> Markup {
    let Some(phone) = phone else { return chat::empty() };
    let number = selection.customer.unwrap_or_default();
    if phone.rates {
        return html! {
            form.options method="post" enctype="multipart/form-data" aria-label=(words.ratings) data-back="say-text"
                action=(format!("/customer/{number}/taps{}", selection.query())) {
                @for rating in RATINGS {
                    button id=(format!("rate-{rating}")) type="submit" name="option" value=(rating) { (rating) }
                }
            }
        };
    }
    if phone.with != With::Bot {
        return chat::empty();
    }
    html! {
        form.options method="post" enctype="multipart/form-data" aria-label=(words.bot_options) data-back="say-text"
            action=(format!("/customer/{number}/asks{}", selection.query())) {
            button #ask-billing type="submit" name="for" value="billing" { (words.ask_billing) }
            button #ask-person type="submit" name="for" value="person" { (words.ask_person) }
        }
    }
}
