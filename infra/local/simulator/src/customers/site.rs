//! What a customer of a company's own site does: the site speaks the REST channel (`docs/rest-channel.md`) in Blip's place.
//!
//! The site is a client on a bad line: each request goes out from two tabs at once, and of every third pair no answer arrives, so
//! that both are sent once more. It keeps its cursor and shows what comes after it, as the page says.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, ensure};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use uuid::Uuid;

use super::handle::CustomerHandle;
use crate::ledger::{Direction, Label, Seen};
use crate::message::{Content, contents_of_item};
use crate::state::{AnyCustomer, Profile, State, World};
use crate::transport::Endpoint;

/// The bridge's parameter `RestChannelToken`.
pub const TOKEN: &str = "a-token-for-the-rest-channel";
/// How often the site polls while nobody types.
const POLL_INTERVAL: Duration = Duration::from_millis(150);
/// The answers of every so many requests are lost.
const LOST_EVERY: u32 = 3;
/// Tries of a request that is answered with a 5xx, or by nobody.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(200);

/// A customer of the site.
#[derive(Debug)]
pub struct SiteCustomer {
    handle: CustomerHandle,
    site: Arc<Site>,
    words: mpsc::UnboundedSender<Value>,
    task: AbortHandle,
}

#[derive(Debug)]
struct Site {
    client: Client,
    endpoint: Endpoint,
    sender: String,
    /// Every item that was shown, in order.
    shown: Mutex<Vec<Value>>,
}

impl AnyCustomer for SiteCustomer {
    fn index(&self) -> usize {
        self.handle.index
    }
    fn name(&self) -> String {
        self.handle.name()
    }
}

impl SiteCustomer {
    /// `sender` is the site's name of the customer, which the agent reads.
    pub(crate) fn new(world: &Arc<World>, sender: &str, endpoint: Endpoint) -> Self {
        let handle = CustomerHandle::new(world, Profile::site(sender), None);
        let (client, sender, shown) = (world.queues.client().clone(), sender.to_owned(), Mutex::default());
        let site = Arc::new(Site { client, endpoint, sender, shown });
        let (words, queue) = mpsc::unbounded_channel();
        let task = tokio::spawn(site.clone().asks(world.clone(), handle.clone(), queue)).abort_handle();
        Self { handle, site, words, task }
    }

    /// The customer writes.
    pub fn says(&self, words: &str) -> Label {
        self.handle.world.write(|state| {
            let label = state.label("c");
            let Ok(person) = state.person(self.handle.index) else { return label };
            if !person.talking {
                person.begin();
            }
            let (lane, closing) = (person.lane(Direction::ToAgent), person.closing);
            state.ledger.say(label.clone(), lane, Content::from(words), closing);
            // While the state is locked, so that the site has the words in the order of the ledger.
            let _ = self.words.send(json!({ "message": words, "message_id": Uuid::new_v4().to_string() }));
            label
        })
    }

    /// Everything that the page shows, in order; system texts are marked.
    pub fn sees(&self) -> Vec<Seen> {
        self.handle.sees()
    }

    /// Waits until the site was notified that the conversation is over.
    pub async fn wait_closed(&self, limit: Duration) -> Result<()> {
        let what = format!("{} is told that the conversation is over", self.name());
        let over = |state: &State| state.people.get(self.handle.index).filter(|person| !person.talking).map(|_| ());
        self.handle.world.until(limit, &what, over).await
    }

    /// The page is opened anew, with no cursor kept: it must show what it showed, and in that order.
    pub async fn reloads(&self) -> Result<()> {
        let answer = self.site.request(&json!({ "sender": self.site.sender, "cursor": 0 })).await;
        let items = answer.map_err(|(_, why)| anyhow::anyhow!("{why}"))?;
        let shown = self.site.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ensure!(items == shown, "the page of {} shows something else after a reload: {items:?}", self.name());
        Ok(())
    }
}

impl Drop for SiteCustomer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Site {
    /// Brings words as they are typed, else asks what waits, one request after the other, for as long as the customer is there.
    async fn asks(
        self: Arc<Self>,
        world: Arc<World>,
        customer: CustomerHandle,
        mut queue: mpsc::UnboundedReceiver<Value>,
    ) {
        let mut cursor = 0;
        for number in 1_u32.. {
            let mut body = match tokio::time::timeout(POLL_INTERVAL, queue.recv()).await {
                Ok(Some(words)) => words,
                Ok(None) => return,
                Err(_) => json!({}),
            };
            if let Some(fields) = body.as_object_mut() {
                fields.insert("sender".to_owned(), json!(self.sender));
                fields.insert("cursor".to_owned(), json!(cursor));
            }
            if number.is_multiple_of(LOST_EVERY) {
                let _ = tokio::join!(self.request(&body), self.request(&body));
            }
            let answers = tokio::join!(self.request(&body), self.request(&body));
            for answer in [answers.0, answers.1] {
                world.write(|state| match answer {
                    Ok(items) => self.show(state, &customer, items, &mut cursor),
                    Err((true, why)) => state.ledger.refusals.push(why),
                    Err((false, why)) => state.ledger.undelivered.push(why),
                });
            }
        }
    }

    /// What waits; else whether the request was refused, and why.
    async fn request(&self, body: &Value) -> Result<Vec<Value>, (bool, String)> {
        let mut why = String::new();
        for _ in 0..TRIES {
            let mut request = self.client.post(&self.endpoint.url).bearer_auth(TOKEN).json(body);
            if let Some(host) = &self.endpoint.host {
                request = request.header("host", host);
            }
            match request.send().await {
                Ok(answer) if answer.status().is_success() => {
                    return answer.json().await.map_err(|error| (true, format!("the REST channel's answer: {error}")));
                }
                Ok(answer) if answer.status().is_client_error() => {
                    return Err((true, format!("the REST channel answered {}: {body}", answer.status())));
                }
                Ok(answer) => why = format!("the REST channel answered {}", answer.status()),
                Err(error) => why = format!("the REST channel: {error}"),
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err((false, why))
    }

    /// Shows what the customer has not seen: several items may have one cursor, and come together.
    fn show(&self, state: &mut State, customer: &CustomerHandle, items: Vec<Value>, cursor: &mut u64) {
        let had = *cursor;
        for item in items {
            let Some(number) = item.get("cursor").and_then(|cursor| cursor.as_str()?.parse::<u64>().ok()) else {
                state.ledger.faults.push(format!("an item without a cursor: {item}"));
                continue;
            };
            if number <= had {
                continue;
            }
            *cursor = number;
            if item.get("recipient_id").and_then(Value::as_str) != Some(&self.sender) {
                state.ledger.strays.push(format!("an item that is not for {}: {item}", self.sender));
            }
            let Ok(person) = state.person(customer.index) else { return };
            let lane = person.lane(Direction::ToCustomer);
            if let Some(custom) = item.get("custom") {
                person.end();
                state.ledger.note(&lane.customer, "redirect", custom.to_string());
            }
            for content in contents_of_item(&item) {
                let system = matches!(&content, Content::Text { text } if is_system(text));
                state.ledger.see(lane.clone(), content, system);
            }
            self.shown.lock().unwrap_or_else(PoisonError::into_inner).push(item);
        }
    }
}

/// Whether these are the bridge's own words: an item does not say who speaks.
fn is_system(words: &str) -> bool {
    words.starts_with("Olá! Você já está na fila de atendimento.")
        || (words.starts_with("Você está falando com ") && words.ends_with('.'))
        || words.starts_with("O atendimento foi encerrado.")
}

#[cfg(test)]
mod tests {
    use super::is_system;

    #[test]
    fn tells_system_texts_from_words() {
        assert!(is_system("Você está falando com Ana."));
        assert!(!is_system("Olá! Você já está na fila?"));
    }
}
