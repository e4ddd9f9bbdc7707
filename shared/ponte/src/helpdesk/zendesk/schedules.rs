//! The schedules of an account with their holidays (developer.zendesk.com, Schedules, 2026).

use async_trait::async_trait;
use serde_json::Value;
use service_rules::{ClosedTime, SourceError, zendesk_holidays, zendesk_schedules};

use super::client::ZendeskClient;
use crate::relay::{
    Failure,
    ports::{FoundSchedules, MAX_SCHEDULES, Schedules},
};

#[async_trait]
impl Schedules for ZendeskClient {
    async fn schedules(&self) -> Result<FoundSchedules, Failure> {
        let listed: Value = self.calls.api.get(&["business_hours", "schedules.json"], &[]).await?;
        let mut read = zendesk_schedules(listed.to_string().as_bytes()).map_err(|error| {
            say(&error);
            Failure::later("schedules of Zendesk cannot be read")
        })?;
        let left_out = read.schedules.len().saturating_sub(MAX_SCHEDULES);
        read.schedules.truncate(MAX_SCHEDULES);
        read.unread.iter().for_each(|(_, error)| say(error));
        let unread = read.unread.into_iter().map(|(id, _)| id).collect();
        let mut found = FoundSchedules { unread, left_out, ..FoundSchedules::default() };
        for mut schedule in read.schedules {
            match self.holidays(&schedule.id).await? {
                Some(closed) => {
                    schedule.closed = closed;
                    found.schedules.push(schedule);
                }
                None => found.unread.push(schedule.id),
            }
        }
        Ok(found)
    }
}

impl ZendeskClient {
    /// The holidays of a schedule; `None` where Zendesk refuses them or they cannot be read. Without them it would be open on each.
    async fn holidays(&self, schedule: &str) -> Result<Option<Vec<ClosedTime>>, Failure> {
        let path = ["business_hours", "schedules", schedule, "holidays.json"];
        let holidays: Value = match self.calls.api.get(&path, &[]).await {
            Err(failure @ (Failure::Refused { .. } | Failure::Gone)) => {
                tracing::warn!(reason = %failure, "Zendesk does not give the holidays of a schedule");
                return Ok(None);
            }
            answer => answer?,
        };
        Ok(zendesk_holidays(holidays.to_string().as_bytes()).inspect_err(say).ok())
    }
}

fn say(error: &SourceError) {
    tracing::warn!(reason = %error, "a schedule of Zendesk cannot be read");
}
