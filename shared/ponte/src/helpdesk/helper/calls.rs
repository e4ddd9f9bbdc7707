//! Rasa's channels as calls. The token is that of its HTTP API, in the query: the REST channel itself has none, and what stands before
//! the server may ask for it.

use std::sync::Arc;

use reqwest::{Method, StatusCode, Url};

use super::wire;
use crate::{
    clock::Clock,
    helpdesk::api::{Api, Call, Dialect, read_written},
    http::Client,
    relay::Failure,
    secret::Secret,
    settings::SettingsError,
};

const DIALECT: Dialect = Dialect { sign: |request, _| request, reset: |_, _| None, answers: &[StatusCode::NOT_FOUND] };

#[derive(Clone)]
pub(super) struct Calls {
    api: Api,
}

impl Calls {
    pub(super) fn new(http: Client, url: &str, token: Secret, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        Ok(Self { api: Api::without_key(http, url, &[], token, clock, &DIALECT)? })
    }

    pub(super) fn base(&self) -> &Url {
        self.api.base()
    }

    /// The token. sam takes no empty answer for a secret: `none` is none.
    fn token(&self) -> Option<String> {
        Some(self.api.key().trim().to_owned()).filter(|token| !token.is_empty() && token != "none")
    }

    /// Says something, and hears what the assistant answers at once.
    pub(super) async fn ask(&self, said: &wire::Said) -> Result<wire::Items, Failure> {
        let token = self.token();
        let query: Vec<(&str, &str)> = token.iter().map(|token| ("token", token.as_str())).collect();
        let call = Call::new(Method::POST, &["webhooks", "rest", "webhook"]).query(&query).json(said)?;
        let answer = self.api.send(&call).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Err(Failure::later("no REST channel answers at this address"));
        }
        read_written(answer).await
    }

    /// Says something that is answered later.
    pub(super) async fn tell(&self, said: &wire::Said) -> Result<(), Failure> {
        let token = self.token();
        let query: Vec<(&str, &str)> = token.iter().map(|token| ("token", token.as_str())).collect();
        let call = Call::new(Method::POST, &["webhooks", "callback", "webhook"]).query(&query).json(said)?;
        match self.api.send(&call).await?.status() {
            StatusCode::NOT_FOUND => Err(Failure::later("no callback channel answers at this address")),
            _ => Ok(()),
        }
    }

    /// What was said in this conversation, where the HTTP API is switched on.
    pub(super) async fn tracker(&self, sender: &str) -> Result<wire::Tracker, Failure> {
        let token = self.token();
        let query: Vec<(&str, &str)> = token.iter().map(|token| ("token", token.as_str())).collect();
        self.api.get(&["conversations", sender, "tracker"], &query).await
    }
}
