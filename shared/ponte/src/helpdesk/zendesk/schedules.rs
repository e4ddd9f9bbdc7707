//! The schedules of an account with their holidays (developer.zendesk.com, Schedules, 2026).

use async_trait::async_trait;
use serde_json::Value;
use service_rules::{ForeignSchedule, SourceError, zendesk_holidays, zendesk_schedules};

use super::client::ZendeskClient;
use crate::relay::{Failure, ports::Schedules};

/// How many are read: the holidays of each are a call of their own.
const MAX_SCHEDULES: usize = 20;

#[async_trait]
impl Schedules for ZendeskClient {
    async fn schedules(&self) -> Result<Vec<ForeignSchedule>, Failure> {
        let api = &self.calls.api;
        let listed: Value = api.get(&["business_hours", "schedules.json"], &[]).await?;
        let mut schedules = zendesk_schedules(listed.to_string().as_bytes()).map_err(|error| unreadable(&error))?;
        schedules.truncate(MAX_SCHEDULES);
        for schedule in &mut schedules {
            let path = ["business_hours", "schedules", schedule.id.as_str(), "holidays.json"];
            let holidays: Value = api.get(&path, &[]).await?;
            schedule.closed = zendesk_holidays(holidays.to_string().as_bytes()).map_err(|error| unreadable(&error))?;
        }
        Ok(schedules)
    }
}

fn unreadable(error: &SourceError) -> Failure {
    tracing::warn!(reason = %error, "schedules of Zendesk cannot be read");
    Failure::later("schedules of Zendesk cannot be read")
}
