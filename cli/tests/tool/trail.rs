//! `ponte trail`: found by telephone, ticket and id, in order, with what it waits for first.

use ponte::{
    clock::{Clock, SystemClock, Timestamp},
    message::SourceId,
    trail::{Line, MessageHash, StepName},
};
use serde_json::json;

use super::stack::Desk;

fn ago(seconds: i64) -> Timestamp {
    Timestamp(SystemClock.now().0 - seconds * 1000)
}

#[tokio::test]
async fn a_trail_says_first_why_a_conversation_waits_and_then_every_step() {
    let desk = Desk::start().await;
    let opening = desk.opens("f1a2@tunnel.msging.net", Some("5531999990001@wa.gw.msging.net"), Some("77")).await;
    let another = desk.opens("b7c8@tunnel.msging.net", None, Some("78")).await;
    let shown = desk.run(&["conversations", "show", opening.as_str(), "--json"]).await.json();
    let group = shown["groups"]["to_helpdesk"].as_str().unwrap().to_owned();
    let hash = |id: &str| MessageHash::of_customer(&SourceId::new(id), &desk.stack.key);
    let said = |step: StepName, id: &str| serde_json::to_value(Line { id: Some(hash(id)), ..Line::new(step) }).unwrap();
    let accepted = |id: &str| {
        let mut line = said(StepName::Accepted, id);
        line["group"] = json!(group);
        line
    };
    let delivered = |id: &str, of: &ponte::message::ConversationId| {
        let mut line = said(StepName::Delivered, id);
        line["conversation"] = json!({ "id": of });
        line["since_accepted_ms"] = json!(240);
        line
    };
    desk.logs("to-helpdesk", ago(40), delivered("m1", &opening)).await;
    desk.logs("to-helpdesk", ago(40), delivered("m9", &another)).await;
    desk.logs("blip-webhook", ago(41), accepted("m1")).await;
    desk.logs("blip-webhook", ago(30), accepted("m2")).await;
    let waits = json!({ "level": "WARN", "message": "retry scheduled", "queue": "to-helpdesk", "group": group, "ids": [hash("m2")],
        "kind": "later", "reason": "not now: the helpdesk asks to wait", "attempts": 3, "waiting": 1, "wait_s": 600, "waited_s": 2 });
    desk.logs("to-helpdesk", ago(20), waits).await;

    for whom in ["+55 31 99999-0001", "77", opening.as_str(), "5531999990001@wa.gw.msging.net"] {
        let ran = desk.run(&["trail", whom]).await;
        assert_eq!(ran.code, 0, "{whom}: {}", ran.wrong);
        let lines: Vec<&str> = ran.said.lines().collect();
        assert!(
            lines[0].starts_with("Messages to the helpdesk wait until ")
                && lines[0].contains("the helpdesk asks to wait"),
            "{}",
            ran.said
        );
        assert!(!ran.said.contains("99999") && !ran.said.contains(hash("m9").as_str()), "{}", ran.said);
        assert!(ran.said.contains("not yet delivered: waits until "), "{}", ran.said);
    }
    let trail = desk.run(&["trail", opening.as_str(), "--json"]).await.json();
    let steps: Vec<&str> =
        trail["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["request accepted", "delivered", "request accepted", "retry scheduled"]);
    assert_eq!(trail["gaps"].as_array().unwrap().len(), 1);

    // One message, by the id that Blip has of it, and by its hash.
    for id in ["m2", hash("m2").as_str()] {
        let one = desk.run(&["trail", "77", "--message", id, "--json"]).await.json();
        assert_eq!(one["steps"].as_array().unwrap().len(), 2, "{one}");
    }
    assert_eq!(desk.run(&["trail", "77", "--message", "nobody's"]).await.code, 3);
    assert_eq!(desk.run(&["trail", "404"]).await.code, 3);
}
