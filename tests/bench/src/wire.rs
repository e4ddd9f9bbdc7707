//! A small HTTP/1.1 server, plain or with TLS: as little as will do, so that it does not weigh beside what is measured.

use std::{convert::Infallible, future::Future, sync::Arc};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, Response, body::Incoming, header::HeaderMap, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{self, pki_types::PrivatePkcs8KeyDer},
};

/// A request, its body read.
#[derive(Debug)]
pub(crate) struct Asked {
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Asked {
    /// A header as text; empty when it is absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// An answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

impl Answer {
    /// Without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// With a JSON text.
    pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![("content-type", "application/json".to_owned())], body: body.into() }
    }
}

/// Serves until the task is aborted.
pub(crate) fn serve<H, F>(listener: TcpListener, tls: Option<TlsAcceptor>, handler: H) -> JoinHandle<()>
where
    H: Fn(Asked) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let (tls, handler) = (tls.clone(), handler.clone());
            tokio::spawn(async move {
                match tls {
                    None => connection(stream, handler).await,
                    Some(tls) => {
                        // None: a program was stopped in the middle of its handshake.
                        if let Ok(stream) = tls.accept(stream).await {
                            connection(stream, handler).await;
                        }
                    }
                }
            });
        }
    })
}

async fn connection<S, H, F>(stream: S, handler: H)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    H: Fn(Asked) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let handler = handler.clone();
        async move { Ok::<_, Infallible>(answered(request, handler).await) }
    });
    // A connection that broke off is the other side's matter.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answered<H, F>(request: Request<Incoming>, handler: H) -> Response<Full<Bytes>>
where
    H: Fn(Asked) -> F,
    F: Future<Output = Answer>,
{
    let (parts, body) = request.into_parts();
    let answer = match body.collect().await {
        Ok(body) => {
            let path = parts.uri.path().to_owned();
            let query = parts.uri.query().unwrap_or_default().to_owned();
            let (method, headers) = (parts.method, parts.headers);
            handler(Asked { method, path, query, headers, body: body.to_bytes() }).await
        }
        Err(_) => Answer::empty(400),
    };
    let mut builder = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(answer.body)).unwrap_or_default()
}

/// An authority of our own and a server that it vouches for.
pub(crate) struct Trust {
    pub root_pem: String,
    pub acceptor: TlsAcceptor,
}

impl Trust {
    /// ECDSA P-256, a chain of two: the verification that AWS's own endpoints cost a client is of the same order.
    pub(crate) fn new() -> Result<Self> {
        let mut authority = rcgen::CertificateParams::new(Vec::new())?;
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        authority.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign, rcgen::KeyUsagePurpose::CrlSign];
        authority.distinguished_name.push(rcgen::DnType::CommonName, "Ponte bench root");
        let authority_key = rcgen::KeyPair::generate()?;
        let root = authority.self_signed(&authority_key)?;
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let mut server = rcgen::CertificateParams::new(vec!["localhost".to_owned()])?;
        // Python's verification asks for both identifiers.
        server.use_authority_key_identifier_extension = true;
        server.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        let server_key = rcgen::KeyPair::generate()?;
        let certificate = server.signed_by(&server_key, &issuer)?;
        let key = PrivatePkcs8KeyDer::from(server_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .context("the server's certificate")?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { root_pem: root.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}
