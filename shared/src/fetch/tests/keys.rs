//! A key does not cross to another authority.

use std::sync::{Arc, OnceLock};

use reqwest::Url;

use super::{
    LIMITS, Names, fetch, fetcher,
    server::{Server, redirects, says},
};
use crate::fetch::{Access, Authority, FetchError, Fetcher, Home, Policy};

/// The key's own host, another one, and who fetches. Both have the same name: the port is the difference.
async fn scene() -> (Fetcher, Server, Server, Access) {
    let home: Arc<OnceLock<String>> = Arc::default();
    let way_back = home.clone();
    let other = Server::start(move |path| match path {
        "/back" => redirects(&format!("{}/file", way_back.get().unwrap())),
        _ => says("200 OK", "", "a stranger's file"),
    })
    .await;
    let port = other.port();
    let own = Server::start(move |path| match path {
        "/within" => redirects("/file"),
        "/port" => redirects(&format!("http://files.test:{port}/file")),
        "/host" => redirects(&format!("http://other.test:{port}/file")),
        "/and-back" => redirects(&format!("http://files.test:{port}/back")),
        "/401" => says("401 Unauthorized", "", ""),
        _ => says("200 OK", "", "the file"),
    })
    .await;
    home.set(format!("http://files.test:{}", own.port())).unwrap();
    let names = Names::default().with("files.test", &[&["127.0.0.1"]]).with("other.test", &[&["127.0.0.1"]]);
    let trusted = format!("http://files.test:{}, http://files.test:{port}, http://other.test:{port}", own.port());
    let fetcher = fetcher(Policy::parse(false, &trusted).unwrap(), "").with_resolver(Arc::new(names));
    let url = Url::parse(&format!("http://files.test:{}/api", own.port())).unwrap();
    let home = Home { own: Authority::of(&url).unwrap(), domains: &["test"] };
    (fetcher, own, other, Access::new("authorization", "Key secret", home).unwrap())
}

/// For each request whether the key came with it.
fn seen(server: &Server) -> Vec<bool> {
    server.heads().iter().map(|head| head.contains("authorization: Key secret\r\n")).collect()
}

#[tokio::test]
async fn a_key_goes_home_and_nowhere_else() {
    for (path, at_home, elsewhere) in [
        ("/file", &[true][..], &[][..]),
        ("/within", &[true, true], &[]),
        ("/port", &[true], &[false]),
        ("/host", &[true], &[false]),
        ("/and-back", &[true, false], &[false]),
    ] {
        let (fetcher, own, other, key) = scene().await;
        let link = format!("http://files.test:{}{path}", own.port());
        fetch(&fetcher, &link, Some(&key), LIMITS).await.unwrap();
        assert_eq!((&*seen(&own), &*seen(&other)), (at_home, elsewhere), "{path}");
    }
}

#[tokio::test]
async fn a_link_to_elsewhere_gets_no_key() {
    let (fetcher, own, other, key) = scene().await;
    // Not even where the way leads home: the link is a stranger's.
    for path in ["file", "back"] {
        fetch(&fetcher, &format!("http://files.test:{}/{path}", other.port()), Some(&key), LIMITS).await.unwrap();
    }
    assert_eq!((seen(&own), seen(&other)), (vec![false], vec![false, false]));
}

#[tokio::test]
async fn a_refused_key_is_told_from_a_missing_one() {
    let (fetcher, own, _other, key) = scene().await;
    let link = format!("http://files.test:{}/401", own.port());
    assert_eq!(fetch(&fetcher, &link, Some(&key), LIMITS).await, Err(FetchError::Unauthorized));
    assert_eq!(fetch(&fetcher, &link, None, LIMITS).await, Err(FetchError::Dead { status: 401 }));
}
