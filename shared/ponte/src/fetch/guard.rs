//! May this link be fetched at all? Decided from its text, and then from the addresses that its host has.
//!
//! Pure: no resolver, no clock. The same guard is asked for the link of a message and for every redirect. It never repairs
//! a link: what is not plainly allowed is refused, and whoever sent it still sees the link itself. There is one parser,
//! `url` (the WHATWG standard), and the parsed form is what is fetched, so no two readers can disagree about the host.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;
use url::Host;

use super::{
    Authority, FetchError, Scheme,
    address::{Network, network},
};

/// Longer links are not fetched, in bytes. A presigned link of S3 with a session's token has about 2,000.
pub const MAX_URL: usize = 4096;

/// An entry of `TrustedFileHosts` that cannot be read. It names the entry: that is the company's own, not a customer's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("TrustedFileHosts: `{0}` is no host, host:port or http://host:port that can be fetched from")]
pub struct InvalidHost(pub String);

/// What may be fetched, beside `https` on port 443 of a public address, which always may.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether plain `http` on port 80 of a public address may, too.
    pub allow_http: bool,
    /// Hosts of the company's own: exactly this scheme, host and port, although the address is private.
    pub trusted: Vec<Authority>,
}

impl Policy {
    /// `hosts` is the parameter `TrustedFileHosts`: entries separated by commas, each `host`, `host:port` (both `https`) or
    /// `http://host:port`. No wildcards and no paths.
    pub fn parse(allow_http: bool, hosts: &str) -> Result<Self, InvalidHost> {
        let entries = hosts.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let trusted = entries.map(|entry| trusted(entry).ok_or_else(|| InvalidHost(entry.to_owned())));
        Ok(Self { allow_http, trusted: trusted.collect::<Result<_, _>>()? })
    }

    /// Whether the text of a link, as a message has it, names something that may be fetched.
    pub fn check(&self, link: &str) -> Result<Target, FetchError> {
        plain(link)?;
        self.check_url(Url::parse(link).map_err(|_| FetchError::Forbidden("no URL"))?)
    }

    /// The same for a redirect's `Location`, relative or not. What began as `https` stays `https`, even towards a trusted
    /// host: the file could otherwise be read and changed on its way.
    pub fn redirect(&self, from: &Target, location: &str) -> Result<Target, FetchError> {
        plain(location)?;
        let url = from.url.join(location).map_err(|_| FetchError::Forbidden("no URL"))?;
        plain(url.as_str())?;
        let target = self.check_url(url)?;
        if from.authority.scheme == Scheme::Https && target.authority.scheme == Scheme::Http {
            return Err(FetchError::Forbidden("a redirect from https to http"));
        }
        Ok(target)
    }

    fn check_url(&self, url: Url) -> Result<Target, FetchError> {
        let forbidden = |why| Err(FetchError::Forbidden(why));
        let Some(authority) = Authority::of(&url) else { return forbidden("neither https nor http") };
        if !url.username().is_empty() || url.password().is_some() {
            return forbidden("a user name or password in the link");
        }
        let target = Target {
            trusted: self.trusted.contains(&authority),
            literal: match url.host() {
                Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
                Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
                _ => None,
            },
            url,
            authority,
        };
        match target.literal {
            Some(address) => target.admit_address(address)?,
            None => target.admit_name()?,
        }
        if !target.trusted {
            if target.authority.scheme == Scheme::Http && !self.allow_http {
                return forbidden("plain http");
            }
            // A stranger's link must not make a function knock at any port of any host: the company's address may be let
            // in where the stranger's is not. Chat media on another port are rare; such a host can be trusted by name.
            if !target.authority.has_usual_port() {
                return forbidden("an unusual port");
            }
        }
        Ok(target)
    }
}

/// One entry of `TrustedFileHosts`.
fn trusted(entry: &str) -> Option<Authority> {
    let url = if entry.contains("://") { entry.to_owned() } else { format!("https://{entry}") };
    let url = Url::parse(&url).ok()?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_reachable = match url.host()? {
        Host::Domain(name) => !name.ends_with('.') && !name.contains('*'),
        Host::Ipv4(address) => network(address.into()) != Network::Special,
        Host::Ipv6(address) => network(address.into()) != Network::Special,
    };
    let is_plain = !entry.contains(['@', '\\']) && plain(entry).is_ok();
    Authority::of(&url).filter(|authority| is_bare && is_reachable && is_plain && authority.port != 0)
}

/// What no honest link has, and a parser would silently drop or turn into something else.
fn plain(link: &str) -> Result<(), FetchError> {
    if link.len() > MAX_URL {
        return Err(FetchError::Forbidden("too long"));
    }
    if link.contains(|c: char| c.is_control() || c == '\\') {
        return Err(FetchError::Forbidden("a control character or backslash in the link"));
    }
    Ok(())
}

/// A link that may be fetched, provided that its host's addresses may.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    pub(super) url: Url,
    pub(super) authority: Authority,
    trusted: bool,
    /// The address, where the host is one: it never reaches a resolver.
    literal: Option<IpAddr>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Target(…)")
    }
}

impl Target {
    /// Whether the host is an address and no name.
    pub fn is_address(&self) -> bool {
        self.literal.is_some()
    }

    /// Whether all addresses of the host may be connected to. One that may not condemns all of them: whoever answers with
    /// a public and a private address means no good.
    pub fn admit(&self, resolved: &[SocketAddr]) -> Result<(), FetchError> {
        if resolved.is_empty() {
            return Err(FetchError::Unreachable);
        }
        resolved.iter().try_for_each(|address| self.admit_address(address.ip()))
    }

    fn admit_address(&self, address: IpAddr) -> Result<(), FetchError> {
        match network(address) {
            Network::Public => Ok(()),
            Network::Own if self.trusted => Ok(()),
            Network::Own => Err(FetchError::Forbidden("a private address")),
            Network::Special => Err(FetchError::Forbidden("an address for special purposes")),
        }
    }

    fn admit_name(&self) -> Result<(), FetchError> {
        let name = self.authority.host.as_str();
        if name.ends_with('.') {
            // The same host under a second name: it would slip past every comparison of names.
            Err(FetchError::Forbidden("a host name that ends with a dot"))
        } else if !self.trusted && (!name.contains('.') || name.ends_with(".localhost")) {
            // `localhost`, and names that the resolver completes with the network's own domain.
            Err(FetchError::Forbidden("a host name of this network"))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trusted_hosts_are_read() {
        let policy =
            Policy::parse(false, " files.example , files.example:8443,http://10.0.0.7:8080,,[fd00::1]:444").unwrap();
        let authority = |scheme, host: &str, port| Authority { scheme, host: host.to_owned(), port };
        assert_eq!(
            policy.trusted,
            [
                authority(Scheme::Https, "files.example", 443),
                authority(Scheme::Https, "files.example", 8443),
                authority(Scheme::Http, "10.0.0.7", 8080),
                authority(Scheme::Https, "[fd00::1]", 444),
            ]
        );
        assert_eq!(Policy::parse(false, "").unwrap(), Policy::default());
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_named() {
        for entry in [
            "files.example/path",
            "files.example?x",
            "files.example#x",
            "me@files.example",
            "*.example",
            "ftp://files.example",
            "files.example:0",
            "files.example:99999",
            "files.example.",
            "169.254.169.254",
            "http://[fe80::1]:80",
            "two words",
            "https://",
        ] {
            assert_eq!(Policy::parse(false, &format!("a.example,{entry}")), Err(InvalidHost(entry.to_owned())));
        }
    }

    #[test]
    fn a_trusted_host_may_be_private_but_never_special() {
        let target = Policy::parse(false, "files.example").unwrap().check("https://files.example/a").unwrap();
        for (address, is_admitted) in
            [("10.0.0.1", true), ("127.0.0.1", true), ("fd00::1", true), ("169.254.169.254", false), ("fe80::1", false)]
        {
            assert_eq!(target.admit(&[SocketAddr::new(address.parse().unwrap(), 0)]).is_ok(), is_admitted, "{address}");
        }
        assert_eq!(target.admit(&[]), Err(FetchError::Unreachable));
    }

    #[test]
    fn a_redirect_is_as_short_as_a_link() {
        let policy = Policy::default();
        let from = policy.check(&format!("https://a.example/{}/", "x".repeat(3000))).unwrap();
        assert!(policy.redirect(&from, "y").is_ok());
        assert_eq!(policy.redirect(&from, &"y".repeat(2000)), Err(FetchError::Forbidden("too long")));
    }

    #[test]
    fn what_is_allowed() {
        let policy = Policy::parse(true, "http://files.example:8080,inside").unwrap();
        for link in [
            "https://a.example/x?sig=1#page",
            "HTTPS://A.EXAMPLE:443/",
            "https://1.1.1.1/",
            "https://[2606:4700::1]/",
            "https://ação.example/é",
            "http://a.example/",
            "http://files.example:8080/",
            "https://inside/",
        ] {
            assert!(policy.check(link).is_ok(), "{link}");
        }
        // Exactly what was trusted: no other port and no other scheme.
        for link in ["http://files.example:8081/", "https://files.example:8080/", "http://inside/"] {
            assert!(policy.check(link).is_err(), "{link}");
        }
        assert_eq!(format!("{:?}", policy.check("https://a.example/secret").unwrap()), "Target(…)");
    }
}
