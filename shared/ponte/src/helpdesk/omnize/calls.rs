//! Omnize's API as calls: the token stands in every body. Repeats nothing but a call with a renewed token.
//!
//! Every error is documented to be a 422 with words; which words is not. One that speaks of the token is a wrong token, one that
//! does not find the interaction is one that is over: else it is the message that is refused.

use std::sync::Arc;

use reqwest::{Method, Response, StatusCode, Url};
use serde::Serialize;

use super::{routing, wire};
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

const DIALECT: Dialect = Dialect {
    // It is in the body.
    sign: |request, _| request,
    reset: |_, _| None,
    answers: &[StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY],
};

#[derive(Clone)]
pub(super) struct Calls {
    api: Api,
    /// What is asked elsewhere on the same host (`docs/api/v1/departments.md`).
    external: Api,
    token: Secret,
}

impl Calls {
    pub(super) fn new(http: Client, url: &str, token: Secret, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let external = Api::new(http.clone(), url, &["api", "external"], token.clone(), clock.clone(), &DIALECT)?;
        Ok(Self { api: Api::new(http, url, &["core", "api", "v1"], token.clone(), clock, &DIALECT)?, external, token })
    }

    pub(super) fn base(&self) -> &Url {
        self.api.base()
    }

    /// The account's token.
    pub(super) fn token(&self) -> String {
        self.token.get().trim().to_owned()
    }

    /// The departments that a chat can be given to. All of them: the list has no pages.
    pub(super) async fn departments(&self) -> Result<Vec<Entry>, Failure> {
        let token = self.token();
        let found: wire::Departments = self.external.get(&["departments"], &[("token", token.as_str())]).await?;
        Ok(routing::entries(found.all))
    }

    /// How many agents are online in a department. `None` where the answer does not say.
    pub(super) async fn agents_online(&self, department: u64) -> Result<Option<u64>, Failure> {
        let (token, department) = (self.token(), department.to_string());
        let query = [("token", token.as_str()), ("department_id", department.as_str())];
        Ok(self.api.get::<wire::Online>(&["agents", "online"], &query).await?.count)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.api.now()
    }

    /// Begins an interaction. Its hash.
    pub(super) async fn begin(
        &self,
        interaction: impl Fn(String) -> wire::NewInteraction + Sync,
    ) -> Result<String, Failure> {
        let answer = self.send(Method::POST, &["interactions"], interaction).await?;
        let created: wire::Created = read_written(answer).await?;
        created.data.interaction.ok_or(Failure::Unknown { why: "the helpdesk does not name the interaction" })
    }

    pub(super) async fn say(
        &self,
        interaction: &str,
        message: impl Fn(String) -> wire::Message + Sync,
    ) -> Result<(), Failure> {
        self.send(Method::POST, &["interactions", interaction, "messages"], message).await.map(drop)
    }

    pub(super) async fn note(&self, interaction: &str, note: &str) -> Result<(), Failure> {
        let body = |token| wire::Note { token, note: note.to_owned() };
        self.send(Method::PUT, &["interactions", interaction], body).await.map(drop)
    }

    pub(super) async fn rate(&self, interaction: &str, mood: &'static str) -> Result<(), Failure> {
        let body = |token| wire::Evaluation { token, mood };
        self.send(Method::PUT, &["interactions", interaction], body).await.map(drop)
    }

    /// `typing`, `cleared`, `finish`.
    pub(super) async fn set(&self, interaction: &str, state: &str) -> Result<(), Failure> {
        let body = |token| wire::Typing { token };
        self.send(Method::PUT, &["interactions", interaction, state], body).await.map(drop)
    }

    /// Makes a call, and once more with another token when the first was refused.
    async fn send<T: Serialize>(
        &self,
        method: Method,
        path: &[&str],
        body: impl Fn(String) -> T + Sync,
    ) -> Result<Response, Failure> {
        let token = self.token();
        match self.try_send(method.clone(), path, body(token.clone())).await {
            Err(Failure::Unauthorized { .. }) if self.token.renew(&token).await && self.token() != token => {
                self.try_send(method, path, body(self.token())).await
            }
            outcome => outcome,
        }
    }

    async fn try_send(&self, method: Method, path: &[&str], body: impl Serialize) -> Result<Response, Failure> {
        let answer = self.api.send(&Call::new(method, path).json(&body)?).await?;
        // Before there is an interaction it is something else that is not found, such as a department.
        let names_interaction = path.len() > 1;
        match answer.status() {
            // Its own answer is JSON; anything else is a wrong address, and must not end conversations.
            StatusCode::NOT_FOUND => Err(match read::<wire::Refusal>(answer).await {
                Ok(wire::Refusal { message: Some(_) }) => Failure::Gone,
                _ => Failure::later("no Omnize answers at this address"),
            }),
            StatusCode::UNPROCESSABLE_ENTITY => {
                let refusal: wire::Refusal = read(answer).await.unwrap_or_default();
                let words = refusal.message.unwrap_or_default().to_lowercase();
                Err(if words.contains("token") {
                    Failure::Unauthorized { why: "the helpdesk refuses the key (422)" }
                } else if names_interaction && (words.contains("not found") || words.contains("finished")) {
                    Failure::Gone
                } else {
                    Failure::Refused { why: "the helpdesk refuses the message", status: 422 }
                })
            }
            _ => Ok(answer),
        }
    }
}
