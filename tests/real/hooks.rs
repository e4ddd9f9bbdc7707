//! What passes RT's hooks on to the stack: RT in its chroot cannot look up the emulator's names.
//!
//! Body and signature go through as they are. While it is shut, hooks are refused, and RT never repeats them.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use ponte::http;
use ponte_simulator::Endpoint;

struct Inside {
    http: ponte::http::Client,
    endpoint: Mutex<Option<Endpoint>>,
    shut: Mutex<bool>,
    /// How many were refused.
    lost: Mutex<usize>,
}

#[derive(Clone)]
pub(super) struct Hooks {
    pub url: String,
    inside: Arc<Inside>,
}

impl Hooks {
    pub(super) async fn start() -> Self {
        let http = http::client("").unwrap();
        let inside =
            Arc::new(Inside { http, endpoint: Mutex::default(), shut: Mutex::default(), lost: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let app = Router::new().fallback(pass).with_state(inside.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, inside }
    }

    pub(super) fn leads_to(&self, endpoint: Endpoint) {
        *self.inside.endpoint.lock().unwrap() = Some(endpoint);
    }

    /// From here on hooks are lost, or not.
    pub(super) fn shut(&self, shut: bool) {
        *self.inside.shut.lock().unwrap() = shut;
    }

    pub(super) fn lost(&self) -> usize {
        *self.inside.lost.lock().unwrap()
    }
}

async fn pass(State(inside): State<Arc<Inside>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let endpoint = inside.endpoint.lock().unwrap().clone().filter(|_| !*inside.shut.lock().unwrap());
    let Some(endpoint) = endpoint else {
        *inside.lost.lock().unwrap() += 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    };
    let mut request = inside.http.post(&endpoint.url).body(body).header("content-type", "application/json");
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    if let Some(host) = &endpoint.host {
        request = request.header("host", host);
    }
    request.send().await.map_or(StatusCode::BAD_GATEWAY, |answer| answer.status())
}
