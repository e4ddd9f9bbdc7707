//! The relay's port of the sweep on RT: its scrip tells a transaction once, whether or not it arrives.
//!
//! The cursor is a transaction's id. On a large database ids become visible out of order, so that the cursor stays two minutes
//! behind; what is found twice has the same id.

use std::time::Duration;

use async_trait::async_trait;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    RequestTrackerClient,
    calls::{Order, PAGE},
    mapping,
    wire::Transaction,
};
use crate::{
    clock::Timestamp,
    message::{TicketEvents, TicketId},
    relay::{
        Failure,
        ports::{EventPoller, Swept},
    },
};

/// How old a transaction is when all before it are visible.
const SETTLED: Duration = Duration::from_mins(2);

#[async_trait]
impl EventPoller for RequestTrackerClient {
    async fn since(&self, cursor: Option<&str>) -> Result<Swept, Failure> {
        let now = self.calls.now();
        let Some(cursor) = cursor.and_then(|cursor| cursor.parse::<u64>().ok()) else {
            let newest = self.calls.newest().await?;
            let oldest = newest.iter().filter_map(number).min().unwrap_or_default();
            let begin = settled(&newest, now).unwrap_or(oldest.saturating_sub(1));
            return Ok(Swept { tickets: Vec::new(), cursor: begin.to_string(), more: false });
        };
        // The bridge's own user made every ticket of ours.
        let also = format!("TicketCreator = '__CurrentUser__' AND id > {cursor}");
        let found = self.calls.transactions(&also, Order::OldestFirst, PAGE).await?;
        let next = settled(&found, now).unwrap_or(cursor).max(cursor);
        Ok(Swept { more: found.len() >= PAGE && next > cursor, cursor: next.to_string(), tickets: by_ticket(&found) })
    }
}

fn number(transaction: &Transaction) -> Option<u64> {
    transaction.id.as_deref()?.parse().ok()
}

/// The largest id of those that are old enough.
fn settled(transactions: &[Transaction], now: Timestamp) -> Option<u64> {
    let old = |transaction: &&Transaction| {
        let at = transaction.created.as_deref().and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
        at.is_some_and(|at| now.since(Timestamp(at.unix_timestamp().saturating_mul(1000))) >= SETTLED)
    };
    transactions.iter().filter(old).filter_map(number).max()
}

/// The events by ticket, in order.
fn by_ticket(transactions: &[Transaction]) -> Vec<TicketEvents> {
    let mut tickets: Vec<TicketEvents> = Vec::new();
    for transaction in transactions {
        let (Some(id), Some(ticket)) = (transaction.id.as_deref(), transaction.object_id.as_deref()) else { continue };
        let event = mapping::reference(id);
        match tickets.iter_mut().find(|known| known.ticket.as_str() == ticket) {
            Some(known) => known.events.push(event),
            None => {
                tickets.push(TicketEvents { ticket: TicketId::new(ticket), opening: None, events: vec![event] });
            }
        }
    }
    tickets
}
