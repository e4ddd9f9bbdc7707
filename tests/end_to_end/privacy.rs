//! Nothing private is written down beside messages: marked names, telephones, texts, tokens and identities in every field of some
//! hundred envelopes and callbacks, good and broken, at the most verbose level, and then every log, metric, alarm, attribute and
//! answer is searched for a mark.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use ponte::{
    clock::{Clock, SystemClock},
    helpdesk::signature::SigningKey,
};
use ponte_simulator::{
    Simulator, samples,
    stack::{self, Stack},
};
use serde_json::{Value, json};

use super::{
    Deployed, deployed_as,
    marks::{ALL, Leak, Marks},
    recorder::Recorder,
};

/// How long the workers may go on with what they can process. What they cannot is tried for minutes.
const WORK: Duration = Duration::from_secs(40);

/// Both far sides: they take most of what they get, and now and then refuse it with an answer that repeats all of it.
struct Far {
    url: String,
    marks: Mutex<Marks>,
    requests: AtomicUsize,
    /// Tickets that it gave.
    tickets: Mutex<Vec<String>>,
    /// Links of the stack's own that it was given.
    links: Mutex<BTreeSet<String>>,
    /// How often it answered with which status.
    answered: Mutex<BTreeMap<(String, u16), usize>>,
}

impl Far {
    async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let far = Arc::new(Self {
            marks: Mutex::new(Marks::with_links(&format!("{url}/file"))),
            url,
            requests: AtomicUsize::new(0),
            tickets: Mutex::default(),
            links: Mutex::default(),
            answered: Mutex::default(),
        });
        let app = Router::new().fallback(serve).with_state(far.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        far
    }

    fn word(&self, field: &str) -> String {
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

async fn serve(State(far): State<Arc<Far>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&body).into_owned();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = head.uri.path().trim_end_matches('/');
    let number = far.requests.fetch_add(1, Ordering::SeqCst);
    let echo = || format!("{} {} {:?} {text}", far.word("an error's body"), head.uri, head.headers);
    far.links.lock().unwrap().extend(text.split('"').filter(|part| part.contains("/media/")).map(str::to_owned));
    let file = path.starts_with("/file/");
    let (status, body) = match number % 11 {
        3 => (400, echo().into_bytes()),
        5 => (500, echo().into_bytes()),
        7 => (422, json!({ "error": echo(), "code": 61, "description": echo() }).to_string().into_bytes()),
        // Whoever presents a wrong key has it fetched anew.
        9 if number % 3 == 0 => (401, echo().into_bytes()),
        _ if file => (200, samples::png(3_000)),
        _ => {
            let (status, answer) = far.answer(path, &asked);
            (status, if answer.is_null() { Vec::new() } else { answer.to_string().into_bytes() })
        }
    };
    let place = path.split('/').nth(1).unwrap_or_default().to_owned();
    *far.answered.lock().unwrap().entry((place, status)).or_default() += 1;
    let named = format!("attachment; filename=\"{}.png\"", far.word("a file's name"));
    Response::builder()
        .status(status)
        .header("content-type", if file { "image/png" } else { "application/json" })
        .header("content-disposition", named)
        .header("x-request", far.word("a header of an answer"))
        .body(Body::from(body))
        .unwrap()
}

/// What was posted, and what came back.
struct Door<'a> {
    stack: &'a Deployed,
    far: Arc<Far>,
    client: ponte::http::Client,
    answers: Mutex<Vec<(String, u16, String)>>,
}

impl Door<'_> {
    /// Posts with a mark in every header that says nothing else, and keeps the answer.
    async fn post(
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
            request = request.header(name, self.far.word(&format!("header {name}")));
        }
        request = request.header(format!("x-{}", self.far.word("a header's name").to_lowercase()), "1");
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

    async fn blip(&self, what: &str, body: Vec<u8>) -> u16 {
        let token = format!("Key {}", TOKENS.get().unwrap().blip);
        self.post(what, "POST", &self.stack.doors[0], &self.stack.doors[1], &[("authorization", &token)], body).await
    }

    async fn helpdesk(&self, what: &str, body: Vec<u8>) -> u16 {
        let now = SystemClock.now();
        let id = self.far.word("webhook-id");
        let signature = SigningKey::parse(&TOKENS.get().unwrap().helpdesk).unwrap().sign(&id, now, &body);
        let seconds = now.seconds().to_string();
        let headers = [("webhook-id", &*id), ("webhook-timestamp", &*seconds), ("webhook-signature", &*signature)];
        self.post(what, "POST", &self.stack.doors[2], &self.stack.doors[3], &headers, body).await
    }

    async fn rest(&self, what: &str, query: &str, body: Vec<u8>) -> u16 {
        let [url, host] = &self.stack.rest;
        self.post(what, "POST", &format!("{url}?{query}"), host, &[], body).await
    }
}

/// The stack's own secrets, each a mark.
#[derive(Debug)]
struct Tokens {
    key: String,
    blip: String,
    rest: String,
    helpdesk: String,
    credentials: String,
}

static TOKENS: std::sync::OnceLock<Tokens> = std::sync::OnceLock::new();

#[tokio::test(flavor = "multi_thread")]
async fn nothing_private_is_written_down() {
    let far = Far::start().await;
    let tokens = {
        let mut marks = far.marks.lock().unwrap();
        let secret = |word: String| format!("{word}-a-long-secret");
        Tokens {
            key: marks.word("Blip's key"),
            blip: secret(marks.word("Blip's token")),
            rest: secret(marks.word("the REST channel's token")),
            helpdesk: marks.key("the helpdesk's secret"),
            credentials: marks.word("the helpdesk's credentials"),
        }
    };
    let tokens = TOKENS.get_or_init(|| tokens);
    let recorder = Recorder::start().await;
    let with = |stack: Stack, _: &Simulator| {
        stack
            .with("LogLevel", "debug")
            .with("BlipUrl", &format!("{}/blip", far.url))
            .with("HelpdeskUrl", &format!("{}/helpdesk", far.url))
            .with("TrustedFileHosts", &far.url)
            .with("BlipKey", &tokens.key)
            .with("BlipToken", &tokens.blip)
            .with("RestChannelToken", &tokens.rest)
            .with("HelpdeskWebhookSecret", &tokens.helpdesk)
            .with("HelpdeskCredentials", &tokens.credentials)
            .with_endpoint(recorder.url())
    };
    deployed_as("privacy", with, async |stack: Deployed| {
        recorder.connect(&stack.endpoint);
        let client = ponte::http::client("").unwrap();
        let door = Door { stack: &stack, far: far.clone(), client, answers: Mutex::default() };
        envelopes(&door).await;
        intruders(&door).await;
        site(&door).await;
        quiet(&stack).await;
        callbacks(&door).await;
        quiet(&stack).await;
        links(&door).await;
        searched(&door, &recorder).await;
    })
    .await;
}

/// Every example of Blip's that is posted to a webhook, in every way, from three kinds of addresses.
async fn envelopes(door: &Door<'_>) {
    for (number, (name, mut envelope)) in crate::lime::fixtures::all().into_iter().enumerate() {
        if !name.starts_with("message-") && !name.starts_with("notification-") {
            continue;
        }
        for how in ALL {
            let domain = ["tunnel.msging.net", "wa.gw.msging.net/a@b", "0mn.io"][number % 3];
            envelope["from"] = json!(format!("somebody@{domain}"));
            envelope["to"] = json!("bot@msging.net");
            envelope["id"] = json!("1");
            envelope["metadata"] = json!({ "#stateName": "a state", "#wa.display_phone_number": "1" });
            let body = door.far.marks.lock().unwrap().plant(&name, &envelope, how);
            door.blip(&format!("{name} {how:?}"), body).await;
        }
    }
    // Not one of them: bytes that are no text, what is too large, and what is too deep.
    let word = door.far.word("what is not JSON");
    let deep = format!("{}\"{word}\"{}", "[".repeat(200), "]".repeat(200));
    let large = format!("{{\"id\":\"{word}\",\"content\":\"{}\"}}", word.repeat(40_000));
    for body in [word.clone().into_bytes(), [word.as_bytes(), &[0xFF, 0xFE]].concat(), deep.into(), large.into()] {
        door.blip("no envelope", body.clone()).await;
        door.helpdesk("no callback", body.clone()).await;
        door.rest("rest: no request", &format!("token={}", TOKENS.get().unwrap().rest), body).await;
    }
}

/// Who has no token, or another one, asks elsewhere, or with another method.
async fn intruders(door: &Door<'_>) {
    let stack = door.stack;
    let [blip, blip_host, helpdesk, helpdesk_host] = &stack.doors;
    let word = |field: &str| door.far.word(field);
    for _ in 0..10 {
        let body =
            || json!({ "from": format!("{}@0mn.io", word("intruder")), "content": word("intruder") }).to_string();
        for scheme in ["", "Key ", "Bearer ", "Basic "] {
            let token = format!("{scheme}{}", word("a wrong token"));
            door.post("intruder", "POST", blip, blip_host, &[("authorization", &token)], body().into()).await;
        }
        let [id, signature] = ["a webhook-id", "a signature"].map(|field| format!("v1,{}", word(field)));
        let now = SystemClock.now().seconds().to_string();
        for timestamp in [&now, "1", &word("a timestamp")] {
            let headers = [("webhook-id", &*id), ("webhook-timestamp", timestamp), ("webhook-signature", &*signature)];
            door.post("intruder", "POST", helpdesk, helpdesk_host, &headers, body().into()).await;
        }
        let of = |url: &str| format!("{url}/{}?{}={}", word("a path"), word("a query's name"), word("a query"));
        for (url, host) in [(blip, blip_host), (helpdesk, helpdesk_host)] {
            for method in ["GET", "POST", "DELETE"] {
                door.post("intruder", method, &of(url), host, &[("content-type", &word("a type"))], body().into())
                    .await;
            }
        }
        let rest = format!("token={}&sender={}", word("a wrong token of the channel"), word("a query"));
        door.rest("rest: intruder", &rest, body().into()).await;
    }
}

/// A site that speaks the REST channel.
async fn site(door: &Door<'_>) {
    let request = json!({ "sender": "a customer", "message": "words", "message_id": "1",
        "metadata": { "name": "a name", "phone": "5531999990001" } });
    let token = format!("token={}", TOKENS.get().unwrap().rest);
    for _ in 0..5 {
        for how in ALL {
            let body = door.far.marks.lock().unwrap().plant("rest", &request, how);
            door.rest(&format!("rest: {how:?}"), &format!("{token}&x={}", door.far.word("a query")), body).await;
        }
        let bearer = format!("Bearer {}", TOKENS.get().unwrap().rest);
        let [url, host] = &door.stack.rest;
        for sender in [door.far.word("a tracker's sender"), "%FF".to_owned() + &door.far.word("a tracker's sender")] {
            let url = url.replace("/webhooks/rest/webhook", &format!("/conversations/{sender}/tracker"));
            door.post("rest: tracker", "GET", &url, host, &[("authorization", &bearer)], Vec::new()).await;
            door.post("rest: a stranger's tracker", "GET", &url, host, &[], Vec::new()).await;
        }
    }
}

/// Every example of a callback, in every way, of tickets that exist and of others.
async fn callbacks(door: &Door<'_>) {
    let tickets = door.far.tickets.lock().unwrap().clone();
    assert!(tickets.len() > 10, "too few conversations were opened: {}", tickets.len());
    let mut tickets = tickets.iter().cycle();
    // Typing is a courtesy: what Blip says against it is logged at the most verbose level only.
    for ticket in tickets.clone().take(20) {
        let typing = json!({ "type": "agent.typing", "timestamp": "2026-01-01T00:00:00Z",
            "data": { "ticket": ticket, "on": true } });
        door.helpdesk("typing", typing.to_string().into_bytes()).await;
    }
    let contract = crate::contract::examples();
    for (name, example) in &contract {
        for how in ALL {
            for known in [true, false] {
                let body = door.far.marks.lock().unwrap().plant(name, example, how);
                let mut body = String::from_utf8(body).unwrap();
                if known && let Ok(mut event) = serde_json::from_str::<Value>(&body) {
                    event["data"]["ticket"] = json!(tickets.next().unwrap());
                    event["data"].as_object_mut().unwrap().remove("conversation");
                    body = event.to_string();
                }
                door.helpdesk(&format!("{name} {how:?}"), body.into_bytes()).await;
            }
        }
    }
}

/// Links of files, good ones and others.
async fn links(door: &Door<'_>) {
    let links = door.far.links.lock().unwrap().clone();
    assert!(!links.is_empty(), "no file was copied");
    for link in links.iter().take(5) {
        assert!(matches!(door.stack.simulator.download(link).await.unwrap().status, 200 | 404));
    }
    let host = &door.stack.doors[1];
    for method in ["GET", "HEAD", "POST"] {
        let url =
            format!("{}/media/{}?{}", door.stack.endpoint, door.far.word("a link"), door.far.word("a link's query"));
        door.post("media", method, &url, host, &[], Vec::new()).await;
    }
}

/// Waits until the workers have nothing left that they can do now.
async fn quiet(stack: &Deployed) {
    let config = ponte_cli::endpoint(&stack.endpoint).await;
    let operator = ponte_cli::Stack::open(&config, "ponte").await.unwrap();
    let sqs = aws_sdk_sqs::Client::new(&config);
    let waiting = async || {
        let mut all = 0;
        for pair in operator.queues(None) {
            let asked = sqs.get_queue_attributes().queue_url(&pair.main);
            let answer = asked.attribute_names(aws_sdk_sqs::types::QueueAttributeName::All).send().await.unwrap();
            for (name, value) in answer.attributes().unwrap() {
                if name.as_str().starts_with("ApproximateNumberOfMessages") {
                    all += value.parse::<usize>().unwrap();
                }
            }
        }
        all
    };
    // What is tried again for minutes is left.
    let _ = tokio::time::timeout(WORK, async {
        while waiting().await > 0 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    })
    .await;
}

async fn searched(door: &Door<'_>, recorder: &Recorder) {
    let answers = door.answers.lock().unwrap().clone();
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for (_, status, _) in &answers {
        *statuses.entry(*status).or_default() += 1;
    }
    println!("{} requests were answered: {statuses:?}", answers.len());
    println!("the far sides answered: {:?}", door.far.answered.lock().unwrap());
    let mut written = stack::written(&door.stack.endpoint).await.unwrap();
    written.extend(answers.into_iter().map(|(what, status, text)| (format!("the answer {status} to {what}"), text)));
    written
        .extend(recorder.written().into_iter().map(|text| ("what went into a queue, but the body".to_owned(), text)));
    let marks = std::mem::take(&mut *door.far.marks.lock().unwrap());
    let mut leaks: BTreeSet<Leak> = BTreeSet::new();
    let mut bytes = 0;
    for (place, text) in &written {
        bytes += text.len();
        leaks.extend(marks.leaks(place, text));
    }
    println!("{} marks, {} places, {bytes} bytes searched", marks.len(), written.len());

    for leak in leaks.iter().take(40) {
        println!("LEAK {leak:?}");
    }

    // It is about something: every door took and refused, and the workers did all that they do.
    let log = |name: &str| {
        let place = written.iter().find(|(place, _)| place.ends_with(&format!("/{name}")));
        place.map(|(_, text)| text.as_str()).unwrap_or_default()
    };
    for (name, lines) in [
        ("blip-webhook", ["request accepted", "request dropped", "request rejected"].as_slice()),
        ("helpdesk-callback", &["request accepted", "request rejected"]),
        ("rest-channel", &["REST request answered", "request rejected"]),
        ("media", &["not found"]),
        ("to-helpdesk", &["batch done", "a file was copied", "retry scheduled", "the greeting was not sent"]),
        ("to-blip", &["batch done", "a file was copied", "retry scheduled"]),
    ] {
        for line in lines {
            assert!(log(name).contains(line), "{name} never said `{line}`");
        }
    }
    for environment in recorder.environments() {
        assert_eq!(environment["LOG_LEVEL"], "debug");
    }
    let places: Vec<&str> = written.iter().map(|(place, _)| place.as_str()).collect();
    assert!(["metrics", "alarms"].iter().all(|place| places.contains(place)), "{places:?}");
    assert!(leaks.is_empty(), "{} leaks", leaks.len());
}
