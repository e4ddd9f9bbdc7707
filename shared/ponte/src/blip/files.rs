//! A new link for a file of Blip's whose link has expired.

use serde_json::Value;

use super::{BlipClient, client::command_id};
use crate::{lime::Command, relay::Failure};

const MEDIA: &str = "postmaster@media.msging.net";

impl BlipClient {
    /// A new link for a file whose link has expired (docs.blip.ai, media extension, 2023). How long after its upload Blip
    /// gives one is documented nowhere.
    pub(super) async fn refreshed_link(&self, url: &str) -> Result<Option<String>, Failure> {
        let command = Command::set(&command_id(), MEDIA, "/refresh-media-uri", "text/plain", url.into());
        let response = self.command(command).await?;
        let link = response.is_success().then_some(response.resource).flatten();
        Ok(link.as_ref().and_then(Value::as_str).filter(|link| *link != url).map(str::to_owned))
    }
}
