//! Opens a conversation: the record, where its route sends it, and what agents read first.

use serde_json::{Map, Value};

use super::{ServiceNowTicketsClient, mapping, routing::Wanted};
use crate::{
    helpdesk::{
        answer::unless_refused,
        intro_note,
        route::{LeftOut, refusal, told},
    },
    message::TicketId,
    relay::{
        Failure,
        ports::{NamesTickets, NewConversation, TicketRef},
    },
};

/// The note about what of a route a record does not have.
const ROUTE: &str = "route";

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
            self.tell_missing(&to, &wanted, &columns).await;
        }
        for (number, part) in self.dossier(&left_out.noted(opening, &self.texts.now())).iter().enumerate().skip(1) {
            let id = format!("dossier-{}", number + 1);
            unless_refused(if was_there {
                self.tell(&to, &id, part).await
            } else {
                self.calls.change(to.ticket.as_str(), &mapping::note(&id, part)).await
            })?;
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
        let first = |left_out: &LeftOut| {
            self.dossier(&left_out.noted(opening, &self.texts.now())).into_iter().next().unwrap_or_default()
        };
        let routed = mapping::new_record(opening, &self.settings, wanted, &first(left_out));
        let made = self.calls.create(&routed, &wanted.columns(), wanted.has_names()).await;
        if let Some(status) =
            made.as_ref().err().and_then(refusal).filter(|_| !wanted.is_empty() || opening.previous.is_some())
        {
            // The link may be what is refused: of that there is nothing to tell.
            if !wanted.is_empty() {
                left_out.refuse(&opening.route, status, "");
            }
            *wanted = Wanted::default();
            // The first note says of the route what there is to say: an opening that is repeated reads columns without it, and says no more.
            let note = mapping::note_text(ROUTE, &first(left_out));
            let alone = NewConversation { previous: None, ..opening.clone() };
            let plain = mapping::new_record(&alone, &self.settings, wanted, &note);
            return self.calls.create(&plain, &[], false).await;
        }
        let (record, columns) = made?;
        if wanted.has_names() {
            self.link(&record, opening).await;
        }
        Ok((record, columns))
    }

    /// Links the record to the one before. A link that cannot be set keeps nothing waiting.
    async fn link(&self, record: &str, opening: &NewConversation) {
        let Some(link) = mapping::link(opening, &self.settings) else { return };
        if let Err(failure) = self.calls.change(record, &Map::from_iter([(link.0.to_owned(), link.1.into())])).await {
            tracing::warn!(kind = failure.kind(), reason = %failure, "a record was not linked to the one before");
        }
    }

    /// What agents read first, in pieces.
    fn dossier(&self, opening: &NewConversation) -> Vec<String> {
        intro_note::parts(opening, self.texts.now().language, self.capabilities.text)
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
    async fn tell_missing(&self, to: &TicketRef, wanted: &Wanted, columns: &Map<String, Value>) {
        let mut dropped = LeftOut::default();
        wanted.missing(columns, &mut dropped);
        if let Some(text) = dropped.note(&self.texts.now()) {
            told(self.tell(to, ROUTE, &text).await);
        }
    }
}

impl NamesTickets for ServiceNowTicketsClient {
    fn ticket_name(&self, ticket: &TicketId) -> String {
        self.calls.page(ticket.as_str())
    }
}
