//! The guard of links: whatever it lets through is public, by a reading that is not its own.
//!
//! The first byte says what the company allows. Each line is a link: the first as a message has it, the others as redirects.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ponte::{
    blip,
    fetch::{Authority, Home, MAX_URL, Policy, Target, may_carry},
    lime::is_signed,
};
use reqwest::Url;
use url::Host;

use crate::first;

/// What a company may trust: a private host on a port of its own.
const TRUSTED: &str = "files.example,http://10.0.0.7:8080,inside";

/// A link, and where it leads.
pub fn link(bytes: &[u8]) {
    let (allowed, rest) = first(bytes);
    let text = String::from_utf8_lossy(rest);
    let trusted = if allowed & 2 == 0 { "" } else { TRUSTED };
    let policy = Policy::parse(allowed & 1 == 1, trusted).expect("these can be trusted");
    let mut lines = text.split('\n');
    let link = lines.next().unwrap_or_default();
    let mut here: Option<(Target, Url)> = policy.check(link).ok().map(|target| {
        let url = Url::parse(link).expect("what was let through is a URL");
        assert!(link.len() <= MAX_URL && !link.contains(char::is_control));
        public(&url, &policy, &target);
        (target, url)
    });
    for line in lines.take(8) {
        let Some((target, url)) = &here else { break };
        here = policy.redirect(target, line).ok().map(|next| {
            let to = url.join(line).expect("what was let through is a URL");
            public(&to, &policy, &next);
            assert!(url.scheme() != "https" || to.scheme() == "https", "a redirect from https to http");
            (next, to)
        });
    }
    keys(&text);
    let _ = (is_signed(&text), blip::home_of_key(&text));
    if let Ok(policy) = Policy::parse(false, &text) {
        assert!(policy.trusted.iter().all(|to| to.port != 0 && !to.host.is_empty() && !to.host.ends_with('.')));
    }
}

fn public(url: &Url, policy: &Policy, target: &Target) {
    assert!(url.as_str().len() <= 3 * MAX_URL);
    assert!(url.username().is_empty() && url.password().is_none(), "a user name in {url}");
    let authority = Authority::of(url).expect("it is http or https");
    let is_trusted = policy.trusted.contains(&authority);
    if !is_trusted {
        assert!(url.scheme() == "https" || (policy.allow_http && url.scheme() == "http"), "{url}");
        assert!(url.port().is_none(), "an unusual port in {url}");
    }
    let literal = match url.host().expect("it has a host") {
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
        Host::Domain(name) => {
            assert!(!name.ends_with('.'), "{url}");
            assert!(is_trusted || (name.contains('.') && !name.ends_with(".localhost")), "{url}");
            // Nothing that the machine's resolver would take for an address without asking anybody.
            assert!(name.parse::<IpAddr>().is_err(), "{url}");
            let last = name.rsplit('.').next().unwrap_or_default();
            assert!(!last.bytes().all(|b| b.is_ascii_digit()), "{url}");
            None
        }
    };
    assert_eq!(literal.is_some(), target.is_address());
    if let Some(address) = literal {
        assert!(is_trusted || reaches_nobody(address).is_none(), "{url}: {:?}", reaches_nobody(address));
    }
    // Whatever a name server says.
    for address in [[127, 0, 0, 1], [169, 254, 169, 254], [10, 0, 0, 1], [0, 0, 0, 0]].map(Ipv4Addr::from) {
        let mapped = IpAddr::V6(address.to_ipv6_mapped());
        assert!(is_trusted || target.admit(&[(address, 443).into()]).is_err());
        assert!(target.admit(&[(mapped, 443).into()]).is_err());
    }
}

/// Why an address is not of the public internet, by what the standard library knows of it.
fn reaches_nobody(address: IpAddr) -> Option<&'static str> {
    let v4 = |address: Ipv4Addr| {
        [
            (address.is_private(), "private"),
            (address.is_loopback(), "loopback"),
            (address.is_link_local(), "link-local"),
            (address.is_unspecified() || address.octets()[0] == 0, "this network"),
            (address.is_broadcast() || address.octets()[0] >= 240, "reserved"),
            (address.is_multicast(), "multicast"),
            (address.is_documentation(), "documentation"),
            (address.octets()[0] == 100 && address.octets()[1] & 0xc0 == 64, "shared"),
        ]
        .into_iter()
        .find_map(|(is, why)| is.then_some(why))
    };
    let v6 = |address: Ipv6Addr| {
        let inside = [address.to_ipv4_mapped(), address.to_ipv4()].into_iter().flatten().find_map(v4);
        inside.or_else(|| {
            [
                (address.is_loopback() || address.is_unspecified(), "loopback"),
                (address.is_unique_local(), "unique local"),
                (address.is_unicast_link_local(), "link-local"),
                (address.is_multicast(), "multicast"),
                (address.segments()[0] == 0x2002 || address.segments()[..2] == [0x2001, 0], "it carries another"),
                (address.segments()[..2] == [0x64, 0xff9b], "translated"),
            ]
            .into_iter()
            .find_map(|(is, why)| is.then_some(why))
        })
    };
    match address {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => v6(address),
    }
}

/// A key goes to its own host, and to its house over https.
fn keys(text: &str) {
    let own = Authority::of(&Url::parse("https://desk.example").expect("it is a URL")).expect("it has an authority");
    let home = Home { own, domains: &["msging.net", "blip.ai"] };
    for line in text.split('\n') {
        let Ok(url) = Url::parse(line) else { continue };
        let Some(to) = Authority::of(&url) else { continue };
        if may_carry(&to, &home) {
            let host = url.host_str().unwrap_or_default();
            let is_under = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
            assert!(url.scheme() == "https" && url.port().is_none(), "{url}");
            assert!(host == "desk.example" || is_under("msging.net") || is_under("blip.ai"), "{url}");
        }
    }
}
