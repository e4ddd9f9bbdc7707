//! A server that answers what it is told to, and keeps what it was asked.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use serde_json::Value;

/// One answer: status, further headers, and a body.
pub(super) struct Answer {
    pub status: u16,
    pub headers: &'static str,
    pub body: Value,
}

impl From<(u16, Value)> for Answer {
    fn from((status, body): (u16, Value)) -> Self {
        Self { status, headers: "", body }
    }
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub method: String,
    /// With its query.
    pub path: String,
    headers: Vec<(String, String)>,
    /// Null when it was empty, or no JSON.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Call {
    fn read(stream: &mut BufReader<TcpStream>) -> Self {
        let mut lines = stream.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty());
        let first = lines.next().unwrap();
        let mut words = first.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let split = |line: String| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers: Vec<_> = lines.filter_map(split).collect();
        let mut call = Self { method, path, headers, body: Value::Null, text: String::new() };
        let mut body = vec![0; call.header("content-length").map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut body).unwrap();
        call.body = serde_json::from_slice(&body).unwrap_or_default();
        call.text = String::from_utf8_lossy(&body).into_owned();
        call
    }

    /// One that nobody made.
    pub(super) fn made(method: &str, path: &str, body: Value) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body, text: String::new() }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let url = reqwest::Url::parse(&format!("http://x{}", self.path)).unwrap();
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// `POST /path`, without the query.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.path.split('?').next().unwrap())
    }
}

/// Answers each request with the next of `answers`, and then no more.
pub(super) struct Server {
    pub url: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Server {
    pub(super) fn new(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let kept = calls.clone();
        std::thread::spawn(move || {
            for Answer { status, headers, body } in answers {
                let mut stream = BufReader::new(listener.accept().unwrap().0);
                kept.lock().unwrap().push(Call::read(&mut stream));
                let body = body.to_string();
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close");
                write!(stream.get_mut(), "{head}\r\n\r\n{body}").unwrap();
            }
        });
        Self { url, calls }
    }

    /// Answers each request by what it asks, until it is dropped.
    pub(super) fn serving(answer: impl Fn(&Call) -> (u16, Value) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::downgrade(&calls);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let Some(kept) = kept.upgrade() else { return };
                let mut stream = BufReader::new(stream);
                let call = Call::read(&mut stream);
                let (status, body) = answer(&call);
                let body = body.to_string();
                kept.lock().unwrap().push(call);
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close", body.len());
                // Whoever asked may have stopped waiting.
                let _ = write!(stream.get_mut(), "{head}\r\n\r\n{body}");
            }
        });
        Self { url, calls }
    }

    /// What was asked since the last look.
    pub(super) fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}
