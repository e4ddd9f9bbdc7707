//! A dozen of the rows of `docs/bad-input.md`, through the deployed webhook endpoints.

use ponte_simulator::Profile;
use serde_json::json;

use super::{Deployed, deployed};

#[tokio::test(flavor = "multi_thread")]
async fn a_dozen_bad_requests_get_a_clear_answer_and_reach_nobody() {
    deployed("bad-input", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let token = simulator.config().blip_token.clone();
        let [blip, blip_host, helpdesk, helpdesk_host] = &stack.endpoints;
        let good = json!({ "id": "1", "from": "x@0mn.io", "type": "text/plain", "content": "intruder" }).to_string();
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        let echo = good.replace("x@0mn.io", "bot@msging.net");
        let command = json!({ "id": "1", "method": "get", "uri": "/ping" }).to_string();
        let nobody = json!({ "id": "1", "type": "text/plain", "content": "intruder" }).to_string();
        let key = format!("Key {token}");
        let large = good.replace("intruder", &"x".repeat(2 << 20));
        for (what, url, host, presented, body, status, says) in [
            ("no token", blip, blip_host, None, good.as_str(), 401, ""),
            ("a wrong token", blip, blip_host, Some("Key wrong"), good.as_str(), 401, ""),
            ("an empty body", blip, blip_host, Some(key.as_str()), "", 400, "empty"),
            ("not JSON", blip, blip_host, Some(key.as_str()), "oi", 400, "not JSON"),
            ("an array", blip, blip_host, Some(key.as_str()), "[1]", 400, "not a LIME envelope"),
            ("depth 10,000", blip, blip_host, Some(key.as_str()), deep.as_str(), 400, "too deeply"),
            ("2 MB", blip, blip_host, Some(key.as_str()), large.as_str(), 413, "limit"),
            ("a command", blip, blip_host, Some(key.as_str()), command.as_str(), 400, "not a message"),
            ("no sender", blip, blip_host, Some(key.as_str()), nobody.as_str(), 400, "no sender"),
            ("an echo", blip, blip_host, Some(key.as_str()), echo.as_str(), 200, ""),
            ("the bare token", blip, blip_host, Some(token.as_str()), echo.as_str(), 200, ""),
            ("an unsigned callback", helpdesk, helpdesk_host, None, "{}", 401, ""),
        ] {
            let mut request = client().post(url).header("host", host).header("content-type", "application/json");
            if let Some(presented) = presented {
                request = request.header("authorization", presented);
            }
            let answer = request.body(body.to_owned()).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), status, "{what}");
            let text = answer.text().await.unwrap();
            assert!(if says.is_empty() { text.is_empty() } else { text.contains(says) }, "{what}: {text}");
            assert!(!text.contains("intruder"), "{what}: an answer repeats what came");
        }
        // The next good message goes through, and nothing of the above was seen.
        let customer = simulator.customer(Profile::whatsapp("Ana", "5531999990001"));
        customer.hand_over(None);
        customer.says("oi");
        let ticket = simulator.helpdesk.wait_ticket_of(&customer).await.unwrap();
        // Signed, of a ticket that is not ours, and of a kind that does not exist.
        simulator.helpdesk.post(&ticket, "agent.danced", &json!({ "ticket": ticket }));
        simulator.helpdesk.says(&ticket, "olá").unwrap();
        stack.settled().await;
        assert_eq!(simulator.helpdesk.conversations().len(), 1);
    })
    .await;
}

/// Plain HTTP to this machine; the library wants a TLS setting all the same.
fn client() -> ponte::http::Client {
    ponte::http::client("").unwrap()
}
