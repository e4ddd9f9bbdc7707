//! How a conversation begins: once, with its route; and once more without it, where Chatwoot refuses that.

use service_rules::Route;

use super::{
    client::ChatwootClient,
    mapping,
    routing::{self, Routing},
};
use crate::{
    helpdesk::route::{LeftOut, Part, is_turned_down},
    relay::{Failure, ports::NewConversation},
};

impl ChatwootClient {
    /// The conversation that was found, or a new one of this contact, which goes where its route says. What is left out.
    pub(super) async fn routed(
        &self,
        contact: (u64, &str),
        opening: &NewConversation,
        found: Option<String>,
    ) -> Result<(String, LeftOut), Failure> {
        let (routing, mut left_out) = routing::spelled(&self.calls, &self.names, &opening.route).await;
        let ticket = match found {
            Some(ticket) => ticket,
            None => self.begin(contact, opening, &routing, &mut left_out).await?,
        };
        self.set(&ticket, &opening.route, &mut left_out).await?;
        Ok((ticket, left_out))
    }

    /// Begins a conversation of this contact; once more without its route, where Chatwoot refuses that.
    async fn begin(
        &self,
        (contact, source): (u64, &str),
        opening: &NewConversation,
        routing: &Routing,
        left_out: &mut LeftOut,
    ) -> Result<String, Failure> {
        let begin = |routing: &Routing| mapping::begin(self.inbox, contact, source, opening, routing);
        match self.calls.begin(&begin(routing)).await {
            Err(Failure::Refused { status, .. }) if *routing != Routing::default() => {
                tracing::warn!(status, "a route was refused, and the conversation begins without it");
                routing::refused(&self.names);
                left_out.refuse(&opening.route, &status.to_string());
                self.calls.begin(&begin(&Routing::default())).await
            }
            outcome => outcome,
        }
    }

    /// Sets priority and labels. Each is set again with the same effect.
    async fn set(&self, ticket: &str, route: &Route, left_out: &mut LeftOut) -> Result<(), Failure> {
        if let Some(wanted) = route.priority {
            match self.calls.set_priority(ticket, routing::priority(wanted)).await {
                Err(failure) if is_turned_down(&failure) => {
                    left_out.turned_down(Part::Priority, wanted.as_str(), &failure);
                }
                outcome => outcome?,
            }
        }
        let wanted: Vec<String> =
            route.tags.iter().map(|name| routing::label(name)).filter(|label| !label.is_empty()).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let merged = async {
            let mut labels = self.calls.labels(ticket).await?;
            let before = labels.len();
            let new: Vec<String> = wanted.into_iter().filter(|label| !labels.contains(label)).collect();
            labels.extend(new);
            // The list is replaced.
            if labels.len() > before { self.calls.set_labels(ticket, &labels).await } else { Ok(()) }
        };
        match merged.await {
            Err(failure) if is_turned_down(&failure) => {
                route.tags.iter().for_each(|name| left_out.turned_down(Part::Tag, name, &failure));
            }
            outcome => outcome?,
        }
        Ok(())
    }
}
