//! What each callback is for the customer, and who may send one.

use ponte::{relay::ports::Rejection, settings::HelpdeskSettings};
use serde_json::{Value, json};

use super::{
    super::bridge::{Adapter, OPENING, told},
    ADAPTER, fixture,
};

fn through(adapter: &Adapter, body: &Value) -> Result<Vec<String>, u16> {
    let secret = [("x-ponte-secret", adapter.secret.to_owned())];
    adapter.through(&secret, "", &body.to_string()).map(|events| told(&events)).map_err(Rejection::status)
}

/// A callback of ours with these fields.
fn callback(fields: &Value) -> Value {
    let mut body = json!({ "requestId": format!("{OPENING}.m1"), "clientSessionId": OPENING, "agentChat": true });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

/// What one control of a live agent's conversation tells, without ticket and id.
fn shown(element: &Value) -> Vec<String> {
    let lines = through(&ADAPTER, &callback(&json!({ "body": [element] }))).unwrap();
    lines.iter().map(|line| line.splitn(3, ' ').nth(2).unwrap().to_owned()).collect()
}

#[test]
fn each_example_is_what_it_is() {
    let ours = |name: &str| {
        let mut body = fixture(name);
        body["clientSessionId"] = OPENING.into();
        through(&ADAPTER, &body).unwrap().iter().map(|line| line.replace(OPENING, "T")).collect::<Vec<_>>()
    };
    let agent = "ee4eebf30a0004d963b5c5ac0d734dc4";
    let words = r#"{"type":"text","text":"Bom dia, em que posso ajudar?"}"#;
    assert_eq!(
        ours("va-callback-agent-message"),
        [
            format!("T agent/{agent} given to Beth Anglin"),
            format!("T 54623afeff762210efa1ffffffffff77 Beth Anglin says {words}"),
        ]
    );
    let wait = r#"T wait ? says {"type":"text","text":"Routing you to a live agent... (8 Seconds)"}"#;
    assert_eq!(ours("va-callback-agent-wait-spinner"), [wait]);
    let connecting = ours("va-callback-connecting");
    assert!(
        connecting[0]
            .ends_with(r#"? says {"type":"text","text":"Please stand by while I connect you to a live agent."}"#)
    );
    assert_eq!(ours("va-callback-conversation-ended"), ["T end closed"], "and not the virtual agent's words");
}

#[test]
fn a_conversation_is_known_by_its_session_or_by_what_came_back() {
    let without = |fields: Value| {
        let mut body = callback(&json!({ "completed": true, "clientSessionId": "", "requestId": "another" }));
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        through(&ADAPTER, &body)
    };
    let closed = Ok(vec![format!("{OPENING} end closed")]);
    assert_eq!(without(json!({ "clientSessionId": OPENING })), closed);
    assert_eq!(without(json!({ "clientVariables": { "ponte": OPENING } })), closed);
    assert_eq!(without(json!({ "requestId": format!("{OPENING}.agent") })), closed);
    // Several bots of an instance may share one address: what is another's is taken, and told to nobody.
    assert_eq!(without(json!({})), Ok(Vec::new()));
    assert_eq!(without(json!({ "clientSessionId": "3f6d2f0e-0000-4000-8000-000000000001" })), Ok(Vec::new()));
    assert_eq!(without(json!({ "clientVariables": 5, "requestId": null })), Err(422));
}

#[test]
fn each_control_is_shown_as_far_as_a_customer_can_see_it() {
    let text = |text: &str| vec![format!(r#"? says {{"type":"text","text":"{text}"}}"#)];
    let file = |url: &str| vec![format!(r#"? says {{"type":"file","url":"{url}"}}"#)];
    for (element, expected) in [
        (json!({ "uiType": "OutputText", "value": "**Oi**" }), text("*Oi*")),
        (json!({ "uiType": "OutputText", "label": "File got", "itemType": "outputtext" }), text("File got")),
        (json!({ "uiType": "OutputText", "value": "9876", "maskType": "SECURE" }), text("9876")),
        (json!({ "uiType": "OutputText", "value": " " }), vec![]),
        (json!({ "uiType": "OutputHtml", "value": "<p>Oi <b>Maria</b></p>", "height": 5 }), text("Oi *Maria*")),
        (json!({ "uiType": "OutputImage", "value": "https://x.example/a.png" }), file("https://x.example/a.png")),
        // A picture that cannot be had: the agent is told.
        (json!({ "uiType": "OutputImage", "value": "javascript:1" }), file("")),
        (
            json!({ "uiType": "OutputLink", "header": "Veja", "label": "Ajuda", "value": { "action": "https://x.example/" } }),
            vec![r#"? says {"type":"link","url":"https://x.example/","title":"Ajuda","text":"Veja"}"#.to_owned()],
        ),
        (
            json!({ "uiType": "OutputCard", "data": r#"{"title":"INC1","fields":[{"fieldLabel":"Estado","fieldValue":"Novo"}]}"# }),
            text(r"INC1\nEstado: Novo"),
        ),
        (
            json!({ "uiType": "OutputCard", "data": json!({
                "sys_id": "2c6420c31b0000506a4a85507e4bcb82", "target": "_blank", "table_name": "incident", "title": "Pedido 77",
                "subtitle": "Sai hoje", "url": "https://x.example/77", "image": "https://x.example/a.png",
            }).to_string() }),
            vec![
                r#"? says {"type":"text","text":"Pedido 77\nSai hoje\nhttps://x.example/77"} {"type":"file","url":"https://x.example/a.png"}"#
                    .to_owned(),
            ],
        ),
        (json!({ "uiType": "OutputCard", "data": r#"{"title":"INC1""# }), vec![]),
        (
            json!({ "uiType": "Carousel", "value": { "title": "Modelos", "target": "_self", "items": [{ "label": "Aro", "value": "29" }] } }),
            text(r"Modelos\nAro: 29"),
        ),
        (json!({ "uiType": "OutputLink", "label": "Ajuda", "value": { "action": "kb_view.do?sys_id=1" } }), text("Ajuda")),
        (json!({ "uiType": "OutputCard", "data": "no JSON" }), text("no JSON")),
        (
            json!({ "uiType": "Picker", "label": "Qual?", "options": [{ "label": "Sim", "value": "1" }, { "label": "Não" }] }),
            vec![r#"? says {"type":"choices","text":"Qual?","options":["Sim","Não"]}"#.to_owned()],
        ),
        (json!({ "uiType": "FileUpload", "label": "Envie o arquivo", "maxSize": 5 }), text("Envie o arquivo")),
        (json!({ "uiType": "DateTime", "promptMsg": "Quando?", "label": "Data" }), text(r"Quando?\nData")),
        (json!({ "uiType": "ActionMsg", "actionType": "StartTypingIndicator" }), vec!["typing true".to_owned()]),
        (json!({ "uiType": "ActionMsg", "actionType": "EndTypingIndicator" }), vec!["typing false".to_owned()]),
        (json!({ "uiType": "ActionMsg", "actionType": "StartSpinner" }), vec![]),
        (json!({ "uiType": "ActionMsg", "actionType": "CreateConversation" }), vec![]),
        (json!({ "uiType": "Hologram" }), vec![]),
        (
            json!({ "uiType": "OutputText", "value": "oi", "agentInfo": { "sentFromAgent": false, "agentName": "VA" } }),
            vec![],
        ),
    ] {
        assert_eq!(shown(&element), expected, "{element}");
    }
}

#[test]
fn a_body_may_be_one_object_and_anything_else() {
    let one = json!({ "uiType": "OutputText", "value": "oi", "messageId": "7" });
    let expected = format!(r#"{OPENING} 7 ? says {{"type":"text","text":"oi"}}"#);
    assert_eq!(through(&ADAPTER, &callback(&json!({ "body": one }))).unwrap(), [expected.as_str()]);
    let body = json!([5, null, one, { "uiType": [], "value": {}, "options": "x", "agentInfo": 3 }]);
    assert_eq!(through(&ADAPTER, &callback(&json!({ "body": body }))).unwrap(), [expected.as_str()]);
    for none in [json!(null), json!("x"), json!({})] {
        assert_eq!(through(&ADAPTER, &callback(&json!({ "body": none }))).unwrap(), [""; 0]);
    }
    assert_eq!(through(&ADAPTER, &json!([])), Err(422));
    assert_eq!(through(&ADAPTER, &json!(5)), Err(400));
}

#[test]
fn words_without_an_id_have_one_of_their_own() {
    let words = |value: &str| json!({ "uiType": "OutputText", "value": value });
    let ids = |body: Value| {
        let lines = through(&ADAPTER, &callback(&json!({ "body": body }))).unwrap();
        lines.iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect::<Vec<_>>()
    };
    let two = ids(json!([words("a"), words("a")]));
    assert_ne!(two[0], two[1]);
    assert_eq!(two, ids(json!([words("a"), words("a")])), "the same callback again is the same");
    assert_ne!(ids(json!([words("a")])), ids(json!([words("b")])));
}

#[test]
fn the_virtual_agent_is_not_heard_and_its_end_is() {
    let body = json!([{ "uiType": "OutputText", "value": "Hi, I'm your Virtual Agent." }]);
    let of = |fields: Value| {
        let mut all = callback(&json!({ "body": body, "agentChat": null }));
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        through(&ADAPTER, &all).unwrap()
    };
    assert_eq!(of(json!({})), [""; 0]);
    assert_eq!(of(json!({ "takeControl": true })), [format!("{OPENING} end closed")]);
    assert_eq!(of(json!({ "completed": false, "takeControl": false })), [""; 0]);
    let last = of(json!({ "agentChat": true, "completed": true }));
    assert!(last.len() == 2 && last[1].ends_with("end closed"), "an agent's last words come first: {last:?}");
}

#[test]
fn only_who_brings_the_secret_is_heard() {
    let body = callback(&json!({ "completed": true })).to_string();
    let status = |headers: &[(&str, String)]| ADAPTER.through(headers, "", &body).map_err(Rejection::status);
    assert_eq!(status(&[]).unwrap_err(), 401);
    assert_eq!(status(&[("x-ponte-secret", "wrong".to_owned())]).unwrap_err(), 401);
    assert_eq!(status(&[("authorization", ADAPTER.secret.to_owned())]).unwrap_err(), 401);
    let other = Adapter { own: r#"{"secret_header":"X-Api-Key"}"#, ..ADAPTER };
    assert!(other.through(&[("x-api-key", ADAPTER.secret.to_owned())], "", &body).is_ok());
    assert!(other.through(&[("x-ponte-secret", ADAPTER.secret.to_owned())], "", &body).is_err());
    for (own, secret) in [
        ("{}", " "),
        (r#"{"secret_header":""}"#, "x"),
        (r#"{"secret_header":"a b"}"#, "x"),
        (r#"{"opening":[]}"#, "x"),
        (r#"{"opening":["AGENT","SEND_HISTORY"]}"#, "x"),
        (r#"{"opening":["SWITCH","AGENT"]}"#, "x"),
        (r#"{"authentication":"oauth"}"#, "x"),
        (r#"{"queue":"a"}"#, "x"),
    ] {
        let settings = HelpdeskSettings { name: "servicenow".into(), url: String::new(), own: own.to_owned() };
        assert!(ponte::helpdesk::verifier(&settings, secret).is_err(), "{own}");
    }
}
