//! The console as a function, behind the JWT authorizer of an HTTP API.
//!
//! API Gateway checks the token: signature, issuer, audience, times. What it found in it comes as claims, and only as those: a header that says the
//! same is not looked at. Which roles somebody has is one claim, a list of names.
//!
//! A claim is checked again as far as it can be (issuer, audience, expiry): an emulator, or an API whose authorizer somebody took away, hands on
//! what nobody checked.

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use operations::Stack;
use ponte::{
    clock::{Clock, SystemClock},
    hash::HashKey,
};

use crate::{Console, access::Role, assets, language::Language, operator::Operator, page::refusal};

/// What a token must say.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The parameter `ConsoleIssuer`.
    pub issuer: String,
    /// The parameter `ConsoleAudience`.
    pub audience: String,
    /// The claim with the roles.
    pub roles: String,
}

/// The claims of a token that API Gateway checked: each as text, a list in brackets.
pub trait Claims: Clone + Send + Sync + 'static {
    /// The claim of this name in the request's context. `None` without an authorizer, or without the claim.
    fn claim(&self, request: &Request, name: &str) -> Option<String>;
}

#[derive(Clone)]
struct Door<C> {
    issued: Issued,
    claims: C,
    key: std::sync::Arc<HashKey>,
}

impl<C: Claims> Door<C> {
    /// Whoever the claims say it is.
    fn operator(&self, request: &Request) -> Option<Operator> {
        let claim = |name: &str| self.claims.claim(request, name);
        let who = signed_in(claim, &self.issued, SystemClock.now().seconds())?;
        let roles = list(&claim(&self.issued.roles).unwrap_or_default()).filter_map(Role::named).collect();
        Some(Operator::new(who, roles, "authorizer", &self.key))
    }
}

/// The router of the function.
pub fn behind_authorizer<C: Claims>(stack: Stack, issued: Issued, claims: C) -> Router {
    // The same in each instance of the function, and nobody else's.
    let key = HashKey::new(stack.key.hex(&["console-forms"]).as_bytes());
    let console = Console::new(stack, key);
    let door = Door { issued, claims, key: std::sync::Arc::clone(&console.key) };
    crate::screens(console).layer(axum::middleware::from_fn_with_state(door, enter::<C>))
}

async fn enter<C: Claims>(State(door): State<Door<C>>, mut request: Request, next: Next) -> Response {
    if assets::is_asset(request.uri().path()) {
        return next.run(request).await;
    }
    let asked = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = Language::asked(asked.unwrap_or_default());
    let refuse = |status, english, portuguese| {
        refusal(language, None, status, language.say("Not allowed", "Não permitido"), language.say(english, portuguese))
    };
    if is_from_elsewhere(&request) {
        let why = "This came from another site's page.";
        return refuse(StatusCode::FORBIDDEN, why, "Isto veio da página de outro site.");
    }
    let Some(operator) = door.operator(&request) else {
        let why = "No token, or none that is good here.";
        return refuse(StatusCode::UNAUTHORIZED, why, "Sem token, ou com um que não vale aqui.");
    };
    request.extensions_mut().insert(operator);
    next.run(request).await
}

/// Whether a browser says that another site's page made the request act.
fn is_from_elsewhere(request: &Request) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let acts = !matches!(*request.method(), Method::GET | Method::HEAD);
    let site = text("sec-fetch-site").is_none_or(|site| site == "same-origin" || (site == "none" && !acts));
    acts && !site
}

/// Who it is, where the claims say what they must at `now` (Unix seconds).
fn signed_in(claim: impl Fn(&str) -> Option<String>, issued: &Issued, now: i64) -> Option<String> {
    let is = |name: &str, wanted: &str| claim(name).is_some_and(|value| list(&value).any(|one| one == wanted));
    // As API Gateway itself: the audience, or where there is none the client.
    let audience = if claim("aud").is_some() { is("aud", &issued.audience) } else { is("client_id", &issued.audience) };
    let time = |name: &str| claim(name)?.parse::<f64>().ok();
    let before = |at: f64| at > f64::from(u32::try_from(now).unwrap_or(u32::MAX));
    let in_time = time("exp").is_some_and(before) && !time("nbf").is_some_and(before);
    let is_issuer = claim("iss").is_some_and(|issuer| issuer == issued.issuer);
    (is_issuer && audience && in_time).then(|| claim("sub")).flatten().filter(|who| !who.is_empty())
}

/// A claim's values: API Gateway writes a list as `[a b]`.
fn list(claim: &str) -> impl Iterator<Item = &str> {
    claim
        .trim_start_matches('[')
        .trim_end_matches(']')
        .split([' ', ','])
        .map(|one| one.trim_matches('"'))
        .filter(|one| !one.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issued() -> Issued {
        Issued { issuer: "https://id.example".to_owned(), audience: "ponte".to_owned(), roles: "roles".to_owned() }
    }

    #[test]
    fn only_a_good_token_is_somebody() {
        let good = [("iss", "https://id.example"), ("aud", "[other ponte]"), ("exp", "2000"), ("sub", "ana")];
        let who = |changed: &[(&str, Option<&str>)]| {
            let claim = |name: &str| {
                let value = changed.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
                value.unwrap_or_else(|| good.iter().find(|(known, _)| *known == name).map(|(_, value)| *value))
            };
            signed_in(|name| claim(name).map(str::to_owned), &issued(), 1_000)
        };
        assert_eq!(who(&[]).as_deref(), Some("ana"));
        assert_eq!(who(&[("aud", None), ("client_id", Some("ponte"))]).as_deref(), Some("ana"));
        for wrong in [
            ("iss", None),
            ("iss", Some("https://id.example.evil")),
            ("aud", None),
            ("aud", Some("ponte2")),
            ("exp", None),
            ("exp", Some("1000")),
            ("exp", Some("x")),
            ("nbf", Some("1500")),
            ("sub", None),
            ("sub", Some("")),
        ] {
            assert_eq!(who(&[wrong]), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_list_is_read_however_it_is_written() {
        for text in ["[viewer operator]", "viewer operator", "viewer,operator", r#"["viewer","operator"]"#] {
            assert_eq!(list(text).collect::<Vec<_>>(), ["viewer", "operator"], "{text}");
        }
        assert_eq!(list("").count(), 0);
    }
}
