//! Blip and the helpdesk, and what they answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use ponte_simulator::samples;
use serde_json::{Value, json};

use crate::end_to_end::marks::Marks;

/// Blip and the helpdesk: they take most of what they get, and now and then refuse it with an answer that repeats all of it.
pub(super) struct Sides {
    pub url: String,
    pub marks: Mutex<Marks>,
    requests: AtomicUsize,
    /// Tickets that it gave.
    pub tickets: Mutex<Vec<String>>,
    /// Links of the stack's own that it was given.
    pub links: Mutex<BTreeSet<String>>,
    /// How often it answered with which status.
    pub answered: Mutex<BTreeMap<(String, u16), usize>>,
}

impl Sides {
    pub(super) async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sides = Arc::new(Self {
            marks: Mutex::new(Marks::with_links(&format!("{url}/file"))),
            url,
            requests: AtomicUsize::new(0),
            tickets: Mutex::default(),
            links: Mutex::default(),
            answered: Mutex::default(),
        });
        let app = Router::new().fallback(serve).with_state(sides.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        sides
    }

    pub(super) fn word(&self, field: &str) -> String {
        self.marks.lock().unwrap().word(field)
    }

    fn phone(&self, field: &str) -> String {
        self.marks.lock().unwrap().phone(field)
    }

    /// A good answer: status and body.
    fn answer(&self, path: &str, asked: &Value) -> (u16, Value) {
        let uri = asked["uri"].as_str().unwrap_or_default();
        match path {
            "/helpdesk" if asked["type"] == "conversation.started" => {
                let ticket = self.word("the helpdesk's ticket");
                self.tickets.lock().unwrap().push(ticket.clone());
                (200, json!({ "ticket": ticket }))
            }
            "/helpdesk" => (204, Value::Null),
            "/blip/commands" if asked["method"] == "get" && uri.contains("/contacts/") => {
                let contact = json!({
                    "identity": format!("{}@wa.gw.msging.net", self.phone("profile.identity")),
                    "name": self.word("profile.name"), "phoneNumber": self.phone("profile.phoneNumber"),
                    "email": format!("{}@example.com", self.word("profile.email")), "city": self.word("profile.city"),
                    "extras": { self.word("profile.extras (a name)"): self.word("profile.extras") },
                });
                (200, success(asked, "application/vnd.lime.contact+json", &contact))
            }
            "/blip/commands" if uri.contains("threads") => {
                let item = json!({
                    "id": self.word("transcript.id"), "direction": "received", "type": "text/plain",
                    "content": self.word("transcript.content"), "date": "2026-01-01T00:00:00.000Z", "status": "accepted",
                });
                let items = json!({ "itemType": "application/vnd.iris.thread-message+json", "items": [item] });
                (200, success(asked, "application/vnd.lime.collection+json", &items))
            }
            "/blip/commands" => {
                let description = format!("{}: {asked}", self.word("a command's reason"));
                (
                    200,
                    json!({ "id": asked["id"], "method": asked["method"], "status": "failure",
                    "reason": { "code": 67, "description": description } }),
                )
            }
            _ => (202, Value::Null),
        }
    }
}

fn success(asked: &Value, kind: &str, resource: &Value) -> Value {
    json!({ "id": asked["id"], "method": "get", "status": "success", "type": kind, "resource": resource })
}

async fn serve(State(sides): State<Arc<Sides>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&body).into_owned();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = head.uri.path().trim_end_matches('/');
    let number = sides.requests.fetch_add(1, Ordering::SeqCst);
    let echo = || format!("{} {} {:?} {text}", sides.word("an error's body"), head.uri, head.headers);
    sides.links.lock().unwrap().extend(text.split('"').filter(|part| part.contains("/media/")).map(str::to_owned));
    let file = path.starts_with("/file/");
    let (status, body) = match number % 11 {
        3 => (400, echo().into_bytes()),
        5 => (500, echo().into_bytes()),
        7 => (422, json!({ "error": echo(), "code": 61, "description": echo() }).to_string().into_bytes()),
        // Whoever presents a wrong key has it fetched anew.
        9 if number % 3 == 0 => (401, echo().into_bytes()),
        _ if file => (200, samples::png(3_000)),
        _ => {
            let (status, answer) = sides.answer(path, &asked);
            (status, if answer.is_null() { Vec::new() } else { answer.to_string().into_bytes() })
        }
    };
    let place = path.split('/').nth(1).unwrap_or_default().to_owned();
    *sides.answered.lock().unwrap().entry((place, status)).or_default() += 1;
    let named = format!("attachment; filename=\"{}.png\"", sides.word("a file's name"));
    Response::builder()
        .status(status)
        .header("content-type", if file { "image/png" } else { "application/json" })
        .header("content-disposition", named)
        .header("x-request", sides.word("a header of an answer"))
        .body(Body::from(body))
        .unwrap()
}
