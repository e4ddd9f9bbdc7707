//! Hosts that may be asked, and what they answer: hostile, clumsy or good.

use std::{sync::Arc, time::Duration};

use super::{
    LIMITS, Names, check_page, fetch, fetcher,
    server::{Server, Step, redirects, says},
};
use crate::fetch::{
    FetchError::{self, BrokenOff, Dead, Encoded, Forbidden, TooLarge, TooManyRedirects, TooSlow, Unavailable},
    Fetcher, Limits, Policy,
};

const HEAD: &str = "HTTP/1.1 200 OK\r\n";

fn raw(text: &str) -> Vec<Step> {
    vec![Step::Say(text.to_owned())]
}

/// What the server says for a path; `{forbidden}` is a port that nobody may knock at.
fn answer(path: &str, forbidden: u16) -> Vec<Step> {
    let long = Duration::from_secs(30);
    let moment = Duration::from_millis(100);
    match path {
        "/file" => says("200 OK", "content-type: text/plain\r\n", "the file"),
        "/empty" => says("200 OK", "", ""),
        "/chunked" => raw(&format!("{HEAD}transfer-encoding: chunked\r\n\r\n4\r\nthe \r\n4\r\nfile\r\n0\r\n\r\n")),
        "/close" => raw(&format!("{HEAD}\r\nthe file")),
        "/identity" => says("200 OK", "content-encoding: identity\r\n", "the file"),
        "/1" => redirects("/2"),
        "/2" => redirects("3?a=b"),
        "/3?a=b" => says("307 Temporary Redirect", "location: file\r\n", ""),
        "/0" => redirects("/1"),
        "/loop" => redirects("/loop"),
        "/to-loopback" => redirects(&format!("http://127.0.0.1:{forbidden}/")),
        "/to-localhost" => redirects(&format!("http://localhost:{forbidden}/")),
        "/to-slashes" => redirects(&format!("//127.0.0.1:{forbidden}/")),
        "/to-number" => redirects(&format!("http://2130706433:{forbidden}/")),
        "/to-name" => redirects("https://loopback.test/"),
        "/to-metadata" => redirects("http://169.254.169.254/latest/meta-data/"),
        "/to-file" => redirects("file:///etc/passwd"),
        "/to-user" => redirects("http://me:secret@files.test/file"),
        "/to-port" => redirects(&format!("http://files.test:{forbidden}/")),
        "/to-tab" => redirects(&format!("ht\ttp://127.0.0.1:{forbidden}/")),
        "/to-long" => redirects(&format!("/{}", "x".repeat(5000))),
        "/to-nothing" => says("302 Found", "", ""),
        "/refresh" => {
            let refresh = format!("refresh: 0; url=http://127.0.0.1:{forbidden}/\r\n");
            says("200 OK", &refresh, "the file")
        }
        "/silent" => vec![Step::Wait(long)],
        "/slow-headers" => vec![Step::Say(HEAD.to_owned()), Step::Drip("x: y\r\n", moment)],
        "/slow-body" => vec![Step::Say(format!("{HEAD}content-length: 8\r\n\r\nthe ")), Step::Wait(long)],
        "/drip" => vec![Step::Say(format!("{HEAD}content-length: 900\r\n\r\n")), Step::Drip("x", moment)],
        "/endless" => vec![Step::Say(format!("{HEAD}\r\n")), Step::Drip("xxxxxxxxxxxxxxxxxxxx", Duration::ZERO)],
        "/endless-chunks" => vec![
            Step::Say(format!("{HEAD}transfer-encoding: chunked\r\n\r\n")),
            Step::Drip("a\r\nxxxxxxxxxx\r\n", Duration::ZERO),
        ],
        "/large" => says("200 OK", "", &"x".repeat(1001)),
        "/exact" => says("200 OK", "", &"x".repeat(1000)),
        "/huge" => raw(&format!("{HEAD}content-length: 99999999999999999\r\n\r\nx")),
        "/short" => raw(&format!("{HEAD}content-length: 900\r\n\r\nthe file")),
        "/long" => raw(&format!("{HEAD}content-length: 8\r\n\r\nthe file and a second one")),
        "/two-lengths" => raw(&format!("{HEAD}content-length: 8\r\ncontent-length: 9\r\n\r\nthe file")),
        "/minus" => raw(&format!("{HEAD}content-length: -1\r\n\r\nthe file")),
        "/cut-chunk" => raw(&format!("{HEAD}transfer-encoding: chunked\r\n\r\nff\r\nthe file")),
        "/gzip" => says("200 OK", "content-encoding: gzip\r\n", "bomb"),
        "/twice" => says("200 OK", "content-encoding: identity, br\r\n", "bomb"),
        "/transfer" => raw(&format!("{HEAD}transfer-encoding: gzip, chunked\r\n\r\n4\r\nbomb\r\n0\r\n\r\n")),
        "/hang-up" => Vec::new(),
        "/no-http" => raw("220 mail.test ESMTP\r\n"),
        "/no-body" => raw("HTTP/1.1 204 No Content\r\n\r\n"),
        "/part" => says("206 Partial Content", "", "the"),
        "/401" => says("401 Unauthorized", "", ""),
        "/403" => says("403 Forbidden", "", ""),
        "/404" => says("404 Not Found", "", ""),
        "/410" => says("410 Gone", "", ""),
        "/429" => says("429 Too Many Requests", "", ""),
        "/503" => says("503 Service Unavailable", "", ""),
        "/many-headers" => raw(&format!("{HEAD}{}\r\nthe file", "x: y\r\n".repeat(1000))),
        "/large-header" => raw(&format!("{HEAD}x: {}\r\n\r\nthe file", "y".repeat(1 << 20))),
        other => panic!("{other}"),
    }
}

type Row = (&'static str, &'static str, Result<&'static str, FetchError>);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("a file", "/file", Ok("the file")),
    ("a file in chunks, without a length", "/chunked", Ok("the file")),
    ("a file that ends with the connection", "/close", Ok("the file")),
    ("a file of exactly the limit", "/exact", Ok("xxx…")),
    ("an empty file", "/empty", Ok("")),
    ("`Content-Encoding: identity`", "/identity", Ok("the file")),
    ("three redirects within the host, relative ones among them", "/1", Ok("the file")),
    ("`Refresh` to another address (no redirect)", "/refresh", Ok("the file")),
    ("more than `Content-Length` says (the rest is not read)", "/long", Ok("the file")),
    ("four redirects", "/0", Err(TooManyRedirects)),
    ("a redirect to itself", "/loop", Err(TooManyRedirects)),
    ("a redirect to loopback", "/to-loopback", Err(Forbidden("a private address"))),
    ("a redirect to `localhost`", "/to-localhost", Err(Forbidden("a host name of this network"))),
    ("a redirect to `//` and an address", "/to-slashes", Err(Forbidden("a private address"))),
    ("a redirect to an address as one number", "/to-number", Err(Forbidden("a private address"))),
    ("a redirect to a name for loopback", "/to-name", Err(Forbidden("a private address"))),
    ("a redirect to the cloud's metadata", "/to-metadata", Err(Forbidden("an address for special purposes"))),
    ("a redirect to `file:`", "/to-file", Err(Forbidden("neither https nor http"))),
    ("a redirect with a user and password", "/to-user", Err(Forbidden("a user name or password in the link"))),
    ("a redirect to another port of a trusted host", "/to-port", Err(Forbidden("plain http"))),
    ("a redirect with a tab in its scheme", "/to-tab", Err(Forbidden("a control character or backslash in the link"))),
    ("a redirect of 5,000 bytes", "/to-long", Err(Forbidden("too long"))),
    ("a redirect to nowhere", "/to-nothing", Err(Dead { status: 302 })),
    ("no answer", "/silent", Err(TooSlow)),
    ("headers that drip for ever", "/slow-headers", Err(TooSlow)),
    ("a body that stops, the connection open", "/slow-body", Err(TooSlow)),
    ("a body that drips past the caller's time", "/drip", Err(TooSlow)),
    ("1,000 headers", "/many-headers", Err(BrokenOff)),
    ("a header of 1 MB", "/large-header", Err(BrokenOff)),
    ("a body without end", "/endless", Err(TooLarge { limit: 1000 })),
    ("chunks without end", "/endless-chunks", Err(TooLarge { limit: 1000 })),
    ("one byte too many", "/large", Err(TooLarge { limit: 1000 })),
    ("`Content-Length: 99999999999999999`", "/huge", Err(TooLarge { limit: 1000 })),
    ("less than `Content-Length` says", "/short", Err(BrokenOff)),
    ("two different `Content-Length`", "/two-lengths", Err(BrokenOff)),
    ("`Content-Length: -1`", "/minus", Err(BrokenOff)),
    ("a chunk that is cut off", "/cut-chunk", Err(BrokenOff)),
    ("`Content-Encoding: gzip`", "/gzip", Err(Encoded)),
    ("`Content-Encoding: identity, br`", "/twice", Err(Encoded)),
    ("`Transfer-Encoding: gzip, chunked`", "/transfer", Err(Encoded)),
    ("a connection that is closed at once", "/hang-up", Err(BrokenOff)),
    ("a mail server", "/no-http", Err(BrokenOff)),
    ("no body (204)", "/no-body", Err(Dead { status: 204 })),
    ("a part that nobody asked for (206)", "/part", Err(Dead { status: 206 })),
    ("401 without a key", "/401", Err(Dead { status: 401 })),
    ("403 (an expired link of Blip)", "/403", Err(Dead { status: 403 })),
    ("404", "/404", Err(Dead { status: 404 })),
    ("410", "/410", Err(Dead { status: 410 })),
    ("429", "/429", Err(Unavailable { status: 429 })),
    ("503", "/503", Err(Unavailable { status: 503 })),
];

/// A trusted host `files.test`, a name for loopback, and somebody who counts.
async fn scene() -> (Fetcher, Server, Server) {
    let forbidden = Server::forbidden("127.0.0.1:0").await;
    let port = forbidden.port();
    let server = Server::start(move |path| answer(path, port)).await;
    let names = Names::default()
        .with("files.test", &[&[&server.address.to_string()]])
        .with("loopback.test", &[&[&forbidden.address.to_string()]]);
    let policy = Policy::parse(false, &format!("http://files.test:{}", server.port())).unwrap();
    (fetcher(policy, "").with_resolver(Arc::new(names)), server, forbidden)
}

#[tokio::test]
async fn what_hosts_answer() {
    let (fetcher, server, forbidden) = scene().await;
    let mut rows = Vec::new();
    for (what, path, expected) in ROWS {
        let time = if *path == "/drip" { Duration::from_secs(1) } else { LIMITS.time };
        let link = format!("http://files.test:{}{path}", server.port());
        let started = std::time::Instant::now();
        let outcome = fetch(&fetcher, &link, None, Limits { time, ..LIMITS }).await;
        assert!(started.elapsed() < LIMITS.time / 2, "{what}");
        let outcome = outcome.map(|file| file.replace(&"x".repeat(1000), "xxx…"));
        assert_eq!(outcome.as_deref(), expected.as_ref().copied(), "{what}");
        let becomes = match expected {
            Ok(_) => "fetched".to_owned(),
            Err(error) => format!("{error}; {}", if error.is_retryable() { "again later" } else { "not again" }),
        };
        rows.push(((*what).to_owned(), becomes));
    }
    assert_eq!(forbidden.connections(), 0);
    check_page("table of answers", ["answer", "what becomes of it"], &rows);
}

#[tokio::test]
async fn what_a_file_is_called() {
    let server = Server::start(|_| {
        let headers = "content-type: Image/PNG; a=b\r\ncontent-disposition: inline; filename=\"../a.png\"\r\n";
        says("200 OK", headers, "the file")
    });
    let server = server.await;
    let policy = Policy::parse(false, &format!("http://127.0.0.1:{}", server.port())).unwrap();
    let link = format!("http://127.0.0.1:{}/secret?sig=1", server.port());
    let download = fetcher(policy, "").get(&link, None, LIMITS).await.unwrap();
    assert_eq!((download.mime.as_str(), download.length), ("image/png", Some(8)));
    assert_eq!((download.name.as_deref(), download.final_host.as_str()), (Some("a.png"), "127.0.0.1"));
    let shown = format!("{download:?}");
    assert!(!shown.contains("secret") && !shown.contains("127.0.0.1"), "{shown}");
    let heads = server.heads();
    assert!(heads[0].contains("accept-encoding: identity\r\n") && !heads[0].contains("cookie"), "{heads:?}");
}

#[tokio::test]
async fn tls_is_checked_and_never_left() {
    let plain = Server::start(|_| says("200 OK", "", "the file")).await;
    let port = plain.port();
    let (server, root) = Server::tls("files.test", move |path| match path {
        "/file" => says("200 OK", "", "the file"),
        _ => redirects(&format!("http://plain.test:{port}/")),
    })
    .await;
    let address = server.address.to_string();
    let names = || {
        let names = Names::default().with("files.test", &[&[&address]]).with("other.test", &[&[&address]]);
        Arc::new(names.with("plain.test", &[&[&plain.address.to_string()]]))
    };
    let port = server.port();
    let trusted = format!("files.test:{port}, other.test:{port}, http://plain.test:{}", plain.port());
    let policy = Policy::parse(false, &trusted).unwrap();
    let trusting = fetcher(policy.clone(), &root).with_resolver(names());
    let get = async |fetcher: &Fetcher, link: &str| fetch(fetcher, link, None, LIMITS).await;
    let link = format!("https://files.test:{port}/file");
    assert_eq!(get(&trusting, &link).await.as_deref(), Ok("the file"));
    assert_eq!(get(&fetcher(policy, "").with_resolver(names()), &link).await, Err(FetchError::Unreachable));
    let other = get(&trusting, &format!("https://other.test:{port}/file")).await;
    assert_eq!(other, Err(FetchError::Unreachable), "a certificate of another name");
    let down = get(&trusting, &format!("https://files.test:{port}/down")).await;
    assert_eq!(down, Err(Forbidden("a redirect from https to http")));
    assert_eq!(plain.connections(), 0);
}

#[tokio::test]
async fn the_time_is_for_all_of_it() {
    let (fetcher, server, _forbidden) = scene().await;
    let started = std::time::Instant::now();
    let limits = Limits { time: Duration::from_millis(50), ..LIMITS };
    let outcome = fetch(&fetcher, &format!("http://files.test:{}/silent", server.port()), None, limits).await;
    assert_eq!(outcome, Err(TooSlow));
    assert!(started.elapsed() < Duration::from_secs(1));
    let limits = Limits { time: Duration::MAX, ..LIMITS };
    let outcome = fetch(&fetcher, &format!("http://files.test:{}/file", server.port()), None, limits).await;
    assert_eq!(outcome.as_deref(), Ok("the file"));
}
