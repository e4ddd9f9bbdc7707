//! The one place where HTTP clients are made, and what an answer of the other side means.
//!
//! Redirects are not followed: a key must not travel to another host. Roots are compiled in, since scanning the
//! system's costs a cold start ten times what the rest of it does. Proxies of the environment are not used.

use std::{sync::Arc, time::Duration};

use reqwest::{ClientBuilder, StatusCode};

use crate::failure::Failure;

mod client;

pub use client::Client;
#[cfg(feature = "aws")]
pub(crate) use client::Stops;

/// Connecting takes at most this long.
pub(crate) const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// A call takes at most this long, where the caller does not say less: a worker whose time limit is at its smallest,
/// 10 s, can still write down what one call did. What a function that was stopped had done, and not written, is looked
/// up or recognised by its idempotency key.
const CALL_LIMIT: Duration = Duration::from_secs(8);

/// A company's own authorities as PEM. `sam deploy` asks for parameters a line at a time, so blanks may stand for the line breaks, and in
/// stacks of the release before a backslash and an n.
pub fn pem(parameter: &str) -> String {
    let parameter = parameter.replace("\\n", "\n");
    let mut lines = Vec::new();
    for piece in parameter.split("-----").map(str::trim).filter(|piece| !piece.is_empty()) {
        if piece.starts_with("BEGIN ") || piece.starts_with("END ") {
            lines.push(format!("-----{piece}-----"));
        } else {
            lines.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// The client for Blip and the helpdesk. `extra_root` is a company's own authority, in PEM; empty means none.
pub fn client(extra_root: &str) -> Result<Client, String> {
    Client::new(extra_root)
}

/// Whom we trust: the compiled-in roots, and `extra_root` as for [`client`].
pub(crate) fn tls(extra_root: &str) -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in rustls::pki_types::pem::PemObject::pem_slice_iter(pem(extra_root).as_bytes()) {
        let certificate: rustls::pki_types::CertificateDer<'_> =
            certificate.map_err(|error| format!("ExtraRootCertificate is not PEM: {error}"))?;
        roots.add(certificate).map_err(|error| format!("ExtraRootCertificate is no certificate: {error}"))?;
    }
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// What all our clients have in common: no redirects, no proxy, no cookies, a limit for connecting. `fetch` adds to it what
/// a stranger's link needs.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn builder(tls: rustls::ClientConfig) -> ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_LIMIT)
        .user_agent(concat!("Ponte/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
}

/// Whose answer it is: the word for it in a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherSide {
    Blip,
    Helpdesk,
}

/// A call without a whole answer: nothing was sent when the connection failed, else the result is unknown. [`Client`] knows
/// more of one whose connection broke at once.
pub fn failure_of(error: &reqwest::Error) -> Failure {
    if error.is_connect() || error.is_builder() {
        Failure::later("no connection")
    } else if error.is_timeout() {
        Failure::Unknown { why: "no answer in time" }
    } else {
        Failure::Unknown { why: "the response was cut off" }
    }
}

/// The `Retry-After` of an answer: seconds, or a date (RFC 9110, 10.2.3).
pub fn retry_after(answer: &reqwest::Response) -> Option<Duration> {
    let header = |name| answer.headers().get(name)?.to_str().ok().map(str::trim);
    wait_of(header("retry-after")?, header("date"))
}

/// A date is counted from the answer's own: so the clocks need not agree. One without is not believed.
fn wait_of(asked: &str, answered_at: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(asked).ok()?;
    let from = httpdate::parse_http_date(answered_at?).ok()?;
    // What is past already asks for no wait.
    Some(until.duration_since(from).unwrap_or_default())
}

/// A reason with the status in it, of those that are known: the reasons of failures are fixed text.
macro_rules! with_status {
    ($status:expr, $blip:literal, $helpdesk:literal, [$($known:literal)*]) => {
        match $status {
            $($known => (concat!($blip, " (", $known, ")"), concat!($helpdesk, " (", $known, ")")),)*
            _ => ($blip, $helpdesk),
        }
    };
}

/// What a status means for one message.
///
/// | status | meaning |
/// |---|---|
/// | 2xx | done |
/// | 401, 403 | the key is wrong |
/// | 410 | the ticket is gone (a 404 is a wrong address more often than a ticket: it is tried again) |
/// | 400, 413, 415, 422 | this message is refused |
/// | 429 | later, as `Retry-After` says: too many requests |
/// | 503 | later, as `Retry-After` says: an outage |
/// | 3xx | later: the address is another one, and a signed request goes to no other |
/// | other 5xx | the result is unknown |
/// | the rest | later |
pub fn check(status: StatusCode, side: OtherSide, answer: &reqwest::Response) -> Result<(), Failure> {
    let words = |(blip, helpdesk)| match side {
        OtherSide::Blip => blip,
        OtherSide::Helpdesk => helpdesk,
    };
    let status = status.as_u16();
    match status {
        200..300 => Ok(()),
        401 | 403 => {
            let why = with_status!(status, "Blip refuses the key", "the helpdesk refuses the key", [401 403]);
            Err(Failure::Unauthorized { why: words(why) })
        }
        410 => Err(Failure::Gone),
        400 | 413 | 415 | 422 => {
            let why = ("Blip refuses the message", "the helpdesk refuses the message");
            Err(Failure::Refused { why: words(why), status })
        }
        429 => {
            let why = ("Blip asks to wait (429)", "the helpdesk asks to wait (429)");
            Err(Failure::Later { after: retry_after(answer), why: words(why) })
        }
        503 => {
            let why = ("Blip is not available (503)", "the helpdesk is not available (503)");
            Err(Failure::Later { after: retry_after(answer), why: words(why) })
        }
        300..400 => {
            let why = with_status!(
                status,
                "Blip redirects to another address",
                "the helpdesk redirects to another address",
                [300 301 302 303 304 307 308]
            );
            Err(Failure::later(words(why)))
        }
        500.. => {
            // The last of them are Cloudflare's, which many helpdesks stand behind.
            let known = with_status!(
                status,
                "Blip fails",
                "the helpdesk fails",
                [500 501 502 504 505 507 508 511 520 521 522 523 524 525 526 527 530]
            );
            Err(Failure::Unknown { why: words(known) })
        }
        _ => {
            let known = with_status!(
                status,
                "unexpected response from Blip",
                "unexpected response from the helpdesk",
                [402 404 405 406 407 408 409 411 412 414 418 423 424 425 426 431 451]
            );
            Err(Failure::later(words(known)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let date = Some("Sat, 21 Nov 2026 12:00:00 GMT");
        let seconds = |asked, date| wait_of(asked, date).map(|wait| wait.as_secs());
        assert_eq!(seconds("17", None), Some(17));
        assert_eq!(seconds("Sat, 21 Nov 2026 12:02:30 GMT", date), Some(150));
        assert_eq!(seconds("Sat, 21 Nov 2026 11:00:00 GMT", date), Some(0));
        for nonsense in ["", "-1", "soon", "Sat, 99 Nov 2026 12:02:30 GMT", "99999999999999999999"] {
            assert_eq!(seconds(nonsense, date), None, "{nonsense}");
        }
        assert_eq!(seconds("Sat, 21 Nov 2026 12:02:30 GMT", None), None);
        assert_eq!(seconds("Sat, 21 Nov 2026 12:02:30 GMT", Some("today")), None);
    }

    #[test]
    fn an_extra_root_may_be_one_line() {
        let roots = include_str!("lambda/amazon-roots.pem");
        assert!(client(roots).is_ok());
        assert_eq!(pem(roots), roots);
        for one_line in [roots.replace('\n', "\\n"), roots.replace('\n', " ")] {
            assert_eq!(pem(&one_line), roots);
            assert!(client(&one_line).is_ok());
        }
        assert!(client("").is_ok());
        assert!(client("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----").is_err());
    }
}
