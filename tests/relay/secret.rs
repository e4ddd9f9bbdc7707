//! A key that is refused is fetched anew, once.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    time::Duration,
};

use async_trait::async_trait;
use ponte::{
    blip::BlipClient,
    lime::{Document, Node},
    relay::{
        Failure,
        ports::{CustomerChannel, Outgoing},
    },
    secret::{Secret, SecretSource},
};

use super::{ports::HandClock, world::ROUTER};

/// Rotated once: the second fetch and every later one gives the same value.
#[derive(Default)]
struct Rotated(AtomicU32);

#[async_trait]
impl SecretSource for Rotated {
    async fn fetch(&self) -> Option<String> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Some("new".to_owned())
    }
}

#[tokio::test]
async fn a_refused_secret_is_fetched_at_most_every_ten_seconds() {
    let clock = Arc::new(HandClock::new());
    let source = Arc::new(Rotated::default());
    let secret = Secret::new("old".to_owned(), source.clone(), clock.clone());
    assert!(!secret.renew("old").await, "it was fetched just now");
    clock.pass(Duration::from_secs(10));
    assert!(secret.renew("old").await);
    assert_eq!(secret.get(), "new");
    assert!(secret.renew("old").await, "another call has fetched the newer one meanwhile");
    assert_eq!(source.0.load(Ordering::SeqCst), 1);
    clock.pass(Duration::from_secs(10));
    assert!(!secret.renew("new").await, "the newest is refused too");
    assert_eq!(source.0.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_rotated_key_costs_blips_client_one_call_and_no_message() {
    let (url, keys) = blip_that_knows("Key new");
    let clock = Arc::new(HandClock::new());
    let secret = Secret::new("old".to_owned(), Arc::new(Rotated::default()), clock.clone());
    clock.pass(Duration::from_mins(1));
    let blip = BlipClient::new(ponte::http::client("").unwrap(), &url, secret).unwrap();
    let message = || Outgoing { id: None, to: Node::parse(ROUTER).unwrap(), document: Document::text("oi") };
    assert_eq!(blip.send(&message()).await, Ok(()));
    assert_eq!(keys.try_iter().collect::<Vec<_>>(), ["Key old", "Key new"]);
}

#[tokio::test]
async fn a_wrong_key_is_tried_again_later_and_parks_nothing() {
    let (url, keys) = blip_that_knows("Key other");
    let clock = Arc::new(HandClock::new());
    let secret = Secret::new("old".to_owned(), Arc::new(Rotated::default()), clock.clone());
    clock.pass(Duration::from_mins(1));
    let blip = BlipClient::new(ponte::http::client("").unwrap(), &url, secret).unwrap();
    let message = Outgoing { id: None, to: Node::parse(ROUTER).unwrap(), document: Document::text("oi") };
    let failure = blip.send(&message).await.unwrap_err();
    assert!(matches!(failure, Failure::Unauthorized { .. }) && failure.is_retryable());
    assert_eq!(keys.try_iter().count(), 2, "fetched anew and tried once more, not again and again");
}

/// A server that takes one key, for a few requests; it tells which keys were shown.
fn blip_that_knows(key: &'static str) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (send, keys) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(4) {
            let mut stream = stream.unwrap();
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let shown = request.lines().find_map(|line| line.strip_prefix("authorization: ")).unwrap().to_owned();
            let status = if shown == key { "202 Accepted" } else { "401 Unauthorized" };
            let _ = send.send(shown);
            write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    (url, keys)
}
