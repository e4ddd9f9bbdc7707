//! `GET /live`: server-sent events with the parts of the page that have changed. The script puts them in their places.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State as Shared};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde_json::json;
use tokio::sync::watch;

use super::language;
use super::page::{self, Part};
use super::selection::Selection;
use super::words::Words;
use crate::state::World;

/// What comes in a burst is sent together.
const TOGETHER: Duration = Duration::from_millis(60);
/// Answers of a side that change nothing in its state, and how long something waits already, are looked at this often.
const LOOK: Duration = Duration::from_secs(1);

struct Listener {
    world: Arc<World>,
    selection: Selection,
    words: &'static Words,
    changes: watch::Receiver<()>,
    /// The version of each part that was sent last.
    sent: HashMap<&'static str, String>,
}

pub(super) async fn stream(
    Shared(world): Shared<Arc<World>>,
    Query(selection): Query<Selection>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (words, changes) = (language::words(&headers), world.changes());
    let listener = Listener { world, selection, words, changes, sent: HashMap::new() };
    let events = stream::unfold(listener, async |mut listener| {
        let event = listener.next().await;
        Some((Ok(event), listener))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

impl Listener {
    async fn next(&mut self) -> Event {
        loop {
            self.changes.mark_unchanged();
            let news: Vec<Part> = page::parts(&self.world, &self.selection, self.words)
                .into_iter()
                .filter(|part| self.sent.get(part.id) != Some(&part.version))
                .collect();
            if !news.is_empty() {
                self.sent.extend(news.iter().map(|part| (part.id, part.version.clone())));
                let parts: Vec<_> = news
                    .iter()
                    .map(|part| json!({"id": part.id, "version": part.version, "html": part.html.0}))
                    .collect();
                return Event::default().event("parts").data(json!(parts).to_string());
            }
            // The world outlives this; a closed channel would be a wait for nothing, as the time is.
            let _ = tokio::time::timeout(LOOK, self.changes.changed()).await;
            tokio::time::sleep(TOGETHER).await;
        }
    }
}
