//! A server on this machine that answers as it is told, byte by byte, and remembers what it was asked.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// What a server does with a connection, a step at a time. After the last it hangs up.
#[derive(Clone)]
pub(super) enum Step {
    Say(String),
    Wait(Duration),
    /// The same for ever, with a pause between two.
    Drip(&'static str, Duration),
}

/// A server: the path of a request leads to the steps of its answer.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

/// An answer with a body and its length.
pub(super) fn says(status: &str, headers: &str, body: &str) -> Vec<Step> {
    let length = body.len();
    vec![Step::Say(format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}"))]
}

pub(super) fn redirects(to: &str) -> Vec<Step> {
    says("302 Found", &format!("location: {to}\r\n"), "")
}

impl Server {
    pub(super) async fn start(answer: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static) -> Self {
        Self::listen("127.0.0.1:0", None, answer).await
    }

    /// A server that nobody may reach.
    pub(super) async fn forbidden(address: &str) -> Self {
        Self::listen(address, None, |_| says("200 OK", "", "the crown jewels")).await
    }

    /// With TLS, for one name; also the certificate that one has to trust, in PEM.
    pub(super) async fn tls(name: &str, answer: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static) -> (Self, String) {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        (Self::listen("127.0.0.1:0", Some(acceptor), answer).await, made.cert.pem())
    }

    async fn listen(
        address: &str,
        tls: Option<TlsAcceptor>,
        answer: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Self { address, heads: Arc::default(), connections: Arc::default() };
        let (heads, connections, answer) = (server.heads.clone(), server.connections.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().unwrap() += 1;
                let (tls, heads, answer) = (tls.clone(), heads.clone(), answer.clone());
                tokio::spawn(async move {
                    // Whoever hangs up on us has had enough: that is what several tests want.
                    let _ = match tls {
                        None => serve(stream, &heads, &*answer).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &heads, &*answer).await,
                            Err(error) => Err(error),
                        },
                    };
                });
            }
        });
        server
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The requests so far, each from its first line to the empty one.
    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    heads: &Mutex<Vec<String>>,
    answer: &(dyn Fn(&str) -> Vec<Step> + Send + Sync),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    heads.lock().unwrap().push(head);
    for step in answer(&path) {
        match step {
            Step::Say(text) => stream.write_all(text.as_bytes()).await?,
            Step::Wait(time) => tokio::time::sleep(time).await,
            Step::Drip(text, pause) => loop {
                stream.write_all(text.as_bytes()).await?;
                stream.flush().await?;
                tokio::time::sleep(pause).await;
            },
        }
        stream.flush().await?;
    }
    stream.shutdown().await
}
