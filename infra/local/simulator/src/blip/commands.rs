//! Commands: which answers which. A failure is HTTP 200 with `"status":"failure"` and a reason code (`[LIME-C# ReasonCodes.cs]`).

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{desk, media, records};
use crate::content::without_nulls;
use crate::person::{BRIDGE_BOT, ROUTER};
use crate::world::{State, World};

/// What a command brings: type and resource, or nothing.
pub(super) type Answer = Result<Option<(&'static str, Value)>, Failure>;

/// A reason code (an answer without one has been seen for `$take` above 100) and its description.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure(pub(super) Option<u32>, pub(super) String);

pub(super) fn failure(code: u32, description: impl Into<String>) -> Failure {
    Failure(Some(code), description.into())
}

/// A command's uri, decoded: whose it is, the path, and the query.
#[derive(Debug)]
pub(super) struct Uri {
    pub(super) owner: Option<String>,
    pub(super) path: Vec<String>,
    query: Vec<(String, String)>,
}

impl Uri {
    pub(super) fn parse(text: &str) -> Self {
        let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let (owner, path) = match place.strip_prefix("lime://") {
            Some(rest) => rest.split_once('/').map_or((rest, ""), |(owner, path)| (owner, path)),
            None => ("", place.trim_start_matches('/')),
        };
        let pair = |part: &str| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key), decode(value))
        };
        Self {
            owner: Some(decode(owner)).filter(|owner| !owner.is_empty()),
            path: path.split('/').map(decode).collect(),
            query: query.split('&').map(pair).collect(),
        }
    }

    pub(super) fn query(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// `$take`, which may be at most 100.
    pub(super) fn take(&self, default: usize) -> Result<usize, Failure> {
        let take = self.query("$take").map_or(Ok(default), str::parse);
        match take {
            Ok(take @ 0..=100) => Ok(take),
            Ok(_) => Err(Failure(None, "The take parameter can not be greater than 100".to_owned())),
            Err(_) => Err(failure(64, "The take parameter is no number")),
        }
    }
}

pub(super) fn answer(world: &Arc<World>, command: &Value) -> Value {
    let text = |key: &str| command.get(key).and_then(Value::as_str).unwrap_or_default();
    let (to, method, uri) = (text("to"), text("method"), text("uri"));
    let to = if to.is_empty() { "postmaster@msging.net" } else { to };
    let result = world.write(|state| run(state, to, method, &Uri::parse(uri), command));
    let metadata = json!({"#command.uri": uri});
    let head = json!({"id": command.get("id"), "from": format!("{to}/#az-iris1"), "to": BRIDGE_BOT, "method": method,
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

fn run(state: &mut State, to: &str, method: &str, uri: &Uri, command: &Value) -> Answer {
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
        (Some("tunnel.msging.net"), "get", ["tunnels", id]) => records::tunnel(state, id),
        (Some(domain), "get", ["accounts", name]) if uri.owner.as_deref() == Some(domain) => {
            records::account(state, domain, name)
        }
        (Some("desk.msging.net"), "get", ["ticket", id]) => desk::get(state, id),
        (Some("desk.msging.net"), "get", ["tickets", id, "messages"]) => desk::messages(state, uri, id),
        (Some("desk.msging.net"), "set", ["tickets", "change-status"]) => desk::change_status(state, resource),
        (_, "get" | "set" | "merge" | "delete", _) => Err(failure(62, "The resource is not supported")),
        _ => Err(failure(63, format!("The method {method} is not supported"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_decoded_after_it_is_split() {
        let uri = Uri::parse("lime://router@msging.net/threads/5531%40wa.gw.msging.net?%24take=5&x");
        assert_eq!(uri.owner.as_deref(), Some("router@msging.net"));
        assert_eq!(uri.path, ["threads", "5531@wa.gw.msging.net"]);
        assert_eq!(uri.take(20), Ok(5));
        assert_eq!(Uri::parse("/threads/a?$take=101").take(20).unwrap_err().0, None);
    }
}
