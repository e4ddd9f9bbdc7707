//! A request as bytes, and what is answered: no client would send most of these.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One row of the table.
pub(super) struct Request {
    pub what: &'static str,
    pub method: &'static str,
    /// Path and query, as they stand on the line.
    pub target: String,
    /// Lines, as they are sent.
    pub headers: Vec<Vec<u8>>,
    pub body: Vec<u8>,
    /// Whether `content-length` is said as it is, and not by `headers`.
    pub framed: bool,
    /// `None` for the address of the API.
    pub host: Option<String>,
    /// The statuses that it may be answered with.
    pub answers: &'static [u16],
}

pub(super) struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Request {
    pub(super) fn new(what: &'static str, method: &'static str, target: impl Into<String>) -> Self {
        Self {
            what,
            method,
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
            framed: true,
            host: None,
            answers: &[401],
        }
    }

    pub(super) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push([name.as_bytes(), b": ", value.as_ref()].concat());
        self
    }

    pub(super) fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }

    pub(super) fn answers(mut self, answers: &'static [u16]) -> Self {
        self.answers = answers;
        self
    }

    pub(super) fn host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    /// Its headers say how long it is.
    pub(super) fn unframed(mut self) -> Self {
        self.framed = false;
        self
    }

    pub(super) async fn send(&self, address: &str, host: &str) -> Answer {
        let mut bytes = format!(
            "{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.method,
            self.target,
            self.host.as_deref().unwrap_or(host)
        )
        .into_bytes();
        for header in &self.headers {
            bytes.extend_from_slice(header);
            bytes.extend_from_slice(b"\r\n");
        }
        if self.framed {
            bytes.extend_from_slice(format!("content-length: {}\r\n", self.body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        let mut stream = TcpStream::connect(address).await.unwrap();
        let exchange = async {
            // An answer may come before all is written, and the connection end with it.
            let _ = stream.write_all(&bytes).await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            answer
        };
        let answer = tokio::time::timeout(Duration::from_secs(30), exchange).await;
        let answer = answer.unwrap_or_else(|_| panic!("{}: no answer", self.what));
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Answer {
            status: status.unwrap_or_else(|| panic!("{}: {answer:?}", self.what)),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }
}
