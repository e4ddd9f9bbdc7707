//! Whatever is answered: the clients of Blip and of each helpdesk, and the file behind a link.
//!
//! The first byte says whose client, the second which call. Then come the answers, apart by a byte 0x1E: a status, headers, an
//! empty line, the body.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use ponte::{
    blip::BlipClient,
    fetch::{Access, Authority, Fetcher, Home, Limits, Policy},
    helpdesk::{self, ClientDeps, NAMES, Secrets},
    lime::{Identity, Node},
    message::{AgentEventKind, Content, ConversationId, FileId, SourceId, TicketEvents, TicketId, contents_of},
    relay::{
        Failure, MAX_VISIBILITY,
        ports::{
            Author, CustomerChannel, CustomerDirectory, CustomerFiles, CustomerMessage, CustomerRef, DeskTickets,
            EndedBy, FileBytes, Line, MAX_MISSED, NewConversation, NotDelivered, Origin, Outgoing, Profile, Status,
            StoredFiles, TicketRef, Transcripts,
        },
    },
    secret::Secret,
    texts::{Language, Texts},
};
use reqwest::Url;
use serde_json::Value;

use crate::{
    first,
    helpdesks::{Helpdesk, SECRET},
    ports::{NOW, OPENING, Still, comes_back, shown_to_customer},
    server::Server,
};

/// What stands between two answers.
const NEXT: u8 = 0x1e;
/// Where the customer's file lies.
const FILE: &str = "https://api.example/media/1";
/// The most bytes of a file that is fetched.
const LIMIT: u64 = 256;

/// Calls, and what comes of their answers.
pub fn answers(bytes: &[u8]) {
    thread_local! {
        static SERVER: Server = Server::new();
    }
    let (whose, rest) = first(bytes);
    let (call, rest) = first(rest);
    let answers: Vec<&[u8]> = rest.split(|byte| *byte == NEXT).collect();
    SERVER.with(|server| match whose % (NAMES.len() + 2) {
        blip if blip == NAMES.len() => server.answering(&answers, of_blip(server, call)),
        file if file > NAMES.len() => server.answering(&answers, of_a_file(server, call, answers[0])),
        _ => server.answering(&answers, of_helpdesk(server, &Helpdesk::of(whose), call)),
    });
}

fn secret(value: &str) -> Secret {
    Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(Still))
}

fn to() -> TicketRef {
    TicketRef { opening: opening().id, ticket: TicketId::new("1") }
}

fn opening() -> NewConversation {
    NewConversation {
        id: ConversationId::parse(OPENING).expect("it is a mark"),
        customer: "c41d8a07e2b95f3664d0a9c8b7e1f250".to_owned(),
        profile: Profile { name: Some("Maria".into()), email: Some("maria@example.com".into()), ..Profile::default() },
        profile_known: true,
        channel: "whatsapp".to_owned(),
        origin: Origin { mode: "router", bot: None, blip_ticket: None, referral: None },
        transcript: Some(vec![Line { author: Author::Customer, text: "oi".to_owned(), at: None }]),
        at: NOW,
        route: service_rules::Route::default(),
        route_notes: Vec::new(),
        previous: None,
    }
}

fn message(id: &str, content: Content) -> CustomerMessage {
    CustomerMessage { id: id.to_owned(), content, at: NOW, late: false, may_be_duplicate: true }
}

async fn of_helpdesk(server: &Server, helpdesk: &Helpdesk, call: usize) {
    let texts = Texts { language: Language::English, ..Texts::default() };
    let means =
        ClientDeps { http: server.http.clone(), texts: texts.into(), clock: Arc::new(Still), files: Arc::new(OneFile) };
    let secrets = || Secrets { credentials: secret(helpdesk.credentials), webhook: secret(SECRET) };
    let settings = helpdesk.settings(&server.url());
    let client = helpdesk::client(&settings, secrets(), means.clone()).expect("the settings are right");
    let (to, words, id) = (to(), Content::text("Bom dia!"), SourceId::exact("103"));
    match call % 14 {
        0 => {
            if let Some(ticket) = judged(client.open(&opening()).await) {
                assert!(!ticket.as_str().is_empty(), "{} opened a ticket without a name", helpdesk.name);
            }
        }
        1 => tried(client.deliver(&to, &message("m/1", words)).await),
        2 => {
            let file = Content::File {
                url: FILE.to_owned(),
                name: Some("conta.pdf".to_owned()),
                mime: Some("application/pdf".to_owned()),
                size: Some(8),
                caption: Some("a conta".to_owned()),
            };
            tried(client.deliver(&to, &message("m/2", file)).await);
        }
        3 => {
            let Some(answers) = client.answers() else { return };
            for event in judged(answers.converse(&to, &message("m/3", words)).await).unwrap_or_default() {
                assert!(!event.id.as_str().is_empty());
                comes_back(&event);
                said(&event.kind);
            }
        }
        4 => {
            let two = [message("m/4", words.clone()), message("m/5", words)];
            if let Some(batches) = client.batches() {
                tried(batches.deliver_batch(&to, &two).await);
            }
        }
        5 => {
            let Some(reader) = client.event_reader() else { return };
            judged(reader.read(&to, &id).await).unwrap_or_default().iter().for_each(said);
        }
        6 => {
            let Some(reader) = client.event_reader() else { return };
            let missed = judged(reader.missed_before(&to, &id).await).unwrap_or_default();
            assert!(missed.len() <= MAX_MISSED && missed.iter().all(|id| !id.as_str().is_empty()));
        }
        7 => {
            let Some(notices) = client.notices() else { return };
            tried(notices.not_delivered(&to, &id, &NotDelivered::Closed, &Texts::default()).await);
        }
        8 => {
            let Some(notices) = client.notices() else { return };
            tried(notices.note(&to, "n/1", "a note").await);
        }
        9 => tried(client.ended(&to, EndedBy::Customer).await),
        10 => {
            let Some(presence) = client.presence() else { return };
            tried(presence.typing(&to, true).await);
        }
        11 => {
            let Some(receipts) = client.receipts() else { return };
            tried(receipts.status(&to, &id, Status::Consumed).await);
        }
        begun => {
            let Some(sweep) = helpdesk::poller(&settings, secrets(), means).expect("the settings are right") else {
                return;
            };
            // A cursor of each form that there is.
            let cursor = ["100:100", "2026-11-21 12:00:00", "100", ""].get(call / 14 % 4).filter(|_| begun == 13);
            if let Some(swept) = judged(sweep.since(cursor.copied()).await) {
                swept.tickets.iter().for_each(found);
                tried(sweep.since(Some(&swept.cursor)).await);
            }
        }
    }
}

fn found(ticket: &TicketEvents) {
    assert!(!ticket.ticket.as_str().is_empty());
    for event in &ticket.events {
        assert!(!event.id.as_str().is_empty());
        comes_back(event);
        said(&event.kind);
    }
}

fn said(kind: &AgentEventKind) {
    if let AgentEventKind::Message { contents, .. } = kind {
        assert!(!contents.is_empty(), "a message without a content");
        shown_to_customer(contents);
    }
}

/// A call that gives nothing.
fn tried<T>(outcome: Result<T, Failure>) {
    judged(outcome);
}

/// What came of a call. One that failed says how long to wait, within what SQS can.
fn judged<T>(outcome: Result<T, Failure>) -> Option<T> {
    outcome
        .inspect_err(|failure| {
            for attempts in [0, 1, 1_000, u32::MAX] {
                assert!(failure.wait(attempts, 255) <= MAX_VISIBILITY);
            }
        })
        .ok()
}

async fn of_blip(server: &Server, call: usize) {
    let blip =
        BlipClient::new(server.http.clone(), &server.url(), secret("Key the-key")).expect("the settings are right");
    let address = Node::parse("5531999990000@wa.gw.msging.net").expect("it is an address");
    let whom = CustomerRef { address, originator: None, router: Identity::parse("router@msging.net").ok() };
    match call % 9 {
        0 => {
            let document = ponte::lime::Document::text("oi");
            let message = Outgoing { id: Some("ponte.1".to_owned()), to: whom.address.clone(), document };
            tried(blip.send(&message).await);
        }
        1 => tried(blip.knows(&whom.address, "ponte.1").await),
        2 => {
            if let Some(profile) = judged(blip.profile(&whom).await) {
                assert!(
                    [profile.name, profile.phone, profile.email].iter().flatten().all(|text| !text.trim().is_empty())
                );
            }
        }
        3 => {
            let lines = judged(blip.transcript(&whom, 20).await).unwrap_or_default();
            assert!(lines.len() <= 20, "{} lines", lines.len());
        }
        4 => tried(blip.open_ticket("1", "agent@ponte.ai").await),
        5 => {
            for typed in judged(blip.ticket_messages("1").await).unwrap_or_default() {
                assert!(!typed.id.as_str().is_empty() && !contents_of(&typed.document).is_empty());
            }
        }
        6 => tried(blip.close_ticket("1", Some("t")).await),
        7 => {
            if let Some(Some(link)) = judged(blip.refresh_file("https://blipmediastore.blip.ai/secure-medias/1").await)
            {
                assert!(!link.is_empty());
            }
        }
        _ => {
            let url = format!("{}/media/1", server.url());
            assert!(blip.file_access(&url).is_some());
        }
    }
}

/// A file as it is, or as base64 in a member of a JSON object.
async fn of_a_file(server: &Server, call: usize, answer: &[u8]) {
    let url = Url::parse(&server.url()).expect("it is a URL");
    let own = Authority::of(&url).expect("it is http");
    let policy = Policy { allow_http: false, trusted: vec![own.clone()] };
    let fetcher = Fetcher::new(policy, "").expect("a fetcher");
    let is_member = call % 2 == 1;
    let key = Access::new("authorization", "token x", Home { own, domains: &[] }).expect("a key").in_member("Content");
    let limits = Limits { bytes: LIMIT, time: Duration::from_secs(5) };
    let link = format!("{url}attachment/1");
    let Ok(mut download) = fetcher.get(&link, is_member.then_some(&key), limits).await else { return };
    assert!(download.mime.is_ascii() && download.mime.contains('/'));
    assert!(download.name.as_ref().is_none_or(|name| !name.is_empty() && !name.contains(['/', '\\', '\0', '\n'])));
    assert!(download.length.is_none_or(|length| length <= LIMIT));
    let mut file = Vec::new();
    let whole = loop {
        match download.chunk().await {
            Ok(Some(chunk)) => file.extend_from_slice(&chunk),
            Ok(None) => break true,
            Err(_) => break false,
        }
    };
    assert!(file.len() <= usize::try_from(LIMIT).expect("it is small"));
    if is_member && whole && answer.starts_with(b"200\n\n") {
        member(&answer[5..], &file);
    }
}

/// A JSON reader that knows nothing of ours finds the same file.
fn member(answer: &[u8], file: &[u8]) {
    let Ok(Value::Object(object)) = serde_json::from_slice(answer) else { return };
    // Of two with one name ours is the first and the reader's the last.
    let twice = String::from_utf8_lossy(answer).matches("ontent").count() > 1 || answer.contains(&b'u');
    if let (Some(Value::String(text)), false) = (object.get("Content"), twice) {
        let plain: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        if let Ok(expected) = STANDARD.decode(plain) {
            assert_eq!(file, expected, "another file than stands there");
        }
    }
}

/// The stack's store, with one file in it.
struct OneFile;

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

    async fn share(&self, _: &FileId, _: &str, _: &str, _: String) -> Result<Option<String>, Failure> {
        Ok(Some(FILE.to_owned()))
    }
}
