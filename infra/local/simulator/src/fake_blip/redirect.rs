//! `application/vnd.lime.redirect+json`: where a router's customer goes next (docs.blip.ai, redirect, 2023).
//!
//! `{}` is the main bot, `{"address"}` a service by its name or its bot's identity; `context` is what the destination receives as
//! if the customer had sent it. The failure code of an unknown service is unknown; 42 (destination not found) stands for it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::receipts::notify;
use crate::state::{BRIDGE_BOT, BRIDGE_SERVICE, Place, SERVICES, State, World};

pub(super) fn apply(world: &Arc<World>, state: &mut State, index: usize, id: Option<&str>, content: &Value) {
    let address = content.get("address").and_then(Value::as_str);
    let Some(place) = destination(address) else {
        state.ledger.faults.push(format!("a redirect to {address:?}, which the router does not have"));
        if let Some(id) = id {
            let reason = json!({"code": 42, "description": "Destination not found"});
            notify(world, state, index, id, "failed", Some(reason));
        }
        return;
    };
    let Ok(person) = state.person(index) else {
        return;
    };
    let name = person.name.clone();
    person.place = place.clone();
    if place != Place::Bridge {
        person.end();
    }
    let mut note = format!("{place:?}");
    if let Some(context) = content.get("context").filter(|context| !context.is_null()) {
        person.delivered.push((place, context.clone()));
        let value = context.get("value").unwrap_or(context);
        note = format!("{note}, which gets {value}");
    }
    state.ledger.note(&name, "redirect", note);
}

pub(super) fn destination(address: Option<&str>) -> Option<Place> {
    let Some(address) = address.filter(|address| !address.is_empty()) else {
        return Some(Place::MainBot);
    };
    if address == BRIDGE_SERVICE || address.eq_ignore_ascii_case(BRIDGE_BOT) {
        return Some(Place::Bridge);
    }
    let named =
        |service: &&&str| address == **service || address.eq_ignore_ascii_case(&format!("{service}@msging.net"));
    SERVICES.iter().find(named).map(|service| Place::Service((*service).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_place() {
        assert_eq!(destination(None), Some(Place::MainBot));
        assert_eq!(destination(Some("survey")), Some(Place::Service("survey".into())));
        assert_eq!(destination(Some("Survey@msging.net")), Some(Place::Service("survey".into())));
        assert_eq!(destination(Some("attendance")), Some(Place::Bridge));
        assert_eq!(destination(Some("nowhere")), None);
    }
}
