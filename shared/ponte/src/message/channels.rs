//! Blip's channels: what each is called, and what it can show.
//!
//! The domains are those of docs.blip.ai (channels, 2023). Blip's own pages give no numbers; the limits are the channels'
//! own, as their vendors publish them. What is not known is taken to be missing: a numbered text reads everywhere, and a
//! button that a channel drops reads nowhere.

use super::{
    Capabilities,
    capabilities::{Choices, Files, MEGABYTE},
};

/// One channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// The domain of its identities.
    pub domain: &'static str,
    /// The word for it, in the in-house contract too.
    pub name: &'static str,
    pub capabilities: Capabilities,
}

/// What every channel without a row of its own is taken for.
const PLAIN: Capabilities = Capabilities {
    files: Some(Files::upto(16 * MEGABYTE)),
    locations: true,
    links: true,
    ..Capabilities::words(2_000)
};

/// The channels that have a name. Sources of the limits, in the order of the rows: Meta's Cloud API (text 4,096; the largest
/// file of any kind that all of its types share is an audio's or a video's 16 MB, a document may have 100 MB and is not
/// told apart here), Messenger Platform (2,000; 25 MB; quick replies of 20), Instagram Messaging (1,000; 25 MB), Telegram
/// Bot API (4,096; 50 MB for a bot, 20 MB by link). Quick replies: docs.blip.ai, menu (2023: at most 11), on Messenger and Blip
/// Chat; help.blip.ai has three buttons or a list of ten on WhatsApp ("Creating interactive messages in WhatsApp", 2024) and
/// eleven of 25 characters on RCS, with texts of 2,200 ("RCS Content Types"). Chat states: docs.blip.ai, chat state (2023).
/// For the rest nothing is published.
pub const CHANNELS: [Channel; 16] = [
    Channel {
        domain: "wa.gw.msging.net",
        name: "whatsapp",
        capabilities: Capabilities {
            text: 4_096,
            files: Some(Files::upto(100 * MEGABYTE)),
            choices: Some(Choices { most: 10, label: 20 }),
            ..PLAIN
        },
    },
    Channel {
        domain: "messenger.gw.msging.net",
        name: "messenger",
        capabilities: Capabilities {
            files: Some(Files::upto(25 * MEGABYTE)),
            choices: Some(Choices { most: 11, label: 20 }),
            typing: true,
            ..PLAIN
        },
    },
    Channel {
        domain: "instagram.gw.msging.net",
        name: "instagram",
        capabilities: Capabilities { text: 1_000, files: Some(Files::upto(25 * MEGABYTE)), ..PLAIN },
    },
    Channel {
        domain: "telegram.gw.msging.net",
        name: "telegram",
        capabilities: Capabilities { text: 4_096, files: Some(Files::upto(20 * MEGABYTE)), typing: true, ..PLAIN },
    },
    Channel {
        domain: "0mn.io",
        name: "blip-chat",
        capabilities: Capabilities {
            text: 4_096,
            files: Some(Files::upto(25 * MEGABYTE)),
            choices: Some(Choices { most: 11, label: 60 }),
            typing: true,
            ..PLAIN
        },
    },
    Channel { domain: "abs.gw.msging.net", name: "teams", capabilities: PLAIN },
    Channel { domain: "workplace.gw.msging.net", name: "workplace", capabilities: PLAIN },
    Channel { domain: "skype.gw.msging.net", name: "skype", capabilities: PLAIN },
    Channel {
        domain: "businessmessages.gw.msging.net",
        name: "google-business-messages",
        capabilities: Capabilities { locations: false, ..PLAIN },
    },
    Channel {
        domain: "googlercs.gw.msging.net",
        name: "google-rcs",
        capabilities: Capabilities { text: 2_200, choices: Some(Choices { most: 11, label: 25 }), ..PLAIN },
    },
    Channel { domain: "businesschat.gw.msging.net", name: "apple-business-chat", capabilities: PLAIN },
    Channel {
        domain: "mailgun.gw.msging.net",
        name: "email",
        capabilities: Capabilities { text: 20_000, locations: false, ..PLAIN },
    },
    Channel { domain: "take.io", name: "sms", capabilities: SMS },
    Channel { domain: "tangram.com.br", name: "sms", capabilities: SMS },
    Channel { domain: "sms.gw.msging.net", name: "sms", capabilities: SMS },
    // Not Blip's: the client of the REST channel shows what it gets.
    Channel {
        domain: crate::rest::DOMAIN,
        name: "rest",
        capabilities: Capabilities {
            text: super::MAX_TEXT,
            files: Some(Files { captions: false, ..Files::upto(100 * MEGABYTE) }),
            choices: Some(Choices { most: 100, label: 1_000 }),
            locations: false,
            links: false,
            ..PLAIN
        },
    },
];

/// Words only: docs.blip.ai, media link (2023), has SMS show a file's link as text.
const SMS: Capabilities = Capabilities { text: 1_000, files: None, locations: false, links: false, ..PLAIN };

/// The channel with this domain, compared without case.
fn of(domain: &str) -> Option<&'static Channel> {
    CHANNELS.iter().find(|channel| channel.domain.eq_ignore_ascii_case(domain))
}

/// What a channel is called; one that is not known is called by its domain.
pub fn channel_name(domain: &str) -> String {
    of(domain).map_or_else(|| domain.to_ascii_lowercase(), |channel| channel.name.to_owned())
}

/// What a channel can show.
pub fn channel_capabilities(domain: &str) -> &'static Capabilities {
    of(domain).map_or(&PLAIN, |channel| &channel.capabilities)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_has_one_row() {
        for (number, channel) in CHANNELS.iter().enumerate() {
            assert!(!CHANNELS[..number].iter().any(|other| other.domain == channel.domain), "{channel:?}");
        }
        assert_eq!(channel_name("WA.gw.msging.net"), "whatsapp");
        assert_eq!(channel_name("New.gw.msging.net"), "new.gw.msging.net");
        assert_eq!(channel_capabilities("new.gw.msging.net"), &PLAIN);
        assert!(channel_capabilities("0mn.io").typing);
    }
}
