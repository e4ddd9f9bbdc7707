//! What a helpdesk's API is called with: a key that is configured, or an access token that lives for a while.
//!
//! A token is had by the client credentials grant of OAuth 2.0 (RFC 6749, section 4.4): a client's id and secret, which are
//! configured, for a token that acts as the client's owner. There is no refresh token in it: when a token ends, another one is
//! asked for, before its end where that is known, and after a 401. Every function that runs holds one of its own.

use std::{sync::Arc, time::Duration};

use reqwest::{StatusCode, Url};
use tokio::sync::Mutex;

use crate::{
    clock::{Clock, Timestamp},
    helpdesk::answer::read,
    http::{self, Client},
    relay::Failure,
    secret::Secret,
};

/// A token is not used in the last part of its life: a call that is under way must not outlive it.
const BEFORE_ITS_END: Duration = Duration::from_mins(1);
/// How long a token is believed to live that does not say so, and the longest that is believed.
const MAX_LIFE: Duration = Duration::from_hours(1);
/// A token that is refused is replaced at most this often.
const REPLACED_AFTER: Duration = Duration::from_secs(10);

/// What a call proves itself with.
#[derive(Clone)]
pub(super) enum Key {
    /// As it is configured.
    Fixed(Secret),
    /// A token, for a client's id and secret.
    Granted(Grant),
}

impl From<Secret> for Key {
    fn from(key: Secret) -> Self {
        Self::Fixed(key)
    }
}

impl Key {
    /// What to call with now.
    pub(super) async fn present(&self) -> Result<String, Failure> {
        match self {
            Self::Fixed(key) => Ok(key.get()),
            Self::Granted(grant) => grant.token().await,
        }
    }

    /// After `refused` was refused: whether there is another one now, so that trying again makes sense.
    pub(super) async fn renew(&self, refused: &str) -> Result<bool, Failure> {
        match self {
            Self::Fixed(key) => Ok(key.renew(refused).await),
            Self::Granted(grant) => grant.replace(refused).await,
        }
    }

    /// What is configured.
    pub(super) fn configured(&self) -> String {
        match self {
            Self::Fixed(key) => key.get(),
            Self::Granted(grant) => grant.client.get(),
        }
    }
}

/// Where tokens are had, and the present one.
#[derive(Clone)]
pub(super) struct Grant {
    http: Client,
    url: Url,
    /// The client's id, a colon, and its secret; or a key that is called with as it is.
    client: Secret,
    /// Which of the two the configured value is: it may change from one to the other while a function runs.
    is_client: fn(&str) -> bool,
    scope: &'static str,
    clock: Arc<dyn Clock>,
    held: Arc<Mutex<Option<CachedToken>>>,
}

#[derive(Clone)]
struct CachedToken {
    token: String,
    /// The client that it was granted to: another one after a rotation.
    client: String,
    since: Timestamp,
    until: Timestamp,
}

/// RFC 6749, section 5.1.
#[derive(serde::Deserialize)]
struct Granted {
    access_token: String,
    /// Seconds.
    #[serde(default)]
    expires_in: Option<u64>,
}

impl Grant {
    /// `url` is where tokens are asked for.
    pub(super) fn new(
        http: Client,
        url: Url,
        (client, is_client): (Secret, fn(&str) -> bool),
        scope: &'static str,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { http, url, client, is_client, scope, clock, held: Arc::default() }
    }

    /// The token that was used last, as far as it is valid and nobody asks for another one at this moment.
    pub(super) fn held(&self) -> Option<String> {
        if let Some(key) = self.fixed() {
            return Some(key);
        }
        let held = self.held.try_lock().ok()?;
        self.valid(held.as_ref()).map(|held| held.token.clone())
    }

    fn valid<'a>(&self, held: Option<&'a CachedToken>) -> Option<&'a CachedToken> {
        held.filter(|held| self.clock.now() < held.until && held.client == self.client.get())
    }

    /// The configured value, where it is no client.
    fn fixed(&self) -> Option<String> {
        Some(self.client.get()).filter(|key| !(self.is_client)(key))
    }

    async fn token(&self) -> Result<String, Failure> {
        if let Some(key) = self.fixed() {
            return Ok(key);
        }
        // Who comes while a token is asked for waits for it, and asks for none.
        let mut held = self.held.lock().await;
        if let Some(valid) = self.valid(held.as_ref()) {
            return Ok(valid.token.clone());
        }
        let new = self.ask().await?;
        Ok(held.insert(new).token.clone())
    }

    async fn replace(&self, refused: &str) -> Result<bool, Failure> {
        if let Some(key) = self.fixed() {
            return Ok(key != refused || self.client.renew(refused).await);
        }
        let mut held = self.held.lock().await;
        if let Some(valid) = self.valid(held.as_ref()) {
            if valid.token != refused {
                return Ok(true); // another call was quicker
            }
            if self.clock.now().since(valid.since) < REPLACED_AFTER {
                return Ok(false);
            }
        }
        // Another grant may give the same token again: then it is not the token that is wrong.
        let new = self.ask().await?;
        Ok(held.insert(new).token != refused)
    }

    /// Asks for a token, and once more with a client that was configured meanwhile.
    async fn ask(&self) -> Result<CachedToken, Failure> {
        let client = self.client.get();
        match self.try_ask(&client).await {
            Err(Failure::Unauthorized { .. }) if self.client.renew(&client).await && self.fixed().is_none() => {
                self.try_ask(&self.client.get()).await
            }
            outcome => outcome,
        }
    }

    async fn try_ask(&self, client: &str) -> Result<CachedToken, Failure> {
        let (id, secret) = client.trim().split_once(':').unwrap_or((client.trim(), ""));
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id.trim()),
            ("client_secret", secret.trim()),
            ("scope", self.scope),
        ];
        let form: serde_json::Map<_, _> =
            form.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let since = self.clock.now();
        let request = self.http.post(self.url.clone()).header("accept", "application/json").json(&form);
        // A token that was granted and did not arrive ends by itself: asking again does no harm.
        let answer =
            self.http.send_harmless(request).await.map_err(|_| Failure::later("no access token could be obtained"))?;
        match answer.status() {
            StatusCode::OK | StatusCode::CREATED => {}
            // RFC 6749, section 5.2: a 400 is `invalid_client`, `invalid_grant`, `invalid_scope`: nothing that waiting mends.
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(Failure::Unauthorized { why: "the helpdesk grants no token" });
            }
            // No conversation and no message is at fault, whatever it is.
            _ => {
                return Err(Failure::Later {
                    after: http::retry_after(&answer),
                    why: "no access token could be obtained",
                });
            }
        }
        let granted: Granted = read(answer).await?;
        let life = granted.expires_in.map_or(MAX_LIFE, Duration::from_secs).min(MAX_LIFE);
        let until = since.plus(life.saturating_sub(BEFORE_ITS_END));
        Ok(CachedToken { token: granted.access_token, client: client.to_owned(), since, until })
    }
}
