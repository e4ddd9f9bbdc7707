//! Omnize (Zenvia Chat), by its documentation of 2021.

use ponte::clock::Timestamp;
use serde_json::{Value, json};

use super::{Answer, BY_NAME, Call, Desk, Fake, Happening, OPENING, PATH, Routed};

const SECRET: &str = "an-address-that-nobody-guesses";
const TWICE: &str =
    "The API has nothing to look with, and no key that a repetition is known by: it may be there twice.";

const UNTOLD: &str = "Omnize documents no trigger for it; words that name no agent are delivered, without a name.";

pub(in crate::conformance) const FAKE: Fake = Fake {
    name: "omnize",
    settings: r#"{"department":9999}"#,
    credentials: "ACCOUNT-TOKEN",
    secret: SECRET,
    answer,
    sign,
    event,
    wait: ("retry-after", "17"),
    opens_with: &["POST /core/api/v1/interactions"],
    route: BY_NAME,
    cannot: &[
        ("a ticket that is put on hold is told", "No trigger tells of one."),
        ("words that an agent deletes are named", "No trigger tells of it."),
        (
            "a transfer to another queue is told by its name",
            "The trigger `transferred` gives the department's number; the service rules give it a name.",
        ),
        ("a rating whose field is not there is refused", "It has one field for it, of its own."),
        ("a route's priority is set", "The API has no priority; a note names it."),
        ("a route's tags are set", "The API takes tags by ids that no documented call tells; a note names them."),
        ("an opening that is repeated is one ticket", TWICE),
        ("words that may be there are looked for, or recognised, before they are repeated", TWICE),
        ("what the agent is told is told once, and not as the customer's words", TWICE),
        ("a customer who leaves is told to the agent, once", TWICE),
        ("a note for colleagues does not travel", UNTOLD),
        ("what the bridge wrote does not come back", UNTOLD),
        ("an old signature is refused", "Nothing is signed, and no time told; what comes again is known by its ids."),
        (
            super::super::reopening::GOES_ON,
            "An interaction that is finished is expected to take nothing any more (422), and nothing is documented that opens it.",
        ),
        (super::super::reopening::GONE, "For the same reason."),
        (
            super::super::reopening::LINKED,
            "The API has no link of interactions; the note names the one before, where the rules say so.",
        ),
    ],
};

fn answer(desk: &mut Desk, call: &Call) -> Answer {
    if call.line == "GET /api/external/departments" {
        assert_eq!(call.query("token"), "ACCOUNT-TOKEN");
        let department =
            |id: u16, name: &str, state: u8| json!({ "id": id, "name": name, "state": state, "agents": [] });
        return (
            200,
            json!([
                department(9999, "Atendimento", 1),
                department(7001, "Financeiro", 1),
                department(7002, "Marte", 0)
            ]),
        );
    }
    if call.line == "GET /core/api/v1/agents/online" {
        assert_eq!(call.query("token"), "ACCOUNT-TOKEN");
        let count = match call.query("department_id") {
            "7001" => u8::from(desk.online),
            "9999" => 10,
            other => panic!("department {other}"),
        };
        return (200, json!({ "agents": [], "count": count, "averageService": 60 }));
    }
    assert_eq!(call.at("/token"), "ACCOUNT-TOKEN");
    match call.line.replace("/core/api/v1/interactions", "").as_str() {
        "POST " if desk.refuse_route && call.json["department_id"] == 7001 => {
            (422, json!({ "message": "Department not found", "status": 422 }))
        }
        "POST " => {
            desk.routed = Routed {
                queue: (call.json["department_id"] == 7001).then(|| "Financeiro".to_owned()),
                fields: call.json["extra"]
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(name, _)| *name != "ponte")
                    .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                    .collect(),
                ..Routed::default()
            };
            desk.tickets.push(call.at("/extra/ponte"));
            (200, json!({ "data": { "interaction_hash": "1" } }))
        }
        "POST /1/messages" => {
            let file = !call.at("/url").is_empty();
            desk.post([call.at("/content"), call.at("/url")].concat(), false, String::new()).file = file;
            (200, json!({ "data": { "interaction_hash": "1" }, "status": 200 }))
        }
        "PUT /1" if call.json.get("mood").is_some() => {
            desk.rated = (call.json["mood"] == "POSITIVE").then(|| "4".to_owned());
            (200, json!({ "status": 200 }))
        }
        "PUT /1" => {
            desk.post(call.at("/note"), true, String::new());
            (200, json!({ "status": 200 }))
        }
        "PUT /1/finish" => {
            desk.closed = true;
            (200, json!({ "status": 200 }))
        }
        other => panic!("{other}"),
    }
}

fn sign(_body: &str, _at: Timestamp) -> Vec<(&'static str, String)> {
    vec![(PATH, SECRET.to_owned())]
}

fn event(happening: Happening) -> Value {
    let trigger = |fields: Value| {
        let mut body = json!({ "interaction_hash": "1", "extra": { "ponte": OPENING } });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        body
    };
    let ana = json!({ "id": 111, "name": "Ana" });
    let words = |id: u8, agent: &Value| {
        let message = json!({ "hash": id.to_string(), "content": "Bom dia!", "type": "text", "url": null });
        trigger(json!({ "message": message, "agent": agent }))
    };
    match happening {
        Happening::Says(number) => words(number, &ana),
        // No trigger is documented for either. Words without an agent are delivered without a name.
        Happening::Notes | Happening::Echoes => words(3, &json!(null)),
        Happening::Takes => words(4, &ana),
        Happening::Moves => trigger(json!({ "state": "transferred", "department_id": 8 })),
        Happening::Rests | Happening::Deletes => trigger(json!({ "state": "resting on Mars" })),
        Happening::Closes => trigger(json!({ "state": "finished" })),
        Happening::Unknown => trigger(json!({ "state": "flown to Mars" })),
    }
}
