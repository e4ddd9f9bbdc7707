//! Opens a conversation: the record, where its route sends it, and what agents read first.

use serde_json::{Map, Value};

use super::{
    ServiceNowTicketsClient, mapping,
    routing::{self, Wanted},
};
use crate::{
    helpdesk::{intro_note, route::LeftOut},
    message::TicketId,
    relay::{
        Failure,
        ports::{NewConversation, TicketRef},
    },
};

impl ServiceNowTicketsClient {
    /// Makes the record, or finds the one that bears the opening's mark.
    pub(super) async fn opened(&self, opening: &NewConversation) -> Result<TicketId, Failure> {
        let mut left_out = LeftOut::default();
        let mut wanted = Wanted::of(&opening.route, &self.settings, &mut left_out);
        let found = self.calls.find(&mapping::mark(&opening.id)).await?.and_then(|record| record.id);
        let was_there = found.is_some();
        let (record, columns) = match found {
            Some(record) => {
                let columns = self.columns(&record, &wanted).await;
                (record, columns)
            }
            None => self.create(opening, &mut wanted, &mut left_out).await.map(|(id, columns)| (id, Some(columns)))?,
        };
        let to = TicketRef { opening: opening.id.clone(), ticket: TicketId::new(record) };
        if let Some(columns) = columns {
            self.tell_missing(&to, opening, &wanted, &columns).await;
        }
        for (number, part) in self.dossier(&left_out.noted(opening, &self.texts)).iter().enumerate().skip(1) {
            let id = format!("dossier-{}", number + 1);
            if was_there {
                self.tell(&to, &id, part).await?;
            } else {
                self.calls.change(to.ticket.as_str(), &mapping::note(&id, part)).await?;
            }
        }
        Ok(to.ticket)
    }

    /// Makes the record, and once more without its route where that is refused. Its id, and the columns that the route set.
    async fn create(
        &self,
        opening: &NewConversation,
        wanted: &mut Wanted,
        left_out: &mut LeftOut,
    ) -> Result<(String, Map<String, Value>), Failure> {
        let record = |wanted: &Wanted, left_out: &LeftOut| {
            let dossier = self.dossier(&left_out.noted(opening, &self.texts));
            mapping::new_record(opening, &self.settings, wanted, dossier.first().map_or("", String::as_str))
        };
        match self.calls.create(&record(wanted, left_out), &wanted.columns(), wanted.has_names()).await {
            Err(failure) if !wanted.is_empty() && routing::refusal(&failure).is_some() => {
                tracing::warn!(kind = failure.kind(), "the helpdesk refused the route of an opening");
                let status = routing::refusal(&failure).map(|status| status.to_string());
                left_out.refuse(&opening.route, &status.unwrap_or_default());
                *wanted = Wanted::default();
                self.calls.create(&record(wanted, left_out), &[], false).await
            }
            made => made,
        }
    }

    /// What agents read first, in pieces.
    fn dossier(&self, opening: &NewConversation) -> Vec<String> {
        intro_note::parts(opening, self.texts.language, self.capabilities.text)
    }

    /// The columns of a record that a route set. `None` where there are none, or they cannot be read.
    async fn columns(&self, record: &str, wanted: &Wanted) -> Option<Map<String, Value>> {
        if wanted.is_empty() {
            return None;
        }
        match self.calls.columns(record, &wanted.columns()).await {
            Ok(columns) => Some(columns),
            Err(failure) => {
                tracing::warn!(kind = failure.kind(), "what a route set could not be read");
                None
            }
        }
    }

    /// Says what `ServiceNow` left out without a word. It must not keep the conversation from opening.
    async fn tell_missing(
        &self,
        to: &TicketRef,
        opening: &NewConversation,
        wanted: &Wanted,
        columns: &Map<String, Value>,
    ) {
        let mut dropped = LeftOut::default();
        wanted.missing(columns, &mut dropped);
        let bare = NewConversation { route_notes: Vec::new(), ..opening.clone() };
        let lines = dropped.noted(&bare, &self.texts).route_notes;
        if lines.is_empty() {
            return;
        }
        if let Err(failure) = self.tell(to, "route", &lines.join("\n")).await {
            tracing::warn!(kind = failure.kind(), "what was left out of a route could not be told");
        }
    }
}
