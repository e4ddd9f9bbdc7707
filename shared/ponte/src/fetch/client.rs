//! Fetches what the guard allows, a hop at a time.
//!
//! For each hop the name is resolved once, the guard sees every address, and the connection goes to exactly those:
//! a second answer of the name server (DNS rebinding) is never asked for. So each hop has a client of its own, without a
//! pool; TLS sessions are resumed all the same, since the TLS setting is shared. Redirects are followed here and not by
//! `reqwest`, and HTTP is 1.1: one request for a connection has no use for more. Nothing is repeated: retrying is the
//! queue's.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{
    Response, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, ACCEPT_ENCODING, LOCATION},
};
use tokio::time::{Instant, timeout, timeout_at};

use super::{Access, Download, FetchError, Policy, Resolver, SystemResolver, Target};
use crate::http;

/// More redirects than these are not followed. A link shortener before a signed link takes two.
const MAX_REDIRECTS: u32 = 3;
/// No fetch takes longer, whatever its caller says: a Lambda's life.
const MAX_TIME: Duration = Duration::from_mins(15);

/// How much of a file the caller takes, and how long it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest file, in bytes.
    pub bytes: u64,
    /// The whole time from here to the last byte, redirects and the caller's own pauses between two chunks included.
    pub time: Duration,
}

/// How long a single step may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For resolving a name, and again for connecting (TLS included).
    pub(super) connect: Duration,
    /// From the connection to the end of the answer's headers.
    pub(super) first_byte: Duration,
    /// Between two pieces of the body. A drip that is just quick enough is ended by `Limits::time`.
    pub(super) progress: Duration,
}

impl Patience {
    /// As long as the bridge's own calls connect; then 5 s, in which any store of files has begun to answer.
    const USUAL: Self =
        Self { connect: http::CONNECT_LIMIT, first_byte: Duration::from_secs(5), progress: Duration::from_secs(5) };
}

/// Whoever wants the file behind a link has one of these. Cheap to use, not to make: make it once.
#[derive(Clone)]
pub struct Fetcher {
    tls: rustls::ClientConfig,
    policy: Policy,
    resolver: Arc<dyn Resolver>,
    patience: Patience,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Fetcher {
    /// `extra_root` is the parameter `ExtraRootCertificate`, as for `http::client`.
    pub fn new(policy: Policy, extra_root: &str) -> Result<Self, String> {
        let tls = http::tls(extra_root)?;
        Ok(Self { tls, policy, resolver: Arc::new(SystemResolver), patience: Patience::USUAL })
    }

    /// The same with another resolver.
    #[must_use]
    pub fn with_resolver(self, resolver: Arc<dyn Resolver>) -> Self {
        Self { resolver, ..self }
    }

    #[cfg(test)]
    pub(super) fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Asks for the file behind `url` and answers when its headers are there; the body is then read by `Download::chunk`.
    /// `key` is sent only where it is at home. Every error but a later `chunk`'s comes from here.
    pub async fn get(&self, url: &str, key: Option<&Access>, limits: Limits) -> Result<Download, FetchError> {
        let deadline = Instant::now() + limits.time.min(MAX_TIME);
        let (from, answer) = timeout_at(deadline, self.follow(url, key)).await.map_err(|_| FetchError::TooSlow)??;
        let member = key.and_then(|key| key.member_at(&from.authority));
        Download::new(from, answer, member, limits.bytes, deadline, self.patience.progress)
    }

    /// The first answer that is no redirect, and where it came from.
    async fn follow(&self, url: &str, key: Option<&Access>) -> Result<(Target, Response), FetchError> {
        let mut target = self.policy.check(url)?;
        let mut key = key.filter(|key| key.may_go_to(&target.authority));
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.ask(&target, key).await?;
            if answer.status() == StatusCode::UNAUTHORIZED && key.is_some() {
                return Err(FetchError::Unauthorized);
            }
            let Some(location) = redirect(&answer) else { return Ok((target, answer)) };
            let location = location.map_err(|()| FetchError::Forbidden("no URL"))?;
            let next = self.policy.redirect(&target, location)?;
            // For good: a way back to the key's home may have been laid by whoever is in between.
            key = key.filter(|_| next.authority == target.authority);
            target = next;
        }
        Err(FetchError::TooManyRedirects)
    }

    /// One request, without redirects. Whatever it answers is an `Ok`.
    async fn ask(&self, target: &Target, key: Option<&Access>) -> Result<Response, FetchError> {
        let client = http::builder(self.tls.clone())
            .dns_resolver(Checked(self.addresses(target).await?))
            .connect_timeout(self.patience.connect)
            .http1_only()
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|_| FetchError::Unreachable)?;
        let mut request = client.get(target.url.clone()).header(ACCEPT, "*/*").header(ACCEPT_ENCODING, "identity");
        if let Some(key) = key {
            request = request.header(key.header.clone(), key.value.clone());
        }
        let limit = self.patience.connect + self.patience.first_byte;
        let answer = timeout(limit, request.send()).await.map_err(|_| FetchError::TooSlow)?;
        answer.map_err(|error| {
            if error.is_builder() {
                FetchError::Forbidden("no URL")
            } else if error.is_connect() {
                FetchError::Unreachable
            } else {
                FetchError::BrokenOff
            }
        })
    }

    /// All addresses of the target's name, each seen by the guard. None where the host is an address, which needs no
    /// resolver and was seen before.
    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, FetchError> {
        if target.is_address() {
            return Ok(Vec::new());
        }
        let resolving = self.resolver.resolve(&target.authority.host);
        let addresses = timeout(self.patience.connect, resolving).await.map_err(|_| FetchError::Unreachable)??;
        target.admit(&addresses)?;
        Ok(addresses)
    }
}

/// Where an answer sends us; `Some(Err)` when it is no text. RFC 9110, 15.4; a 3xx without `Location` is no redirect.
fn redirect(answer: &Response) -> Option<Result<&str, ()>> {
    let is_redirect = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = answer.headers().get(LOCATION).filter(|_| is_redirect)?;
    Some(std::str::from_utf8(location.as_bytes()).map_err(drop))
}

/// The addresses that the guard has seen, and no others, whatever the name.
struct Checked(Vec<SocketAddr>);

impl Resolve for Checked {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(std::future::ready(Ok(addresses)))
    }
}
