//! A server of this machine that the bridge must never reach, whatever link it is given: it counts who comes all the same.
//!
//! It stands for the addresses that a link may lead to and a server may reach (the machine itself, the company's network, the
//! cloud's metadata). A connection counts even if no request follows.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::transport::FileRequest;

/// What it answers to everything: nobody may ever see it.
const SECRET: &str = "what nobody outside may see";

#[derive(Debug, Default)]
struct Visits {
    connections: AtomicUsize,
    requests: Mutex<Vec<FileRequest>>,
}

/// The forbidden server. It stops when it is dropped.
#[derive(Debug)]
pub struct HostileServer {
    port: u16,
    visits: Arc<Visits>,
    server: JoinHandle<()>,
}

impl HostileServer {
    pub(crate) fn start(listener: TcpListener, key: String) -> Result<Self> {
        let (port, visits) = (listener.local_addr()?.port(), Arc::<Visits>::default());
        let routes = Router::new().fallback(answer).with_state((visits.clone(), Arc::from(key)));
        let listener = CountingListener { listener, visits: visits.clone() };
        let server = tokio::spawn(async move {
            // It runs until it is aborted; an accept error is retried by the library.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { port, visits, server })
    }

    /// Its address, `http://127.0.0.1:{port}`; any path is answered.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.visits.connections.load(Ordering::SeqCst)
    }

    /// Every request, in order.
    pub fn requests(&self) -> Vec<FileRequest> {
        self.visits.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for HostileServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(Shared((visits, key)): Shared<(Arc<Visits>, Arc<str>)>, request: Request) -> &'static str {
    let fetch = FileRequest::of(request.method().as_str(), request.uri(), request.headers(), &key);
    visits.requests.lock().unwrap_or_else(PoisonError::into_inner).push(fetch);
    SECRET
}

struct CountingListener {
    listener: TcpListener,
    visits: Arc<Visits>,
}

impl Listener for CountingListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    fn accept(&mut self) -> impl Future<Output = (TcpStream, SocketAddr)> + Send {
        let visits = self.visits.clone();
        let accept = Listener::accept(&mut self.listener);
        async move {
            let accepted = accept.await;
            visits.connections.fetch_add(1, Ordering::SeqCst);
            accepted
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}
