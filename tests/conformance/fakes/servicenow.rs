//! `ServiceNow`'s Virtual Agent Bot Integration API, by its documentation.

use ponte::clock::Timestamp;
use serde_json::{Value, json};

use super::{Answer, BY_NAME, Call, Desk, Fake, Happening, OPENING, Routed};

const SECRET: &str = "a-secret-header-for-tests";

pub(in crate::conformance) const FAKE: Fake = Fake {
    name: "servicenow",
    settings: "{}",
    credentials: "ponte:the-password",
    secret: SECRET,
    answer,
    sign,
    event,
    wait: ("retry-after", "17"),
    opens_with: &["POST /api/sn_va_as_service/bot/integration"],
    route: BY_NAME,
    cannot: &[
        (super::super::staffing::TOLD, "The API for bots has no call for it; ServiceNow tells it in its own routing."),
        (super::super::staffing::UNKNOWN, "For the same reason."),
        (
            "a transfer to another queue is told by its name",
            "The callback tells no change of the queue; who answers next is told by name.",
        ),
        ("a ticket that is put on hold is told", "The callback has no state for it."),
        (
            "a rating is in a field of the ticket, whatever repeats",
            "The API has messages and actions, and no call that sets a field of the interaction.",
        ),
        ("a rating whose field is not there is refused", "For the same reason."),
        ("words that an agent deletes are named", "The callback tells no deletion."),
        (
            "a queue of an unknown name: it opens with a note",
            "Conditions on the context choose the queue. The API has nothing to look a name up with, and does not say where it went.",
        ),
        (
            "words that may be there are looked for, or recognised, before they are repeated",
            "The API has nothing to read with, and what it makes of a `requestId` that comes again is not documented.",
        ),
        (
            "what the agent is told is told once, and not as the customer's words",
            "For the same reason: it may be told twice.",
        ),
        ("a customer who leaves is told to the agent, once", "For the same reason: it may be told twice."),
        ("an old signature is refused", "Nothing is signed, and no time told; what comes again is known by its ids."),
        (super::super::reopening::GOES_ON, "A chat of the live agent that ended cannot be opened again."),
        (super::super::reopening::GONE, "For the same reason."),
        (super::super::reopening::LINKED, "The API has no record that could be linked."),
    ],
};

fn answer(desk: &mut Desk, call: &Call) -> Answer {
    assert_eq!(call.line, "POST /api/sn_va_as_service/bot/integration");
    let session = call.at("/clientSessionId");
    if desk.refuse_route && call.json.pointer("/contextVariables/ponte_queue").is_some() {
        return (400, json!({ "status": "failure" }));
    }
    match call.json["action"].as_str() {
        // The session's id is the conversation's: the same one is the same.
        Some("AGENT") if !desk.tickets.contains(&session) => {
            desk.tickets.push(session);
            let variable =
                |name: &str| Some(call.at(&format!("/contextVariables/{name}"))).filter(|text| !text.is_empty());
            desk.routed = Routed {
                queue: variable("ponte_queue"),
                priority: variable("ponte_priority"),
                tags: variable("ponte_tags").iter().flat_map(|tags| tags.split(',')).map(str::to_owned).collect(),
                fields: variable("Contrato").map(|value| ("Contrato".to_owned(), value)).into_iter().collect(),
            };
        }
        Some("AGENT" | "UPDATE_MESSAGES") => {}
        Some("SEND_HISTORY") => drop(desk.post(call.at("/history/0/value"), true, call.at("/requestId"))),
        Some("END_CONVERSATION") => desk.closed = true,
        None => {
            let file = call.json.pointer("/message/attachment/url").is_some();
            let text = [call.at("/message/text"), call.at("/message/attachment/url")].concat();
            desk.post(text, false, call.at("/requestId")).file = file;
        }
        Some(other) => panic!("{other}"),
    }
    (200, json!({ "status": "success" }))
}

fn sign(_body: &str, _at: Timestamp) -> Vec<(&'static str, String)> {
    vec![("x-ponte-secret", SECRET.to_owned())]
}

fn event(happening: Happening) -> Value {
    let callback = |agent: bool, body: Value| {
        json!({
            "requestId": format!("{OPENING}.agent"), "clientSessionId": OPENING, "agentChat": agent, "body": body, "score": 1,
            "message": { "text": "as palavras do cliente", "typed": true },
        })
    };
    let words = |id: &str| {
        let ana = json!({ "sentFromAgent": true, "agentId": "5", "agentName": "Ana" });
        json!([{ "uiType": "OutputText", "value": "Bom dia!", "messageId": id, "agentInfo": ana }])
    };
    match happening {
        Happening::Says(number) => callback(true, words(&number.to_string())),
        // Agents' notes are not posted. What is, and is not for the customer either, is what the virtual agent says.
        Happening::Notes => callback(false, words("3")),
        // Each callback holds what it answers.
        Happening::Echoes => callback(true, json!([])),
        Happening::Takes => callback(true, words("4")),
        Happening::Closes => {
            let mut callback =
                callback(false, json!([{ "uiType": "OutputText", "value": "The conversation has ended." }]));
            callback["completed"] = true.into();
            callback
        }
        Happening::Moves | Happening::Rests | Happening::Deletes | Happening::Unknown => {
            callback(true, json!([{ "uiType": "ActionMsg", "actionType": "FlyToMars" }]))
        }
    }
}
