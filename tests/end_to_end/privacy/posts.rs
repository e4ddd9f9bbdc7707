//! What is posted: good and broken, with a mark in every field.

use ponte::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use super::{TOKENS, caller::Caller};
use crate::end_to_end::marks::ALL;

/// Every example of Blip's that is posted to a webhook, in every way, from three kinds of addresses.
pub(super) async fn envelopes(caller: &Caller<'_>) {
    for (number, (name, mut envelope)) in crate::lime::fixtures::all().into_iter().enumerate() {
        if !name.starts_with("message-") && !name.starts_with("notification-") {
            continue;
        }
        for how in ALL {
            let domain = ["tunnel.msging.net", "wa.gw.msging.net/a@b", "0mn.io"][number % 3];
            envelope["from"] = json!(format!("somebody@{domain}"));
            envelope["to"] = json!("bot@msging.net");
            envelope["id"] = json!("1");
            envelope["metadata"] = json!({ "#stateName": "a state", "#wa.display_phone_number": "1" });
            let body = caller.sides.marks.lock().unwrap().plant(&name, &envelope, how);
            caller.blip(&format!("{name} {how:?}"), body).await;
        }
    }
    // Not one of them: bytes that are no text, what is too large, and what is too deep.
    let word = caller.sides.word("what is not JSON");
    let deep = format!("{}\"{word}\"{}", "[".repeat(200), "]".repeat(200));
    let large = format!("{{\"id\":\"{word}\",\"content\":\"{}\"}}", word.repeat(40_000));
    for body in [word.clone().into_bytes(), [word.as_bytes(), &[0xFF, 0xFE]].concat(), deep.into(), large.into()] {
        caller.blip("no envelope", body.clone()).await;
        caller.helpdesk("no callback", body.clone()).await;
        caller.rest("rest: no request", &format!("token={}", TOKENS.get().unwrap().rest), body).await;
    }
}

/// Who has no token, or another one, asks elsewhere, or with another method.
pub(super) async fn intruders(caller: &Caller<'_>) {
    let stack = caller.stack;
    let [blip, blip_host, helpdesk, helpdesk_host] = &stack.endpoints;
    let word = |field: &str| caller.sides.word(field);
    for _ in 0..10 {
        let body =
            || json!({ "from": format!("{}@0mn.io", word("intruder")), "content": word("intruder") }).to_string();
        for scheme in ["", "Key ", "Bearer ", "Basic "] {
            let token = format!("{scheme}{}", word("a wrong token"));
            caller.post("intruder", "POST", blip, blip_host, &[("authorization", &token)], body().into()).await;
        }
        let [id, signature] = ["a webhook-id", "a signature"].map(|field| format!("v1,{}", word(field)));
        let now = SystemClock.now().seconds().to_string();
        for timestamp in [&now, "1", &word("a timestamp")] {
            let headers = [("webhook-id", &*id), ("webhook-timestamp", timestamp), ("webhook-signature", &*signature)];
            caller.post("intruder", "POST", helpdesk, helpdesk_host, &headers, body().into()).await;
        }
        let of = |url: &str| format!("{url}/{}?{}={}", word("a path"), word("a query's name"), word("a query"));
        for (url, host) in [(blip, blip_host), (helpdesk, helpdesk_host)] {
            for method in ["GET", "POST", "DELETE"] {
                caller
                    .post("intruder", method, &of(url), host, &[("content-type", &word("a type"))], body().into())
                    .await;
            }
        }
        let rest = format!("token={}&sender={}", word("a wrong token of the channel"), word("a query"));
        caller.rest("rest: intruder", &rest, body().into()).await;
    }
}

/// A site that speaks the REST channel.
pub(super) async fn site(caller: &Caller<'_>) {
    let request = json!({ "sender": "a customer", "message": "words", "message_id": "1",
        "metadata": { "name": "a name", "phone": "5531999990001" } });
    let token = format!("token={}", TOKENS.get().unwrap().rest);
    for _ in 0..5 {
        for how in ALL {
            let body = caller.sides.marks.lock().unwrap().plant("rest", &request, how);
            caller.rest(&format!("rest: {how:?}"), &format!("{token}&x={}", caller.sides.word("a query")), body).await;
        }
        let bearer = format!("Bearer {}", TOKENS.get().unwrap().rest);
        let [url, host] = &caller.stack.rest;
        for sender in
            [caller.sides.word("a tracker's sender"), "%FF".to_owned() + &caller.sides.word("a tracker's sender")]
        {
            let url = url.replace("/webhooks/rest/webhook", &format!("/conversations/{sender}/tracker"));
            caller.post("rest: tracker", "GET", &url, host, &[("authorization", &bearer)], Vec::new()).await;
            caller.post("rest: a stranger's tracker", "GET", &url, host, &[], Vec::new()).await;
        }
    }
}

/// Every example of a callback, in every way, of tickets that exist and of others.
pub(super) async fn callbacks(caller: &Caller<'_>) {
    let tickets = caller.sides.tickets.lock().unwrap().clone();
    assert!(tickets.len() > 10, "too few conversations were opened: {}", tickets.len());
    let mut tickets = tickets.iter().cycle();
    // Typing is a courtesy: what Blip says against it is logged at the most verbose level only.
    for ticket in tickets.clone().take(20) {
        let typing = json!({ "type": "agent.typing", "timestamp": "2026-01-01T00:00:00Z",
            "data": { "ticket": ticket, "on": true } });
        caller.helpdesk("typing", typing.to_string().into_bytes()).await;
    }
    let contract = crate::contract::examples();
    for (name, example) in &contract {
        for how in ALL {
            for known in [true, false] {
                let body = caller.sides.marks.lock().unwrap().plant(name, example, how);
                let mut body = String::from_utf8(body).unwrap();
                if known && let Ok(mut event) = serde_json::from_str::<Value>(&body) {
                    event["data"]["ticket"] = json!(tickets.next().unwrap());
                    event["data"].as_object_mut().unwrap().remove("conversation");
                    body = event.to_string();
                }
                caller.helpdesk(&format!("{name} {how:?}"), body.into_bytes()).await;
            }
        }
    }
}

/// Links of files, good ones and others.
pub(super) async fn links(caller: &Caller<'_>) {
    let links = caller.sides.links.lock().unwrap().clone();
    assert!(!links.is_empty(), "no file was copied");
    for link in links.iter().take(5) {
        assert!(matches!(caller.stack.simulator.download(link).await.unwrap().status, 200 | 404));
    }
    let host = &caller.stack.endpoints[1];
    for method in ["GET", "HEAD", "POST"] {
        let url = format!(
            "{}/media/{}?{}",
            caller.stack.endpoint,
            caller.sides.word("a link"),
            caller.sides.word("a link's query")
        );
        caller.post("media", method, &url, host, &[], Vec::new()).await;
    }
}
