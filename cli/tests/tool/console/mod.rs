//! The console, on the emulator: its router without a socket, as both hosts serve it.

mod acts;
mod doors;
mod reads;
mod screens;

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, header},
};
use http_body_util::BodyExt as _;
use ponte_console::{Claims, Issued, Loopback, behind_authorizer};
use tower::ServiceExt as _;

use crate::stack::Desk;

/// The port that the router is told it has. Nothing listens there.
pub(super) const PORT: u16 = 4711;
/// A host that the router takes for its own.
pub(super) const HOST: &str = "127.0.0.1:4711";

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: String,
    pub(super) cookie: String,
    pub(super) policy: String,
    pub(super) body: String,
}

/// A browser that was let in.
pub(super) struct Browser {
    router: Router,
    cookie: String,
    language: &'static str,
}

pub(super) async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response: Response<Body> = router.clone().oneshot(request).await.unwrap();
    let text = |name: header::HeaderName| {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let (location, cookie) = (text(header::LOCATION), text(header::SET_COOKIE));
    let (status, policy) = (response.status().as_u16(), text(header::CONTENT_SECURITY_POLICY));
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, location, cookie, policy, body: String::from_utf8(bytes.to_vec()).unwrap() }
}

/// The router on loopback, and the path that lets one browser in.
pub(super) fn loopback(desk: &Desk, age: Duration) -> (Router, String) {
    let made = Instant::now().checked_sub(age).unwrap();
    let (router, address) = Loopback::at(desk.stack.clone(), "arn:aws:iam::1:user/ana".to_owned(), PORT, made);
    (router, address.strip_prefix(&format!("http://{HOST}")).unwrap().to_owned())
}

pub(super) fn get(path: &str) -> axum::http::request::Builder {
    Request::builder().uri(path).header(header::HOST, HOST)
}

impl Browser {
    pub(super) async fn of(desk: &Desk, language: &'static str) -> Self {
        let (router, path) = loopback(desk, Duration::ZERO);
        let entered = ask(&router, get(&path).body(Body::empty()).unwrap()).await;
        assert_eq!((entered.status, entered.location.as_str()), (303, "/"));
        let cookie = entered.cookie.split(';').next().unwrap().to_owned();
        Self { router, cookie, language }
    }

    fn request(&self, path: &str) -> axum::http::request::Builder {
        get(path).header(header::COOKIE, &self.cookie).header(header::ACCEPT_LANGUAGE, self.language)
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        ask(&self.router, self.request(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form as the page has it: its own token, and these fields.
    pub(super) async fn post(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await;
        assert_eq!(shown.status, 200, "{page}: {}", shown.body);
        self.send(path, &token(&shown.body), fields).await
    }

    pub(super) async fn send(&self, path: &str, token: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.request(path).method("POST").header(header::ORIGIN, format!("http://{HOST}"));
        ask(&self.router, form(request, token, fields)).await
    }
}

/// The token of the first form of a page.
pub(super) fn token(page: &str) -> String {
    let rest = page.split_once("name=\"form_token\" value=\"").expect("a form").1;
    rest.split('"').next().unwrap().to_owned()
}

pub(super) fn form(request: axum::http::request::Builder, token: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let all = [("form_token", token)].into_iter().chain(fields.iter().copied());
    let pairs: Vec<String> = all.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(pairs.join("&"))).unwrap()
}

fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut form, byte| {
        let _ = write!(form, "%{byte:02X}");
        form
    })
}

/// Claims as an authorizer would have found them.
#[derive(Clone)]
pub(super) struct Token(pub(super) Vec<(&'static str, String)>);

impl Claims for Token {
    fn claim(&self, _: &Request<Body>, name: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    }
}

impl Token {
    /// A token that is good, of somebody with these roles.
    pub(super) fn of(roles: &str) -> Self {
        let good = [("iss", "https://id.example"), ("aud", "ponte"), ("exp", "4102444800"), ("sub", "ana")];
        let claims = good.map(|(name, value)| (name, value.to_owned())).into_iter();
        Self(claims.chain([("roles", roles.to_owned())]).collect())
    }

    pub(super) fn router(self, desk: &Desk) -> Router {
        let issued =
            Issued { issuer: "https://id.example".to_owned(), audience: "ponte".to_owned(), roles: "roles".to_owned() };
        behind_authorizer(desk.stack.clone(), issued, self)
    }
}
