//! What the client really posts, caught by a listener on this machine: signed, and as the file says.

use crate::every_port::EveryPort;
use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{Arc, mpsc},
};

use ponte::{
    clock::{Clock, Timestamp},
    helpdesk::{ClientDeps, signature::SigningKey, webhook::WebhookClient},
    http,
    lime::Identity,
    message::{Capabilities, Content, ConversationId, MAX_TEXT, SourceId, TicketId},
    relay::ports::{
        Author, CustomerMessage, EndedBy, FileProblem, Helpdesk, Line, NewConversation, NoFiles, NotDelivered, Origin,
        Profile, Staffing, Status, TicketRef,
    },
    secret::Secret,
    texts::Texts,
};
use serde_json::Value;

use super::{
    SECRET,
    file::{Contract, keys, words},
    values::{Fields, contents},
};

const NOW: Timestamp = Timestamp(1_795_176_120_250);
const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// One request as it came.
pub(super) struct Call {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    fn read(from: &mut impl BufRead) -> Self {
        let lines = from.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty());
        let split = |line: String| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers: Vec<_> = lines.filter_map(split).collect();
        let mut call = Self { headers, body: Vec::new() };
        call.body = vec![0; call.header("content-length").parse().unwrap()];
        from.read_exact(&mut call.body).unwrap();
        call
    }

    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str()).unwrap()
    }

    /// Its `webhook-id`, and its body.
    pub(super) fn event(&self) -> (String, Value) {
        (self.header("webhook-id").to_owned(), serde_json::from_slice(&self.body).unwrap())
    }
}

/// A client, and what its server side gets. The server side gives each request the next of `answers`, with `body`.
pub(super) fn in_house(answers: Vec<String>, body: &str) -> (WebhookClient, mpsc::Receiver<Call>) {
    in_house_of(Texts::default(), answers, body)
}

/// The same of a stack with these texts.
pub(super) fn in_house_of(texts: Texts, answers: Vec<String>, body: &str) -> (WebhookClient, mpsc::Receiver<Call>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/ponte", listener.local_addr().unwrap());
    let (send, calls) = mpsc::channel();
    let body = body.to_owned();
    std::thread::spawn(move || {
        for answer in answers {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            let call = Call::read(&mut stream);
            let length =
                if answer.contains(" 204 ") { String::new() } else { format!("content-length: {}\r\n", body.len()) };
            // Before the answer, so that who has that finds it. A test that does not look has dropped the other end.
            let _ = send.send(call);
            write!(stream.get_mut(), "{answer}{length}connection: close\r\n\r\n{body}").unwrap();
        }
    });
    let http = http::client("").unwrap();
    let secret = Secret::new(SECRET.to_owned(), Arc::new(SECRET.to_owned()), Arc::new(Fixed));
    let capabilities = Capabilities { typing: true, receipts: true, ..Capabilities::everything(MAX_TEXT) };
    let means = ClientDeps { http, texts: texts.into(), clock: Arc::new(Fixed), files: Arc::new(NoFiles) };
    (WebhookClient::new(&url, secret, means, capabilities).unwrap().asking(true), calls)
}

pub(super) fn opening_ref() -> TicketRef {
    TicketRef { opening: ConversationId::parse(OPENING).unwrap(), ticket: TicketId::new("4711") }
}

/// An opening of which everything is known, or nothing.
pub(super) fn opening(known: bool) -> NewConversation {
    let some = |text: &str| known.then(|| text.to_owned());
    let address = || known.then(|| Identity::parse("5531999990000@wa.gw.msging.net").unwrap());
    let line = |author| Line { author, text: "olá".to_owned(), at: some("2026-11-20T11:59:40.000Z") };
    NewConversation {
        id: opening_ref().opening,
        customer: "c41d8a07e2b95f3664d0a9c8b7e1f250".to_owned(),
        profile: Profile {
            name: some("Maria"),
            phone: some("+55"),
            email: some("a@b.c"),
            identity: address(),
            ..Profile::default()
        },
        profile_known: known,
        channel: "whatsapp".to_owned(),
        origin: Origin { mode: "router", bot: address(), blip_ticket: some("t"), referral: None },
        transcript: known.then(|| [Author::Bot, Author::Customer, Author::Agent].map(line).to_vec()),
        at: NOW,
        route: service_rules::Route::default(),
        route_notes: Vec::new(),
        previous: None,
    }
}

/// Makes every kind of call, and returns what came.
async fn all_calls() -> Vec<Call> {
    let (client, calls) = in_house(vec!["HTTP/1.1 200 OK\r\n".to_owned(); 40], "{}");
    let to = opening_ref();
    for known in [true, false] {
        client.open(&opening(known)).await.unwrap();
    }
    for (number, content) in [Fields::All, Fields::Required].into_iter().flat_map(contents).enumerate() {
        let message = CustomerMessage {
            id: number.to_string(),
            content,
            at: NOW,
            late: number % 2 == 0,
            may_be_duplicate: false,
        };
        client.deliver(&to, &message).await.unwrap();
    }
    let channel = |code| NotDelivered::Channel { code, description: None };
    let files = [FileProblem::TooLarge { limit: 1 }, FileProblem::Refused, FileProblem::Unavailable];
    let whys = [NotDelivered::Closed, NotDelivered::Superseded, NotDelivered::WithBot, channel(None), channel(Some(1))];
    for why in whys.into_iter().chain(files.map(NotDelivered::File)) {
        client.not_delivered(&to, &SourceId::new("m.1/ç"), &why).await.unwrap();
    }
    for status in [Status::Received, Status::Consumed] {
        client.status(&to, &SourceId::new("m.1/ç"), status).await.unwrap();
    }
    client.typing(&to, true).await.unwrap();
    client.rated(&to, 4, None).await.unwrap();
    for queue in [Some("Financeiro"), None] {
        assert_eq!(client.is_staffed(queue).await, Ok(None));
    }
    for by in [
        EndedBy::Agent,
        EndedBy::Customer,
        EndedBy::Transfer,
        EndedBy::NoAgent,
        EndedBy::Inactive,
        EndedBy::OutsideHours,
    ] {
        client.ended(&to, by).await.unwrap();
    }
    calls.try_iter().collect()
}

#[tokio::test]
async fn every_call_is_signed_and_as_the_file_says() {
    let contract = Contract::read();
    let key = SigningKey::parse(SECRET).unwrap();
    let mut kinds = BTreeSet::new();
    for call in all_calls().await {
        let header = |name| Some(call.header(name));
        let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
        key.verify(id, timestamp, header("webhook-signature"), &call.body, NOW).unwrap();
        assert!(!id.unwrap().contains('.') && id.unwrap().len() <= 128, "{id:?}");
        assert_eq!(call.header("content-type"), "application/json");
        let value: Value = serde_json::from_slice(&call.body).unwrap();
        let kind = value["type"].as_str().unwrap();
        let schema =
            contract.at(&format!("/webhooks/{kind}"))["post"]["requestBody"]["content"]["application/json"].clone();
        contract.validate(schema["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap(), &value).unwrap();
        kinds.insert(kind.to_owned());
    }
    assert_eq!(kinds, keys(contract.at("/webhooks")));
}

/// What the calls say in a field with a list of words is, all together, the list.
#[tokio::test]
async fn every_word_of_the_file_is_said() {
    let contract = Contract::read();
    let bodies: Vec<Value> = all_calls().await.iter().map(|call| serde_json::from_slice(&call.body).unwrap()).collect();
    let said = |pointers: &[&str]| -> BTreeSet<String> {
        let found = bodies.iter().flat_map(|body| pointers.iter().filter_map(|pointer| body.pointer(pointer)));
        found.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let listed = |schema: &str, rest: &str| {
        words(&contract.at(&format!("/components/schemas/{schema}/properties/{rest}"))["enum"])
    };
    let lines = [
        "/data/transcript/messages/0/author",
        "/data/transcript/messages/1/author",
        "/data/transcript/messages/2/author",
    ];
    assert_eq!(said(&lines), listed("TranscriptLine", "author"));
    assert_eq!(said(&["/data/notices/0", "/data/notices/1"]), listed("ConversationStartedData", "notices/items"));
    assert_eq!(said(&["/data/reason/code"]), listed("FailedReason", "code"));
    assert_eq!(said(&["/data/status"]), listed("MessageStatusData", "status"));
    assert_eq!(said(&["/data/asked_by"]), listed("ConversationRatedData", "asked_by"));
    let ends = contract.at("/components/schemas/ConversationEndedData/properties/reason")["enum"].clone();
    assert_eq!(said(&["/data/reason"]), words(&ends));
}

/// A repetition is known by its id, and two events never share one.
#[tokio::test]
async fn a_repetition_keeps_its_id() {
    let ids = |calls: Vec<Call>| calls.iter().map(|call| call.header("webhook-id").to_owned()).collect::<Vec<_>>();
    let (first, again) = (ids(all_calls().await), ids(all_calls().await));
    assert_eq!(first, again);
    // Two openings of one conversation, eight notices about one message, six ends: each is one event told again.
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), first.len() - 1 - 7 - 5);
    let (client, calls) = in_house(vec!["HTTP/1.1 200 OK\r\n".to_owned(); 2], "");
    let message = CustomerMessage {
        id: "0".to_owned(),
        content: Content::text("x"),
        at: NOW,
        late: false,
        may_be_duplicate: false,
    };
    for (opening, known) in [
        ("0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-ffffffffffff", true), // the customer's next one: the message came back
        ("ffffffffffffffffffffffffffffffff-ffffffffffff", false),
    ] {
        let opening = ConversationId::parse(opening).unwrap();
        client.deliver(&TicketRef { opening, ..opening_ref() }, &message).await.unwrap();
        assert_eq!(first.contains(&ids(calls.try_iter().collect())[0]), known);
    }
}
