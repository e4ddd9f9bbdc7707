//! The client of Blip and the helpdesk: kept connections, and what is done about those that died meanwhile.
//!
//! Between two invocations Lambda stops the process, and other sides close what they keep. A request on such a connection breaks, or
//! meets silence, whether or not the other side is well. The first one that fails takes all kept connections with it, since its
//! like are as old; what may be sent twice is sent again at once, on a new one. `docs/aws/connections.md` has the whole table.

use std::{
    error::Error,
    io::ErrorKind,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant, SystemTime},
};

use reqwest::{IntoUrl, Method, RequestBuilder, Response};

use super::{CALL_LIMIT, builder, failure_of, tls};
use crate::failure::Failure;

/// A connection that was not used for so long is not used again: Node's and Apache's servers close one after 5 s (`keepAliveTimeout`,
/// `KeepAliveTimeout`), and what was sent on it meanwhile may or may not have arrived.
const IDLE_LIMIT: Duration = Duration::from_secs(4);
/// A dead connection answers at once, with a reset. One that breaks later may be a balancer's that lost patience, and behind it the call goes on.
const BROKEN_WITHIN: Duration = Duration::from_secs(3);
/// How far the time of day may run ahead of the process's own clock: by less it is set right.
const CLOCKS_DIFFER: Duration = Duration::from_secs(1);

/// An HTTP client whose kept connections can be given up all at once. Clones share them.
#[derive(Clone)]
pub struct Client(Arc<Pools>);

struct Pools {
    tls: rustls::ClientConfig,
    present: RwLock<Pool>,
    stops: Stops,
}

#[derive(Clone)]
struct Pool {
    number: u64,
    client: reqwest::Client,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    /// `extra_root` is a company's own authority, in PEM; empty means none.
    pub(super) fn new(extra_root: &str) -> Result<Self, String> {
        let tls = tls(extra_root)?;
        let client = pool(&tls).map_err(|error| error.to_string())?;
        let present = RwLock::new(Pool { number: 0, client });
        Ok(Self(Arc::new(Pools { tls, present, stops: Stops::default() })))
    }

    /// A request that is yet to be sent.
    pub fn request(&self, method: Method, url: impl IntoUrl) -> RequestBuilder {
        self.0.present().client.request(method, url)
    }

    /// A GET request to `url`, not sent yet.
    pub fn get(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::GET, url)
    }

    /// A POST request to `url`, not sent yet.
    pub fn post(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::POST, url)
    }

    /// Sends a request once, without a retry of its own.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let (_, request) = request.build_split();
        self.0.send(request.map_err(|error| failure_of(&error))?).await
    }

    /// Sends what has no other effect when it comes twice: when the connection breaks before an answer it is sent again, on a new one.
    pub async fn send_harmless(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let (_, request) = request.build_split();
        let request = request.map_err(|error| failure_of(&error))?;
        let again = request.try_clone();
        match (self.0.send(request).await, again) {
            (Err(Failure::Reset { .. }), Some(again)) => self.0.send(again).await,
            (outcome, _) => outcome,
        }
    }
}

fn pool(tls: &rustls::ClientConfig) -> reqwest::Result<reqwest::Client> {
    builder(tls.clone()).timeout(CALL_LIMIT).pool_idle_timeout(IDLE_LIMIT).build()
}

impl Pools {
    fn present(&self) -> Pool {
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn send(&self, request: reqwest::Request) -> Result<Response, Failure> {
        if self.stops.stood_still() {
            self.give_up(self.present().number);
        }
        let Pool { number, client } = self.present();
        let mut under_way = UnderWay { pools: self, number, answered: false };
        let started = Instant::now();
        let outcome = client.execute(request).await;
        under_way.answered = outcome.is_ok();
        outcome.map_err(|error| {
            if broke(&error) && started.elapsed() < BROKEN_WITHIN {
                Failure::Reset { why: "the connection broke" }
            } else {
                failure_of(&error)
            }
        })
    }

    /// No request takes a connection of this pool any more. Those that are under way on one go on.
    fn give_up(&self, number: u64) {
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        if present.number == number
            && let Ok(client) = pool(&self.tls)
        {
            *present = Pool { number: number + 1, client };
        }
    }
}

/// A request that is under way. When nobody waits for its answer any more, its connection may be dead, and so may be its like.
struct UnderWay<'a> {
    pools: &'a Pools,
    number: u64,
    answered: bool,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.pools.give_up(self.number);
        }
    }
}

/// Whether the connection ended before the answer began.
fn broke(error: &reqwest::Error) -> bool {
    if error.is_connect() || error.is_builder() || error.is_timeout() {
        return false;
    }
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            // What we sent could not be read to its end: that says nothing of the connection.
            if error.is_user() {
                return false;
            }
            if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
                return true;
            }
        }
        if error.downcast_ref::<h2::Error>().is_some_and(|error| error.is_io() || error.is_go_away()) {
            return true;
        }
        let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        if let Some(
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
            | ErrorKind::UnexpectedEof,
        ) = kind
        {
            return true;
        }
        source = error.source();
    }
    false
}

/// Notices that the process stood still and its own clock, which the limits of kept connections are measured with, did too. Where that
/// clock goes on (a process that is stopped by a signal), those limits do.
#[derive(Debug)]
pub(crate) struct Stops(Mutex<(Instant, SystemTime)>);

impl Default for Stops {
    fn default() -> Self {
        Self(Mutex::new((Instant::now(), SystemTime::now())))
    }
}

impl Stops {
    /// Whether it stood still since this was last asked.
    pub(crate) fn stood_still(&self) -> bool {
        self.stood_still_at(Instant::now(), SystemTime::now())
    }

    fn stood_still_at(&self, own: Instant, day: SystemTime) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (own_before, day_before) = std::mem::replace(&mut *last, (own, day));
        let passed = day.duration_since(day_before).unwrap_or_default();
        passed.saturating_sub(own.saturating_duration_since(own_before)) > CLOCKS_DIFFER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_that_the_own_clock_did_not_count_is_noticed_once() {
        let stops = Stops::default();
        let (own, day) = *stops.0.lock().unwrap();
        let at = |own_s: u64, day_s: u64| {
            stops.stood_still_at(own + Duration::from_secs(own_s), day + Duration::from_secs(day_s))
        };
        assert!(!at(10, 10), "both clocks go on");
        assert!(at(11, 300), "frozen for minutes");
        assert!(!at(12, 301), "and awake again");
        assert!(!at(60, 302), "stopped by a signal: the own clock went on");
        assert!(!at(61, 200), "the time of day was set back");
    }
}
