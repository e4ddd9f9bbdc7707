//! The router's contexts of a customer: `Master-State` says with which bot the customer is, and moves the customer when it is set
//! (third parties' scripts; not in Blip's documents).

use serde_json::{Value, json};

use super::command::{Answer, failure};
use super::redirect::destination;
use crate::message::TEXT;
use crate::state::{BRIDGE_BOT, MAIN_BOT, Person, Place, State};

/// What `Master-State` says.
pub(super) fn active_bot(state: &State, identity: &str) -> Answer {
    let person = state.people.iter().find(|person| is_router_customer(person, identity));
    let place = &person.ok_or_else(|| failure(67, "The requested resource was not found"))?.place;
    let bot = match place {
        Place::MainBot => MAIN_BOT.to_owned(),
        Place::Bridge => BRIDGE_BOT.to_owned(),
        Place::Service(name) => format!("{name}@msging.net"),
    };
    Ok(Some((TEXT, json!(bot))))
}

/// Moves the customer to the bot with this identity.
pub(super) fn set_active_bot(state: &mut State, identity: &str, bot: &Value) -> Answer {
    let place = match bot.as_str() {
        Some(bot) if bot.eq_ignore_ascii_case(MAIN_BOT) => Some(Place::MainBot),
        bot => bot.and_then(|bot| destination(Some(bot))),
    };
    let place = place.ok_or_else(|| failure(64, "There is no such bot"))?;
    let found = state.people.iter_mut().find(|person| is_router_customer(person, identity));
    let person = found.ok_or_else(|| failure(67, "The requested resource was not found"))?;
    if place == Place::Bridge {
        person.goes_on();
    } else {
        person.end();
    }
    person.place = place.clone();
    let name = person.name.clone();
    state.ledger.note(&name, "moved", format!("{place:?}"));
    Ok(None)
}

/// Whether it is the router's customer with this identity on the channel.
fn is_router_customer(person: &Person, identity: &str) -> bool {
    person.tunnel.is_some() && person.profile.identity.eq_ignore_ascii_case(identity)
}
