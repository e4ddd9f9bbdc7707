//! Scheme, host and port: whom one speaks to, and so whom one may tell a secret.
//!
//! Two URLs have the same authority when all three are the same (the "origin" of RFC 6454). Hosts are as `url` writes
//! them: lower case, Punycode, addresses in their one usual form, so that they can be compared as text. Pure.

use reqwest::Url;

/// How one speaks to a host. There is no other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Https,
    Http,
}

/// Scheme, host and port of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    pub scheme: Scheme,
    /// As `url` writes it, an IPv6 address in brackets.
    pub host: String,
    /// Never 0 by itself: where the URL names none it is the scheme's.
    pub port: u16,
}

impl Authority {
    /// `None` when the URL is neither `https` nor `http`, or has no host.
    pub fn of(url: &Url) -> Option<Self> {
        let scheme = match url.scheme() {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            _ => return None,
        };
        let host = url.host_str().filter(|host| !host.is_empty())?;
        Some(Self { scheme, host: host.to_owned(), port: url.port_or_known_default()? })
    }

    /// Whether the port is the one that the scheme has by itself.
    pub fn has_usual_port(&self) -> bool {
        self.port
            == match self.scheme {
                Scheme::Https => 443,
                Scheme::Http => 80,
            }
    }
}
