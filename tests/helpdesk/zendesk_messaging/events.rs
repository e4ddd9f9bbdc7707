//! What each webhook of Sunshine Conversations is for the customer.

use ponte::{
    clock::Timestamp,
    message::{AgentEvent, AgentEventKind, ConversationId, TicketEvents},
    relay::ports::{Rejection, Unverified},
};
use serde_json::{Value, json};

use super::{
    APP, OPENING, fixture,
    secrets::{Key, verifier},
};

const TICKET: &str = "f52b01137aa6c250bc7251fa";

fn events_with(own: &str, body: &[u8]) -> Result<Vec<TicketEvents>, Rejection> {
    let verifier = verifier("secret", &format!(r#"{{"app":"{APP}"{own}}}"#));
    let headers = Key(Some("secret"));
    let request = Unverified { headers: &headers, path: "", body };
    let checked = verifier.verify(&request, Timestamp(0))?;
    verifier.events(&request, checked)
}

/// One line for each event: id, and what it tells. All are of [`TICKET`].
fn told_with(own: &str, body: &Value) -> Vec<String> {
    let line = |AgentEvent { id, kind }: AgentEvent| {
        let what = match kind {
            AgentEventKind::Message { contents, agent } => {
                let contents: Vec<String> = contents.iter().map(|c| serde_json::to_string(c).unwrap()).collect();
                format!("{} says {}", agent.and_then(|a| a.name).unwrap_or_default(), contents.join(" "))
            }
            AgentEventKind::Assigned { agent } => format!("given to {}", agent.name.unwrap_or_default()),
            AgentEventKind::Merged { into } => format!("merged into {}", into.as_str()),
            AgentEventKind::Closed { service } => format!("closed {service:?}"),
            AgentEventKind::Typing { on } => format!("typing {on}"),
            AgentEventKind::NeedsFetch => "reference".to_owned(),
            other => crate::helpdesk::bridge::line(&other),
        };
        format!("{} {what}", id.as_str())
    };
    let tickets = events_with(own, body.to_string().as_bytes()).unwrap();
    tickets
        .into_iter()
        .flat_map(|ticket| {
            assert_eq!(ticket.ticket.as_str(), TICKET);
            ticket.events
        })
        .map(line)
        .collect()
}

fn told(body: &Value) -> Vec<String> {
    told_with("", body)
}

/// The one event of a fixture, changed.
fn changed(name: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = fixture(name);
    change(&mut body["events"][0]);
    body
}

/// An agent's message with this content.
fn says(content: &Value) -> Vec<String> {
    let body = changed("event-conversation-message-from-agent", |event| {
        event["payload"]["message"]["content"] = content.clone();
    });
    let mut told = told(&body);
    assert_eq!(told.remove(0), "agent/377510121931 given to Ana Agente");
    told.into_iter()
        .map(|line| line.strip_prefix("665d1f2c9c1e4b00113c7d00 Ana Agente says ").unwrap().to_owned())
        .collect()
}

/// There is no event of an assignment: the first message of an agent tells who it is.
#[test]
fn an_agents_message_reaches_the_customer_after_the_agents_name() {
    let expected = [
        "agent/377510121931 given to Ana Agente",
        r#"665d1f2c9c1e4b00113c7d00 Ana Agente says {"type":"text","text":"Bom dia, Maria! Em que posso ajudar?"}"#,
    ];
    assert_eq!(told(&fixture("event-conversation-message-from-agent")), expected);
    // Either sign is enough, and the number may be one.
    for (subtypes, metadata) in [
        (json!(["agent"]), Value::Null),
        (Value::Null, json!({ "__zendesk_msg.agent.id": 377_510_121_931_u64 })),
        (json!([]), json!({ "__zendesk_msg.agent.id": "377510121931" })),
    ] {
        let body = changed("event-conversation-message-from-agent", |event| {
            event["payload"]["message"]["author"]["subtypes"] = subtypes.clone();
            event["payload"]["message"]["metadata"] = metadata.clone();
        });
        assert_eq!(told(&body)[1], expected[1], "{subtypes} {metadata}");
    }
}

#[test]
fn what_the_customer_said_does_not_come_back() {
    assert!(told(&fixture("event-conversation-message-from-user")).is_empty());
    // Nor what the bridge told the agents, whatever Zendesk makes of its author.
    let notice = changed("event-conversation-message-from-agent", |event| {
        event["payload"]["message"]["metadata"] = json!({ "ponte_id": "note/1" });
    });
    assert!(told(&notice).is_empty());
    assert!(told_with(r#","automatic":true"#, &notice).is_empty());
}

#[test]
fn bots_and_the_system_say_nothing_to_the_customer() {
    let by = |author: Value| {
        changed("event-conversation-message-from-agent", |event| {
            event["payload"]["message"]["author"] = author;
            event["payload"]["message"]["metadata"] = Value::Null;
        })
    };
    let automatic = r#","automatic":true"#;
    // A trigger's message has no agent. It is for the customer where the settings say so, and nobody is introduced.
    let trigger = by(json!({ "type": "business", "displayName": "Loja" }));
    assert!(told(&trigger).is_empty());
    assert_eq!(told_with(automatic, &trigger).len(), 1);
    assert!(told_with(automatic, &trigger)[0].starts_with("665d1f2c9c1e4b00113c7d00  says"));
    for subtype in ["AI", "activity", "bot"] {
        let body = by(json!({ "type": "business", "subtypes": [subtype, "agent"] }));
        assert!(told(&body).is_empty() && told_with(automatic, &body).is_empty(), "{subtype}");
    }
    for author in [json!({ "type": "user", "subtypes": ["agent"] }), json!({}), Value::Null] {
        assert!(told(&by(author)).is_empty());
    }
    for (field, value) in [("activity", json!({ "type": "ticket:closed" })), ("deleted", json!(true))] {
        let body = changed("event-conversation-message-from-agent", |event| {
            event["payload"]["message"][field] = value;
        });
        assert!(told(&body).is_empty(), "{field}");
    }
}

#[test]
fn an_agent_who_types_is_shown_and_a_customer_is_not() {
    assert!(told(&fixture("event-conversation-typing")).is_empty());
    let by = |author: Value, kind: &str| {
        told(&changed("event-conversation-typing", |event| {
            event["payload"]["activity"] = json!({ "type": kind, "author": author });
        }))
    };
    let business = json!({ "type": "business" });
    assert_eq!(by(business.clone(), "typing:start"), ["5f74a0d52b5315fc007e798a typing true"]);
    assert_eq!(by(business.clone(), "typing:stop"), ["5f74a0d52b5315fc007e798a typing false"]);
    assert!(by(business, "conversation:read").is_empty());
    assert!(by(json!({ "type": "business", "subtypes": ["AI"] }), "typing:start").is_empty());
    // That an agent has read is nothing that a customer can be shown.
    let read = changed("event-conversation-typing", |event| {
        event["type"] = "conversation:read".into();
        event["payload"]["activity"] = json!({ "type": "conversation:read", "author": { "type": "business" } });
    });
    assert!(told(&read).is_empty());
}

#[test]
fn control_that_is_released_ends_it() {
    let closed = "event-switchboard-release-control-ticket-closed";
    assert_eq!(told(&fixture(closed)), ["665d20aa9c1e4b00113c7d09 closed None"]);
    let none = fixture("event-switchboard-release-control-no-reason");
    assert_eq!(told(&none), ["5f74a0d52b5315fc007e798a closed None"]);
    // The customer has no e-mail here: whoever is handed on to it is free again.
    for reason in [json!("transferToEmail"), json!("something new"), Value::Null] {
        let body = changed(closed, |event| event["payload"]["reason"] = reason.clone());
        assert_eq!(told(&body).len(), 1, "{reason}");
    }
    let nameless = changed(closed, |event| event["id"] = Value::Null);
    assert_eq!(told(&nameless), ["end closed None"]);
    // We release it when the customer has left: taken for an agent's end, it would send the customer a farewell.
    let ours = changed(closed, |event| event["payload"]["metadata"] = json!({ "ponte_opening": OPENING }));
    assert!(told(&ours).is_empty());
}

#[test]
fn control_that_is_passed_on_ends_it_with_a_reason_or_when_it_comes_to_us() {
    let passed = |to: &str, reason: Option<&str>, metadata: Value| {
        told(&changed("event-switchboard-release-control-no-reason", |event| {
            event["type"] = "switchboard:passControl".into();
            event["payload"]["conversation"]["activeSwitchboardIntegration"] = json!({ "id": "1", "name": to });
            event["payload"]["metadata"] = metadata;
            event["payload"]["reason"] = reason.map_or(Value::Null, Value::from);
        }))
    };
    let ours = json!({ "ponte_opening": OPENING });
    assert_eq!(passed("ponte", None, Value::Null).len(), 1);
    assert_eq!(passed("another-bot", Some("ticketClosed"), Value::Null).len(), 1);
    assert!(passed("another-bot", None, Value::Null).is_empty());
    assert!(passed("zd-agentWorkspace", None, json!({ "a": 1 })).is_empty());
    // Our own hand-over.
    assert!(passed("ponte", None, ours.clone()).is_empty());
    assert!(passed("zd-agentWorkspace", Some("ticketClosed"), ours).is_empty());
}

#[test]
fn what_became_of_a_delivery_is_not_for_the_customer() {
    assert!(told(&fixture("event-delivery-failure")).is_empty());
    for kind in ["conversation:postback", "conversation:create", "switchboard:offerControl", "user:merge", "x"] {
        let body = changed("event-conversation-message-from-agent", |event| event["type"] = kind.into());
        assert!(told(&body).is_empty(), "{kind}");
    }
}

#[test]
fn several_events_are_told_by_conversation_each_in_order() {
    let event = |name: &str, conversation: &str, id: &str| {
        let mut event = fixture(name)["events"][0].clone();
        event["payload"]["conversation"]["id"] = conversation.into();
        event["id"] = id.into();
        if event["payload"]["message"].is_object() {
            event["payload"]["message"]["id"] = id.into();
        }
        event
    };
    let (says, ends) = ("event-conversation-message-from-agent", "event-switchboard-release-control-ticket-closed");
    let body = json!({ "events": [
        event(says, "a", "1"), event(says, "b", "2"), event(says, "a", "3"), event(ends, "b", "4"), event(ends, "a", "5"),
        event("event-delivery-failure", "c", "6"),
    ] });
    let tickets = events_with("", body.to_string().as_bytes()).unwrap();
    let line = |ticket: TicketEvents| {
        let ids: Vec<String> = ticket.events.iter().map(|event| event.id.as_str().to_owned()).collect();
        format!("{} {}", ticket.ticket.as_str(), ids.join(" "))
    };
    let agent = "agent/377510121931";
    let expected = [format!("a {agent} 1 {agent} 3 5"), format!("b {agent} 2 4")];
    assert_eq!(tickets.into_iter().map(line).collect::<Vec<_>>(), expected);
}

#[test]
fn the_mark_leads_back_and_others_are_left_out() {
    let with = |metadata: Value| {
        let body = changed("event-conversation-message-from-agent", |event| {
            event["payload"]["conversation"]["metadata"] = metadata;
        });
        events_with("", body.to_string().as_bytes()).unwrap()
    };
    assert_eq!(with(json!({ "ponte_opening": OPENING }))[0].opening, ConversationId::parse(OPENING));
    // Without metadata it may be ours: the worker knows. With those of somebody else it is not.
    for without in [Value::Null, json!({})] {
        assert_eq!(with(without)[0].opening, None);
    }
    assert!(with(json!({ "source": "theirs" })).is_empty());
    assert!(with(json!({ "ponte_opening": "x" })).is_empty());
}

#[test]
fn files_reach_the_customer_with_their_words() {
    let url = "https://desk.example.invalid/sc/media/manual.pdf";
    let content = json!({
        "type": "file", "mediaUrl": url, "mediaType": "application/pdf", "mediaSize": 48_211.0, "altText": "manual.pdf",
        "text": "Segue o manual", "attachmentId": "1",
    });
    let said: Value = serde_json::from_str(&says(&content)[0]).unwrap();
    let expected = json!({
        "type": "file", "url": url, "name": "manual.pdf", "mime": "application/pdf", "size": 48_211,
        "caption": "Segue o manual",
    });
    assert_eq!(said, expected);
    let picture = json!({ "type": "image", "mediaUrl": url, "mediaSize": -1 });
    assert_eq!(says(&picture), [format!(r#"{{"type":"file","url":"{url}"}}"#)]);
    // A link that is none is not passed on; the words are, and the agent is told of the file.
    let bad = json!({ "type": "image", "mediaUrl": "file:///etc/passwd", "text": "veja" });
    assert_eq!(says(&bad), [r#"{"type":"text","text":"veja"} {"type":"file","url":""}"#]);
    // What has no name in the specification is shown in words.
    let template =
        json!({ "type": "template", "template": { "name": "aviso_7", "body": { "text": "Seu pedido saiu" } } });
    assert_eq!(says(&template), [r#"{"type":"text","text":"aviso_7\nSeu pedido saiu"}"#]);
}

#[test]
fn buttons_lists_and_forms_are_put_into_words() {
    let check = |content: Value, expected: &[&str]| assert_eq!(says(&content), [expected.join(" ")], "{content}");
    let reply = |text: &str| json!({ "type": "reply", "text": text, "payload": "X" });
    let link = json!({ "type": "link", "text": "Loja", "uri": "https://loja.example/" });
    check(
        json!({ "type": "text", "text": "Resolvido?", "actions": [reply("Sim"), reply("Não"), link] }),
        &[r#"{"type":"choices","text":"Resolvido?\nLoja: https://loja.example/","options":["Sim","Não"]}"#],
    );
    check(
        json!({ "type": "text", "text": "", "htmlText": "<p>Um <b>dois</b></p>" }),
        &[r#"{"type":"text","text":"Um *dois*"}"#],
    );
    let items = json!([
        { "title": "Plano A", "description": "barato", "actions": [link] },
        { "title": "Plano B", "mediaUrl": "https://x.example/b.png", "actions": [{ "type": "postback", "text": "Quero", "payload": "B" }] },
    ]);
    for kind in ["carousel", "list"] {
        check(
            json!({ "type": kind, "items": items }),
            &[
                r#"{"type":"text","text":"Plano A\nbarato\nLoja: https://loja.example/"}"#,
                r#"{"type":"file","url":"https://x.example/b.png","caption":"Plano B"}"#,
                r#"{"type":"choices","text":"Plano B","options":["Quero"]}"#,
            ],
        );
    }
    check(
        json!({ "type": "form", "fields": [
            { "type": "email", "name": "e", "label": "Seu e-mail" },
            { "type": "select", "name": "s", "label": "Unidade", "options": [{ "label": "Centro" }, { "label": "Sul" }] },
        ] }),
        &[r#"{"type":"text","text":"Seu e-mail\nUnidade (Centro / Sul)"}"#],
    );
    check(
        json!({ "type": "location", "coordinates": { "lat": -19.5, "long": -43.25 }, "location": { "name": "Loja" } }),
        &[r#"{"type":"location","latitude":-19.5,"longitude":-43.25,"text":"Loja"}"#],
    );
}

/// After a 400 the sender gives up; after a 422 it tries again.
#[test]
fn bad_input_is_refused_and_does_not_hold_up_the_rest() {
    let status = |body: &[u8]| events_with("", body).map_or_else(Rejection::status, |_| 200);
    for body in [&b""[..], b"oi", b"[]", b"{}", br#"{"events":5}"#] {
        assert_eq!(status(body), 400, "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(status(br#"{"events":[]}"#), 200);
    let message = |change: &dyn Fn(&mut Value)| changed("event-conversation-message-from-agent", |event| change(event));
    for unreadable in [
        json!({ "events": [5] }),
        json!({ "events": [{}] }),
        json!({ "events": [{ "type": "conversation:message" }] }),
        message(&|event| event["payload"]["conversation"]["id"] = Value::Null),
        message(&|event| event["payload"]["message"]["id"] = Value::Null),
        message(&|event| event["payload"]["message"]["content"] = json!({ "type": "template", "template": {} })),
        message(&|event| event["payload"]["message"]["content"] = json!({ "type": "text", "text": 5 })),
    ] {
        assert_eq!(status(unreadable.to_string().as_bytes()), 422, "{unreadable}");
        let mut both = fixture("event-conversation-message-from-agent");
        both["events"].as_array_mut().unwrap().insert(0, unreadable["events"][0].clone());
        assert_eq!(told(&both).len(), 2, "the good one passes");
    }
}
