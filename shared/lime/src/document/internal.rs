//! Which documents are the platform talking to itself.
//!
//! Internal documents are not chat: they are dropped without a word. Anything else unknown must reach the agent in some form, so
//! this list names what is internal, and all else is not.

use serde_json::Value;

use crate::media_types::{
    CALLS_MEDIA, CHAT_STATE, CHAT_STATER, CLICK_TRACKING, HUMAN_AGENT_REQUEST, INPUT_EXPIRATION, IRIS, OMNI_ATTENDANCE,
    PING, RESOURCE, TICKET, essence, same,
};

use super::Document;

/// The types that are internal, whatever they contain (takenet/blip-sdk-csharp; takenet/blip-cards-vue-components).
const INTERNAL: [&str; 6] = [CHAT_STATE, CHAT_STATER, PING, CLICK_TRACKING, INPUT_EXPIRATION, OMNI_ATTENDANCE];

/// All that stands in a receipt.
const RECEIPT: [&str; 9] =
    ["statuses", "read", "delivery", "sender", "recipient", "timestamp", "messaging_product", "metadata", "contacts"];

/// The types of Blip's own extensions that people do see.
const VISIBLE_IRIS: [&str; 4] = [TICKET, RESOURCE, HUMAN_AGENT_REQUEST, CALLS_MEDIA];

impl Document {
    /// Whether this is not chat but the platform's own affair: chat states, pings, click records, timers, desk internals, and
    /// `WhatsApp`'s `typing_indicator`.
    pub fn is_internal(&self) -> bool {
        if let Self::Json(content) = self {
            return is_typing_indicator(content) || is_receipt(content);
        }
        let name = self.media_type();
        let is_in = |list: &[&str]| list.iter().any(|other| same(name, other));
        is_in(&INTERNAL) || (is_iris(name) && !is_in(&VISIBLE_IRIS))
    }
}

/// Types of Blip's own extensions: a name that begins `application/vnd.iris.`.
fn is_iris(media_type: &str) -> bool {
    essence(media_type).get(..IRIS.len()).is_some_and(|start| start.eq_ignore_ascii_case(IRIS))
}

/// What became of a message, in the channel's own words and nothing beside it: WhatsApp's `statuses` (Meta's Cloud API), Messenger's `read`
/// and `delivery` (Messenger Platform).
fn is_receipt(content: &Value) -> bool {
    let has = |names: &[&str]| {
        names.iter().any(|name| content.get(name).is_some_and(|value| value.is_object() || value.is_array()))
    };
    has(&["statuses", "read", "delivery"])
        && content.as_object().is_some_and(|fields| fields.keys().all(|name| RECEIPT.contains(&name.as_str())))
}

/// Seen as the object's `type` and as a key of a `WhatsApp` Cloud object (captured traffic; Meta's Cloud API).
fn is_typing_indicator(content: &Value) -> bool {
    content.get("typing_indicator").is_some() || content.get("type").and_then(Value::as_str) == Some("typing_indicator")
}
