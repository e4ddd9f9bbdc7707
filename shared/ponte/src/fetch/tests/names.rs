//! A name server that changes its mind.

use std::sync::Arc;

use super::{
    LIMITS, Names, fetch, fetcher,
    server::{Server, redirects, says},
};
use crate::fetch::{FetchError, Policy};

/// The second answer would lead to the forbidden server on the same port. Nobody asks for it: the connection
/// goes to what was checked.
#[tokio::test]
async fn a_name_is_resolved_once() {
    let server = Server::start(|_| says("200 OK", "", "the file")).await;
    let forbidden = Server::forbidden(&format!("127.0.0.2:{}", server.port())).await;
    let names = Names::default().with("files.test", &[&["127.0.0.1"], &["127.0.0.2"]]);
    let names = Arc::new(names);
    let policy = Policy::parse(false, &format!("http://files.test:{}", server.port())).unwrap();
    let fetcher = fetcher(policy, "").with_resolver(names.clone());
    let outcome = fetch(&fetcher, &format!("http://files.test:{}/", server.port()), None, LIMITS).await;
    assert_eq!(outcome.as_deref(), Ok("the file"));
    assert_eq!((names.asked(), server.connections(), forbidden.connections()), (1, 1, 0));
}

/// What is resolved anew, for a redirect or the next file, is checked anew, even for a trusted host.
#[tokio::test]
async fn a_new_answer_is_checked_anew() {
    for second in [&["169.254.169.254"][..], &["127.0.0.1", "169.254.169.254"], &["::ffff:127.0.0.1"]] {
        let server = Server::start(|path| if path == "/1" { redirects("/2") } else { says("200 OK", "", "") }).await;
        let names = Arc::new(Names::default().with("files.test", &[&["127.0.0.1"], second]));
        let policy = Policy::parse(false, &format!("http://files.test:{}", server.port())).unwrap();
        let fetcher = fetcher(policy, "").with_resolver(names.clone());
        let outcome = fetch(&fetcher, &format!("http://files.test:{}/1", server.port()), None, LIMITS).await;
        assert_eq!(outcome, Err(FetchError::Forbidden("an address for special purposes")));
        assert_eq!((names.asked(), server.connections()), (2, 1));
    }
}

#[tokio::test]
async fn a_name_without_an_address_is_unreachable() {
    let names = Names::default().with("empty.test", &[&[]]);
    let fetcher = fetcher(Policy::default(), "").with_resolver(Arc::new(names));
    for link in ["https://empty.test/", "https://unknown.test/"] {
        assert_eq!(fetch(&fetcher, link, None, LIMITS).await, Err(FetchError::Unreachable));
    }
}

#[tokio::test]
async fn a_host_without_a_server_is_unreachable() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let policy = Policy::parse(false, &format!("http://127.0.0.1:{port}")).unwrap();
    let outcome = fetch(&fetcher(policy, ""), &format!("http://127.0.0.1:{port}/"), None, LIMITS).await;
    assert_eq!(outcome, Err(FetchError::Unreachable));
}

/// The machine's own resolver, on the one name that needs no network.
#[tokio::test]
async fn the_machines_resolver_is_asked() {
    let server = Server::start(|_| says("200 OK", "", "the file")).await;
    let link = format!("http://localhost:{}/", server.port());
    let policy = Policy::parse(false, &format!("http://localhost:{}", server.port())).unwrap();
    assert_eq!(fetch(&fetcher(policy, ""), &link, None, LIMITS).await.as_deref(), Ok("the file"));
}
