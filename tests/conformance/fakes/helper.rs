//! An assistant behind Rasa's channels, by their source.

use ponte::clock::Timestamp;
use serde_json::{Value, json};

use super::{Answer, BY_NAME, Call, Desk, Fake, Happening, OPENING, PATH};

const SECRET: &str = "an-address-that-nobody-guesses";
const NO_ROUTE: &str = "Rasa's channels take a sender and a text: there is no queue, no priority and no ticket, and nobody who reads a note.";
const NOBODY: &str = "An assistant has no agents: nobody can be told, and nobody takes anything.";

pub(in crate::conformance) const FAKE: Fake = Fake {
    name: "helper",
    settings: r#"{"end_payload":"/restart"}"#,
    credentials: "the-token",
    secret: SECRET,
    answer,
    sign,
    event,
    wait: ("retry-after", "17"),
    opens_with: &[],
    route: BY_NAME,
    cannot: &[
        (super::super::staffing::TOLD, "An assistant has no agents."),
        (super::super::staffing::UNKNOWN, "For the same reason."),
        ("a transfer to another queue is told by its name", "An assistant has no queues."),
        ("a ticket that is put on hold is told", "An assistant has no hold."),
        (
            "a rating is in a field of the ticket, whatever repeats",
            "An assistant has no ticket, and no agents who would read it.",
        ),
        ("a rating whose field is not there is refused", "For the same reason."),
        ("words that an agent deletes are named", "An assistant takes nothing back."),
        ("routed to a queue", NO_ROUTE),
        ("a route's priority is set", NO_ROUTE),
        ("a route's tags are set", NO_ROUTE),
        ("a route's fields are set", NO_ROUTE),
        ("a queue of an unknown name: it opens with a note", NO_ROUTE),
        ("a refused route: one retry, and it opens with a note", NO_ROUTE),
        (
            "a customer who is refused is told apart from an outage",
            "A sender needs no opening: nothing is asked that could be refused.",
        ),
        ("an opening that is repeated is one ticket", "A sender needs no opening: its name is the ticket."),
        (
            "words that may be there are looked for, or recognised, before they are repeated",
            "Rasa's channels have no ids: the assistant may hear a message twice. The customer reads its answer once.",
        ),
        ("what the agent is told is told once, and not as the customer's words", NOBODY),
        ("a note for colleagues does not travel", NOBODY),
        ("who takes the ticket is announced by name", NOBODY),
        ("a customer who leaves is told to the agent, once", "The assistant may hear its end twice."),
        ("an end for silence closes the ticket, in the company's words or without any", NOBODY),
        ("an old signature is refused", "Nothing is signed, and no time told."),
        (super::super::reopening::GOES_ON, "An assistant has no tickets."),
        (super::super::reopening::GONE, "For the same reason."),
        (super::super::reopening::LINKED, "For the same reason."),
    ],
};

fn answer(desk: &mut Desk, call: &Call) -> Answer {
    assert_eq!(call.query("token"), "the-token");
    match call.line.as_str() {
        "POST /webhooks/rest/webhook" => {
            assert_eq!(call.at("/sender"), OPENING);
            desk.post(call.at("/message"), false, String::new());
            (200, json!([{ "recipient_id": OPENING, "text": "entendi" }]))
        }
        line if line == format!("GET /conversations/{OPENING}/tracker") => (404, json!({ "status": "failure" })),
        other => panic!("{other}"),
    }
}

fn sign(body: &str, _at: Timestamp) -> Vec<(&'static str, String)> {
    // API Gateway gives each request one; Rasa makes none twice.
    vec![(PATH, SECRET.to_owned()), ("x-amzn-trace-id", format!("Root=1-{}", body.len()))]
}

fn event(happening: Happening) -> Value {
    let item = |fields: Value| {
        let mut item = json!({ "recipient_id": OPENING });
        item.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        item
    };
    match happening {
        // The trace id is made of the length here: the second is another request.
        Happening::Says(2) => json!([item(json!({ "text": "Bom dia!", "x": 1 }))]),
        Happening::Says(_) | Happening::Notes | Happening::Takes => item(json!({ "text": "Bom dia!" })),
        // Nothing comes back of what was said to it.
        Happening::Echoes => item(json!({})),
        Happening::Closes => item(json!({ "custom": { "ponte": "close" } })),
        Happening::Moves | Happening::Rests | Happening::Deletes | Happening::Unknown => {
            item(json!({ "custom": { "ponte": "fly", "to": "Mars" } }))
        }
    }
}
