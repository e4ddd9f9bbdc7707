//! What stands in a chat, on the phone and on the desk.

use maud::{Markup, PreEscaped, html};

use super::{icons, version};
use crate::clock;
use crate::message::Content;
use crate::playground::files::is_shown;
use crate::playground::view::{Bubble, FileAt, Happened, Line, Tick, Who};
use crate::playground::words::Words;

/// Draws the answers of a question, to tap.
pub(super) type Buttons<'a> = &'a dyn Fn(&[String]) -> Markup;

/// One line of a list that the script keeps in step: it is known by its id, and drawn anew when its version changes.
pub(super) fn item(key: &str, class: &str, inner: &Markup) -> Markup {
    html! { li id=(key) class=(class) data-version=(version(inner)) { (inner) } }
}

/// A line; `buttons` draws the answers of a question that can be tapped, `other` names who is on the other side.
pub(super) fn line(line: &Line, other: &str, words: &Words, buttons: Option<Buttons<'_>>) -> Markup {
    if let Some(happened) = line.event() {
        return event(line, happened, words);
    }
    let Some(bubble) = line.bubble() else { return html! {} };
    let (class, who) = match bubble.who {
        Who::Own => ("bubble own", words.you),
        Who::Other => ("bubble other", other),
        Who::Ponte => ("bubble ponte", words.automatic),
    };
    let inner = html! {
        span.hidden { (who) ": " }
        @if bubble.who == Who::Ponte { span.label aria-hidden="true" { (words.automatic) } }
        div.said { (content(bubble, words, buttons)) }
        span.meta {
            (time(line.at))
            @if let Some(tick) = &bubble.tick { (ticks(tick, words)) }
        }
        @if let Some(Tick::Refused(reason)) = &bubble.tick { p.refused { (words.not_delivered) ": " (reason) } }
    };
    item(&line.key, class, &inner)
}

fn content(bubble: &Bubble, words: &Words, buttons: Option<Buttons<'_>>) -> Markup {
    match &bubble.content {
        Content::Text { text } => html! { p dir="auto" { (text) } },
        Content::File { name, mime, caption, size, .. } => {
            let name = name.as_deref().unwrap_or(words.file);
            html! {
                @if let Some(at) = bubble.file { (file(at, name, mime.as_deref().unwrap_or_default(), *size, words)) }
                @if let Some(caption) = caption { p dir="auto" { (caption) } }
            }
        }
        Content::Location { latitude, longitude, text } => html! {
            div.place {
                (icons::pin())
                div {
                    p dir="auto" { (text.as_deref().unwrap_or(words.location)) }
                    span.small { (words.location) " " (format!("{latitude:.4}, {longitude:.4}")) }
                }
            }
        },
        Content::Choices { text, options } => html! {
            p dir="auto" { (text) }
            @match buttons {
                Some(draw) => { (draw(options)) }
                None => { ul.answers { @for option in options { li dir="auto" { (option) } } } }
            }
        },
        // No link leads away from here: nothing of the page asks another host.
        Content::Link { url, title, text } => html! {
            @for part in [title, text].into_iter().flatten() { p dir="auto" { (part) } }
            span.link { (url) }
        },
    }
}

fn file(at: FileAt, name: &str, mime: &str, size: Option<u64>, words: &Words) -> Markup {
    let path = match at {
        FileAt::Sent(number) => format!("/file/sent/{number}"),
        FileAt::Seen(number) => format!("/file/seen/{number}"),
    };
    html! {
        @if is_shown(mime) && mime.starts_with("image/") {
            a.picture href=(path) { img src=(path) alt=(format!("{}: {name}", words.picture)) loading="lazy"; }
        } @else if is_shown(mime) {
            audio controls preload="none" src=(path) aria-label=(name) {}
        } @else {
            a.file href=(path) download=(name) {
                (icons::file())
                span {
                    bdi.name { (name) }
                    @if let Some(size) = size { span.small { (kilobytes(size)) } }
                }
            }
        }
    }
}

fn kilobytes(size: u64) -> String {
    format!("{} kB", size.div_ceil(1000))
}

fn event(line: &Line, happened: &Happened, words: &Words) -> Markup {
    let inner = match happened {
        Happened::Noted(text) => html! {
            span.label { (icons::note()) (words.note) }
            p dir="auto" { (text) }
            span.meta { (time(line.at)) }
        },
        Happened::Assigned(name) => html! { bdi { (name) } " " (words.assigned) },
        Happened::Transferred(queue) => html! { (words.transferred) " " bdi { (queue) } },
        Happened::ClosedByAgent => html! { (words.closed_by_agent) },
        Happened::Ended(reason) => html! { (words.ended) " (" code { (reason) } ")" },
        Happened::Rated(rating) => html! { (words.rated) ": " (rating.replace("of", "/")) },
        Happened::BackToBot => html! { (words.back_to_bot) },
        Happened::SentTo(place) => html! { (words.sent_to) " " bdi { (place) } },
        Happened::TicketClosed => html! { (words.ticket_closed) },
        Happened::PlaceInQueue(place) => html! { (words.place_in_queue) ": " (place) },
    };
    let class = if matches!(happened, Happened::Noted(_)) { "note" } else { "event" };
    item(&line.key, class, &inner)
}

/// That the other side types.
pub(super) fn typing(key: &str, text: &str) -> Markup {
    item(key, "typing", &html! { span.dots aria-hidden="true" { i {} i {} i {} } span { (text) } })
}

fn ticks(tick: &Tick, words: &Words) -> Markup {
    let (class, sign, said) = match tick {
        Tick::Unsent => ("tick unsent", "◷", words.unsent),
        Tick::Accepted => ("tick", "✓", words.accepted),
        Tick::Delivered => ("tick", "✓✓", words.delivered),
        Tick::Seen => ("tick seen", "✓✓", words.seen),
        Tick::Refused(_) => ("tick failed", "!", words.not_delivered),
    };
    html! { span class=(class) role="img" aria-label=(said) title=(said) { (sign) } }
}

/// The time of day, in UTC as it is drawn; the script shows it in the reader's zone.
pub(super) fn time(at: i64) -> Markup {
    let date = clock::text(at);
    let day = date.get(11..16).unwrap_or_default();
    html! { time datetime=(date) { (day) } }
}

/// A text in between, so that attributes can be built of it.
pub(super) fn empty() -> Markup {
    PreEscaped(String::new())
}
