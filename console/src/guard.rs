//! Before every screen: who it is, whether they may, whether a form is theirs. After it: the headers that every answer has.

use axum::{
    body::{Body, to_bytes},
    extract::{Form, FromRequest as _, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use serde::Deserialize;

use crate::{
    Console,
    access::needed,
    fault::Fault,
    language::Language,
    operator::Operator,
    page::{Reader, refusal},
};

/// The most bytes of a form: a document of service rules, each byte of which may become three.
const MAX_FORM: usize = 1024 * 1024;
/// Nothing is loaded, sent or shown from elsewhere, and nothing inline is run.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    form_token: String,
}

pub(crate) async fn guard(State(console): State<Console>, mut request: Request, next: Next) -> Response {
    let asked = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = Language::asked(asked.unwrap_or_default());
    let Some(operator) = request.extensions_mut().remove::<Operator>() else {
        let why = language.say("You are not signed in.", "Você não entrou.");
        return refusal(language, None, StatusCode::UNAUTHORIZED, language.say("Who are you?", "Quem é você?"), why);
    };
    let reader = Reader { language, operator, stack: console.stack.name.clone() };
    let refuse = |why: &str| {
        let title = language.say("Not allowed", "Não permitido");
        refusal(language, Some(&reader), StatusCode::FORBIDDEN, title, why)
    };
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let Some(path) = path else {
        let fault = Fault::not_found();
        return refusal(language, Some(&reader), fault.status, fault.title(language), &fault.why(language));
    };
    match needed(&path, request.method()) {
        Some(role) if reader.may(role) => {}
        Some(_) => return refuse(language.say("Your role does not allow this.", "Seu papel não permite isto.")),
        None => return refuse(language.say("This is not done here.", "Isto não se faz aqui.")),
    }
    if request.method() == Method::POST {
        let Some(checked) = formed(request, &reader.operator).await else {
            let why = "This form is not of your session, so nothing was done. Open the page again.";
            return refuse(
                language.say(why, "Este formulário não é da sua sessão, e nada foi feito. Abra a página de novo."),
            );
        };
        request = checked;
    }
    request.extensions_mut().insert(reader.clone());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Fault>() {
        Some(fault) => refusal(language, Some(&reader), fault.status, fault.title(language), &fault.why(language)),
        None => response,
    }
}

/// The request again, if its form has the operator's token.
async fn formed(request: Request, operator: &Operator) -> Option<Request> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, MAX_FORM).await.ok()?;
    let form = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    let Form(token) = Form::<Token>::from_request(form, &()).await.ok()?;
    operator.sent(&token.form_token).then(|| Request::from_parts(parts, Body::from(bytes)))
}

/// What every answer says to the browser.
pub(crate) async fn headers(mut response: Response) -> Response {
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: a browser then calls the origin of a form `null`, and the form is refused.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
