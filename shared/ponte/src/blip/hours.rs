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
    relay::{
        Failure,
        ports::{FoundSchedules, MAX_SCHEDULES, Schedules},
    },
};

#[async_trait]
impl Schedules for BlipClient {
    async fn schedules(&self) -> Result<FoundSchedules, Failure> {
        let listed = self.get(DESK, "/attendance-hour?$skip=0&$take=999".to_owned()).await?;
        let mut listed = items(&listed.ok_or(Failure::later("Blip does not list its attendance hours"))?);
        listed.sort_by_key(|item| about(item, "isMain").and_then(Value::as_bool) != Some(true));
        let mut ids: Vec<&str> = listed.iter().filter_map(|item| about(item, "id")?.as_str()).collect();
        let left_out = ids.len().saturating_sub(MAX_SCHEDULES);
        ids.truncate(MAX_SCHEDULES);
        let read = try_join_all(ids.iter().map(|id| self.attendance_hours(id))).await?;
        let mut found = FoundSchedules { left_out, ..FoundSchedules::default() };
        for (id, schedule) in ids.into_iter().zip(read) {
            match schedule {
                Some(schedule) => found.schedules.push(schedule),
                None => found.unread.push(id.to_owned()),
            }
        }
        Ok(found)
    }
}

impl BlipClient {
    /// The attendance hours of an id; `None` where Blip refuses them or they cannot be read, which is their own matter.
    async fn attendance_hours(&self, id: &str) -> Result<Option<ForeignSchedule>, Failure> {
        let container = self.get(DESK, format!("/attendance-hour-container/{}", encode_uri(id))).await?;
        let Some(container) = container else {
            tracing::warn!("Blip does not give some of its attendance hours");
            return Ok(None);
        };
        let read = blip_schedule(container.to_string().as_bytes());
        Ok(read.inspect_err(|error| tracing::warn!(reason = %error, "attendance hours of Blip cannot be read")).ok())
    }
}

/// A field of the hours, alone or in their container.
fn about<'a>(item: &'a Value, name: &str) -> Option<&'a Value> {
    item.get("attendanceHour").unwrap_or(item).get(name)
}
