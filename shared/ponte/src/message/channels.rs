//! Blip's channels: what each is called, and what it can show.
//!
//! The domains are those of docs.blip.ai (channels, 2023). Blip's own pages give no numbers; the limits are the channels'
//! own, as their vendors publish them. What is not known is taken to be missing: a numbered text reads everywhere, and a
//! button that a channel drops reads nowhere.

use service_rules::ChannelNames;

use super::{
    Capabilities,
    capabilities::{Choices, Family, Files, MEGABYTE, Others},
    text::Unit,
};

/// A channel that Blip connects, and what it can show.
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

/// WhatsApp: Meta's Cloud API, "Supported media types" and the pages of each message (2025). Pictures are JPEG and PNG of 5 MB
/// (WebP is a sticker of 100 KB, HEIC and GIF are nothing), films MP4 and 3GP of 16 MB, sound of 16 MB without words to it, a document
/// of any type 100 MB; a caption has 1,024 characters. What is no such picture, film or sound is sent as a document. Names that
/// channels and systems have for the same type stand beside it.
const WHATSAPP_FILES: Files = Files {
    caption: 1_024,
    families: &[
        Family {
            prefixes: &["image/", "sticker/"],
            types: &["image/jpeg", "image/jpg", "image/pjpeg", "image/png", "image/x-png"],
            bytes: 5 * MEGABYTE,
            captions: true,
            others: Others::Document,
        },
        Family {
            prefixes: &["video/"],
            types: &["video/mp4", "video/3gpp", "video/3gp"],
            bytes: 16 * MEGABYTE,
            captions: true,
            others: Others::Document,
        },
        Family {
            prefixes: &["audio/", "voice/"],
            types: &[
                "audio/aac",
                "audio/x-aac",
                "audio/mp4",
                "audio/m4a",
                "audio/x-m4a",
                "audio/mpeg",
                "audio/mp3",
                "audio/x-mp3",
                "audio/amr",
                "audio/ogg",
                "voice/ogg",
                "voice/mp4",
                "voice/m4a",
                "voice/mp3",
                "voice/amr",
                "voice/aac",
            ],
            bytes: 16 * MEGABYTE,
            captions: false,
            others: Others::Document,
        },
    ],
    ..Files::upto(100 * MEGABYTE)
};

/// Messenger: Meta's Messenger Platform, "Send API" (2025). 25 MB for all; a message has a text or an attachment, never both, so that a
/// caption is a message of its own. Pictures are JPEG, PNG and GIF of 8 MB; anything may be a file.
const MESSENGER_FILES: Files = Files {
    caption: 0,
    families: &[Family {
        prefixes: &["image/", "sticker/"],
        types: &["image/jpeg", "image/jpg", "image/pjpeg", "image/png", "image/x-png", "image/gif"],
        bytes: 8 * MEGABYTE,
        captions: false,
        others: Others::Document,
    }],
    ..Files::upto(25 * MEGABYTE)
};

/// Instagram: Meta's Instagram Messaging, "Send a message" and "Upload media" (2025). A text has 1,000 **bytes** of UTF-8. Pictures are PNG,
/// JPEG and GIF of 8 MB, sound AAC, M4A, WAV and MP4, films MP4, Ogg, AVI, MOV and `WebM`, documents PDF, all of 25 MB. There is nothing to
/// send another file as, so that it is a link; and no text beside an attachment.
const INSTAGRAM_FILES: Files = Files {
    caption: 0,
    families: &[
        Family {
            prefixes: &["image/", "sticker/"],
            types: &["image/jpeg", "image/jpg", "image/pjpeg", "image/png", "image/x-png", "image/gif"],
            bytes: 8 * MEGABYTE,
            captions: false,
            others: Others::Link,
        },
        Family {
            prefixes: &["audio/", "voice/"],
            types: &[
                "audio/aac",
                "audio/x-aac",
                "audio/m4a",
                "audio/x-m4a",
                "audio/mp4",
                "audio/wav",
                "audio/x-wav",
                "audio/wave",
                "voice/mp4",
                "voice/m4a",
                "voice/aac",
                "voice/wav",
            ],
            bytes: 25 * MEGABYTE,
            captions: false,
            others: Others::Link,
        },
        Family {
            prefixes: &["video/"],
            types: &["video/mp4", "video/ogg", "video/avi", "video/x-msvideo", "video/quicktime", "video/webm"],
            bytes: 25 * MEGABYTE,
            captions: false,
            others: Others::Link,
        },
        // Whatever is left: a family of everything, of which PDF is shown.
        Family {
            prefixes: &[""],
            types: &["application/pdf"],
            bytes: 25 * MEGABYTE,
            captions: false,
            others: Others::Link,
        },
    ],
    ..Files::upto(25 * MEGABYTE)
};

/// Telegram: Bot API, "Sending files" (2025). By a link 5 MB for a photo, 20 MB for all else; a caption has 1,024 characters. A
/// photo is JPEG, PNG or WebP; another picture is a document.
const TELEGRAM_FILES: Files = Files {
    caption: 1_024,
    families: &[Family {
        prefixes: &["image/", "sticker/"],
        types: &[
            "image/jpeg",
            "image/jpg",
            "image/pjpeg",
            "image/png",
            "image/x-png",
            "image/gif",
            "image/webp",
            "sticker/webp",
        ],
        bytes: 5 * MEGABYTE,
        captions: true,
        others: Others::Document,
    }],
    ..Files::upto(20 * MEGABYTE)
};

/// The channels that have a name. Texts: Meta's Cloud API (4,096), Messenger Platform (2,000), Instagram Messaging (1,000 bytes), Telegram
/// Bot API (4,096). Answers: docs.blip.ai, menu (2023: at most 11), on Messenger and Blip Chat, whose labels have 20 on Messenger (quick
/// replies); help.blip.ai has three buttons or a list of ten on WhatsApp ("Creating interactive messages in WhatsApp", 2024), under a
/// text of 1,024 (Cloud API, interactive messages), and eleven of 25 characters on RCS, with texts of 2,200 ("RCS Content Types").
/// Chat states: docs.blip.ai, chat state (2023). For the rest nothing is published.
pub const CHANNELS: [Channel; 16] = [
    Channel {
        domain: "wa.gw.msging.net",
        name: "whatsapp",
        capabilities: Capabilities {
            text: 4_096,
            files: Some(WHATSAPP_FILES),
            choices: Some(Choices { text: 1_024, ..Choices::upto(10, 20) }),
            ..PLAIN
        },
    },
    Channel {
        domain: "messenger.gw.msging.net",
        name: "messenger",
        capabilities: Capabilities {
            files: Some(MESSENGER_FILES),
            choices: Some(Choices::upto(11, 20)),
            typing: true,
            ..PLAIN
        },
    },
    Channel {
        domain: "instagram.gw.msging.net",
        name: "instagram",
        capabilities: Capabilities { text: 1_000, unit: Unit::Bytes, files: Some(INSTAGRAM_FILES), ..PLAIN },
    },
    Channel {
        domain: "telegram.gw.msging.net",
        name: "telegram",
        capabilities: Capabilities { text: 4_096, files: Some(TELEGRAM_FILES), typing: true, ..PLAIN },
    },
    Channel {
        domain: "0mn.io",
        name: "blip-chat",
        capabilities: Capabilities {
            text: 4_096,
            files: Some(Files::upto(25 * MEGABYTE)),
            choices: Some(Choices::upto(11, 60)),
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
        capabilities: Capabilities { text: 2_200, choices: Some(Choices::upto(11, 25)), ..PLAIN },
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
        domain: REST_DOMAIN,
        name: "rest",
        capabilities: Capabilities {
            text: super::MAX_TEXT,
            files: Some(Files { caption: 0, ..Files::upto(100 * MEGABYTE) }),
            choices: Some(Choices::upto(100, 1_000)),
            locations: false,
            links: false,
            ..PLAIN
        },
    },
];

/// Words only: docs.blip.ai, media link (2023), has SMS show a file's link as text.
const SMS: Capabilities = Capabilities { text: 1_000, files: None, locations: false, links: false, ..PLAIN };

/// The domain of the addresses of this channel. No message of Blip's comes from it.
pub const REST_DOMAIN: &str = "rest.ponte";

/// The channel with this domain, compared without case.
fn of(domain: &str) -> Option<&'static Channel> {
    CHANNELS.iter().find(|channel| channel.domain.eq_ignore_ascii_case(domain))
}

/// What a channel is called; one that is not known is called by its domain.
pub fn channel_name(domain: &str) -> String {
    of(domain).map_or_else(|| domain.to_ascii_lowercase(), |channel| channel.name.to_owned())
}

/// The names by which service rules may mean the channel of a domain.
pub fn channel_names(domain: &str) -> ChannelNames<'_> {
    ChannelNames { name: of(domain).map_or(domain, |channel| channel.name), domain }
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
        assert_eq!(channel_names("WA.gw.msging.net"), ChannelNames { name: "whatsapp", domain: "WA.gw.msging.net" });
        assert_eq!(channel_names("new.io"), ChannelNames { name: "new.io", domain: "new.io" });
        assert_eq!(channel_capabilities("new.gw.msging.net"), &PLAIN);
        assert!(channel_capabilities("0mn.io").typing);
        let names: std::collections::BTreeSet<&str> = CHANNELS.iter().map(|channel| channel.name).collect();
        assert_eq!(names, service_rules::CHANNELS.into(), "rules know the same channels");
    }
}
