//! Intercom's API as calls: the token, the version, and what an answer means. Repeats nothing but a call with a renewed token.
//!
//! Beyond what `http.rs` says of every answer: a 404 is a conversation or contact that is gone, since the address has a path
//! for each thing; and a 429 says with `X-RateLimit-Reset` (seconds since the epoch) when the next ten seconds begin
//! (developers.intercom.com, rate limiting).

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use reqwest::{Method, Response, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::wire;
use crate::{
    clock::{Clock, Timestamp},
    helpdesk::{
        api::{Api, Call, Dialect, read, read_written},
        route::Entry,
    },
    http::Client,
    relay::Failure,
    secret::Secret,
    settings::SettingsError,
};

/// The version of the API that the bridge is written for.
pub(super) const VERSION: &str = "2.15";
/// The longest that `X-RateLimit-Reset` is believed: its windows have ten seconds, and a clock may be wrong.
const MAX_RESET: Duration = Duration::from_mins(1);
/// The most conversations of one search: the specification's own limit of a page.
const PAGE: u8 = 150;

/// Bearer, and the version of the API that the bridge is written for. A 409 is read by its callers.
const DIALECT: Dialect = Dialect {
    sign: |request, token| request.bearer_auth(token).header("intercom-version", VERSION),
    reset,
    answers: &[StatusCode::CONFLICT],
};

#[derive(Clone)]
pub(super) struct Calls {
    api: Api,
    /// Whose token it is, with the token.
    admin: Arc<RwLock<Option<(String, String)>>>,
}

impl Calls {
    pub(super) fn new(http: Client, url: &str, token: Secret, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        Ok(Self { api: Api::new(http, url, &[], token, clock, &DIALECT)?, admin: Arc::default() })
    }

    pub(super) fn host(&self) -> &str {
        self.api.base().host_str().unwrap_or_default()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.api.now()
    }

    /// The id of the admin whose token it is: who writes the notes. Asked once for each token.
    pub(super) async fn admin(&self) -> Result<String, Failure> {
        let token = self.api.key();
        let known = self.admin.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, admin)) = known.filter(|(of, _)| *of == token) {
            return Ok(admin);
        }
        let me: wire::Me = self.api.get(&["me"], &[]).await?;
        let admin = me.id.ok_or(Failure::later("the helpdesk does not say whose token it is"))?;
        *self.admin.write().unwrap_or_else(PoisonError::into_inner) = Some((self.api.key(), admin.clone()));
        Ok(admin)
    }

    /// The contact with this `external_id`. `None` when there is none.
    pub(super) async fn find_contact(&self, external_id: &str) -> Result<Option<String>, Failure> {
        match self.api.get::<wire::Contact>(&["contacts", "find_by_external_id", external_id], &[]).await {
            Ok(contact) => Ok(contact.id),
            Err(Failure::Gone) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Creates a contact, or takes the one that is in the way: its id stands in the words of the 409 ("already exists with id=",
    /// PostHog/posthog issue 72192). An archived one is taken back. With it, whether it was there before.
    pub(super) async fn create_contact(&self, contact: &wire::NewContact) -> Result<(String, bool), Failure> {
        let answer = self.api.send(&Call::new(Method::POST, &["contacts"]).json(contact)?).await?;
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
            // Without a body: the specification has none here.
            let answer = self.api.send(&Call::new(Method::POST, &["contacts", &id, "unarchive"])).await?;
            uncontested(answer)?;
        }
        Ok((id, true))
    }

    /// Deletes a contact for good. Whether it was there.
    pub(super) async fn delete_contact(&self, id: &str) -> Result<bool, Failure> {
        match self.api.send(&Call::new(Method::DELETE, &["contacts", id])).await {
            Err(Failure::Gone) => Ok(false),
            answer => uncontested(answer?).map(|_| true),
        }
    }

    /// Begins a conversation. Its id.
    pub(super) async fn begin(&self, conversation: &wire::ConversationBody) -> Result<String, Failure> {
        let answer = self.post(&["conversations"], conversation).await?;
        let begun: wire::Begun = read_written(answer).await?;
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
        self.api.get(&["conversations", ticket], &[("display_as", "plaintext")]).await
    }

    pub(super) async fn reply(&self, ticket: &str, reply: &wire::Reply) -> Result<(), Failure> {
        self.post(&["conversations", ticket, "reply"], reply).await.map(drop)
    }

    pub(super) async fn close(&self, ticket: &str, close: &wire::Close) -> Result<(), Failure> {
        self.post(&["conversations", ticket, "parts"], close).await.map(drop)
    }

    pub(super) async fn open(&self, ticket: &str, admin: String) -> Result<(), Failure> {
        let open = wire::Open { message_type: "open", admin_id: admin };
        self.post(&["conversations", ticket, "parts"], &open).await.map(drop)
    }

    pub(super) async fn update(&self, ticket: &str, update: &wire::ConversationUpdate) -> Result<(), Failure> {
        uncontested(self.api.send(&Call::new(Method::PUT, &["conversations", ticket]).json(update)?).await?).map(drop)
    }

    pub(super) async fn assign(&self, ticket: &str, assignment: &wire::Assignment) -> Result<(), Failure> {
        self.post(&["conversations", ticket, "parts"], assignment).await.map(drop)
    }

    /// Makes a tag of this name, or finds it. Its id.
    pub(super) async fn tag(&self, name: &str) -> Result<String, Failure> {
        let tag: wire::Tag = read(self.post(&["tags"], &json!({ "name": name })).await?).await?;
        tag.id.ok_or(Failure::later("the helpdesk does not name the tag"))
    }

    pub(super) async fn set_tag(&self, ticket: &str, tag: &str, admin: &str) -> Result<(), Failure> {
        let body = json!({ "id": tag, "admin_id": admin });
        self.post(&["conversations", ticket, "tags"], &body).await.map(drop)
    }

    /// All teams: the list has no pages.
    pub(super) async fn teams(&self) -> Result<Vec<Entry>, Failure> {
        Ok(entries(self.api.get(&["teams"], &[]).await?))
    }

    /// All admins: the list has no pages.
    pub(super) async fn admins(&self) -> Result<Vec<Entry>, Failure> {
        Ok(entries(self.api.get(&["admins"], &[]).await?))
    }

    /// All admins, and whether each is there.
    pub(super) async fn presences(&self) -> Result<Vec<wire::Admin>, Failure> {
        Ok(self.api.get::<wire::Admins>(&["admins"], &[]).await?.admins)
    }

    /// The attributes of conversations that the API may write.
    pub(super) async fn attributes(&self) -> Result<Vec<Entry>, Failure> {
        let found: wire::Attributes = self.api.get(&["data_attributes"], &[("model", "conversation")]).await?;
        let writable = |it: &wire::Attribute| it.api_writable != Some(false) && it.archived != Some(true);
        let option = |option: Value| {
            let text = option.as_str().or_else(|| option.get("value")?.as_str())?.to_owned();
            Some((text.clone(), text))
        };
        let entry = |it: wire::Attribute| Entry {
            id: it.name,
            names: it.label.into_iter().collect(),
            kind: it.data_type,
            options: it.options.into_iter().filter_map(option).collect(),
        };
        Ok(found.data.into_iter().filter(writable).map(entry).collect())
    }

    async fn post(&self, path: &[&str], body: &impl Serialize) -> Result<Response, Failure> {
        uncontested(self.api.send(&Call::new(Method::POST, path).json(body)?).await?)
    }
}

fn entries(found: wire::Assignees) -> Vec<Entry> {
    let entry = |it: wire::Assignee| {
        Some(Entry { id: it.id?, names: [it.name, it.email].into_iter().flatten().collect(), ..Entry::default() })
    };
    found.items.into_iter().filter_map(entry).collect()
}

fn uncontested(answer: Response) -> Result<Response, Failure> {
    if answer.status() == StatusCode::CONFLICT {
        Err(Failure::later("conflict with a concurrent update (409)"))
    } else {
        Ok(answer)
    }
}

/// How long until the next window of the rate limit begins, and a second more, since the header has no parts of one.
fn reset(answer: &Response, now: Timestamp) -> Option<Duration> {
    let reset: i64 = answer.headers().get("x-ratelimit-reset")?.to_str().ok()?.trim().parse().ok()?;
    let wait = Timestamp(reset.saturating_mul(1000)).since(now);
    Some(wait.min(MAX_RESET) + Duration::from_secs(1))
}

/// The id of a contact in words: 24 hexadecimal characters.
fn contact_id(words: &str) -> Option<String> {
    let words = words.split(|c: char| !c.is_ascii_alphanumeric());
    let hex = |word: &&str| word.len() == 24 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    words.into_iter().find(hex).map(str::to_owned)
}
