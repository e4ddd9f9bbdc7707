//! What Blip knows about a customer: contact, directory account, tunnel, thread, and the notifications of a message.
//!
//! Shapes as in response-contact-get.json, response-account-get-whatsapp.json, response-tunnel-get.json and response-threads-get.json.

use serde_json::{Value, json};

use super::command::{Answer, CommandUri, failure};
use crate::json::without_nulls;
use crate::message::COLLECTION;
use crate::state::{BRIDGE_BOT, Person, ROUTER, State};

const CONTACT: &str = "application/vnd.lime.contact+json";
const ACCOUNT: &str = "application/vnd.lime.account+json";
const TUNNEL: &str = "application/vnd.iris.tunnel+json";
const THREAD_MESSAGE: &str = "application/vnd.iris.thread-message+json";
const NOTIFICATION: &str = "application/vnd.lime.notification+json";
/// Thread items without `$take` (docs.blip.ai, chat history, 2023).
const DEFAULT_TAKE: usize = 20;

pub(super) fn contact(state: &State, identity: &str) -> Answer {
    let person = by_identity(state, identity).filter(|person| person.profile.has_contact);
    let profile = &person.ok_or_else(|| failure(67, "The requested resource was not found"))?.profile;
    let contact = json!({"name": profile.name, "identity": profile.identity, "phoneNumber": profile.phone,
                         "email": profile.email, "extras": {"plan": "Gold"}});
    Ok(Some((CONTACT, without_nulls(contact))))
}

/// The directory of a channel, or of the tunnel, which takes the name from the router's roster.
pub(super) fn account(state: &State, domain: &str, name: &str) -> Answer {
    let wanted = format!("{}@{domain}", name.trim_start_matches('+'));
    let person = if domain == "tunnel.msging.net" { by_tunnel(state, name) } else { by_identity(state, &wanted) };
    let profile = &person.ok_or_else(|| failure(67, "The requested resource was not found"))?.profile;
    let source = if profile.domain() == "wa.gw.msging.net" { Some("WhatsApp") } else { None };
    let account = json!({"fullName": profile.name, "identity": profile.identity, "phoneNumber": profile.phone,
                         "source": source});
    Ok(Some((ACCOUNT, without_nulls(account))))
}

pub(super) fn tunnel(state: &State, id: &str) -> Answer {
    let person = by_tunnel(state, id).ok_or_else(|| failure(67, "The tunnel was not found"))?;
    let originator = &person.profile.identity;
    Ok(Some((TUNNEL, json!({"owner": ROUTER, "originator": originator, "destination": BRIDGE_BOT}))))
}

/// The router's thread of the originator holds all; the sub-bot's own of the tunnel only what went through the sub-bot.
/// With `refreshExpiredMedia=true` the links of files are new ones (docs.blip.ai, chat history, 2023).
pub(super) fn thread(state: &mut State, uri: &CommandUri, identity: &str) -> Answer {
    let take = uri.take(DEFAULT_TAKE)?;
    let whole = |person: &&Person| person.tunnel.is_none() || uri.owner.as_deref() == Some(ROUTER);
    let own = by_tunnel(state, identity).map(|person| (person, false));
    let all = by_identity(state, identity).filter(whole).map(|person| (person, true));
    let mut items: Vec<Value> = own.or(all).map_or_else(Vec::new, |(person, all)| {
        let items = person.thread.iter().rev().filter(|(_, with_bridge)| all || *with_bridge);
        items.take(take).map(|(item, _)| item.clone()).collect()
    });
    if uri.query("refreshExpiredMedia") == Some("true") {
        for link in items.iter_mut().filter_map(|item| item.pointer_mut("/content/uri")) {
            if let Some(new) = link.as_str().and_then(|url| state.media.sign_anew(url)) {
                *link = json!(new);
            }
        }
    }
    Ok(Some(collection(THREAD_MESSAGE, &items)))
}

pub(super) fn notifications(state: &State, uri: &CommandUri) -> Answer {
    let id = uri.query("id").ok_or_else(|| failure(64, "The id is missing"))?;
    let found = state.notifications.get(id).ok_or_else(|| failure(67, "The requested resource was not found"))?;
    Ok(Some(collection(NOTIFICATION, found)))
}

pub(super) fn thread_messages(items: &[Value]) -> (&'static str, Value) {
    collection(THREAD_MESSAGE, items)
}

fn collection(item_type: &str, items: &[Value]) -> (&'static str, Value) {
    (COLLECTION, json!({"total": items.len(), "itemType": item_type, "items": items}))
}

fn by_identity<'a>(state: &'a State, identity: &str) -> Option<&'a Person> {
    state.people.iter().find(|person| person.profile.identity.eq_ignore_ascii_case(identity))
}

/// By the tunnel's uuid (the docs) or its whole identity (the SDK).
fn by_tunnel<'a>(state: &'a State, id: &str) -> Option<&'a Person> {
    let name = id.split('@').next().filter(|name| !name.is_empty())?;
    let whole = format!("{name}@tunnel.msging.net");
    let domain_fits = !id.contains('@') || id.eq_ignore_ascii_case(&whole);
    let same = |tunnel: &String| domain_fits && tunnel.eq_ignore_ascii_case(&whole);
    state.people.iter().find(|person| person.tunnel.as_ref().is_some_and(same))
}
