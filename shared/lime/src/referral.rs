//! The advertisement or link that a customer came by.
//!
//! It stands in the metadata of the first message after the tap. WhatsApp's names are those of Meta's Cloud API (webhooks, messages,
//! `referral`) behind `#wa.referral.`; Messenger's are Blip's own (docs.blip.ai, content types, metadata, 2023) or, as Instagram's, behind
//! `#m.referral.` and `#ig.referral.` (bots' scripts, 2025). Which of them a channel sends is documented nowhere, so all are read.

use serde_json::{Map, Value};

use super::Metadata;
use super::is_blank;

/// What is known of it; every part may be missing, but not all.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Referral {
    /// The headline of the advertisement.
    pub headline: Option<String>,
    /// The text of the advertisement.
    pub body: Option<String>,
    /// Where it is: a post, an advertisement, a page.
    pub url: Option<String>,
    /// `ad` or `post`, or the channel's own word.
    pub kind: Option<String>,
    /// The channel's number for it.
    pub id: Option<String>,
    /// What the link itself says (`m.me/bot?ref=…`), or the click's own number (`ctwa_clid`).
    pub reference: Option<String>,
}

impl std::fmt::Debug for Referral {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Referral(…)")
    }
}

impl Referral {
    /// The advertisement in the metadata of a message, if there is one.
    pub fn of(metadata: &Metadata) -> Option<Self> {
        let find = |names: &[&str]| {
            let found = names.iter().find_map(|name| metadata.value(name).and_then(text));
            found.filter(|text| !is_blank(text))
        };
        let under = |names: &[&str]| {
            let starts =
                ["#wa.referral.", "#ig.referral.", "#m.referral.", "#messenger.referral.", "messenger.referral."];
            let names: Vec<String> =
                starts.iter().flat_map(|start| names.iter().map(move |name| format!("{start}{name}"))).collect();
            find(&names.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let referral = Self {
            headline: under(&["headline", "ads_context_data.ad_title", "ad_title", "title"]),
            body: under(&["body", "description"]),
            url: under(&["source_url", "referer_uri", "url", "uri"]),
            kind: under(&["source_type", "source"]).or_else(|| find(&["messenger.source"])),
            id: under(&["source_id", "ad_id"]).or_else(|| find(&["messenger.ad_id"])),
            reference: under(&["ref", "ctwa_clid"]).or_else(|| find(&["messenger.ref"])),
        };
        // The whole object under one name, as Meta sends it.
        let whole = ["#wa.referral", "#ig.referral", "#m.referral"].into_iter().find_map(|name| metadata.value(name));
        let referral = whole.and_then(object).map_or(referral.clone(), |fields| referral.or(&fields));
        (referral != Self::default()).then_some(referral)
    }

    fn or(self, fields: &Map<String, Value>) -> Self {
        let find = |name: &str| fields.get(name).and_then(text).filter(|text| !is_blank(text));
        Self {
            headline: self.headline.or_else(|| find("headline")),
            body: self.body.or_else(|| find("body")),
            url: self.url.or_else(|| find("source_url")),
            kind: self.kind.or_else(|| find("source_type")).or_else(|| find("source")),
            id: self.id.or_else(|| find("source_id")).or_else(|| find("ad_id")),
            reference: self.reference.or_else(|| find("ref")).or_else(|| find("ctwa_clid")),
        }
    }

    /// What people can use of it, on one line: headline, text and address; else what the channel calls it.
    pub fn to_text(&self) -> String {
        let shown: Vec<&str> =
            [&self.headline, &self.body, &self.url].into_iter().flatten().map(String::as_str).collect();
        let named = || [&self.kind, &self.id, &self.reference].into_iter().flatten().map(String::as_str).collect();
        let parts: Vec<&str> = if shown.is_empty() { named() } else { shown };
        parts.iter().map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(" - ")
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn object(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(fields) => Some(fields.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}
