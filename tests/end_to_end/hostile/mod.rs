//! A hundred requests of somebody who means harm, through the deployed webhook endpoints, as bytes on a connection.
//!
//! None gets past the check of its sender, none makes a function fail, and none costs anything behind it: a recorder between the functions
//! and AWS counts what they ask for. What is refused is told no more than it must be.

mod request;
mod rows;

use std::{collections::BTreeSet, net::SocketAddr};

use ponte_simulator::{Profile, REST_CHANNEL_TOKEN, stack::Stack};
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket};

use self::{
    request::{Answer, Request},
    rows::Known,
};
use super::{Deployed, PATIENCE, deployed_as, recorder::Recorder};

/// Hands on what comes to a server, from an address at which nobody plays AWS: from there, plain HTTP is what it is on AWS.
async fn from_elsewhere(server: SocketAddr) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            tokio::spawn(async move {
                let socket = TcpSocket::new_v4().unwrap();
                socket.bind(SocketAddr::from(([127, 0, 0, 2], 0))).unwrap();
                let mut far = socket.connect(server).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn over_plain_http_a_queue_refuses_the_function_itself() {
    let recorder = Recorder::start().await;
    let with = |stack: Stack, _: &_| stack.with_endpoint(recorder.url());
    deployed_as("plain-http", with, async |stack: Deployed| {
        let address = stack.endpoint.strip_prefix("http://").unwrap();
        recorder.connect(&from_elsewhere(address.parse().unwrap()).await);
        let said = json!({ "id": "1", "from": "ana@0mn.io", "type": "text/plain", "content": "oi" });
        let post = Request::new("a good message", "POST", "/blip").body(said.to_string());
        let post = post.header("authorization", format!("Key {}", stack.simulator.config().blip_token));
        assert_eq!(post.send(address, &stack.endpoints[1]).await.status, 503, "what is not stored is not accepted");
        let asked: BTreeSet<_> = recorder.calls().into_iter().map(|call| call.action).collect();
        assert!(asked.contains("sqs:SendMessage"), "{asked:?}");
    })
    .await;
}

/// What stands in each body: no answer may repeat it.
const MARK: &str = "intruder-7391";

/// API Gateway draws an id for each request, which may spell anything: three letters stand in it once in twenty runs.
fn without_the_gateways_id(head: &str) -> String {
    head.lines().filter(|line| !line.to_lowercase().starts_with("apigw-requestid:")).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_hostile_requests_reach_nobody() {
    let recorder = Recorder::start().await;
    let with = |stack: Stack, _: &_| stack.with_rest_channel().with_endpoint(recorder.url());
    deployed_as("hostile", with, async |stack: Deployed| {
        recorder.connect(&stack.endpoint);
        let config = stack.simulator.config();
        let known = Known {
            token: config.blip_token.clone(),
            key: config.blip_key.clone(),
            secret: config.webhook_secret.clone(),
            rest: REST_CHANNEL_TOKEN.to_owned(),
        };
        let secrets = [&known.token, &known.key, &known.secret, &known.rest];
        let address = stack.endpoint.strip_prefix("http://").unwrap();
        let host = &stack.endpoints[1];

        let requests = rows::all(&known);
        let names: BTreeSet<&str> = requests.iter().map(|request| request.what).collect();
        assert!(requests.len() >= 100 && names.len() == requests.len(), "{} rows", requests.len());
        let mut wrong = Vec::new();
        for request in &requests {
            let what = request.what;
            let Answer { status, head, body } = request.send(address, host).await;
            if !request.answers.contains(&status) || !(400..500).contains(&status) {
                wrong.push(format!("{what}: {status} {body}"));
            }
            if [401, 405].contains(&status) && !body.is_empty() {
                wrong.push(format!("{what}: {status} says {body}"));
            }
            let said = format!("{}\n{body}", without_the_gateways_id(&head)).to_lowercase();
            for forbidden in [MARK, "panic", "arn:", "sqs", "dynamodb", "secretsmanager", ".rs", "/var/task"] {
                if said.contains(forbidden) {
                    wrong.push(format!("{what}: the answer says {forbidden}\n{said}"));
                }
            }
            if secrets.iter().any(|secret| said.contains(&secret.to_lowercase())) {
                wrong.push(format!("{what}: the answer says a secret"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(recorder.written(), Vec::<String>::new(), "a hostile request was put into a queue");
        let beyond: Vec<_> =
            recorder.calls().into_iter().filter(|call| !call.action.starts_with("secretsmanager:")).collect();
        // Whether a file is there can only be asked of the bucket.
        assert!(beyond.iter().all(|call| call.action == "s3:GetObject"), "{beyond:?}");
        println!("{} hostile requests, 0 past the webhook endpoints", requests.len());

        // What is good goes through, and what is well signed and comes again has no second effect.
        let ana = stack.simulator.customer(Profile::whatsapp("Ana Lima", "5531999990001"));
        ana.hand_over(None);
        ana.says("oi");
        let ticket = stack.simulator.helpdesk.wait_ticket_of(&ana).await.unwrap();
        let callback = json!({ "type": "agent.message", "timestamp": "2026-01-01T00:00:00Z",
            "data": { "ticket": ticket, "id": "again", "content": { "type": "text", "text": "uma vez" } } });
        let again = rows::signed_callback(&known, callback.to_string().as_bytes());
        let before = recorder.written().len();
        for _ in 0..3 {
            assert_eq!(again.send(address, host).await.status, 200);
        }
        assert_eq!(recorder.written().len(), before + 3, "a repeat is known in the queue");
        let after = stack.simulator.helpdesk.says(&ticket, "depois").unwrap();
        stack.simulator.arrives(&after, PATIENCE).await.unwrap();
        let seen: Vec<String> = ana.sees().iter().map(|seen| seen.content.to_string()).collect();
        assert_eq!(seen.iter().filter(|text| *text == "uma vez").count(), 1, "{seen:?}");
        assert_eq!(stack.simulator.helpdesk.conversations().len(), 1);
    })
    .await;
}
