//! A server on this machine's loopback that answers every request with the next of the answers it was given, and then begins anew.
//!
//! One for each thread, and one runtime with it: a connection is used for many inputs.

use std::{
    fmt::Write as _,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ponte::http::Client;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
};

use crate::{cut, helpdesks::Lines};

/// No call needs more requests. The sweep of a helpdesk reads at most 80 pages, and 25 conversations of 10 pages.
const MAX_REQUESTS: usize = 1_000;
/// What is said of an answer itself.
const OURS: [&str; 4] = ["content-length", "transfer-encoding", "connection", "upgrade"];

#[derive(Default)]
struct Play {
    answers: Vec<Vec<u8>>,
    asked: usize,
}

/// The server, and a client that may call it.
pub(crate) struct Server {
    runtime: Runtime,
    address: SocketAddr,
    play: Arc<Mutex<Play>>,
    pub http: Client,
}

impl Server {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let play = Arc::<Mutex<Play>>::default();
        let shared = play.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { runtime, address, play, http: ponte::http::client("").expect("a client") }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Does it while the server answers so: each with a status, headers, an empty line and a body.
    pub(crate) fn answering<T>(&self, answers: &[&[u8]], work: impl Future<Output = T>) -> T {
        *lock(&self.play) = Play { answers: answers.iter().map(|answer| http(answer)).collect(), asked: 0 };
        let done = self.runtime.block_on(work);
        let asked = lock(&self.play).asked;
        assert!(asked <= MAX_REQUESTS, "{asked} requests for one call");
        done
    }
}

fn lock(play: &Mutex<Play>) -> MutexGuard<'_, Play> {
    play.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An answer as HTTP has it: whatever is in it, it is whole.
fn http(answer: &[u8]) -> Vec<u8> {
    let (status, rest) = cut(answer, b"\n");
    let status: u16 = std::str::from_utf8(status).ok().and_then(|status| status.trim().parse().ok()).unwrap_or(200);
    // A 1xx is none, and these two have no body.
    let status = if (200..600).contains(&status) && status != 204 && status != 304 { status } else { 200 };
    // A body without headers begins after an empty line, too.
    let (lines, body) = rest.strip_prefix(b"\n").map_or_else(|| Lines::read(rest), |body| (Lines::default(), body));
    let mut head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in lines.iter().filter(|(name, _)| !OURS.contains(name)) {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

async fn serve(mut stream: TcpStream, play: Arc<Mutex<Play>>) {
    let mut read = Vec::new();
    while request(&mut stream, &mut read).await {
        let answer = {
            let mut play = lock(&play);
            play.asked += 1;
            let next = (play.asked - 1) % play.answers.len().max(1);
            play.answers.get(next).cloned().unwrap_or_else(|| http(b"500\n\n"))
        };
        if stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// Reads one request whole. `false` at the end of the connection.
async fn request(stream: &mut TcpStream, read: &mut Vec<u8>) -> bool {
    loop {
        let (head, body) = cut(read, b"\r\n\r\n");
        if head.len() < read.len() {
            let head = String::from_utf8_lossy(head).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let whole = match length {
                Some(length) => body.len() >= length,
                None if head.contains("transfer-encoding: chunked") => body.ends_with(b"0\r\n\r\n"),
                None => true,
            };
            if whole {
                read.clear();
                return true;
            }
        }
        match stream.read_buf(read).await {
            Ok(0) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}
