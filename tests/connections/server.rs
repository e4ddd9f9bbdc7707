//! A server whose connections die when a test says so.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Barrier, watch},
};

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// What is sent on it is taken, and never answered.
    Silence,
    /// It is closed in good order.
    Fin,
    Reset,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The request line and the headers.
    pub head: String,
    /// The connection that it came on: they are numbered from 0.
    pub connection: usize,
}

/// What it answers: headers of its own, and a body.
pub(super) type Answer = fn(&Asked) -> (String, String);

struct State {
    answer: Answer,
    opened: AtomicUsize,
    closed: AtomicUsize,
    asked: Mutex<Vec<Asked>>,
    /// Connections below this number die at their next request.
    dying: Mutex<Option<(usize, Death)>>,
    /// Connections below this number end now.
    ended: watch::Sender<(usize, Death)>,
    /// So many requests must be here before one is answered.
    max_batch: Mutex<Arc<Barrier>>,
}

#[derive(Clone)]
pub(super) struct Server {
    pub url: String,
    state: Arc<State>,
}

impl Server {
    pub(super) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            answer,
            opened: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
            asked: Mutex::default(),
            dying: Mutex::default(),
            ended: watch::channel((0, Death::Fin)).0,
            max_batch: Mutex::new(Arc::new(Barrier::new(1))),
        });
        let there = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = there.opened.fetch_add(1, Ordering::SeqCst);
                let there = there.clone();
                tokio::spawn(async move {
                    serve(stream, number, there.clone()).await;
                    there.closed.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        Self { url, state }
    }

    /// Holds every answer back until `count` requests are here, so that as many connections are open.
    pub(super) fn together(&self, count: usize) {
        *self.state.max_batch.lock().unwrap() = Arc::new(Barrier::new(count));
    }

    /// Every connection that is open now dies when the next request comes on it.
    pub(super) fn dies(&self, how: Death) {
        self.together(1);
        *self.state.dying.lock().unwrap() = Some((self.opened(), how));
    }

    /// Every connection that is open now is ended, whether or not its client looks. All of them are when it returns.
    pub(super) async fn ends(&self, how: Death) {
        self.together(1);
        let open = self.opened();
        self.state.ended.send_replace((open, how));
        while self.state.closed.load(Ordering::SeqCst) < open {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) fn opened(&self) -> usize {
        self.state.opened.load(Ordering::SeqCst)
    }

    /// What it was asked, since this was last called.
    pub(super) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.state.asked.lock().unwrap())
    }
}

async fn serve(mut stream: TcpStream, number: usize, state: Arc<State>) {
    let mut ended = state.ended.subscribe();
    loop {
        let end = async {
            loop {
                let (below, how) = *ended.borrow_and_update();
                if number < below {
                    return how;
                }
                ended.changed().await.unwrap();
            }
        };
        let mut first = [0];
        tokio::select! {
            how = end => {
                if how == Death::Reset {
                    stream.set_zero_linger().unwrap();
                }
                return;
            }
            peeked = stream.peek(&mut first) => {
                if !peeked.is_ok_and(|bytes| bytes > 0) {
                    return;
                }
            }
        }
        let dying = state.dying.lock().unwrap().filter(|(below, _)| number < *below).map(|(_, how)| how);
        let Some(head) = request(&mut stream).await else { return };
        let asked = Asked { head, connection: number };
        state.asked.lock().unwrap().push(asked.clone());
        match dying {
            None => {}
            Some(Death::Fin) => return,
            Some(Death::Reset) => return stream.set_zero_linger().unwrap(),
            Some(Death::Silence) => return std::future::pending().await,
        }
        let together = state.max_batch.lock().unwrap().clone();
        together.wait().await;
        let (headers, body) = (state.answer)(&asked);
        let answer = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n{body}", body.len());
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads one request to its end, and gives its head; `None` at the end of the connection.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: u64 = length.map_or(0, |length| length.parse().unwrap());
    assert!(!head.contains("transfer-encoding"), "bodies have a length here: {head}");
    if head.contains("expect: 100-continue") {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
    }
    tokio::io::copy(&mut stream.take(length), &mut tokio::io::sink()).await.ok()?;
    Some(head)
}

/// Whatever becomes of a call, a test does not hang on it.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
