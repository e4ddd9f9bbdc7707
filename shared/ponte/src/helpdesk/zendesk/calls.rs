//! Zendesk's API as calls: the key, and what an answer means. Repeats nothing but a call with a renewed key.
//!
//! `HelpdeskCredentials` is what an account has: an OAuth client (`id:secret`, from which tokens are had as they are needed by
//! `POST /oauth/tokens`, developer.zendesk.com, OAuth tokens for grant types), an API token (`e-mail/token:…`, until Zendesk ends
//! them on 30 April 2027), or an access token that somebody made.
//!
//! A 422 about a ticket's `status` is a ticket that is closed for good (`closed prevents ticket update`); a 409 is somebody who
//! writes at the same time; a 400 with `IdempotentRequestError` is the same opening with other words. Limits are told by
//! `Retry-After`, and by `ratelimit-reset`, both in seconds (developer.zendesk.com, rate limits).

use std::{sync::Arc, time::Duration};

use reqwest::{Method, Response, StatusCode, Url};
use serde::Serialize;
use serde_json::json;

use super::{mapping, wire};
use crate::{
    clock::{Clock, Timestamp},
    helpdesk::{
        api::{Api, Call, Dialect, read, read_written},
        oauth::{Grant, Key},
    },
    http::Client,
    relay::{Failure, ports::FileBytes},
    secret::Secret,
    settings::SettingsError,
};

/// The most of a page (developer.zendesk.com, pagination).
pub(super) const PAGE: &str = "100";
/// How many pages of a ticket's history are read at most: 5,000 comments are the most of a ticket.
const MAX_PAGES: usize = 60;
/// The longest that `ratelimit-reset` is believed.
const MAX_RESET: Duration = Duration::from_mins(10);

/// What the calls here may need: all of what the user may whom the OAuth client belongs to.
const SCOPE: &str = "read write";

/// `e-mail/token:…` is an API token, all else an access token of OAuth.
const DIALECT: Dialect = Dialect {
    sign: |request, key| match key.split_once("/token:") {
        Some((email, token)) => request.basic_auth(format!("{email}/token"), Some(token)),
        None => request.bearer_auth(key),
    },
    reset,
    answers: &[StatusCode::BAD_REQUEST, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY],
};

/// Whether this is an OAuth client, `id:secret`.
fn is_client(configured: &str) -> bool {
    configured.contains(':') && !configured.contains("/token:")
}

/// What became of a ticket's creation.
pub(super) enum Created {
    Ticket(wire::Ticket),
    /// There is one by this key, made of other words.
    Before,
    /// What it says is refused, with the helpdesk's reasons, which may quote it.
    Refused {
        failure: Failure,
        reasons: String,
    },
}

#[derive(Clone)]
pub(super) struct Calls {
    pub(super) api: Api,
    /// Where the tokens of an OAuth client are had.
    grant: Grant,
}

impl Calls {
    pub(super) fn new(http: Client, url: &str, key: Secret, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let mut at = Url::parse(url.trim()).map_err(|_| SettingsError::Invalid("HELPDESK_URL"))?;
        if let Ok(mut segments) = at.path_segments_mut() {
            segments.pop_if_empty().extend(["oauth", "tokens"]);
        }
        let grant = Grant::new(http.clone(), at, (key, is_client), SCOPE, clock.clone());
        Ok(Self { api: Api::new(http, url, &["api", "v2"], Key::Granted(grant.clone()), clock, &DIALECT)?, grant })
    }

    pub(super) fn base(&self) -> &Url {
        self.api.base()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.api.now()
    }

    /// The whole value of the header `Authorization`: of a client, with the token of the call that named the file. `None` when
    /// that ended meanwhile.
    pub(super) fn authorization(&self) -> Option<String> {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let key = self.grant.held()?;
        let key = key.trim();
        Some(if key.contains("/token:") { format!("Basic {}", STANDARD.encode(key)) } else { format!("Bearer {key}") })
    }

    /// The user with this external id.
    pub(super) async fn find_user(&self, external_id: &str) -> Result<Option<u64>, Failure> {
        let found: wire::Users = self.api.get(&["users"], &[("external_id", external_id)]).await?;
        // Something that does not know the filter answers with every user.
        let found = found.users.into_iter().find(|user| user.external_id.as_deref() == Some(external_id));
        found.map(|user| number(user.id.as_deref())).transpose()
    }

    /// Creates the user with this external id, or finds it. Its id.
    pub(super) async fn user_of(&self, user: &wire::NewUser) -> Result<u64, Failure> {
        let call = Call::new(Method::POST, &["users", "create_or_update"]).json(&json!({ "user": user }))?;
        let answer: wire::UserAnswer = read_written(self.answer(&call).await?).await?;
        number(answer.user.id.as_deref())
    }

    pub(super) async fn user(&self, id: &str) -> Result<wire::User, Failure> {
        Ok(self.api.get::<wire::UserAnswer>(&["users", id], &[]).await?.user)
    }

    /// Deletes a user, and then what Zendesk keeps of a deleted one (developer.zendesk.com, users: delete, permanently delete; it
    /// allows 700 of the latter in ten minutes). Whether it was there. A user with tickets that are not closed for good is refused.
    pub(super) async fn delete_user(&self, id: &str) -> Result<bool, Failure> {
        let there = match self.answer(&Call::new(Method::DELETE, &["users", id])).await {
            Ok(_) => true,
            // Deleted by an earlier try, that did not come to the second call.
            Err(Failure::Gone) => false,
            Err(failure) => return Err(failure),
        };
        match self.answer(&Call::new(Method::DELETE, &["deleted_users", id])).await {
            Ok(_) => Ok(true),
            Err(Failure::Gone) => Ok(there),
            Err(failure) => Err(failure),
        }
    }

    /// The first ticket with this external id. It is not unique.
    pub(super) async fn find_ticket(&self, external_id: &str) -> Result<Option<wire::Ticket>, Failure> {
        let found: wire::Tickets = self.api.get(&["tickets"], &[("external_id", external_id)]).await?;
        // Something that does not know the filter answers with every ticket.
        Ok(found.tickets.into_iter().find(|ticket| ticket.external_id.as_deref() == Some(external_id)))
    }

    pub(super) async fn create(&self, key: &str, ticket: &wire::NewTicket) -> Result<Created, Failure> {
        let key = [("idempotency-key", key)];
        let call = Call::new(Method::POST, &["tickets"]).headers(&key).json(&json!({ "ticket": ticket }))?;
        let answer = self.api.send(&call).await?;
        if answer.status() == StatusCode::BAD_REQUEST {
            let errors: wire::Errors = read(answer).await.unwrap_or_default();
            let before = errors.errors.iter().any(|error| error.code.as_deref() == Some("IdempotentRequestError"));
            return Ok(if before { Created::Before } else { not_created(400, &errors) });
        }
        if answer.status() == StatusCode::UNPROCESSABLE_ENTITY {
            return Ok(not_created(422, &read(answer).await.unwrap_or_default()));
        }
        Ok(Created::Ticket(read_written::<wire::TicketAnswer>(judged(answer).await?).await?.ticket))
    }

    pub(super) async fn ticket(&self, id: &str) -> Result<wire::Ticket, Failure> {
        let ticket = self.api.get::<wire::TicketAnswer>(&["tickets", id], &[]).await?.ticket;
        // Something else that answers in Zendesk's place must not end conversations.
        if ticket.id.as_deref() == Some(id) {
            Ok(ticket)
        } else {
            Err(Failure::later("unexpected response from the helpdesk"))
        }
    }

    pub(super) async fn update(&self, ticket: &str, update: &impl Serialize) -> Result<(), Failure> {
        let path = ["tickets", ticket];
        let call = Call::new(Method::PUT, &path).json(&json!({ "ticket": update }))?;
        self.answer(&call).await.map(drop)
    }

    /// Adds tags to those that a ticket has (developer.zendesk.com, tags: add tags).
    pub(super) async fn add_tags(&self, ticket: &str, tags: &[&str]) -> Result<(), Failure> {
        let path = ["tickets", ticket, "tags"];
        self.answer(&Call::new(Method::PUT, &path).json(&json!({ "tags": tags }))?).await.map(drop)
    }

    /// Uploads a file. The token by which a comment takes it.
    pub(super) async fn upload(&self, file: FileBytes) -> Result<String, Failure> {
        let name = file.name.clone();
        let query = [("filename", name.as_str())];
        let answer = self.answer(&Call::new(Method::POST, &["uploads"]).query(&query).file(file)).await?;
        // An upload that no comment takes is deleted by Zendesk: it is simply made again.
        let uploaded: wire::UploadAnswer = read(answer).await?;
        Ok(uploaded.upload.token)
    }

    /// The last 100 comments of a ticket, newest first.
    pub(super) async fn comments(&self, ticket: &str) -> Result<Vec<wire::Comment>, Failure> {
        let query = [("page[size]", PAGE), ("sort", "-created_at")];
        Ok(self.api.get::<wire::Comments>(&["tickets", ticket, "comments"], &query).await?.comments)
    }

    /// How many comments a ticket has.
    pub(super) async fn count(&self, ticket: &str) -> Result<u64, Failure> {
        Ok(self.api.get::<wire::CountAnswer>(&["tickets", ticket, "comments", "count"], &[]).await?.count.value)
    }

    /// The history of a ticket. All of it, since its order is not documented.
    pub(super) async fn audits(&self, ticket: &str) -> Result<Vec<wire::Audit>, Failure> {
        let mut audits = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut query = vec![("page[size]", PAGE)];
            query.extend(after.as_deref().map(|after| ("page[after]", after)));
            let page: wire::Audits = self.api.get(&["tickets", ticket, "audits"], &query).await?;
            audits.extend(page.audits);
            after = page.meta.after_cursor.filter(|_| page.meta.has_more);
            if after.is_none() {
                break;
            }
        }
        Ok(audits)
    }

    async fn answer(&self, call: &Call<'_>) -> Result<Response, Failure> {
        judged(self.api.send(call).await?).await
    }
}

/// What a 4xx means whose body says more than its status.
async fn judged(answer: Response) -> Result<Response, Failure> {
    match answer.status() {
        StatusCode::BAD_REQUEST => Err(refused(400)),
        StatusCode::CONFLICT => Err(Failure::later("conflict with a concurrent update (409)")),
        StatusCode::UNPROCESSABLE_ENTITY => {
            let errors: wire::Errors = read(answer).await.unwrap_or_default();
            let closed = errors.details.get("status").is_some_and(|why| why.to_string().contains("closed"));
            Err(if closed { Failure::Gone } else { refused(422) })
        }
        _ => Ok(answer),
    }
}

fn not_created(status: u16, errors: &wire::Errors) -> Created {
    Created::Refused { failure: refused(status), reasons: mapping::reasons(errors) }
}

fn refused(status: u16) -> Failure {
    Failure::Refused { why: "the helpdesk refuses the message", status }
}

/// Ids of Zendesk are numbers, and are written as such.
pub(super) fn number(id: Option<&str>) -> Result<u64, Failure> {
    id.and_then(|id| id.parse().ok()).ok_or(Failure::later("unexpected response from the helpdesk"))
}

/// Seconds, where there is no `Retry-After`.
fn reset(answer: &Response, _now: Timestamp) -> Option<Duration> {
    if answer.headers().contains_key("retry-after") {
        return None;
    }
    let seconds = answer.headers().get("ratelimit-reset")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_RESET))
}
