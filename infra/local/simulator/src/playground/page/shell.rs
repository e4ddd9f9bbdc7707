//! The frame around the parts: what does not change while one looks at it.

use maud::{DOCTYPE, Markup, html};

use super::{Part, icons};
use crate::playground::selection::{AGENTS, Selection};
use crate::playground::words::Words;

pub(super) fn draw(parts: &[Part], selection: &Selection, words: &Words) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(words.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (words.title) }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/playground.css";
                script src="/playground.js" {}
            }
            body data-live=(format!("/live{}", selection.query())) data-offline=(words.offline) {
                nav.skips {
                    a href="#phone" { (words.skip_phone) }
                    a href="#trail" { (words.skip_trail) }
                    a href="#desk" { (words.skip_desk) }
                }
                (top(parts, words))
                p #alert role="alert" hidden {}
                noscript { p.notice { (words.no_script) } }
                main {
                    (phone(parts, selection, words))
                    (trail(parts, words))
                    (desk(parts, selection, words))
                }
                nav.columns aria-hidden="true" {
                    a href="#phone" tabindex="-1" { (words.short_phone) }
                    a href="#trail" tabindex="-1" { (words.short_trail) }
                    a href="#desk" tabindex="-1" { (words.short_desk) }
                }
            }
        }
    }
}

fn part<'a>(parts: &'a [Part], id: &str) -> Option<&'a Part> {
    parts.iter().find(|part| part.id == id)
}

/// The place of a part: its version says to the script whether there is a newer one.
fn slot(parts: &[Part], id: &str, class: &str) -> Markup {
    html! {
        @if let Some(part) = part(parts, id) {
            div id=(part.id) class=(class) data-part=(part.version) { (part.html) }
        }
    }
}

/// The place of a list whose lines come one by one. A chat is read out as it grows.
fn list(parts: &[Part], id: &str, class: &str, label: &str, role: &str) -> Markup {
    html! {
        @if let Some(part) = part(parts, id) {
            div.scroll tabindex="0" role=(role) aria-label=(label) data-scroll {
                ol id=(part.id) class=(class) data-part=(part.version) data-list { (part.html) }
            }
        }
    }
}

fn top(parts: &[Part], words: &Words) -> Markup {
    html! {
        header.top {
            div.brand { (icons::bridge()) div { h1 { (words.title) } p.small { (words.tagline) } } }
            section.faults aria-labelledby="faults-title" {
                h2 #faults-title title=(words.faults_hint) { (words.faults) }
                (slot(parts, "faults", "switches"))
            }
        }
    }
}

fn phone(parts: &[Part], selection: &Selection, words: &Words) -> Markup {
    html! {
        section.column.customer #phone aria-labelledby="phone-title" tabindex="-1" {
            div.column-head {
                h2 #phone-title { (words.phone) }
                details.new open[selection.customer.is_none()] {
                    summary #new-customer { (words.new_customer) }
                    (new_customer(selection, words))
                }
            }
            (slot(parts, "customers", "chosen-of"))
            @if let Some(number) = selection.customer {
                div.device {
                    (slot(parts, "phone-head", "device-head"))
                    (list(parts, "phone-log", "chat", words.messages, "log"))
                    (slot(parts, "phone-options", "offers"))
                    form.composer method="post" enctype="multipart/form-data"
                        action=(format!("/customer/{number}/says{}", selection.query()))
                        data-types=(format!("/customer/{number}/types{}", selection.query())) {
                        label.tool title=(words.attach) {
                            (icons::clip()) span.hidden { (words.attach) }
                            input #say-file type="file" name="file";
                            output.chosen {}
                        }
                        button.tool #say-place type="submit" title=(words.place)
                            formaction=(format!("/customer/{number}/place{}", selection.query())) {
                            (icons::pin()) span.hidden { (words.place) }
                        }
                        label.hidden for="say-text" { (words.write_here) }
                        textarea #say-text name="text" rows="1" placeholder=(words.message) data-send dir="auto" {}
                        button.round #say-send type="submit" title=(words.send) { (icons::send()) span.hidden { (words.send) } }
                    }
                }
            } @else { p.empty.first { (words.first_customer) } }
        }
    }
}

fn new_customer(selection: &Selection, words: &Words) -> Markup {
    html! {
        form.fields method="post" enctype="multipart/form-data" action=(format!("/customer{}", selection.query())) {
            label for="new-name" { (words.name) }
            input #new-name name="name" required value=(words.example_name) autocomplete="off" dir="auto";
            label for="new-channel" { (words.channel) }
            select #new-channel name="channel" {
                option value="blip-chat" { "Blip Chat" }
                option value="whatsapp" { "WhatsApp" }
                option value="messenger" { "Messenger" }
            }
            label for="new-way" { (words.way) }
            select #new-way name="way" {
                option value="router" { (words.way_router) }
                option value="ticket" { (words.way_ticket) }
            }
            button.main #new-begin type="submit" { (words.begin) }
        }
    }
}

fn trail(parts: &[Part], words: &Words) -> Markup {
    html! {
        section.column.trail #trail aria-labelledby="trail-title" tabindex="-1" {
            div.column-head { h2 #trail-title { (words.trail) } }
            div role="status" { (slot(parts, "trail-now", "now")) }
            div.lanes aria-hidden="true" { span { (words.blip) } span { (words.ponte) } span { (words.helpdesk) } }
            (list(parts, "trail-log", "steps", words.steps, "region"))
        }
    }
}

fn desk(parts: &[Part], selection: &Selection, words: &Words) -> Markup {
    html! {
        section.column.agent #desk aria-labelledby="desk-title" tabindex="-1" {
            div.column-head {
                h2 #desk-title { (words.desk) }
                nav.agents aria-label=(words.you_are) {
                    span.small aria-hidden="true" { (words.you_are) }
                    ul {
                        @for (number, name) in AGENTS.iter().enumerate() {
                            li {
                                a id=(format!("agent-{number}")) href=(format!("/{}", selection.with_agent(number).query()))
                                    aria-current=[(selection.agent == number).then_some("true")] { (name) }
                            }
                        }
                    }
                }
            }
            h3.hidden { (words.queue) }
            (slot(parts, "queue", "queue"))
            div.ticket {
                (slot(parts, "ticket-head", "ticket-head"))
                (list(parts, "ticket-log", "chat", words.messages, "log"))
                (slot(parts, "ticket-form", "ticket-form"))
            }
        }
    }
}
