//! Commands: which answers which. A failure is HTTP 200 with `"status":"failure"` and a reason code (`[LIME-C# ReasonCodes.cs]`).

use std::sync::Arc;

use serde_json::{Value, json};

use super::command::{Answer, CommandUri, Failure, failure};
use super::request::Asks;
use super::{contexts, media, records, tickets};
use crate::json::without_nulls;
use crate::state::{BRIDGE_BOT, ROUTER, State, World};

pub(super) fn answer(world: &Arc<World>, command: &Value, asks: Asks) -> Value {
    let text = |key: &str| command.get(key).and_then(Value::as_str).unwrap_or_default();
    let (to, method, uri) = (text("to"), text("method"), text("uri"));
    let to = if to.is_empty() { "postmaster@msging.net" } else { to };
    let result = world.write(|state| match asks {
        Asks::Bot => run(state, to, method, &CommandUri::parse(uri), command),
        Asks::Router => run_of_router(state, to, method, &CommandUri::parse(uri), command),
    });
    let metadata = json!({"#command.uri": uri});
    let head = json!({"id": command.get("id"), "from": format!("{to}/#az-iris1"), "to": if asks == Asks::Bot { BRIDGE_BOT } else { ROUTER }, "method": method,
                      "metadata": metadata});
    let rest = match result {
        Ok(found) => {
            let (mime, resource) = found.unzip();
            json!({"status": "success", "type": mime, "resource": resource})
        }
        Err(Failure(code, description)) => {
            json!({"status": "failure", "reason": without_nulls(json!({"code": code, "description": description}))})
        }
    };
    let (Value::Object(mut fields), Value::Object(rest)) = (head, rest) else {
        return Value::Null;
    };
    fields.extend(rest);
    without_nulls(Value::Object(fields))
}

/// What the router itself may ask. What is kept of a customer in a router is not the sub-bot's.
fn run_of_router(state: &mut State, to: &str, method: &str, uri: &CommandUri, command: &Value) -> Answer {
    let path: Vec<&str> = uri.path.iter().map(String::as_str).collect();
    let of_core = to.split('/').next() == Some("postmaster@msging.net") && uri.owner.is_none();
    match (method, path.as_slice()) {
        ("get", ["contexts", identity, "Master-State"]) if of_core => contexts::active_bot(state, identity),
        ("set", ["contexts", identity, "Master-State"]) if of_core => {
            contexts::set_active_bot(state, identity, command.get("resource").unwrap_or(&Value::Null))
        }
        _ => Err(failure(62, "The resource is not supported")),
    }
}

fn run(state: &mut State, to: &str, method: &str, uri: &CommandUri, command: &Value) -> Answer {
    let domain = to.strip_prefix("postmaster@").map(|rest| rest.split('/').next().unwrap_or(rest));
    let path: Vec<&str> = uri.path.iter().map(String::as_str).collect();
    let home = uri.owner.as_deref().is_none_or(|owner| [ROUTER, BRIDGE_BOT, "msging.net"].contains(&owner));
    let none = Value::Null;
    let resource = command.get("resource").unwrap_or(&none);
    match (domain, method, path.as_slice()) {
        (Some("msging.net"), "get", ["ping"]) => Ok(Some(("application/vnd.lime.ping+json", json!({})))),
        (Some("msging.net"), "get", ["notifications"]) => records::notifications(state, uri),
        (Some("msging.net"), "get", ["threads", identity]) if home => records::thread(state, uri, identity),
        (Some("msging.net" | "crm.msging.net"), "get", ["contacts", identity]) if home => {
            records::contact(state, identity)
        }
        (Some("crm.msging.net"), "merge", ["contacts"]) | (Some("analytics.msging.net"), "set", ["event-track"]) => {
            Ok(None)
        }
        (Some("media.msging.net"), "set", ["refresh-media-uri"]) => media::refresh(state, resource),
        (Some("msging.net"), "get", ["contexts", ..]) => Err(failure(67, "The requested resource was not found")),
        (Some("tunnel.msging.net"), "get", ["tunnels", id]) => records::tunnel(state, id),
        (Some(domain), "get", ["accounts", name]) if uri.owner.as_deref() == Some(domain) => {
            records::account(state, domain, name)
        }
        (Some("desk.msging.net"), "get", ["ticket", id]) => tickets::get(state, id),
        (Some("desk.msging.net"), "get", ["tickets", id, "messages"]) => tickets::messages(state, uri, id),
        (Some("desk.msging.net"), "set", ["tickets", "change-status"]) => tickets::change_status(state, resource),
        (_, "get" | "set" | "merge" | "delete", _) => Err(failure(62, "The resource is not supported")),
        _ => Err(failure(63, format!("The method {method} is not supported"))),
    }
}
