//! What stands between a client and Prism: it keeps what was asked and what Prism said of it, and may change an answer.
//!
//! It never changes a request: what Prism judges is what the client sent.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use ponte::http;
use serde_json::Value;

use super::{Prism, Specification, calls};

/// One request that reached Prism.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// `POST /conversations/{}/reply`: each place to fill as `{}`, or the path itself where the specification has none such.
    pub call: String,
    /// The path as it was asked, without its query.
    pub path: String,
    /// What Prism holds against it.
    refused: Option<String>,
}

/// What the client is answered.
pub(super) struct Answer {
    pub status: u16,
    pub body: Value,
}

type Edit = Box<dyn Fn(&Asked, &mut Answer) + Send>;

struct Proxy {
    http: http::Client,
    prism: Prism,
    /// Changes an answer before the client sees it.
    edit: Mutex<Edit>,
    asked: Mutex<Vec<Asked>>,
}

/// A specification that is served and watched.
pub(super) struct Contract {
    /// What a client takes for the helpdesk.
    pub url: String,
    proxy: Arc<Proxy>,
    every: Mutex<Vec<Asked>>,
}

impl Contract {
    pub(super) async fn start(name: &str, specification: &Specification) -> Self {
        let edit: Edit = Box::new(|_, _| ());
        let prism = Prism::start(name, specification).await;
        let http = http::client("").unwrap();
        let proxy = Arc::new(Proxy { http, prism, edit: Mutex::new(edit), asked: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(pass).with_state(proxy.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, proxy, every: Mutex::default() }
    }

    /// From here on, answers are changed like this before the client sees them.
    pub(super) fn answers(&self, edit: impl Fn(&Asked, &mut Answer) + Send + 'static) {
        *self.proxy.edit.lock().unwrap() = Box::new(edit);
    }

    /// The calls since the last look, none of which may be refused.
    pub(super) fn made(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.proxy.asked.lock().unwrap());
        for Asked { call, refused, .. } in &asked {
            assert!(refused.is_none(), "{call} is refused: {}", refused.as_deref().unwrap_or_default());
        }
        let calls = asked.iter().map(|asked| asked.call.clone()).collect();
        self.every.lock().unwrap().extend(asked);
        calls
    }

    /// The calls since the last look that were refused, with the reason.
    pub(super) fn refused(&self) -> Vec<(String, String)> {
        let asked = std::mem::take(&mut *self.proxy.asked.lock().unwrap());
        asked.into_iter().filter_map(|asked| Some((asked.call, asked.refused?))).collect()
    }

    /// At the end: every call that `source` (an adapter's `calls.rs`) can make was made. `below` is what its paths begin with.
    pub(super) fn holds(&self, source: &str, below: &str) {
        self.made();
        let made: BTreeSet<String> = self.every.lock().unwrap().iter().map(|asked| asked.call.clone()).collect();
        assert_eq!(made, calls::of(source, below), "what was made, and what the adapter can make");
    }
}

/// Passes one request on to Prism, and its answer back.
async fn pass(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path().to_owned();
    let target = format!("{}{}", proxy.prism.url, parts.uri);
    let mut headers = parts.headers;
    headers.remove(header::HOST);
    let call = format!("{} {}", parts.method, template(&proxy.prism.paths, &path));
    let sent = proxy.http.request(parts.method, target).headers(headers).body(body).send().await.unwrap();
    let (status, headers) = (sent.status(), sent.headers().clone());
    let bytes = sent.bytes().await.unwrap();
    let asked = Asked { call, path, refused: refusal(status, &headers, &bytes) };
    let mut answer = Answer { status: status.as_u16(), body: serde_json::from_slice(&bytes).unwrap_or_default() };
    // A refusal stays as it is.
    if asked.refused.is_none() {
        (proxy.edit.lock().unwrap())(&asked, &mut answer);
    }
    proxy.asked.lock().unwrap().push(asked);
    let body = Body::from(answer.body.to_string());
    Response::builder().status(answer.status).header(header::CONTENT_TYPE, "application/json").body(body).unwrap()
}

/// What Prism holds against a request. It serves no failure unless it is asked for one, and nobody asks, so that each is a
/// refusal; and where it lets a request pass that it finds fault with, it says so in a header. That its own examples break the
/// specification is said there as well, and is not the client's fault.
fn refusal(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> Option<String> {
    if !status.is_success() {
        return Some(format!("{status} {}", String::from_utf8_lossy(body)));
    }
    let found: Value = serde_json::from_slice(headers.get("sl-violations")?.as_bytes()).unwrap();
    let of_request = |violation: &&Value| violation["location"][0] != "response";
    let found: Vec<String> = found.as_array().unwrap().iter().filter(of_request).map(Value::to_string).collect();
    (!found.is_empty()).then(|| found.join("\n"))
}

/// The path of the specification that this one is of, each place to fill as `{}`.
fn template(paths: &[String], path: &str) -> String {
    let asked: Vec<&str> = path.split('/').collect();
    let fits = |path: &&String| {
        let path: Vec<&str> = path.split('/').collect();
        path.len() == asked.len() && path.iter().zip(&asked).all(|(part, asked)| part.starts_with('{') || part == asked)
    };
    // The exact path goes before one with a place to fill.
    let Some(found) = paths.iter().filter(fits).min_by_key(|path| path.matches('{').count()) else {
        return path.to_owned();
    };
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    found.split('/').map(part).collect::<Vec<_>>().join("/")
}
