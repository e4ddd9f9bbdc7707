//! The REST channel on the deployed stack: a company's own site, and agents at the helpdesk.

use std::time::Duration;

use ponte_simulator::{Agent, Content, Endpoint, REST_CHANNEL_TOKEN as TOKEN, demo::play_site, samples, stack::Stack};
use serde_json::{Value, json};

use super::{Deployed, PATIENCE, deployed_as, eventually};

/// The client of the channel.
struct Site<'a> {
    stack: &'a Deployed,
    http: ponte::http::Client,
}

impl Site<'_> {
    async fn post(&self, token: &str, body: &Value) -> (u16, Value) {
        let [url, host] = &self.stack.rest;
        let request = self.http.post(format!("{url}?token={token}")).header("host", host).json(body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        let [url, host] = &self.stack.rest;
        let url = url.replace("/webhooks/rest/webhook", path);
        let request = self.http.get(url).header("host", host).header("authorization", format!("Bearer {TOKEN}"));
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Asks until so many items have come, as a client does that keeps its cursor.
    async fn gets(&self, cursor: &mut u64, items: usize) -> Vec<Value> {
        let mut got: Vec<Value> = Vec::new();
        let waited = tokio::time::timeout(PATIENCE, async {
            while got.len() < items {
                let (status, answer) = self.post(TOKEN, &json!({ "sender": "site-1", "cursor": *cursor })).await;
                assert_eq!(status, 200);
                let answer = answer.as_array().unwrap().clone();
                if let Some(last) = answer.last() {
                    *cursor = last["cursor"].as_str().unwrap().parse().unwrap();
                }
                got.extend(answer);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("waited in vain for {items} items"));
        got
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_in_blips_place_talks_to_an_agent() {
    deployed_as(
        "rest",
        |stack: Stack, _| stack.with_rest_channel(),
        |stack: Deployed| async move {
            let [url, host] = stack.rest.clone();
            let played = play_site(&stack.simulator, &Endpoint { url, host: Some(host) }, PATIENCE).await;
            assert!(played.is_ok(), "{played:?}\n{}", stack.simulator.verdict());
            stack.settled().await;
            let ledger = stack.simulator.ledger();
            assert!(
                ledger.faults.is_empty() && ledger.refusals.is_empty(),
                "{:?} {:?}",
                ledger.faults,
                ledger.refusals
            );

            // What the scripted site does not: wrong requests, and what a page can read besides.
            let site = Site { stack: &stack, http: ponte::http::client("").unwrap() };
            let desk = &stack.simulator.helpdesk;
            assert_eq!(site.post("a-wrong-token-of-the-channel", &json!({ "sender": "site-1" })).await.0, 401);
            assert_eq!(site.post(TOKEN, &json!({ "message": "oi" })).await.0, 400);
            // The client sends its first words twice, since the answer did not reach it.
            for _ in 0..2 {
                let (status, answer) =
                    site.post(TOKEN, &json!({ "sender": "site-1", "message": "oi", "message_id": "m1" })).await;
                assert_eq!((status, answer.is_array()), (200, true));
            }
            site.post(TOKEN, &json!({ "sender": "site-1", "message": "tudo bem?", "message_id": "m2" })).await;
            let said = |ticket: &str| -> Vec<String> {
                let events = desk.events(ticket).into_iter().filter(|event| event["type"] == "message.created");
                events.map(|event| event["data"]["message"]["content"]["text"].as_str().unwrap().to_owned()).collect()
            };
            let of_site = || desk.conversations().into_iter().find(|one| one.started["customer"]["name"] == "site-1");
            let conversation = eventually("the helpdesk's conversation", of_site).await;
            let ticket = conversation.ticket;
            assert_eq!(conversation.started["origin"]["mode"], "rest");
            eventually("both words arrive", || (said(&ticket).len() >= 2).then_some(())).await;

            desk.assigns(&ticket, &Agent::new("bia", "Beatriz"));
            desk.says(&ticket, "Bom dia!").unwrap();
            let options = ["Sim", "Não"].map(str::to_owned).to_vec();
            desk.says(&ticket, Content::Choices { text: "Posso ajudar?".to_owned(), options }).unwrap();
            desk.says_file(&ticket, "foto.jpg", "image/jpeg", samples::jpeg(20_000), None).unwrap();
            let mut cursor = 0;
            // The greeting, and that Beatriz is there, before her words.
            let got = site.gets(&mut cursor, 5).await;
            assert!(got[1]["text"].as_str().unwrap().contains("Beatriz"), "{got:?}");
            assert_eq!((&got[2]["text"], &got[3]["text"]), (&json!("Bom dia!"), &json!("Posso ajudar?")));
            assert_eq!(got[3]["buttons"][1], json!({ "title": "Não", "payload": "Não" }));
            let photo = stack.simulator.download(got[4]["image"].as_str().unwrap()).await.unwrap();
            assert_eq!(photo.bytes.len(), 20_000);
            let tracker = site.get("/conversations/site-1/tracker").await;
            assert_eq!(tracker["slots"], json!({ "ponte_open": true, "ponte_agent": "Beatriz" }));

            site.post(TOKEN, &json!({ "sender": "site-1", "message": "Não", "message_id": "m3" })).await;
            eventually("the answer arrives", || (said(&ticket).len() >= 3).then_some(())).await;
            assert_eq!(said(&ticket), ["oi", "tudo bem?", "Não"], "nothing twice, and in order");
            desk.says(&ticket, "Até logo").unwrap();
            desk.closes(&ticket, None);
            let end = site.gets(&mut cursor, 3).await;
            assert_eq!((&end[0]["text"], &end[2]["custom"]), (&json!("Até logo"), &json!({ "ponte": "closed" })));
            assert_eq!(site.get("/conversations/site-1/tracker").await["slots"]["ponte_open"], false);
        },
    )
    .await;
}
