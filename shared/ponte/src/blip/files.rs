//! Files of Blip's: where its key may go for one, and a new link for one whose link has expired.
//!
//! Blip reference, section 10: a link with `authorizationRealm` `blip` needs authentication, on hosts such as
//! `*.msging.net/media/download/…`; which header it wants was never seen, and the bot's own `Authorization: Key …` is a
//! guess. Such a link comes with a customer's message, so its host proves nothing: `fetch` asks for the key's home.

use reqwest::Url;
use serde_json::Value;

use super::{BlipClient, client::command_id};
use crate::{
    fetch::{Authority, Home},
    lime::Command,
    relay::Failure,
    settings::SettingsError,
};

/// Blip's own domains: its API, and its stores of files.
const DOMAINS: &[&str] = &["msging.net", "blip.ai"];

/// The home of Blip's key: Blip's domains, and whatever `BlipUrl` names (on one machine that is the simulated Blip).
pub fn home_of_key(base: &str) -> Result<Home, SettingsError> {
    let own = Url::parse(base).ok().as_ref().and_then(Authority::of).ok_or(SettingsError::Invalid("BLIP_URL"))?;
    Ok(Home { own, domains: DOMAINS })
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::may_carry;

    #[test]
    fn blips_key_goes_to_blip() {
        let home = home_of_key("http://127.0.0.1:8080/blip").unwrap();
        for (url, expected) in [
            ("https://acme.http.msging.net/media/download/1", true),
            ("https://blipmediastore.blip.ai/secure-medias/1", true),
            ("http://127.0.0.1:8080/media", true),
            ("http://127.0.0.1:8081/media", false),
            ("http://acme.http.msging.net/media/download/1", false),
            ("https://blipmediastore.blob.core.windows.net/secure-medias/1", false),
            ("https://notblip.ai/", false),
        ] {
            let to = Authority::of(&Url::parse(url).unwrap()).unwrap();
            assert_eq!(may_carry(&to, &home), expected, "{url}");
        }
        assert_eq!(home_of_key("blip").unwrap_err(), SettingsError::Invalid("BLIP_URL"));
    }
}
