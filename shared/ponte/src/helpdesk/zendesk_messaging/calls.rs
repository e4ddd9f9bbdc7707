//! The API of Sunshine Conversations v2 as calls: the key, and what an answer means.
//!
//! Beyond what `http.rs` says of every answer: a 404 is something that is gone only where its code says what; one of a wrong
//! app (`app_not_found`) or a wrong address must not end conversations. A 423 is a conversation with its 30,000 messages: the next
//! one is begun. A 429 comes without a documented header, so that the queue's own schedule of doubling waits applies.

use std::sync::Arc;

use reqwest::{Method, Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};

use super::{wire, written};
use crate::{
    clock::Clock,
    helpdesk::api::{Api, Call, Dialect, read, read_written},
    http::Client,
    relay::Failure,
    secret::Secret,
    settings::SettingsError,
};

/// The most of a page (the specification, `page`).
const PAGE: &str = "100";
/// How many pages are read at most: 1,000 conversations of one customer, or messages of one conversation.
const MAX_PAGES: usize = 10;
/// What a 404 names that is gone for good.
const GONE: [&str; 3] = ["conversation_not_found", "user_not_found", "not_found"];

/// Basic, of key id and secret.
const DIALECT: Dialect = Dialect {
    sign: |request, key| {
        let (id, secret) = key.split_once(':').unwrap_or((key, ""));
        request.basic_auth(id.trim(), Some(secret.trim()))
    },
    reset: |_, _| None,
    answers: &[StatusCode::NOT_FOUND, StatusCode::CONFLICT, StatusCode::LOCKED],
};

#[derive(Clone)]
pub(super) struct Calls {
    api: Api,
}

impl Calls {
    pub(super) fn new(
        http: Client,
        url: &str,
        app: &str,
        key: Secret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        let both =
            key.get().split_once(':').is_some_and(|(id, secret)| !id.trim().is_empty() && !secret.trim().is_empty());
        if !both {
            return Err(SettingsError::Invalid("HelpdeskCredentials"));
        }
        Ok(Self { api: Api::new(http, url, &["v2", "apps", app.trim()], key, clock, &DIALECT)? })
    }

    pub(super) fn base(&self) -> &reqwest::Url {
        self.api.base()
    }

    pub(super) fn key(&self) -> String {
        self.api.key()
    }

    /// Creates a user. `None` when there is one with this `externalId`; else its id, where the answer has it.
    pub(super) async fn create_user(&self, user: &written::NewUser) -> Result<Option<Option<String>>, Failure> {
        let answer = self.api.send(&Call::new(Method::POST, &["users"]).json(user)?).await?;
        if answer.status() == StatusCode::CONFLICT {
            return Ok(None);
        }
        let answer: wire::UserAnswer = read(self.good(answer).await?).await?;
        Ok(Some(answer.user.id))
    }

    /// Deletes a user with its conversations, by its `externalId` or its id. Whether it was there.
    pub(super) async fn delete_user(&self, external_id: &str) -> Result<bool, Failure> {
        let answer = self.api.send(&Call::new(Method::DELETE, &["users", external_id])).await?;
        match self.good(answer).await {
            Ok(_) => Ok(true),
            Err(Failure::Gone) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// Looks through a user's conversations.
    pub(super) async fn find_conversation(
        &self,
        external_id: &str,
        ours: impl Fn(&wire::Conversation) -> bool,
    ) -> Result<Option<wire::Conversation>, Failure> {
        let mut after: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut query = vec![("filter[userExternalId]", external_id), ("page[size]", PAGE)];
            query.extend(after.as_deref().map(|after| ("page[after]", after)));
            let page: wire::Conversations = self.get(&["conversations"], &query).await?;
            if let Some(found) = page.conversations.into_iter().find(&ours) {
                return Ok(Some(found));
            }
            match page.meta.after_cursor.filter(|_| page.meta.has_more == Some(true)) {
                Some(cursor) => after = Some(cursor),
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Begins a conversation. Its id.
    pub(super) async fn begin(&self, conversation: &written::ConversationBody) -> Result<String, Failure> {
        let answer = self.post(&["conversations"], conversation).await?;
        let begun: wire::ConversationAnswer = read_written(answer).await?;
        begun.conversation.id.ok_or(Failure::Unknown { why: "the helpdesk does not name the conversation" })
    }

    pub(super) async fn conversation(&self, ticket: &str) -> Result<wire::Conversation, Failure> {
        let answer: wire::ConversationAnswer = self.get(&["conversations", ticket], &[]).await?;
        // Something else that answers in Zendesk's place must not lead to anything.
        if answer.conversation.id.as_deref() == Some(ticket) {
            Ok(answer.conversation)
        } else {
            Err(Failure::later("unexpected response from the helpdesk"))
        }
    }

    /// The user of a conversation.
    pub(super) async fn user_of(&self, ticket: &str) -> Result<String, Failure> {
        let answer: wire::Participants = self.get(&["conversations", ticket, "participants"], &[]).await?;
        // Without a user, nobody can say anything in it: it was deleted.
        answer.participants.into_iter().find_map(|participant| participant.user).ok_or(Failure::Gone)
    }

    /// The last hundred messages of a conversation, oldest first.
    pub(super) async fn last_messages(&self, ticket: &str) -> Result<Vec<wire::Message>, Failure> {
        Ok(self.get::<wire::Messages>(&["conversations", ticket, "messages"], &[]).await?.messages)
    }

    /// Looks through a conversation's messages, from its end.
    pub(super) async fn find_message(
        &self,
        ticket: &str,
        ours: impl Fn(&wire::Message) -> bool,
    ) -> Result<bool, Failure> {
        let mut before: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let query: Vec<_> = before.as_deref().map(|before| ("page[before]", before)).into_iter().collect();
            let page: wire::Messages = self.get(&["conversations", ticket, "messages"], &query).await?;
            if page.messages.iter().any(&ours) {
                return Ok(true);
            }
            match page.meta.before_cursor.filter(|_| page.meta.has_more == Some(true)) {
                Some(cursor) => before = Some(cursor),
                None => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Posts a message. Its id, where the answer has it.
    pub(super) async fn say(&self, ticket: &str, message: &written::NewMessage) -> Result<Option<String>, Failure> {
        let answer = self.post(&["conversations", ticket, "messages"], message).await?;
        let said: wire::PostAnswer = read(answer).await.unwrap_or_default();
        Ok(said.messages.into_iter().find_map(|message| message.id))
    }

    pub(super) async fn show(&self, ticket: &str, activity: &written::NewActivity) -> Result<(), Failure> {
        self.post(&["conversations", ticket, "activity"], activity).await.map(drop)
    }

    pub(super) async fn pass_control(&self, ticket: &str, to: &written::Pass) -> Result<(), Failure> {
        self.post(&["conversations", ticket, "passControl"], to).await.map(drop)
    }

    pub(super) async fn offer_control(&self, ticket: &str, to: &written::Pass) -> Result<(), Failure> {
        self.post(&["conversations", ticket, "offerControl"], to).await.map(drop)
    }

    pub(super) async fn release_control(&self, ticket: &str, why: &written::Release) -> Result<(), Failure> {
        self.post(&["conversations", ticket, "releaseControl"], why).await.map(drop)
    }

    async fn post(&self, path: &[&str], body: &impl Serialize) -> Result<Response, Failure> {
        self.good(self.api.send(&Call::new(Method::POST, path).json(body)?).await?).await
    }

    /// A read has no effect, so that one without an answer is simply made again.
    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, Failure> {
        let answer = async {
            let answer = self.api.send(&Call::new(Method::GET, path).query(query)).await?;
            read(self.good(answer).await?).await
        };
        answer.await.map_err(Failure::harmless)
    }

    /// What the statuses mean that are no failures to `api.rs`.
    async fn good(&self, answer: Response) -> Result<Response, Failure> {
        match answer.status() {
            StatusCode::LOCKED => Err(Failure::Gone),
            StatusCode::CONFLICT => Err(Failure::later("conflict with a concurrent update (409)")),
            StatusCode::NOT_FOUND => {
                let errors: wire::Errors = read(answer).await.unwrap_or_default();
                let gone =
                    errors.errors.iter().filter_map(|error| error.code.as_deref()).any(|code| GONE.contains(&code));
                Err(if gone { Failure::Gone } else { Failure::later("the helpdesk knows no such address") })
            }
            _ => Ok(answer),
        }
    }
}
