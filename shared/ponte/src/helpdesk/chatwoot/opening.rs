//! How a conversation begins: once, with its route; and once more without it, where Chatwoot refuses that.

use async_trait::async_trait;
use service_rules::{HelpdeskName, Route};

use super::{
    calls::Begun,
    client::ChatwootClient,
    mapping,
    routing::{self, Routing},
};
use crate::{
    helpdesk::{
        answer::unless_refused,
        route::{LeftOut, Part, is_given_up, refusal, set},
    },
    relay::{
        Failure,
        ports::{NameFound, NewConversation, RouteNames},
    },
};

/// The note that the route was refused.
const REFUSED: &str = "route-refused";

impl ChatwootClient {
    /// The conversation that was found, or a new one of this contact, which goes where its route says. What is left out.
    pub(super) async fn routed(
        &self,
        contact: (u64, &str),
        opening: &NewConversation,
        found: Option<Begun>,
        (routing, mut left_out): (Routing, LeftOut),
    ) -> Result<(String, LeftOut), Failure> {
        // An earlier try that broke off did not say in the first note who has it.
        let begun = match found {
            Some(found) => found,
            None => self.begin(contact, opening, &routing).await?,
        };
        if let Some(name) = opening.route.agent.as_deref().filter(|_| begun.is_not_given_to(routing.assignee)) {
            left_out.not_set(Part::Agent, name);
        }
        self.set(&begun.id, &opening.route, &mut left_out).await?;
        Ok((begun.id, left_out))
    }

    /// Begins a conversation of this contact; once more without its route, where Chatwoot refuses that.
    async fn begin(
        &self,
        (contact, source): (u64, &str),
        opening: &NewConversation,
        routing: &Routing,
    ) -> Result<Begun, Failure> {
        let body = |routing: &Routing| mapping::begin(self.inbox, contact, source, opening, routing);
        let failure = match self.calls.begin(&body(routing)).await {
            Err(failure) if *routing != Routing::default() => failure,
            begun => return begun,
        };
        let Some(status) = refusal(&failure) else { return Err(failure) };
        routing::refused(&self.names);
        let begun = self.calls.begin(&body(&Routing::default())).await?;
        self.tell_refused(&begun.id, &opening.route, status).await?;
        // That note speaks of the agent, too.
        Ok(Begun { meta: None, ..begun })
    }

    /// Says at once that the route was refused: an opening that is repeated finds the conversation, and does not hear of it again.
    async fn tell_refused(&self, ticket: &str, route: &Route, status: u16) -> Result<(), Failure> {
        let Some(text) = LeftOut::refused(route, status).note(&self.texts.now()) else { return Ok(()) };
        unless_refused(self.calls.say(ticket, &mapping::note(REFUSED, &text)).await)
    }

    /// Sets priority and labels. Each is set again with the same effect.
    async fn set(&self, ticket: &str, route: &Route, left_out: &mut LeftOut) -> Result<(), Failure> {
        if let Some(wanted) = route.priority {
            match set(|| self.calls.set_priority(ticket, routing::priority(wanted))).await {
                Err(failure) if is_given_up(&failure) => {
                    left_out.given_up(Part::Priority, wanted.as_str(), &failure);
                }
                outcome => outcome?,
            }
        }
        let wanted: Vec<String> =
            route.tags.iter().map(|name| routing::label(name)).filter(|label| !label.is_empty()).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        match set(|| self.add_labels(ticket, &wanted)).await {
            Err(failure) if is_given_up(&failure) => {
                for name in &route.tags {
                    left_out.given_up(Part::Tag, name, &failure);
                }
            }
            outcome => outcome?,
        }
        Ok(())
    }

    /// Adds these labels to those that are there: the call replaces the list.
    async fn add_labels(&self, ticket: &str, wanted: &[String]) -> Result<(), Failure> {
        let mut labels = self.calls.labels(ticket).await?;
        let before = labels.len();
        for label in wanted {
            if !labels.contains(label) {
                labels.push(label.clone());
            }
        }
        if labels.len() > before { self.calls.set_labels(ticket, &labels).await } else { Ok(()) }
    }
}

#[async_trait]
impl RouteNames for ChatwootClient {
    async fn find_name(&self, name: &HelpdeskName) -> Result<NameFound, Failure> {
        let names = self.names.for_check();
        let (_, left_out) = routing::spelled(&self.calls, &names, &name.route()).await;
        names.found(name, &routing::LOOKED_UP, &left_out)
    }
}
