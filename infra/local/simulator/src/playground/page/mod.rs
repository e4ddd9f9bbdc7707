//! The page, drawn on the server. It is whole without script; a part that can change has a place and a version of its own, so that `live.rs`
//! sends only what is new.

mod chat;
mod desk;
mod faults;
mod icons;
mod phone;
mod shell;
mod trail;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use maud::{Markup, PreEscaped};

use super::selection::Selection;
use super::view;
use super::words::Words;
use crate::state::World;

/// A part of the page. The version changes with what is in it.
pub(super) struct Part {
    pub(super) id: &'static str,
    pub(super) version: String,
    pub(super) html: PreEscaped<String>,
}

impl Part {
    fn new(id: &'static str, html: Markup) -> Self {
        Self { id, version: version(&html), html }
    }
}

/// The whole page.
pub(super) fn whole(world: &Arc<World>, selection: &Selection, words: &Words) -> Markup {
    let selection = &complete(world, selection);
    let parts = parts(world, selection, words);
    shell::draw(&parts, selection, words)
}

/// Every part of the page as it is now.
pub(super) fn parts(world: &Arc<World>, selection: &Selection, words: &Words) -> Vec<Part> {
    let selection = &complete(world, selection);
    let shown = selection.customer;
    let (phone, desk, names) = world.read(|state| {
        let phone = shown.and_then(|number| view::phone(state, number));
        let names: Vec<String> = state.people.iter().map(|person| person.name.clone()).collect();
        (phone, view::desk(state, selection.ticket.as_deref(), shown), names)
    });
    let trail = shown.and_then(|number| view::trail(world, number));
    let opened = desk.opened.as_ref();
    vec![
        Part::new("faults", faults::switches(world, selection, words)),
        Part::new("customers", phone::customers(&names, selection, words)),
        Part::new("phone-head", phone::head(phone.as_ref(), words)),
        Part::new("phone-log", phone::log(phone.as_ref(), selection, words)),
        Part::new("phone-options", phone::options(phone.as_ref(), selection, words)),
        Part::new("trail-now", trail::now(trail.as_ref(), words)),
        Part::new("trail-log", trail::log(trail.as_ref(), words)),
        Part::new("queue", desk::queue(&desk, selection, words)),
        Part::new("ticket-head", desk::head(opened, words)),
        Part::new("ticket-log", desk::log(opened, words)),
        Part::new("ticket-form", desk::form(opened, selection, words)),
    ]
}

/// The newest customer, where none is chosen.
fn complete(world: &World, selection: &Selection) -> Selection {
    let count = world.read(|state| state.people.len());
    let customer = selection.customer.filter(|number| *number < count).or_else(|| count.checked_sub(1));
    Selection { customer, ..selection.clone() }
}

/// A short name of what is drawn: the same for the same.
fn version(html: &Markup) -> String {
    let mut hasher = DefaultHasher::new();
    html.0.hash(&mut hasher);
    format!("{:x}", hasher.finish())
}
