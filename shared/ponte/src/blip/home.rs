//! Where Blip's key may go for a file.
//!
//! Blip reference, section 10: a link with `authorizationRealm` `blip` needs authentication, on hosts such as
//! `*.msging.net/media/download/…`; which header it wants was never seen, and the bot's own `Authorization: Key …` is a
//! guess. Such a link comes with a customer's message, so its host proves nothing: `fetch` asks for the key's home.

use reqwest::Url;

use crate::{
    fetch::{Authority, Home},
    settings::SettingsError,
};

/// Blip's own domains: its API, and its stores of files.
const DOMAINS: &[&str] = &["msging.net", "blip.ai"];

/// The home of Blip's key: Blip's domains, and whatever `BlipUrl` names (on one machine that is the simulated Blip).
pub fn home_of_key(base: &str) -> Result<Home, SettingsError> {
    let own = Url::parse(base).ok().as_ref().and_then(Authority::of).ok_or(SettingsError::Invalid("BLIP_URL"))?;
    Ok(Home { own, domains: DOMAINS })
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
