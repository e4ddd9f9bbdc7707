//! Which host a key may be told to.
//!
//! Blip's key goes to Blip, the helpdesk's to the helpdesk, and neither to a host that a message or a redirect names. The
//! rule is a pure function; `client` asks it for the first request and drops the key for good at the first redirect to
//! another authority.

use reqwest::{
    Url,
    header::{HeaderName, HeaderValue},
};

mod authority;

pub use authority::{Authority, Scheme};

/// Where a key is at home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The authority of the API that the key is for, as it is configured.
    pub own: Authority,
    /// Domains of the same company: a key may go to them and to what is under them, over `https` on port 443 only.
    pub domains: &'static [&'static str],
}

/// Whether a key that is at home in `home` may be sent to `to`.
pub fn may_carry(to: &Authority, home: &Home) -> bool {
    let is_under = |domain: &str| {
        to.host == domain
            || to.host.strip_suffix(domain).is_some_and(|labels| labels.len() > 1 && labels.ends_with('.'))
    };
    let is_safe = to.scheme == Scheme::Https && to.has_usual_port();
    *to == home.own || (is_safe && home.domains.iter().any(|domain| is_under(domain)))
}

/// A key that no header can hold: it has a line break, or the header's name is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key cannot be sent in a header")]
pub struct InvalidKey;

/// A key for fetching: a header, and where it may go.
#[derive(Clone)]
pub struct Access {
    pub(crate) header: HeaderName,
    pub(crate) value: HeaderValue,
    home: Home,
    /// The member of a JSON object that holds the file as base64; `None` where the answer is the file itself.
    member: Option<&'static str>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Access(…)")
    }
}

impl Access {
    /// `value` is the whole value of the header, `Key …` or `Bearer …` included.
    pub fn new(header: &str, value: &str, home: Home) -> Result<Self, InvalidKey> {
        let header = HeaderName::try_from(header).map_err(|_| InvalidKey)?;
        let mut value = HeaderValue::try_from(value).map_err(|_| InvalidKey)?;
        value.set_sensitive(true);
        Ok(Self { header, value, home, member: None })
    }

    /// A key for the file at `url`, in `authorization`, where that is the host of the API itself, `base`. `None` for a file that lies
    /// elsewhere.
    pub fn at_home(url: &str, base: &Url, value: &str) -> Option<Self> {
        let own = Authority::of(base)?;
        let to = Authority::of(&Url::parse(url).ok()?)?;
        (to == own).then(|| Self::new("authorization", value, Home { own, domains: &[] }).ok())?
    }

    /// The same for a file that stands as base64 in this member of a JSON object.
    #[must_use]
    pub fn in_member(self, member: &'static str) -> Self {
        Self { member: Some(member), ..self }
    }

    /// The member that the file at `to` stands in.
    pub(crate) fn member_at(&self, to: &Authority) -> Option<&'static str> {
        self.member.filter(|_| self.may_go_to(to))
    }

    /// Whether the key may be sent to this authority (scheme, host and port): the API that it is for, or a domain of the same company.
    pub fn may_go_to(&self, to: &Authority) -> bool {
        may_carry(to, &self.home)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(url: &str) -> Authority {
        Authority::of(&Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn a_key_stays_in_its_house() {
        let home = Home { own: authority("http://127.0.0.1:8080/x"), domains: &["msging.net", "blip.ai"] };
        for (url, expected) in [
            ("https://msging.net/", true),
            ("https://org.http.msging.net/media/download/1", true),
            ("https://blipmediastore.blip.ai/secure-medias/1", true),
            ("HTTPS://ORG.MSGING.NET:443/", true),
            ("http://127.0.0.1:8080/media", true),
            ("http://127.0.0.1:8081/media", false),
            ("https://127.0.0.1:8080/media", false),
            ("http://org.msging.net/", false),
            ("http://org.msging.net:443/", false),
            ("https://org.msging.net:8443/", false),
            ("https://evilmsging.net/", false),
            ("https://msging.net.evil.example/", false),
            ("https://msging.net./", false),
            ("https://.msging.net/", false),
            ("https://evil.example/?msging.net", false),
            ("https://evil.example/.msging.net", false),
            ("https://msging.net@evil.example/", false),
            ("https://blipmediastore.blob.core.windows.net/", false),
            ("https://mşging.net/", false),
        ] {
            assert_eq!(may_carry(&authority(url), &home), expected, "{url}");
        }
    }

    #[test]
    fn a_helpdesks_key_goes_to_its_own_host_only() {
        let home = Home { own: authority("https://desk.example/api"), domains: &[] };
        for (url, expected) in [
            ("https://desk.example/files/1", true),
            ("https://files.desk.example/1", false),
            ("https://desk.example:8443/1", false),
            ("http://desk.example/1", false),
            ("https://msging.net/", false),
        ] {
            assert_eq!(may_carry(&authority(url), &home), expected, "{url}");
        }
    }

    #[test]
    fn a_key_is_never_shown() {
        let home = Home { own: authority("https://desk.example"), domains: &[] };
        let access = Access::new("authorization", "Key secret", home.clone()).unwrap();
        assert_eq!(format!("{access:?} {:?}", access.value), "Access(…) Sensitive");
        assert!(Access::new("authorization", "a\r\nb: c", home.clone()).is_err());
        assert!(Access::new("no header", "a", home).is_err());
    }
}
