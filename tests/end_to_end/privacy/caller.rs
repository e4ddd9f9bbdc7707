//! Whoever calls the stack.

use std::sync::{Arc, Mutex};

use ponte::{
    clock::{Clock, SystemClock},
    helpdesk::signature::SigningKey,
};

use super::{TOKENS, sides::Sides};
use crate::end_to_end::Deployed;

/// What was posted, and what came back.
pub(super) struct Caller<'a> {
    pub stack: &'a Deployed,
    pub sides: Arc<Sides>,
    pub client: ponte::http::Client,
    pub answers: Mutex<Vec<(String, u16, String)>>,
}

impl Caller<'_> {
    /// Posts with a mark in every header that says nothing else, and keeps the answer.
    pub(super) async fn post(
        &self,
        what: &str,
        method: &str,
        url: &str,
        host: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> u16 {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method, url).header("host", host);
        for name in ["user-agent", "x-forwarded-for", "cookie", "referer", "x-request-id"] {
            request = request.header(name, self.sides.word(&format!("header {name}")));
        }
        request = request.header(format!("x-{}", self.sides.word("a header's name").to_lowercase()), "1");
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.body(body).send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), format!("{:?}", answer.headers()));
        let body = answer.text().await.unwrap();
        // What the REST channel gives who has the token is the conversation itself.
        let body = if what.starts_with("rest") && status == 200 { String::new() } else { body };
        self.answers.lock().unwrap().push((what.to_owned(), status, format!("{headers} {body}")));
        status
    }

    pub(super) async fn blip(&self, what: &str, body: Vec<u8>) -> u16 {
        let token = format!("Key {}", TOKENS.get().unwrap().blip);
        self.post(what, "POST", &self.stack.endpoints[0], &self.stack.endpoints[1], &[("authorization", &token)], body)
            .await
    }

    pub(super) async fn helpdesk(&self, what: &str, body: Vec<u8>) -> u16 {
        let now = SystemClock.now();
        let id = self.sides.word("webhook-id");
        let signature = SigningKey::parse(&TOKENS.get().unwrap().helpdesk).unwrap().sign(&id, now, &body);
        let seconds = now.seconds().to_string();
        let headers = [("webhook-id", &*id), ("webhook-timestamp", &*seconds), ("webhook-signature", &*signature)];
        self.post(what, "POST", &self.stack.endpoints[2], &self.stack.endpoints[3], &headers, body).await
    }

    pub(super) async fn rest(&self, what: &str, query: &str, body: Vec<u8>) -> u16 {
        let [url, host] = &self.stack.rest;
        self.post(what, "POST", &format!("{url}?{query}"), host, &[], body).await
    }
}
