//! Each helpdesk with settings of its own, and how it proves that it is really them.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ponte::{
    helpdesk::{self, NAMES, signature::SigningKey},
    relay::ports::{Headers, WebhookVerifier},
    settings::HelpdeskSettings,
};

use crate::{cut, ports::NOW};

/// The secret of those who sign, and of those who present it. The path of an endpoint takes it, too.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The header that a helpdesk presents its secret in where it is free to choose.
const OWN_HEADER: &str = "x-ponte-secret";

/// How a helpdesk proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Standard Webhooks.
    Standard,
    /// An HMAC-SHA256 in base64 over the timestamp and the body.
    Zendesk,
    /// An HMAC-SHA1 in hexadecimal over the body.
    Intercom,
    /// An HMAC-SHA256 in hexadecimal over the timestamp, a dot and the body.
    Chatwoot,
    /// The secret itself, in this header.
    Header(&'static str),
    /// The secret itself, in the path.
    Path,
}

/// One helpdesk.
pub(crate) struct Helpdesk {
    pub name: &'static str,
    pub own: &'static str,
    pub proof: Proof,
    /// `HelpdeskCredentials`.
    pub credentials: &'static str,
}

impl Helpdesk {
    /// The one that a byte stands for.
    pub(crate) fn of(byte: usize) -> Self {
        use helpdesk::{
            chatwoot, helper, intercom, omnize, request_tracker, servicenow, servicenow_tickets, webhook, zendesk,
            zendesk_messaging,
        };
        let name = NAMES[byte % NAMES.len()];
        let (own, proof, credentials) = match name {
            webhook::NAME => ("{}", Proof::Standard, ""),
            zendesk::NAME => ("{}", Proof::Zendesk, "an-id:the-secret"),
            intercom::NAME => ("{}", Proof::Intercom, "the-token"),
            request_tracker::NAME => ("{}", Proof::Standard, "1-31-test"),
            zendesk_messaging::NAME => (r#"{"app":"5ebee0"}"#, Proof::Header("x-api-key"), "app_5ec3:s3cr3t"),
            chatwoot::NAME => (r#"{"account":3,"inbox":9}"#, Proof::Chatwoot, "the-token"),
            servicenow::NAME => ("{}", Proof::Header(OWN_HEADER), "ponte:the-password"),
            servicenow_tickets::NAME => {
                let own = r#"{"resolve":{"state":"6","close_code":"Solved","close_notes":"Blip"}}"#;
                (own, Proof::Header(OWN_HEADER), "ponte:the-password")
            }
            omnize::NAME => (r#"{"department":9999}"#, Proof::Path, "ACCOUNT-TOKEN"),
            helper::NAME => (r#"{"end_payload":"/restart"}"#, Proof::Path, "the-token"),
            other => panic!("{other} has no line here"),
        };
        Self { name, own, proof, credentials }
    }

    pub(crate) fn settings(&self, url: &str) -> HelpdeskSettings {
        HelpdeskSettings { name: self.name.to_owned(), url: url.to_owned(), own: self.own.to_owned() }
    }

    pub(crate) fn verifier(&self) -> Box<dyn WebhookVerifier> {
        helpdesk::verifier(&self.settings("http://127.0.0.1"), SECRET).expect("the settings are right")
    }

    /// The text that stands for the helpdesk's proof of this body under these headers, and the header that it stands in. `None` for one
    /// that signs nothing.
    pub(crate) fn signature(&self, headers: &Lines, body: &[u8]) -> Option<(&'static str, String)> {
        let header = |name| headers.get(name).unwrap_or_default();
        Some(match self.proof {
            Proof::Standard => {
                let key = STANDARD.decode(&SECRET["whsec_".len()..]).expect("it is base64");
                let signed =
                    [header("webhook-id").as_bytes(), b".", header("webhook-timestamp").as_bytes(), b".", body];
                ("webhook-signature", format!("v1,{}", STANDARD.encode(sha256(&key, &signed))))
            }
            Proof::Zendesk => {
                let timestamp = header("x-zendesk-webhook-signature-timestamp");
                let signature = STANDARD.encode(sha256(SECRET.as_bytes(), &[timestamp.as_bytes(), body]));
                ("x-zendesk-webhook-signature", signature)
            }
            Proof::Chatwoot => {
                let signed = [header("x-chatwoot-timestamp").as_bytes(), b".", body];
                ("x-chatwoot-signature", format!("sha256={}", hex(&sha256(SECRET.as_bytes(), &signed))))
            }
            Proof::Intercom => {
                let mut mac = Hmac::<sha1::Sha1>::new_from_slice(SECRET.as_bytes()).expect("any length is a key");
                mac.update(body);
                ("x-hub-signature", format!("sha1={}", hex(&mac.finalize().into_bytes())))
            }
            Proof::Header(_) | Proof::Path => return None,
        })
    }

    /// Headers and path with which the helpdesk itself would send this body now, beside those that are there.
    pub(crate) fn proved(&self, headers: &Lines, body: &[u8]) -> (Lines, &'static str) {
        let mut lines = headers.clone();
        let seconds = NOW.seconds().to_string();
        match self.proof {
            Proof::Standard => {
                let id = headers.get("webhook-id").unwrap_or("msg_1").to_owned();
                let signature = SigningKey::parse(SECRET).expect("it is a key").sign(&id, NOW, body);
                lines.set("webhook-id", id);
                lines.set("webhook-timestamp", seconds);
                lines.set("webhook-signature", signature);
            }
            Proof::Zendesk => lines.set("x-zendesk-webhook-signature-timestamp", NOW.rfc3339()),
            Proof::Chatwoot => lines.set("x-chatwoot-timestamp", seconds),
            Proof::Header(name) => lines.set(name, SECRET.to_owned()),
            Proof::Intercom | Proof::Path => {}
        }
        if let Some((name, signature)) = self.signature(&lines, body) {
            lines.set(name, signature);
        }
        (lines, if self.proof == Proof::Path { SECRET } else { "" })
    }
}

fn sha256(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("any length is a key");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Headers, as lines `name: value`. Of two with one name the first counts, as with the functions' own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines(Vec<(String, String)>);

impl Lines {
    /// Headers up to an empty line, and what comes after it. Names as HTTP has them, values of visible ASCII.
    pub(crate) fn read(bytes: &[u8]) -> (Self, &[u8]) {
        let (head, body) = cut(bytes, b"\n\n");
        let lines = head.split(|byte| *byte == b'\n').filter_map(|line| {
            let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
            let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let plain = value.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b));
            (named && plain).then(|| (name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_owned()))
        });
        (Self(lines.collect()), body)
    }

    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.0.retain(|(header, _)| header != name);
        self.0.push((name.to_owned(), value));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Headers for Lines {
    fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(header, _)| *header == name).map(|(_, value)| value)
    }
}
