//! The server behind a client: it keeps what it is told, and each fake says how its helpdesk answers.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use bytes::Bytes;
use ponte::relay::{
    Failure,
    ports::{FileBytes, StoredFiles},
};
use serde_json::Value;

use super::Routed;

/// One request.
pub(super) struct Call {
    /// `POST /path`, without the query.
    pub line: String,
    pub query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    /// Null where it is no JSON.
    pub json: Value,
    pub text: String,
}

impl Call {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn query(&self, name: &str) -> &str {
        self.query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// A text of the JSON, by its pointer; empty where there is none.
    pub(super) fn at(&self, pointer: &str) -> String {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

pub(super) type Answer = (u16, Value);

/// Something that stands on the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Post {
    pub text: String,
    /// For agents only.
    pub private: bool,
    /// By what a repetition is recognised, as this helpdesk has it.
    pub mark: String,
    /// It has a file, or a link to it.
    pub file: bool,
    /// Seconds since the epoch, where the helpdesk keeps when it was said.
    pub at: i64,
}

/// A helpdesk: its tickets by the marks that they bear, what stands on the first, and whether that is over.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own about this helpdesk")]
pub(super) struct Desk {
    pub tickets: Vec<String>,
    pub posts: Vec<Post>,
    /// What the first ticket was made with for agents, where it is looked for there.
    pub first_note: String,
    pub closed: bool,
    /// The customers that are known.
    pub customers: Vec<String>,
    /// Keys of calls that were made.
    pub keys: Vec<String>,
    /// What the first ticket got of a route.
    pub routed: Routed,
    /// The customer's rating, as the helpdesk keeps it.
    pub rated: Option<String>,
    /// Whether an agent of the queue is online. A colleague of another one always is.
    pub online: bool,
    /// A call with parts of a route is refused (400 or 422).
    pub refuse_route: bool,
    /// The first ticket is not there any more.
    pub gone: bool,
    /// The ticket that a new one is linked to.
    pub follows: String,
    /// How many calls were refused.
    pub refusals: usize,
    /// The bodies of all calls, as text.
    pub heard: Vec<String>,
    /// All calls, each `POST /path`.
    pub lines: Vec<String>,
    /// What the next call is answered instead, with a header.
    pub next: Option<(u16, (&'static str, &'static str))>,
}

impl Desk {
    pub(super) fn post(&mut self, text: String, private: bool, mark: String) -> &mut Post {
        self.posts.push(Post { text, private, mark, file: false, at: 0 });
        self.posts.last_mut().unwrap()
    }
}

struct Inside {
    desk: Mutex<Desk>,
    answer: fn(&mut Desk, &Call) -> Answer,
}

/// The server.
pub(super) struct Server {
    pub url: String,
    inside: Arc<Inside>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(super) async fn start(answer: fn(&mut Desk, &Call) -> Answer) -> Self {
        let inside = Arc::new(Inside { desk: Mutex::default(), answer });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(serve).with_state(inside.clone());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, inside, task }
    }

    pub(super) fn desk<T>(&self, look: impl FnOnce(&mut Desk) -> T) -> T {
        look(&mut self.inside.desk.lock().unwrap())
    }
}

async fn serve(State(inside): State<Arc<Inside>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let url = reqwest::Url::parse(&format!("http://x{}", head.uri)).unwrap();
    let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    };
    let call = Call {
        line: format!("{} {}", head.method, url.path()),
        query: url.query_pairs().into_owned().collect(),
        headers: head.headers.iter().map(header).collect(),
        json: serde_json::from_slice(&body).unwrap_or_default(),
        text: String::from_utf8_lossy(&body).into_owned(),
    };
    let mut desk = inside.desk.lock().unwrap();
    if let Some((status, (name, value))) = desk.next {
        return Response::builder().status(status).header(name, value).body(Body::from("{}")).unwrap();
    }
    desk.heard.push(call.text.clone());
    desk.lines.push(call.line.clone());
    let (status, body) = (inside.answer)(&mut desk, &call);
    desk.refusals += usize::from(matches!(status, 400 | 422));
    let answer = Response::builder().status(status).header("content-type", "application/json");
    answer.body(Body::from(body.to_string())).unwrap()
}

/// Where the file lies that the tests send.
pub(crate) const FILE: &str = "https://api.example/media/1";

/// The stack's store, with one file in it.
pub(crate) struct OneFile;

#[async_trait]
impl StoredFiles for OneFile {
    async fn open(&self, url: &str) -> Result<Option<FileBytes>, Failure> {
        let pieces = ["%PDF", "-1.7"].map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
        Ok((url == FILE).then(|| FileBytes {
            name: "conta.pdf".to_owned(),
            mime: "application/pdf".to_owned(),
            size: 8,
            bytes: Box::pin(futures_util::stream::iter(pieces)),
        }))
    }
}
