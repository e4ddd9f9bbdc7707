//! A worker that is stopped, as an operator stops one: its event source is switched off. The AWS SDK of Lambda would be compiled for
//! these two calls alone, so that they are signed here (AWS Signature Version 4).

use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Deployed;

const PATH: &str = "/2015-03-31/event-source-mappings/";

/// Switches a worker's event source on or off. After switching it off, waits until a poll that was under way is over.
pub(super) async fn event_source(stack: &Deployed, queue: &str, on: bool) {
    let listed = call(stack, &Method::GET, PATH, "").await;
    let name = format!("-{queue}.fifo");
    let of = |source: &&Value| source["EventSourceArn"].as_str().unwrap().ends_with(&name);
    let source = listed["EventSourceMappings"].as_array().unwrap().iter().find(of).unwrap().clone();
    let path = format!("{PATH}{}", source["UUID"].as_str().unwrap());
    call(stack, &Method::PUT, &path, &json!({ "Enabled": on }).to_string()).await;
    if !on {
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    }
}

async fn call(stack: &Deployed, method: &Method, path: &str, body: &str) -> Value {
    let host = stack.endpoint.trim_start_matches("http://");
    let now = ponte::relay::ports::Clock::now(&ponte::clock::SystemClock).rfc3339();
    // 2026-11-28T01:02:03.004Z as 20261128T010203Z.
    let at = now.trim_end_matches('Z').split('.').next().unwrap();
    let at: String = at.chars().filter(char::is_ascii_alphanumeric).chain(['Z']).collect();
    let scope = format!("{}/us-east-1/lambda/aws4_request", &at[..8]);
    let hash = |text: &str| hexadecimal(&Sha256::digest(text));
    let headers = format!("host:{host}\nx-amz-date:{at}\n");
    let request = format!("{method}\n{path}\n\n{headers}\nhost;x-amz-date\n{}", hash(body));
    let text = format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", hash(&request));
    let key = scope.split('/').fold(b"AWS4test".to_vec(), |key, part| sign(&key, part));
    let signature = hexadecimal(&sign(&key, &text));
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential=test/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}");
    let http = ponte::http::client("").unwrap();
    let request = http.request(method.clone(), format!("{}{path}", stack.endpoint)).header("x-amz-date", at);
    let request = request.header("authorization", authorization).body(body.to_owned());
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let answer = answer.text().await.unwrap();
    assert!(status.is_success(), "{status} {answer}");
    serde_json::from_str(&answer).unwrap()
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
