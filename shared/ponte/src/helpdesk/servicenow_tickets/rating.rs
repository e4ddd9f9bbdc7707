//! A customer's rating on a record: the column that the service rules name.
//!
//! A column that the table does not have is ignored in silence (`c_TableAPI.md`), and so is one that the user may not write, so that it is read
//! back.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{
    client::ServiceNowTicketsClient,
    routing::{OWN, is_column},
};
use crate::{
    helpdesk::{
        json::id_of,
        route::{NO_FIELD, NO_VALUE},
    },
    relay::{
        Failure,
        ports::{Rating, Ratings, TicketRef},
    },
};

#[async_trait]
impl Ratings for ServiceNowTicketsClient {
    async fn rated(&self, to: &TicketRef, rating: &Rating<'_>) -> Result<(), Failure> {
        let Some(column) = rating.field else { return Ok(()) };
        if !is_column(column) || OWN.contains(&column) {
            return Err(NO_FIELD);
        }
        let (record, score) = (to.ticket.as_str(), rating.score.to_string());
        self.calls.change(record, &BTreeMap::from([(column, score.as_str())])).await?;
        let columns = self.calls.columns(record, &[column]).await?;
        let value = columns.get(column).ok_or(NO_FIELD)?;
        if id_of(value) == Some(score) { Ok(()) } else { Err(NO_VALUE) }
    }
}
