//! The attendance hours of Blip Desk, as its portal keeps them (seen in the portal, 2026; documented nowhere).
//!
//! A list of the hours, and a container for each with its week and its off days.

use async_trait::async_trait;
use futures_util::future::try_join_all;
use serde_json::Value;
use service_rules::{ForeignSchedule, blip_schedule};

use super::{BlipClient, desk::DESK};
use crate::{
    lime::{encode_uri, items},
    relay::{Failure, ports::Schedules},
};

/// How many are read, the main one among them: each is a command of its own.
const MAX_SCHEDULES: usize = 20;

#[async_trait]
impl Schedules for BlipClient {
    async fn schedules(&self) -> Result<Vec<ForeignSchedule>, Failure> {
        let listed = self.get(DESK, "/attendance-hour?$skip=0&$take=999".to_owned()).await?;
        let mut listed = items(&listed.ok_or(Failure::later("Blip does not list its attendance hours"))?);
        listed.sort_by_key(|item| about(item, "isMain").and_then(Value::as_bool) != Some(true));
        let ids = listed.iter().filter_map(|item| about(item, "id")?.as_str()).take(MAX_SCHEDULES);
        try_join_all(ids.map(|id| self.attendance_hours(id))).await
    }
}

impl BlipClient {
    async fn attendance_hours(&self, id: &str) -> Result<ForeignSchedule, Failure> {
        let container = self.get(DESK, format!("/attendance-hour-container/{}", encode_uri(id))).await?;
        let container = container.ok_or(Failure::later("Blip does not give its attendance hours"))?;
        blip_schedule(container.to_string().as_bytes()).map_err(|error| {
            tracing::warn!(reason = %error, "attendance hours of Blip cannot be read");
            Failure::later("attendance hours of Blip cannot be read")
        })
    }
}

/// A field of the hours, alone or in their container.
fn about<'a>(item: &'a Value, name: &str) -> Option<&'a Value> {
    item.get("attendanceHour").unwrap_or(item).get(name)
}
