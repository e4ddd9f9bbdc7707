//! Messages and commands over HTTP, and what an answer means.
//!
//! Blip reference, 2.2: 202 for a message, 200 with a response envelope for a command (a failure is a 200 too), 400 for
//! a bad format, 401 for the token, 429 for the throughput, 504 when a command took 60 s.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{StatusCode, Url};
use serde_json::Value;

use super::home;
use crate::{
    fetch::{Access, Home},
    http::{self, Client, OtherSide},
    lime::{Command, Envelope, Message, Notification, Response, is_signed},
    relay::{
        Failure,
        ports::{
            CustomerChannel, CustomerDirectory, CustomerFiles, CustomerReceipts, CustomerRef, DeskTickets, Outgoing,
            Profile, Spoken, Transcripts, Typed, Whereabouts,
        },
    },
    secret::Secret,
    settings::SettingsError,
};

/// A message to Blip takes at most this long: an agent's last words must be through before the customer leaves.
pub const SEND_LIMIT: Duration = crate::conversation::UNDER_WAY;
/// A command may block for 60 s on Blip's side; ours are given up earlier and repeated by the queue.
pub const COMMAND_LIMIT: Duration = Duration::from_secs(4);
/// After a 429 Blip refuses everything for two minutes (reference, 2.2).
const THROTTLED: Duration = Duration::from_mins(2);

/// What Blip makes of a post that comes twice, which says whether it may be sent again at once when its connection breaks.
#[derive(Debug, Clone, Copy)]
enum Twice {
    /// A message: the customer reads it twice. Only who has asked Blip what it knows may repeat it.
    Shown,
    /// A notification: the same once more.
    Receipt,
    /// A command: it reads, or sets what it had set.
    Command,
}

/// Blip, as one bot with one key.
#[derive(Clone)]
pub struct BlipClient {
    http: Client,
    base: Url,
    key: Secret,
    /// The key of the router behind which the bot is, where the company gave it.
    pub(super) router_key: Option<Secret>,
    /// Where the key may go for a file.
    home: Home,
}

impl std::fmt::Debug for BlipClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BlipClient({})", self.base.host_str().unwrap_or_default())
    }
}

impl BlipClient {
    /// `base` is the portal's URL up to the host (or a path); `key` the finished token as the portal shows it, with
    /// or without `Key ` before it.
    pub fn new(http: Client, base: &str, key: Secret) -> Result<Self, SettingsError> {
        let base =
            Url::parse(&format!("{}/", base.trim_end_matches('/'))).map_err(|_| SettingsError::Invalid("BLIP_URL"))?;
        let home = home::home_of_key(base.as_str())?;
        Ok(Self { http, base, key, router_key: None, home })
    }

    /// The same with the key of the router.
    #[must_use]
    pub fn with_router_key(self, key: Secret) -> Self {
        Self { router_key: Some(key), ..self }
    }

    /// Posts, and once more when the key was refused and there is a newer one.
    async fn post(&self, path: &str, body: &Value, twice: Twice) -> Result<reqwest::Response, Failure> {
        self.post_as(&self.key, path, body, twice).await
    }

    async fn post_as(&self, of: &Secret, path: &str, body: &Value, twice: Twice) -> Result<reqwest::Response, Failure> {
        let key = of.get();
        match self.post_with(&key, path, body, twice).await {
            Err(Failure::Unauthorized { .. }) if of.renew(&key).await => {
                self.post_with(&of.get(), path, body, twice).await
            }
            outcome => outcome,
        }
    }

    async fn post_with(&self, key: &str, path: &str, body: &Value, twice: Twice) -> Result<reqwest::Response, Failure> {
        let url = self.base.join(path).map_err(|_| Failure::Broken { why: "the address of Blip is no URL" })?;
        let request = self.http.post(url).header("authorization", authorization(key)).json(body);
        let answer = match twice {
            Twice::Shown => self.http.send(request.timeout(SEND_LIMIT)).await?,
            Twice::Receipt => self.http.send_harmless(request.timeout(SEND_LIMIT)).await?,
            Twice::Command => self.http.send_harmless(request.timeout(COMMAND_LIMIT)).await?,
        };
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let asked = http::retry_after(&answer).unwrap_or(THROTTLED);
            return Err(Failure::Later { after: Some(asked.max(THROTTLED)), why: "Blip's throughput is exceeded" });
        }
        http::check(status, OtherSide::Blip, &answer)?;
        Ok(answer)
    }

    /// Sends a command and reads its answer. A failure of the command is an `Ok` with its reason.
    pub(super) async fn command(&self, command: Command) -> Result<Response, Failure> {
        self.command_as(&self.key, command).await
    }

    /// The same with another key.
    pub(super) async fn command_as(&self, key: &Secret, command: Command) -> Result<Response, Failure> {
        let command = Envelope::Command(command).to_value();
        let answer = self.post_as(key, "commands", &command, Twice::Command).await?;
        let body: Value = answer.json().await.map_err(|error| http::failure_of(&error))?;
        match Envelope::from_value(body) {
            Ok(Envelope::Response(response)) => Ok(response),
            _ => Err(Failure::later("unexpected response from Blip")),
        }
    }

    /// A command's resource; `None` when Blip says that there is no such thing.
    pub(super) async fn get(&self, to: &str, uri: String) -> Result<Option<Value>, Failure> {
        let response = self.command(Command::get(&command_id(), to, &uri)).await?;
        Ok(if response.is_success() { response.resource } else { None })
    }
}

/// The portal shows the key with `Key ` before it, and people copy it with or without.
fn authorization(key: &str) -> String {
    let key = key.trim();
    if key.starts_with("Key ") { key.to_owned() } else { format!("Key {key}") }
}

/// A command's id only pairs it with its answer.
pub(super) fn command_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

#[async_trait]
impl CustomerChannel for BlipClient {
    async fn send(&self, message: &Outgoing) -> Result<(), Failure> {
        let message = Message::to(&message.to, message.id.as_deref().unwrap_or_default(), message.document.clone());
        self.post("messages", &Envelope::Message(message).to_value(), Twice::Shown).await.map(drop)
    }

    async fn knows(&self, _to: &crate::lime::Node, id: &str) -> Result<bool, Failure> {
        self.knows_message(id).await
    }

    fn receipts(&self) -> Option<&dyn CustomerReceipts> {
        Some(self)
    }

    fn directory(&self) -> Option<&dyn CustomerDirectory> {
        Some(self)
    }

    fn transcripts(&self) -> Option<&dyn Transcripts> {
        Some(self)
    }

    fn desk_tickets(&self) -> Option<&dyn DeskTickets> {
        Some(self)
    }

    fn files(&self) -> Option<&dyn CustomerFiles> {
        Some(self)
    }

    fn whereabouts(&self) -> Option<&dyn Whereabouts> {
        self.router_key.is_some().then_some(self)
    }
}

#[async_trait]
impl CustomerReceipts for BlipClient {
    async fn notify(&self, notification: &Notification) -> Result<(), Failure> {
        let notification = Envelope::Notification(notification.clone()).to_value();
        self.post("notifications", &notification, Twice::Receipt).await.map(drop)
    }
}

#[async_trait]
impl CustomerDirectory for BlipClient {
    async fn profile(&self, whom: &CustomerRef) -> Result<Profile, Failure> {
        self.read_profile(whom).await
    }

    async fn clear_extras(&self, whom: &CustomerRef, extras: &[String]) -> Result<(), Failure> {
        self.empty_extras(whom, extras).await
    }
}

#[async_trait]
impl Transcripts for BlipClient {
    async fn transcript(&self, whom: &CustomerRef, take: u8) -> Result<Vec<Spoken>, Failure> {
        self.read_transcript(whom, take).await
    }
}

#[async_trait]
impl DeskTickets for BlipClient {
    async fn open_ticket(&self, ticket: &str, agent: &str) -> Result<(), Failure> {
        self.assign_ticket(ticket, agent).await
    }

    async fn ticket_messages(&self, ticket: &str) -> Result<Vec<Typed>, Failure> {
        self.read_ticket_messages(ticket).await
    }

    async fn close_ticket(&self, ticket: &str, tag: Option<&str>) -> Result<(), Failure> {
        self.end_ticket(ticket, tag).await
    }
}

#[async_trait]
impl CustomerFiles for BlipClient {
    fn file_access(&self, url: &str) -> Option<Access> {
        if is_signed(url) {
            return None;
        }
        Access::new("authorization", &authorization(&self.key.get()), self.home.clone()).ok()
    }

    async fn refresh_file(&self, url: &str) -> Result<Option<String>, Failure> {
        self.refreshed_link(url).await
    }
}
