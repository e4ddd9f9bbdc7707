//! Intercom's API as calls: the token, the version, and what an answer means. Repeats nothing but a call with a renewed token.
//!
//! Beyond what `http.rs` says of every far side: a 404 is a conversation or contact that is gone, since the address has a path
//! for each thing; and a 429 says with `X-RateLimit-Reset` (seconds since the epoch) when the next ten seconds begin
//! (developers.intercom.com, rate limiting).

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use reqwest::{Client, Method, Response, StatusCode, Url};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::wire;
use crate::{
    clock::{Clock, Timestamp},
    http::{self, FarSide},
    relay::Failure,
    secret::Secret,
    settings::SettingsError,
};

/// The version of the API that the bridge is written for.
pub(super) const VERSION: &str = "2.15";
/// The longest that `X-RateLimit-Reset` is believed: its windows have ten seconds, and a clock may be wrong.
const LONGEST_RESET: Duration = Duration::from_mins(1);
/// The most conversations of one search: the specification's own limit of a page.
const PAGE: u8 = 150;

#[derive(Clone)]
pub(super) struct Calls {
    http: Client,
    base: Url,
    token: Secret,
    clock: Arc<dyn Clock>,
    /// Whose token it is, with the token.
    admin: Arc<RwLock<Option<(String, String)>>>,
}

impl Calls {
    pub(super) fn new(http: Client, url: &str, token: Secret, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let base = Url::parse(url).ok().filter(|url| !url.cannot_be_a_base());
        let base = base.ok_or(SettingsError::Invalid("HELPDESK_URL"))?;
        if token.get().trim().is_empty() {
            return Err(SettingsError::Invalid("HelpdeskCredentials"));
        }
        Ok(Self { http, base, token, clock, admin: Arc::default() })
    }

    pub(super) fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// The id of the admin whose token it is: who writes the notes. Asked once for each token.
    pub(super) async fn admin(&self) -> Result<String, Failure> {
        let token = self.token.get();
        let known = self.admin.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, admin)) = known.filter(|(of, _)| *of == token) {
            return Ok(admin);
        }
        let me: wire::Me = self.get(&["me"]).await?;
        let admin = me.id.ok_or(Failure::later("the helpdesk does not say whose token it is"))?;
        *self.admin.write().unwrap_or_else(PoisonError::into_inner) = Some((self.token.get(), admin.clone()));
        Ok(admin)
    }

    /// The contact with this `external_id`. `None` when there is none.
    pub(super) async fn find_contact(&self, external_id: &str) -> Result<Option<String>, Failure> {
        match self.get::<wire::Contact>(&["contacts", "find_by_external_id", external_id]).await {
            Ok(contact) => Ok(contact.id),
            Err(Failure::Gone) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Creates a contact, or takes the one that is in the way: its id stands in the words of the 409 ("already exists with id=",
    /// PostHog/posthog issue 72192). An archived one is taken back. With it, whether it was there before.
    pub(super) async fn create_contact(&self, contact: &wire::NewContact) -> Result<(String, bool), Failure> {
        let answer = self.send(Method::POST, &["contacts"], Some(&json_of(contact)?)).await?;
        if answer.status() != StatusCode::CONFLICT {
            let contact: wire::Contact = read(answer).await?;
            let id = contact.id.ok_or(Failure::later("the helpdesk does not name the contact"))?;
            return Ok((id, false));
        }
        let errors: wire::Errors = read(answer).await.unwrap_or_default();
        let words: Vec<String> = errors.errors.into_iter().filter_map(|error| error.message).collect();
        let Some(id) = words.iter().find_map(|words| contact_id(words)) else {
            let found = self.find_contact(&contact.external_id).await?;
            return found.map(|id| (id, true)).ok_or(Failure::later("the contact is not there yet"));
        };
        if words.iter().any(|words| words.to_lowercase().contains("archived")) {
            self.post(&["contacts", &id, "unarchive"], &json!({})).await?;
        }
        Ok((id, true))
    }

    /// Begins a conversation. Its id.
    pub(super) async fn begin(&self, conversation: &wire::NewConversation) -> Result<String, Failure> {
        let answer = self.post(&["conversations"], &json_of(conversation)?).await?;
        let begun: wire::Begun = read(answer).await.map_err(|_| Failure::Unknown { why: "the answer broke off" })?;
        begun.conversation_id.ok_or(Failure::Unknown { why: "the helpdesk does not name the conversation" })
    }

    /// The conversations of a contact that were created after `since`. Intercom's index may be some time behind.
    pub(super) async fn search(&self, contact: &str, since: Timestamp) -> Result<Vec<wire::Conversation>, Failure> {
        let filter =
            |field: &str, operator: &str, value: Value| json!({ "field": field, "operator": operator, "value": value });
        let query = json!({
            "query": {
                "operator": "AND",
                "value": [
                    filter("contact_ids", "=", contact.into()),
                    filter("created_at", ">", since.seconds().into()),
                ],
            },
            "pagination": { "per_page": PAGE },
        });
        let found: wire::Found = read(self.post(&["conversations", "search"], &query).await?).await?;
        Ok(found.conversations)
    }

    /// A conversation with its last 500 parts, their bodies as plain text.
    pub(super) async fn conversation(&self, ticket: &str) -> Result<wire::Conversation, Failure> {
        self.get(&["conversations", ticket]).await
    }

    pub(super) async fn reply(&self, ticket: &str, reply: &wire::Reply) -> Result<(), Failure> {
        self.post(&["conversations", ticket, "reply"], &json_of(reply)?).await.map(drop)
    }

    pub(super) async fn close(&self, ticket: &str, close: &wire::Close) -> Result<(), Failure> {
        self.post(&["conversations", ticket, "parts"], &json_of(close)?).await.map(drop)
    }

    /// A read has no effect, so that one without an answer is simply made again.
    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, Failure> {
        let answer = async { read(self.send(Method::GET, path, None).await?).await }.await;
        answer.map_err(|failure| match failure {
            Failure::Unknown { why } => Failure::later(why),
            other => other,
        })
    }

    async fn post(&self, path: &[&str], body: &Value) -> Result<Response, Failure> {
        let answer = self.send(Method::POST, path, Some(body)).await?;
        if answer.status() == StatusCode::CONFLICT {
            Err(Failure::later("somebody writes at the same time"))
        } else {
            Ok(answer)
        }
    }

    /// A 2xx or a 409; all else is a failure.
    async fn send(&self, method: Method, path: &[&str], body: Option<&Value>) -> Result<Response, Failure> {
        let token = self.token.get();
        match self.try_send(&token, method.clone(), path, body).await {
            Err(Failure::Unauthorized { .. }) if self.token.renew(&token).await => {
                self.try_send(&self.token.get(), method, path, body).await
            }
            outcome => outcome,
        }
    }

    async fn try_send(
        &self,
        token: &str,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<Response, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if method == Method::GET && path.first() == Some(&"conversations") {
            url.set_query(Some("display_as=plaintext"));
        }
        let request = self.http.request(method, url).bearer_auth(token.trim()).header("intercom-version", VERSION);
        let request = request.header("accept", "application/json");
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.map_err(|error| http::failure_of(&error))?;
        match answer.status() {
            StatusCode::CONFLICT => Ok(answer),
            StatusCode::NOT_FOUND => Err(Failure::Gone),
            StatusCode::TOO_MANY_REQUESTS => Err(Failure::Later {
                after: self.reset(&answer).or_else(|| http::retry_after(&answer)),
                why: "the helpdesk asks to wait",
            }),
            status => http::check(status, FarSide::Helpdesk, &answer).map(|()| answer),
        }
    }

    /// How long until the next window of the rate limit begins, and a second more, since the header has no parts of one.
    fn reset(&self, answer: &Response) -> Option<Duration> {
        let reset: i64 = answer.headers().get("x-ratelimit-reset")?.to_str().ok()?.trim().parse().ok()?;
        let wait = Timestamp(reset.saturating_mul(1000)).since(self.clock.now());
        Some(wait.min(LONGEST_RESET) + Duration::from_secs(1))
    }
}

fn json_of(body: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(body).map_err(|_| Failure::Broken { why: "the call is no JSON" })
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, Failure> {
    let body = answer.bytes().await.map_err(|_| Failure::later("the answer broke off"))?;
    serde_json::from_slice(&body).map_err(|_| Failure::later("the helpdesk answers strangely"))
}

/// The id of a contact in words: 24 hexadecimal characters.
fn contact_id(words: &str) -> Option<String> {
    let words = words.split(|c: char| !c.is_ascii_alphanumeric());
    let hex = |word: &&str| word.len() == 24 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    words.into_iter().find(hex).map(str::to_owned)
}
