//! Sunshine Conversations, by the shapes of its specification.

use ponte::clock::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Call, Desk, Fake, Happening, OPENING, RouteNames, Routed};

const NAMES: RouteNames = RouteNames { queue: "361", field: "444" };
const SECRET: &str = "a-shared-secret-for-tests";

pub(in crate::conformance) const FAKE: Fake = Fake {
    name: "zendesk-messaging",
    settings: r#"{"app":"5ebee0975ac5304b664a12fa"}"#,
    credentials: "app_5ec3f4cfdd4a1e001163b3d2:s3cr3t",
    secret: SECRET,
    answer,
    sign,
    event,
    wait: ("x-nothing", "0"),
    opens_with: &[
        "POST /v2/apps/5ebee0975ac5304b664a12fa/users",
        "POST /v2/apps/5ebee0975ac5304b664a12fa/conversations",
        "POST /v2/apps/5ebee0975ac5304b664a12fa/conversations/1/passControl",
        "POST /v2/apps/5ebee0975ac5304b664a12fa/conversations/1/messages",
        "POST /v2/apps/5ebee0975ac5304b664a12fa/conversations/1/passControl",
        "POST /v2/apps/5ebee0975ac5304b664a12fa/conversations/1/offerControl",
    ],
    // The key of Sunshine Conversations does not open the API that has the names.
    route: NAMES,
    cannot: &[
        (
            super::super::staffing::TOLD,
            "The key of an app of Sunshine Conversations may not ask for the agents' states, which are Zendesk's own.",
        ),
        (super::super::staffing::UNKNOWN, "For the same reason."),
        (
            "a transfer to another queue is told by its name",
            "Nothing of it stands on the conversation: Zendesk tells it by events of the ticket only.",
        ),
        ("a ticket that is put on hold is told", "For the same reason."),
        (
            "a rating is in a field of the ticket, whatever repeats",
            "The metadata of a conversation sets fields when control passes, and the key of the app does not open the ticket.",
        ),
        ("a rating whose field is not there is refused", "For the same reason."),
        ("words that an agent deletes are named", "Whether a webhook tells of a deleted message is not documented."),
        (
            "an old signature is refused",
            "Nothing is signed, and no time told; what comes again is known by its id, and has no second effect.",
        ),
        (
            "a rate limit is waited for as long as it says",
            "No header says how long (the specification names none): the queue's own doubling waits apply.",
        ),
        (
            super::super::reopening::GOES_ON,
            "After the end every message makes a new ticket (Sunshine Conversations, hand-back); the workspace shows the whole conversation.",
        ),
        (super::super::reopening::GONE, "For the same reason."),
        (
            super::super::reopening::LINKED,
            "Tickets are Zendesk's own: the API of messaging has no call for them. The workspace shows those of the same customer.",
        ),
    ],
};

fn conversation(desk: &Desk) -> Value {
    let agents = json!({ "name": "zd-agentWorkspace", "integrationType": "zd:agentWorkspace" });
    json!({
        "id": "1",
        "metadata": { "ponte_opening": desk.tickets.first() },
        "activeSwitchboardIntegration": if desk.closed { Value::Null } else { agents },
    })
}

fn answer(desk: &mut Desk, call: &Call) -> Answer {
    match call.line.replace("/v2/apps/5ebee0975ac5304b664a12fa/", "").as_str() {
        "POST users" if desk.customers.is_empty() => {
            desk.customers.push(call.at("/externalId"));
            (201, json!({ "user": { "id": "7" } }))
        }
        "POST users" => (409, json!({ "errors": [{ "code": "conflict" }] })),
        "GET conversations" => {
            let found = desk.tickets.first().map(|_| conversation(desk));
            (200, json!({ "conversations": found.into_iter().collect::<Vec<_>>(), "meta": { "hasMore": false } }))
        }
        "POST conversations" => {
            desk.tickets.push(call.at("/metadata/ponte_opening"));
            (201, json!({ "conversation": { "id": "1" } }))
        }
        "GET conversations/1" => (200, json!({ "conversation": conversation(desk) })),
        "GET conversations/1/participants" => (200, json!({ "participants": [{ "id": "8", "userId": "7" }] })),
        "GET conversations/1/messages" => {
            let messages = desk.posts.iter().map(|post| json!({ "id": "m", "metadata": { "ponte_id": post.mark } }));
            (200, json!({ "messages": messages.collect::<Vec<_>>(), "meta": { "hasMore": false } }))
        }
        "POST conversations/1/messages" => {
            let business = call.at("/author/type") == "business";
            let post = desk.post(call.at("/content/text"), business, call.at("/metadata/ponte_id"));
            post.file = call.json.pointer("/content/mediaUrl").is_some();
            (201, json!({ "messages": [{ "id": "m" }] }))
        }
        "POST conversations/1/releaseControl" => {
            desk.closed = true;
            (200, json!({}))
        }
        "POST conversations/1/passControl" => {
            let data = |name: &str| call.json["metadata"][format!("dataCapture.{name}")].as_str().map(str::to_owned);
            let queue = data("systemField.group_id");
            if desk.refuse_route && queue.is_some() {
                return (400, json!({ "errors": [{ "code": "bad_request" }] }));
            }
            if call.json["switchboardIntegration"] == "zd:agentWorkspace" {
                desk.routed = Routed {
                    queue,
                    priority: data("systemField.priority"),
                    tags: data("systemField.tags").iter().flat_map(|tags| tags.split(',')).map(str::to_owned).collect(),
                    fields: data("ticketField.444").map(|value| (NAMES.field.to_owned(), value)).into_iter().collect(),
                };
            }
            (200, json!({}))
        }
        "POST conversations/1/offerControl" => (200, json!({})),
        other => panic!("{other}"),
    }
}

fn sign(_: &str, _: Timestamp) -> Vec<(&'static str, String)> {
    vec![("x-api-key", SECRET.to_owned())]
}

fn event(happening: Happening) -> Value {
    let message = |id: u8, author: Value, metadata: Value| {
        let content = json!({ "type": "text", "text": "Bom dia!" });
        let message = json!({ "id": id.to_string(), "author": author, "content": content, "metadata": metadata });
        ("conversation:message", json!({ "message": message }))
    };
    let ana = json!({ "type": "business", "subtypes": ["agent"] });
    let named = json!({ "type": "business", "displayName": "Ana", "subtypes": ["agent"] });
    let (kind, mut payload) = match happening {
        Happening::Says(number) => message(100 + number, ana, json!({})),
        // Notes are on the ticket, and never in the conversation: what is like one is what an AI says to agents.
        Happening::Notes => message(103, json!({ "type": "business", "subtypes": ["AI"] }), json!({})),
        Happening::Echoes => message(104, json!({ "type": "user", "userId": "7" }), json!({ "ponte_id": "a" })),
        Happening::Takes => message(105, named, json!({ "__zendesk_msg.agent.id": "5" })),
        Happening::Closes => ("switchboard:releaseControl", json!({ "reason": "ticketClosed" })),
        Happening::Moves | Happening::Rests | Happening::Deletes | Happening::Unknown => {
            ("conversation:movedToMars", json!({}))
        }
    };
    payload["conversation"] = json!({ "id": "1", "metadata": { "ponte_opening": OPENING } });
    let event = json!({ "id": format!("{happening:?}"), "type": kind, "payload": payload });
    json!({ "app": { "id": "5ebee0975ac5304b664a12fa" }, "webhook": { "id": "w", "version": "v2" }, "events": [event] })
}
