//! Links that must not lead anywhere, whatever would answer there.

use super::{LIMITS, Names, check_page, fetch, fetcher};
use crate::fetch::{FetchError, MAX_URL, Policy};

const PRIVATE: &str = "a private address";
const SPECIAL: &str = "an address for special purposes";
const SCHEME: &str = "neither https nor http";
const USER: &str = "a user name or password in the link";
const PORT: &str = "an unusual port";
const NO_URL: &str = "no URL";
const ODD: &str = "a control character or backslash in the link";
const INNER: &str = "a host name of this network";

/// `{port}` is that of a server on loopback, which counts who comes. A name `a.test` has the address in the next column.
#[rustfmt::skip]
const LINKS: &[(&str, &str)] = &[
    // Loopback, in all its forms.
    ("https://127.0.0.1:{port}/", PRIVATE),
    ("https://127.255.255.254/", PRIVATE),
    ("https://127.1:{port}/", PRIVATE),
    ("https://2130706433:{port}/", PRIVATE),
    ("https://0x7f000001:{port}/", PRIVATE),
    ("https://0X7F.1:{port}/", PRIVATE),
    ("https://017700000001:{port}/", PRIVATE),
    ("https://0177.0.0.01:{port}/", PRIVATE),
    ("https://127.0.0.1.:{port}/", PRIVATE),
    ("https://%31%32%37.0.0.1:{port}/", PRIVATE),
    ("https://１２７.０.０.１:{port}/", PRIVATE),
    ("https://①②⑦.⓪.⓪.①:{port}/", PRIVATE),
    ("https://127。0。0。1:{port}/", PRIVATE),
    ("https:127.0.0.1:{port}", PRIVATE),
    ("https:///127.0.0.1:{port}/", PRIVATE),
    ("https://0:{port}/", SPECIAL),
    ("https://0.0.0.0:{port}/", SPECIAL),
    ("https://[::1]:{port}/", PRIVATE),
    ("https://[::]:{port}/", SPECIAL),
    ("https://[::ffff:127.0.0.1]:{port}/", SPECIAL),
    ("https://[::ffff:7f00:1]:{port}/", SPECIAL),
    ("https://[::127.0.0.1]:{port}/", SPECIAL),
    ("https://[64:ff9b::127.0.0.1]:{port}/", SPECIAL),
    ("https://[64:ff9b:1::127.0.0.1]/", SPECIAL),
    ("https://[2002:7f00:1::]/", SPECIAL),
    ("https://[2001:0:7f00:1::]/", SPECIAL),
    // The company's network, the cloud's metadata, and what nobody has.
    ("http://169.254.169.254/latest/meta-data/", SPECIAL),
    ("http://[fd00:ec2::254]/latest/meta-data/", PRIVATE),
    ("http://2852039166/latest/meta-data/", SPECIAL),
    ("https://10.0.0.1/", PRIVATE),
    ("https://172.16.0.1/", PRIVATE),
    ("https://192.168.0.1/", PRIVATE),
    ("https://100.100.100.200/", PRIVATE),
    ("https://224.0.0.1/", SPECIAL),
    ("https://255.255.255.255/", SPECIAL),
    ("https://[fe80::1]/", SPECIAL),
    ("https://[ff02::1]/", SPECIAL),
    // Names of this network, and names that are none.
    ("https://localhost:{port}/", INNER),
    ("http://LOCALHOST/", INNER),
    ("https://a.localhost/", INNER),
    ("https://metadata/", INNER),
    ("https://localhost.:{port}/", "a host name that ends with a dot"),
    ("https://loopback.test./", "a host name that ends with a dot"),
    ("https://", NO_URL),
    ("https://256.256.256.256/", NO_URL),
    ("https://1.2.3.4.5/", NO_URL),
    ("https://0x100000000/", NO_URL),
    ("https://[::1/", NO_URL),
    ("https://[fe80::1%25eth0]/", NO_URL),
    ("https://loop back.test/", NO_URL),
    ("https://xn--a/", NO_URL),
    ("/media/1", NO_URL),
    ("", NO_URL),
    // Not the web.
    ("file:///etc/passwd", SCHEME),
    ("file:///C:/Users/x/a.png", SCHEME),
    ("data:text/plain,x", SCHEME),
    ("ftp://127.0.0.1:{port}/", SCHEME),
    ("gopher://127.0.0.1:{port}/_GET%20/", SCHEME),
    ("ws://127.0.0.1:{port}/", SCHEME),
    ("javascript:alert(1)", SCHEME),
    ("blob:https://a.test/1", SCHEME),
    ("view-source:https://a.test/", SCHEME),
    ("jar:https://a.test/x!/y", SCHEME),
    // Tricks with users, ports and characters.
    ("https://user:secret@public.test/", USER),
    ("https://msging.net@127.0.0.1:{port}/", USER),
    ("https://:secret@loopback.test/", USER),
    ("https://public.test:{port}/", PORT),
    ("http://public.test:443/", PORT),
    ("https://public.test:80/", PORT),
    ("https://public.test:22/", PORT),
    ("https://public.test:0/", PORT),
    ("https://public.test:65536/", NO_URL),
    ("https://public.test\\@127.0.0.1:{port}/", ODD),
    ("https:\\\\127.0.0.1:{port}\\", ODD),
    ("ht\ttps://127.0.0.1:{port}/", ODD),
    ("https://public.test/\r\nhost: 127.0.0.1", ODD),
];

/// Names of a hostile name server, which has an address of this server for each.
const NAMES: &[(&str, &[&str], &str)] = &[
    ("a name for 127.0.0.1", &["127.0.0.1:{port}"], PRIVATE),
    ("a name for 127.0.0.2", &["127.0.0.2:{port}"], PRIVATE),
    ("a name for ::1", &["[::1]:{port}"], PRIVATE),
    ("a name for 0.0.0.0", &["0.0.0.0:{port}"], SPECIAL),
    ("a name for ::ffff:127.0.0.1", &["[::ffff:127.0.0.1]:{port}"], SPECIAL),
    ("a name for 10.0.0.1", &["10.0.0.1"], PRIVATE),
    ("a name for 172.31.255.255", &["172.31.255.255"], PRIVATE),
    ("a name for 192.168.1.1", &["192.168.1.1"], PRIVATE),
    ("a name for 100.64.0.1", &["100.64.0.1"], PRIVATE),
    ("a name for 169.254.169.254", &["169.254.169.254"], SPECIAL),
    ("a name for fd00::1", &["fd00::1"], PRIVATE),
    ("a name for fe80::1", &["fe80::1"], SPECIAL),
    ("a name for a public address and a private one", &["1.1.1.1", "127.0.0.1:{port}"], PRIVATE),
    ("a name for a private address and a public one", &["127.0.0.1:{port}", "1.1.1.1"], PRIVATE),
];

/// The name itself is of public form, and the link names no port, so that nothing but the address condemns it.
#[tokio::test]
async fn hostile_links() {
    let forbidden = super::server::Server::forbidden("127.0.0.1:0").await;
    let port = forbidden.port().to_string();
    let mut rows = Vec::new();
    // With plain http allowed: what is refused is so for another reason.
    for (link, why) in LINKS {
        let names = Names::default()
            .with("loopback.test", &[&[&format!("127.0.0.1:{port}")]])
            .with("public.test", &[&["1.1.1.1"]]);
        let policy = Policy { allow_http: true, trusted: Vec::new() };
        let fetcher = fetcher(policy, "").with_resolver(std::sync::Arc::new(names));
        let outcome = fetch(&fetcher, &link.replace("{port}", &port), None, LIMITS).await;
        assert_eq!(outcome, Err(FetchError::Forbidden(why)), "{link}");
        let shown = link.replace("{port}", "8080").replace('\t', "(tab)").replace("\r\n", "(line break)");
        let shown = if shown.is_empty() { "(empty)".to_owned() } else { format!("`{shown}`") };
        rows.push((shown, (*why).to_owned()));
    }
    for (what, addresses, why) in NAMES {
        let addresses: Vec<_> = addresses.iter().map(|address| address.replace("{port}", &port)).collect();
        let answer: Vec<_> = addresses.iter().map(String::as_str).collect();
        for scheme in ["https", "http"] {
            let names = Names::default().with("a.test", &[&answer]);
            let policy = Policy { allow_http: true, trusted: Vec::new() };
            let fetcher = fetcher(policy, "").with_resolver(std::sync::Arc::new(names));
            let outcome = fetch(&fetcher, &format!("{scheme}://a.test/"), None, LIMITS).await;
            assert_eq!(outcome, Err(FetchError::Forbidden(why)), "{what}");
        }
        rows.push(((*what).to_owned(), (*why).to_owned()));
    }
    let fetcher = fetcher(Policy::default(), "");
    for (what, link, why) in [
        ("`http://public.test/`, unless plain http is allowed", "http://public.test/".to_owned(), "plain http"),
        ("a link of more than 4,096 bytes", format!("https://public.test/{}", "x".repeat(MAX_URL - 19)), "too long"),
    ] {
        let outcome = fetch(&fetcher, &link, None, LIMITS).await;
        assert_eq!(outcome, Err(FetchError::Forbidden(why)), "{what}");
        rows.push((what.to_owned(), why.to_owned()));
    }
    assert_eq!(forbidden.connections(), 0);
    check_page("table of links", ["link", "refused for"], &rows);
}
