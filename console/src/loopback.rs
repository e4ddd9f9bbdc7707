//! The console on 127.0.0.1, for one operator with their own AWS credentials.
//!
//! Other pages in the same browser, and other programs of other people on the same machine, must not get in. So the address that the tool prints has a
//! token for one use, which becomes a cookie that only this server gets back and no page reads. Each request must name this server as
//! its host (a foreign name that leads to 127.0.0.1 is refused: DNS rebinding), and what a browser says of where a request comes from must be
//! this server too.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use operations::{OperationError, Stack};
use ponte::hash::HashKey;
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{Console, access::Role, assets, language::Language, operator::Operator, page::refusal};

/// How long the printed address is good.
const TOKEN_FOR: Duration = Duration::from_mins(10);
/// How long a session is: a day's work.
const SESSION_FOR: Duration = Duration::from_hours(12);

/// The door of one server: its address, the token, and the session that the token became.
#[derive(Debug, Clone)]
pub struct Loopback {
    who: String,
    key: Arc<HashKey>,
    port: u16,
    state: Arc<Mutex<Door>>,
}

#[derive(Debug)]
struct Door {
    token: Option<(String, Instant)>,
    session: Option<(String, Instant)>,
}

/// A secret of 244 random bits.
fn secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

impl Loopback {
    /// The router of a server on this port, and the address that lets one browser in, once.
    pub fn router(stack: Stack, who: String, port: u16) -> (Router, String) {
        Self::at(stack, who, port, Instant::now())
    }

    /// The same with a token that was made at `made`.
    pub fn at(stack: Stack, who: String, port: u16, made: Instant) -> (Router, String) {
        let token = secret();
        let key = || HashKey::new(secret().as_bytes());
        let console = Console::new(stack, key());
        let state = Arc::new(Mutex::new(Door { token: Some((token.clone(), made)), session: None }));
        let door = Self { who, key: Arc::clone(&console.key), port, state };
        let router = crate::screens(console).layer(axum::middleware::from_fn_with_state(door, enter));
        (router, format!("http://127.0.0.1:{port}/?token={token}"))
    }

    fn names(&self) -> [String; 2] {
        [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)]
    }

    /// Whether a request is for this server, and not from another's page.
    fn is_ours(&self, headers: &HeaderMap) -> bool {
        let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let Some(host) = text(header::HOST).filter(|host| self.names().iter().any(|name| name == host)) else {
            return false;
        };
        let own = format!("http://{host}");
        let origin = text(header::ORIGIN).is_none_or(|origin| origin == own);
        let site = headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
        origin && site
    }

    /// The cookie's name: cookies know no ports, and two consoles may run.
    fn cookie(&self) -> String {
        format!("ponte_console_{}", self.port)
    }

    fn session_of(&self, headers: &HeaderMap) -> Option<String> {
        let name = self.cookie();
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let sent = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value.to_owned()).next()?;
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (session, since) = state.session.as_ref()?;
        let is_it: bool = session.as_bytes().ct_eq(sent.as_bytes()).into();
        (is_it && since.elapsed() < SESSION_FOR).then_some(sent)
    }

    /// Exchanges the token for a session. It is gone then.
    fn exchange(&self, sent: &str) -> Option<String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, made) = state.token.as_ref()?;
        let is_it: bool = token.as_bytes().ct_eq(sent.as_bytes()).into();
        if !is_it || made.elapsed() >= TOKEN_FOR {
            return None;
        }
        let session = secret();
        (state.token, state.session) = (None, Some((session.clone(), Instant::now())));
        Some(session)
    }
}

async fn enter(State(door): State<Loopback>, mut request: Request, next: Next) -> Response {
    let asked = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = Language::asked(asked.unwrap_or_default());
    if !door.is_ours(request.headers()) {
        let (title, why) = (language.say("Not from here", "Não é daqui"), "Host, Origin, Sec-Fetch-Site");
        return refusal(language, None, StatusCode::FORBIDDEN, title, why);
    }
    if assets::is_asset(request.uri().path()) {
        return next.run(request).await;
    }
    let query = request.uri().query().unwrap_or_default();
    if let Some(token) = query.strip_prefix("token=").filter(|_| request.method() == Method::GET) {
        if let Some(session) = door.exchange(token) {
            let cookie = format!("{}={session}; Path=/; HttpOnly; SameSite=Strict", door.cookie());
            return ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response();
        }
        // Opened again by whoever is in already.
        if door.session_of(request.headers()).is_some() {
            return Redirect::to("/").into_response();
        }
    }
    let Some(session) = door.session_of(request.headers()) else {
        let why = language.say(
            "This address was used already, or is too old, or your session is over. Run `ponte console` again and open the address that it prints.",
            "Este endereço já foi usado, ou é antigo demais, ou sua sessão acabou. Rode `ponte console` de novo e abra o endereço que ele mostra.",
        );
        let title = language.say("Not signed in", "Você não entrou");
        return refusal(language, None, StatusCode::UNAUTHORIZED, title, why);
    };
    let roles = Role::ALL.map(|(_, role)| role).to_vec();
    request.extensions_mut().insert(Operator::new(door.who.clone(), roles, &session, &door.key));
    next.run(request).await
}

/// Serves the console on 127.0.0.1 until the process ends. `port` 0 takes a free one; `ready` gets the address to open.
///
/// # Errors
///
/// [`OperationError::Usage`] where the port is taken; those of AWS where it does not say who the operator is.
pub async fn serve(stack: Stack, port: u16, ready: impl FnOnce(&str)) -> Result<(), OperationError> {
    let who = stack.audit.who().await?.to_owned();
    let taken = |error: std::io::Error| OperationError::Usage(format!("127.0.0.1:{port} cannot be had: {error}"));
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port))).await.map_err(taken)?;
    let port = listener.local_addr().map_err(taken)?.port();
    let (router, address) = Loopback::router(stack, who, port);
    ready(&address);
    axum::serve(listener, router).await.map_err(|error| OperationError::Failed(format!("the server ended: {error}")))
}
