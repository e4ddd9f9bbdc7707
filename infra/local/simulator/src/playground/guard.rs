//! Keeps other web pages out. A page from elsewhere can make a browser on this machine send requests to 127.0.0.1, and can give its own name
//! the address 127.0.0.1; neither may act here, nor read.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What every answer says to the browser. Nothing is loaded but from here, and nothing on the page is run but the one script.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: with it a form that is posted without script says `Origin: null`.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Lets a request through that comes from the playground's own pages or from the address bar; 403 for any other.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let mut response = match refusal(request.method(), request.headers()) {
        None => next.run(request).await,
        Some(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // A file has a stricter policy of its own.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn refusal(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    if !is_loopback(host) {
        return Some("the playground is at 127.0.0.1, and under no other name");
    }
    let own = format!("http://{host}");
    match text(header::ORIGIN) {
        Some(origin) if origin != own => Some("another page may not use the playground"),
        None if headers.contains_key(header::ORIGIN) || !method.is_safe() => {
            Some("only the playground's own page may do this")
        }
        _ => None,
    }
}

/// Whether a `Host` names this machine by itself: a name could be anybody's.
fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    ["127.0.0.1", "localhost"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &Method, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        refusal(method, &headers).is_none()
    }

    #[test]
    fn only_the_own_page_acts() {
        let own = Some("http://127.0.0.1:7000");
        assert!(check(&Method::GET, "127.0.0.1:7000", None) && check(&Method::GET, "localhost:7000", None));
        assert!(check(&Method::POST, "127.0.0.1:7000", own));
        for foreign in
            ["http://evil.example", "null", "http://127.0.0.1:7001", "https://127.0.0.1:7000", "http://localhost:7000"]
        {
            assert!(!check(&Method::POST, "127.0.0.1:7000", Some(foreign)), "{foreign}");
            assert!(!check(&Method::GET, "127.0.0.1:7000", Some(foreign)), "{foreign}");
        }
        assert!(!check(&Method::POST, "127.0.0.1:7000", None));
        for rebound in ["evil.example:7000", "127.0.0.1.evil.example", "localhost.evil.example:7000", ""] {
            assert!(!check(&Method::GET, rebound, None), "{rebound}");
            assert!(!check(&Method::POST, rebound, Some(&format!("http://{rebound}"))), "{rebound}");
        }
    }
}
