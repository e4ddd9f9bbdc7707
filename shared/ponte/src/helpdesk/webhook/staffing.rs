//! Whether somebody is there, as the in-house tool tells it: `availability.requested`, only with the setting `availability`.

use async_trait::async_trait;

use super::{client::WebhookClient, wire};
use crate::{
    hash::HashKey,
    relay::{Failure, ports::Staffing},
};

#[async_trait]
impl Staffing for WebhookClient {
    async fn is_staffed(&self, queue: Option<&str>) -> Result<Option<bool>, Failure> {
        if !self.asks {
            return Ok(None);
        }
        let now = self.clock.now();
        // A name may hold anything, a webhook-id no dot. Each question is an event of its own.
        let hash = HashKey::new(b"webhook-id").hex(&[queue.unwrap_or_default()]);
        let event =
            wire::FromPonte::AvailabilityRequested(wire::AvailabilityRequested { queue: queue.map(str::to_owned) });
        let answer = match self.post(&format!("availability-{}-{hash}", now.0), now, event).await {
            // A tool that does not know the question.
            Err(Failure::Gone | Failure::Refused { .. }) => return Ok(None),
            answer => answer?,
        };
        let answer = answer.bytes().await.map_err(|_| Failure::later("the response was cut off"))?;
        Ok(serde_json::from_slice::<wire::AvailabilityAnswer>(&answer).unwrap_or_default().staffed)
    }
}
