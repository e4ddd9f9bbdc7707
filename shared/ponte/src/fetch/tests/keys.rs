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
    let conversation_of_ticket = home.clone();
    let other = Server::start(move |path| match path {
        "/back" => redirects(&format!("{}/file", conversation_of_ticket.get().unwrap())),
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
        "/json" => {
            says("200 OK", "content-type: application/json\r\n", "{\"id\":5,\"Content\":\"dGhlIGZp\\nbGU=\\n\"}")
        }
        "/large" => says("200 OK", "", &format!("{{\"Content\":\"{}\"}}", "AAAA".repeat(334))),
        "/beside" => says("200 OK", "", &format!("{{\"Content\":\"\",\"x\":\"{}\"}}", "x".repeat(1_100_000))),
        "/none" => says("200 OK", "", "{\"message\":\"Not Found\"}"),
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

/// A helpdesk may hand out a file as base64 in JSON. The limit is one of the file's own bytes.
#[tokio::test]
async fn a_file_in_a_member_is_decoded() {
    let (fetcher, own, other, key) = scene().await;
    let key = key.in_member("Content");
    let get = async |path: &str| {
        let link = format!("http://files.test:{}{path}", own.port());
        fetch(&fetcher, &link, Some(&key), LIMITS).await
    };
    assert_eq!(get("/json").await.as_deref(), Ok("the file"));
    assert_eq!(get("/large").await, Err(FetchError::TooLarge { limit: 1000 }));
    assert_eq!(get("/beside").await, Err(FetchError::TooLarge { limit: 1000 }));
    assert_eq!(get("/none").await, Err(FetchError::BrokenOff));
    let link = format!("http://files.test:{}/json", own.port());
    let download = fetcher.get(&link, Some(&key), LIMITS).await.unwrap();
    assert_eq!(
        (download.mime.as_str(), download.length),
        ("application/octet-stream", None),
        "what the JSON is, says nothing"
    );
    // A stranger's file is the file.
    let link = format!("http://files.test:{}/file", other.port());
    assert_eq!(fetch(&fetcher, &link, Some(&key), LIMITS).await.as_deref(), Ok("a stranger's file"));
}
