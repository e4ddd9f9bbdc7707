//! Calls to the in-house tool: signed, with `webhook-id` as the idempotency key of each.

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::Url;
use serde_json::Value;

use super::{mapping, wire};
use crate::{
    clock::{Clock, Timestamp},
    helpdesk::{
        AgentTexts, ClientDeps,
        route::{LeftOut, refusal, told},
        signature::SigningKey,
    },
    http::{self, Client, OtherSide},
    message::{Capabilities, SourceId, TicketId},
    relay::{
        Failure,
        ports::{
            AgentReceipts, CustomerMessage, EndedBy, Helpdesk, NamesTickets, NewConversation, NotDelivered, Notices,
            Presence, Rating, Ratings, Status, TicketRef,
        },
    },
    secret::Secret,
    settings::SettingsError,
    texts::Texts,
};

/// A ticket's name is a key of the conversation store and travels in every event: longer ones are not taken over.
const MAX_TICKET: usize = 200;

/// The client of an in-house helpdesk: posts signed events to its one address.
#[derive(Clone)]
pub struct WebhookClient {
    http: Client,
    url: Url,
    secret: Secret,
    texts: AgentTexts,
    pub(super) clock: Arc<dyn Clock>,
    capabilities: Capabilities,
    /// Whether the tool is asked if somebody is there.
    pub(super) asks: bool,
}

impl std::fmt::Debug for WebhookClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WebhookClient({})", self.url.host_str().unwrap_or_default())
    }
}

impl WebhookClient {
    /// `url` is where every event is posted; `secret` is `whsec_` and base64.
    pub fn new(
        url: &str,
        secret: Secret,
        means: ClientDeps,
        capabilities: Capabilities,
    ) -> Result<Self, SettingsError> {
        let ClientDeps { http, texts, clock, .. } = means;
        Ok(Self {
            http,
            url: Url::parse(url).map_err(|_| SettingsError::Invalid("HELPDESK_URL"))?,
            secret: SigningKey::parse(&secret.get())
                .map(|_| secret)
                .ok_or(SettingsError::Invalid("HelpdeskWebhookSecret"))?,
            texts,
            clock,
            capabilities,
            asks: false,
        })
    }

    /// Whether the tool is asked if somebody is there. It is not, if nothing is said.
    #[must_use]
    pub fn asking(self, asks: bool) -> Self {
        Self { asks, ..self }
    }

    /// Posts one event. The tool has the idempotency key, so an unknown result is like none: it is repeated
    /// with the same id.
    pub(super) async fn post(
        &self,
        id: &str,
        at: Timestamp,
        event: wire::FromPonte,
    ) -> Result<reqwest::Response, Failure> {
        let secret = self.secret.get();
        let body = serde_json::to_vec(&wire::Event { timestamp: Some(at.rfc3339()), event })
            .map_err(|_| Failure::Broken { why: "the event is no JSON" })?;
        let outcome = match self.try_post(&secret, id, &body).await {
            Err(Failure::Unauthorized { .. }) if self.secret.renew(&secret).await => {
                self.try_post(&self.secret.get(), id, &body).await
            }
            outcome => outcome,
        };
        outcome.map_err(Failure::harmless)
    }

    /// What the agent would have read of the route, as a note. It must not keep the conversation from opening.
    async fn tell_refused(&self, to: &TicketRef, opening: &NewConversation, status: u16) {
        let noted = LeftOut::refused(&opening.route, status).noted(opening, &self.texts.now());
        told(self.note(to, "route", &noted.route_notes.join("\n")).await);
    }

    async fn try_post(&self, secret: &str, id: &str, body: &[u8]) -> Result<reqwest::Response, Failure> {
        let key =
            SigningKey::parse(secret).ok_or(Failure::Unauthorized { why: "the signing secret cannot be read" })?;
        let now = self.clock.now();
        let request = self
            .http
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.seconds().to_string())
            .header("webhook-signature", key.sign(id, now, body))
            .body(body.to_vec());
        let answer = self.http.send_harmless(request).await?;
        http::check(answer.status(), OtherSide::Helpdesk, &answer)?;
        Ok(answer)
    }
}

#[async_trait]
impl Helpdesk for WebhookClient {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let id = format!("{}-started", opening.id.as_str());
        let routing = wire::Routing::of(opening, self.texts.now().language);
        let routed = routing.is_some();
        let answer = self.post(&id, opening.at, mapping::started(opening, routing)).await;
        // A tool that does not take the route takes the conversation without it. It has the same id: it was never taken in.
        let refused = answer.as_ref().err().and_then(refusal).filter(|status| routed && matches!(status, 400 | 422));
        let answer = match refused {
            Some(_) => self.post(&id, opening.at, mapping::started(opening, None)).await?,
            None => answer?,
        };
        // An answer that breaks off may have named a ticket: the call is repeated. One that is not ours to read names none.
        let answer = answer.bytes().await.map_err(|_| Failure::later("the response was cut off"))?;
        let answer: wire::StartedAnswer = serde_json::from_slice(&answer).unwrap_or_default();
        let own = match answer.ticket {
            Some(Value::String(ticket)) => Some(ticket),
            Some(Value::Number(ticket)) => Some(ticket.to_string()),
            _ => None,
        };
        let own = own.filter(|ticket| !ticket.trim().is_empty() && ticket.chars().count() <= MAX_TICKET);
        let ticket = TicketId::new(own.unwrap_or_else(|| opening.id.as_str().to_owned()));
        if let Some(status) = refused {
            let to = TicketRef { opening: opening.id.clone(), ticket: ticket.clone() };
            self.tell_refused(&to, opening, status).await;
        }
        Ok(ticket)
    }

    async fn deliver(&self, to: &TicketRef, message: &CustomerMessage) -> Result<(), Failure> {
        // Of the conversation and not of its opening: what was parked after its effect, and comes back when the customer is
        // in the next one, is still the same message.
        let id = format!("{}-message-{}", to.opening.conversation().as_str(), message.id);
        self.post(&id, message.at, mapping::created(to, message)).await.map(drop)
    }

    async fn ended(&self, to: &TicketRef, by: EndedBy) -> Result<(), Failure> {
        let id = format!("{}-ended", to.opening.as_str());
        self.post(&id, self.clock.now(), mapping::ended(to, by)).await.map(drop)
    }

    fn earlier_tickets(&self) -> Option<&dyn NamesTickets> {
        Some(self)
    }

    fn ratings(&self) -> Option<&dyn Ratings> {
        Some(self)
    }

    fn notices(&self) -> Option<&dyn Notices> {
        Some(self)
    }

    fn presence(&self) -> Option<&dyn Presence> {
        if self.capabilities.typing { Some(self) } else { None }
    }

    fn receipts(&self) -> Option<&dyn AgentReceipts> {
        if self.capabilities.receipts { Some(self) } else { None }
    }
}

#[async_trait]
impl Notices for WebhookClient {
    async fn not_delivered(
        &self,
        to: &TicketRef,
        message: &SourceId,
        reason: &NotDelivered,
        texts: &Texts,
    ) -> Result<(), Failure> {
        // The id of a helpdesk's message may hold anything, a webhook-id no dot: the key is made from a hash.
        // The reason is not in it: a later try may find another one (the conversation has closed by now), and one notice
        // of a message is enough.
        let hash = crate::hash::HashKey::new(b"webhook-id").hex(&[message.as_str()]);
        let id = format!("{}-failed-{hash}", to.opening.as_str());
        let event = mapping::failed(to, message, reason, texts);
        self.post(&id, self.clock.now(), event).await.map(drop)
    }

    async fn note(&self, to: &TicketRef, id: &str, text: &str) -> Result<(), Failure> {
        let now = self.clock.now();
        self.post(&format!("{}-note-{id}", to.opening.as_str()), now, mapping::note(to, id, text, now)).await.map(drop)
    }
}

#[async_trait]
impl Ratings for WebhookClient {
    async fn rated(&self, to: &TicketRef, rating: &Rating<'_>) -> Result<(), Failure> {
        let id = format!("{}-rated", to.opening.as_str());
        self.post(&id, self.clock.now(), mapping::rated(to, rating.score)).await.map(drop)
    }
}

#[async_trait]
impl Presence for WebhookClient {
    async fn typing(&self, to: &TicketRef, on: bool) -> Result<(), Failure> {
        let now = self.clock.now();
        // Each is an event of its own, and worth nothing later.
        let id = format!("{}-typing-{}", to.opening.as_str(), now.0);
        self.post(&id, now, mapping::typing(to, on)).await.map(drop)
    }
}

#[async_trait]
impl AgentReceipts for WebhookClient {
    async fn status(&self, to: &TicketRef, message: &SourceId, status: Status) -> Result<(), Failure> {
        let hash = crate::hash::HashKey::new(b"webhook-id").hex(&[message.as_str()]);
        let id = format!("{}-{}-{hash}", to.opening.as_str(), status.name());
        self.post(&id, self.clock.now(), mapping::status(to, message, status)).await.map(drop)
    }
}

impl NamesTickets for WebhookClient {
    fn ticket_name(&self, ticket: &TicketId) -> String {
        ticket.as_str().to_owned()
    }
}
