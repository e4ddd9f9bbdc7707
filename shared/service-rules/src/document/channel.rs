//! A channel in the rules, and what they have for it.

use std::collections::BTreeMap;

use crate::fold::same;

/// The names that Ponte has for channels. Another one is named by its domain, such as `new.gw.msging.net`.
pub const CHANNELS: [&str; 14] = [
    "whatsapp",
    "messenger",
    "instagram",
    "telegram",
    "blip-chat",
    "teams",
    "workplace",
    "skype",
    "google-business-messages",
    "google-rcs",
    "apple-business-chat",
    "email",
    "sms",
    "rest",
];

/// The two names by which rules may mean the channel of a conversation, in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelNames<'a> {
    /// Ponte's name, one of [`CHANNELS`]; the domain where Ponte has none.
    pub name: &'a str,
    /// The domain, such as `wa.gw.msging.net`.
    pub domain: &'a str,
}

/// What a `by_channel` has for a channel: under its name, else under its domain.
pub(crate) fn of_channel<'a, T>(
    by_channel: &'a BTreeMap<String, T>,
    channel: Option<ChannelNames<'_>>,
) -> Option<&'a T> {
    let ChannelNames { name, domain } = channel?;
    let under = |meant: &str| by_channel.iter().find(|(written, _)| same(written, meant)).map(|(_, value)| value);
    under(name).or_else(|| under(domain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Period, ServiceRules};

    #[test]
    fn a_channel_is_found_by_its_name_then_by_its_domain_in_any_case() {
        let json = r#"{"version":1,"language":{"by_channel":{"KEY":"es"}},"silence":{"by_channel":{"KEY":{"agent_silent":{"note_after":"7m"}}}}}"#;
        for (key, name, domain, is_meant) in [
            ("whatsapp", "whatsapp", "wa.gw.msging.net", true),
            ("wa.gw.msging.net", "whatsapp", "wa.gw.msging.net", true),
            ("WA.GW.msging.net", "whatsapp", "wa.gw.msging.net", true),
            ("wa.gw.msging.net", "whatsapp", "WA.gw.msging.net", true),
            ("New.gw.msging.net", "new.gw.msging.net", "new.gw.msging.net", true),
            ("take.io", "sms", "tangram.com.br", false),
            ("telegram", "whatsapp", "wa.gw.msging.net", false),
        ] {
            let rules = ServiceRules::from_json(json.replace("KEY", key).as_bytes()).unwrap();
            let channel = Some(ChannelNames { name, domain });
            let language = if is_meant { Language::Spanish } else { Language::Portuguese };
            assert_eq!(rules.language.of_channel(channel), language, "{key} {domain}");
            let note = is_meant.then_some(Period::minutes(7));
            assert_eq!(rules.silence.agent_silent(channel).note_after, note, "{key} {domain}");
        }
        let both = r#"{"version":1,"language":{"by_channel":{"wa.gw.msging.net":"es","whatsapp":"en"}}}"#;
        let both = ServiceRules::from_json(both.as_bytes()).unwrap();
        let channel = ChannelNames { name: "whatsapp", domain: "wa.gw.msging.net" };
        assert_eq!(both.language.of_channel(Some(channel)), Language::English, "the name counts first");
        assert_eq!(both.language.of_channel(None), Language::Portuguese);
    }
}
