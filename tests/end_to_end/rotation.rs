//! The secrets of the webhook endpoints are changed while messages come in.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use ponte::{
    clock::{Clock, SystemClock},
    helpdesk::signature::SigningKey,
};
use ponte_simulator::Profile;
use serde_json::{Value, json};

use super::{Deployed, PATIENCE, deployed};

const NEW_TOKEN: &str = "a-new-token-for-the-endpoint";
/// `whsec_` and the Base64 of 25 bytes.
const NEW_SECRET: &str = "whsec_dGhlIG5leHQga2V5IG9mIHRoaXMgdGVzdA==";

/// Writes one field of the secret with this description, as `aws secretsmanager put-secret-value` does.
async fn rotate(client: &Client, description: &str, field: &str, value: &str) {
    let secrets = client.list_secrets().send().await.unwrap();
    let mut secrets = secrets.secret_list().iter();
    let secret = secrets.find(|secret| secret.description().is_some_and(|text| text.contains(description))).unwrap();
    let arn = secret.arn().unwrap();
    let present = client.get_secret_value().secret_id(arn).send().await.unwrap();
    let mut fields: Value = serde_json::from_str(present.secret_string().unwrap()).unwrap();
    fields[field] = json!(value);
    client.put_secret_value().secret_id(arn).secret_string(fields.to_string()).send().await.unwrap();
}

async fn post(endpoint: &[String], headers: &[(&str, &str)], body: &[u8]) -> u16 {
    let http = ponte::http::client("").unwrap();
    let mut request = http.post(&endpoint[0]).header("host", &endpoint[1]).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.to_vec()).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_under_load_rejects_nobody() {
    deployed("rotation", |stack: Deployed| async move {
        let client = Client::new(&ponte_cli::endpoint(&stack.endpoint).await);
        let (blip, helpdesk) = stack.endpoints.split_at(2);
        // Nothing that a person said: it is let in, and dropped.
        let starting = json!({ "id": "1", "from": "f1a26d54@tunnel.msging.net", "to": "b@msging.net",
            "type": "application/vnd.lime.chatstate+json", "content": { "state": "starting" } });
        let starting = starting.to_string();
        let knocks = async |token: &str| post(blip, &[("authorization", token)], starting.as_bytes()).await;
        assert_eq!(knocks(NEW_TOKEN).await, 401);

        let ana = stack.simulator.customer(Profile::whatsapp("Ana Lima", "5531999990001"));
        ana.hand_over(None);
        ana.says("antes");
        let ticket = stack.simulator.helpdesk.wait_ticket_of(&ana).await.unwrap();
        // The new value is refused above within ten seconds of the change, and is fetched anew only after them.
        tokio::time::sleep(Duration::from_secs(11)).await;
        // The sender keeps to the old value all the time: half of its messages come before the change, half after it.
        for number in 0..60 {
            ana.says(&*format!("mensagem {number}"));
            stack.simulator.helpdesk.says(&ticket, &*format!("resposta {number}")).unwrap();
            if number == 30 {
                rotate(&client, "the key of the bot", "token", NEW_TOKEN).await;
            }
            if number > 30 {
                assert_eq!(knocks(NEW_TOKEN).await, 200, "{number}");
            }
        }
        stack.settled().await;
        let ledger = stack.simulator.ledger();
        assert!(ledger.refusals.is_empty(), "{:?}", ledger.refusals);
        assert_eq!(knocks("a-token-that-nobody-has").await, 401);
        assert_eq!(knocks(&stack.simulator.config().blip_token).await, 200);

        stack.simulator.helpdesk.closes(&ticket, None);
        stack.simulator.helpdesk.wait_ended(&ticket, PATIENCE).await.unwrap();
        rotate(&client, "the secret it signs with", "webhook_secret", NEW_SECRET).await;
        let typing = json!({ "type": "agent.typing", "timestamp": "2026-01-01T00:00:00Z",
            "data": { "ticket": ticket, "on": false } });
        let typing = typing.to_string();
        for (number, secret) in [NEW_SECRET, &stack.simulator.config().webhook_secret, NEW_SECRET].iter().enumerate() {
            let now = SystemClock.now();
            let signature = SigningKey::parse(secret).unwrap().sign("msg_1", now, typing.as_bytes());
            let seconds = now.seconds().to_string();
            let headers =
                [("webhook-id", "msg_1"), ("webhook-timestamp", &*seconds), ("webhook-signature", &*signature)];
            assert_eq!(post(helpdesk, &headers, typing.as_bytes()).await, 200, "{number}");
        }
    })
    .await;
}
