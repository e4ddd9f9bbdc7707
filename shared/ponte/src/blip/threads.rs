//! The talk with the bot, and what Blip has logged of a message of ours.
//!
//! docs.blip.ai, chat history, 2023: newest first, at most 100, dates in UTC; logged notifications are kept for three days.

use super::{BlipClient, dates::sort_by_date};
use crate::{
    lime::{Direction, Referral, ThreadMessage, encode_uri, in_short, items},
    message::SourceId,
    relay::{
        Failure,
        ports::{Author, CustomerRef, Line, Spoken},
    },
};

/// The longest line of a transcript, in characters: fifty of them are what an agent reads first, in one text. What is left out is said.
const MAX_LINE: usize = 8_000;

/// The core: what a command without an address reaches too.
const SERVER: &str = "postmaster@msging.net";

impl BlipClient {
    pub(super) async fn read_transcript(&self, whom: &CustomerRef, take: u8) -> Result<Vec<Spoken>, Failure> {
        let whom = self.seen_through_tunnel(whom).await?;
        let customer = whom.customer();
        let query = format!("$take={take}&refreshExpiredMedia=true");
        let mut uris = vec![format!("/threads/{}?{query}", encode_uri(customer.as_str()))];
        if let Some(router) = &whom.router {
            // The router holds the thread of its originator.
            uris.insert(0, format!("lime://{}/threads/{}?{query}", router.as_str(), encode_uri(customer.as_str())));
        }
        for uri in uris {
            let Some(resource) = self.get(SERVER, uri).await? else { continue };
            let mut lines: Vec<Spoken> =
                items(&resource).into_iter().filter_map(ThreadMessage::from_value).filter_map(line).collect();
            lines.reverse();
            sort_by_date(&mut lines, |spoken| spoken.line.at.as_deref());
            return Ok(lines);
        }
        Err(Failure::later("Blip does not give the thread"))
    }

    /// Blip logs a notification for each message it took. Whether it drops a resent id is documented nowhere.
    pub(super) async fn knows_message(&self, id: &str) -> Result<bool, Failure> {
        let resource = self.get(SERVER, format!("/notifications?id={}", encode_uri(id))).await?;
        Ok(resource.is_some_and(|resource| !items(&resource).is_empty()))
    }
}

fn line(message: ThreadMessage) -> Option<Spoken> {
    // A ticket or a redirect is no line of a talk.
    if message.document.is_internal() || message.document.is_control() {
        return None;
    }
    let mut text = in_short(&message.document, MAX_LINE);
    if text.trim().is_empty() {
        return None;
    }
    if let Some(referral) = Referral::of(&message.metadata).filter(|_| message.direction == Direction::Received) {
        text.push_str("\n[ad] ");
        text.push_str(&referral.to_text());
    }
    let human = message.metadata.get("#messageEmitter").is_some_and(|by| by.eq_ignore_ascii_case("human"))
        || message.metadata.get("#message.agentIdentity").is_some();
    let author = match message.direction {
        Direction::Received => Author::Customer,
        _ if human => Author::Agent,
        _ => Author::Bot,
    };
    let id = message.id.as_deref().map(SourceId::new);
    Some(Spoken { id, line: Line { author, text, at: message.date } })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn shown(message: Value) -> Option<String> {
        line(ThreadMessage::from_value(message).unwrap()).map(|spoken| spoken.line.text)
    }

    #[test]
    fn a_line_is_what_people_saw() {
        let tap = json!({ "direction": "received", "type": "application/json", "content": { "rota": "fin-07" },
            "metadata": { "#blip.payload.content": "Falar com o financeiro", "#blip.payload.type": "text/plain" } });
        assert_eq!(shown(tap).as_deref(), Some("Falar com o financeiro"));
        let ad = |direction: &str| {
            json!({ "direction": direction, "type": "text/plain", "content": "oi",
            "metadata": { "#wa.referral.headline": "Troque seu aro", "#wa.referral.source_url": "https://fb.me/1" } })
        };
        assert_eq!(shown(ad("received")).as_deref(), Some("oi\n[ad] Troque seu aro - https://fb.me/1"));
        assert_eq!(shown(ad("sent")).as_deref(), Some("oi"));
        let picture = json!({ "direction": "received", "type": "image/png", "content": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAf" });
        assert_eq!(shown(picture).as_deref(), Some("[image]"));
    }

    #[test]
    fn what_steers_the_platform_is_no_line() {
        let ticket = json!({ "sequentialId": 77, "status": "ClosedAttendant" });
        let context = json!({ "context": { "type": "application/vnd.iris.ticket+json", "value": ticket } });
        for (media_type, content) in [
            ("application/vnd.iris.ticket+json", ticket),
            ("application/vnd.lime.redirect+json", context),
            ("application/vnd.lime.redirect+json", json!({ "address": "attendance" })),
        ] {
            assert_eq!(shown(json!({ "direction": "sent", "type": media_type, "content": content })), None);
        }
    }

    #[test]
    fn a_line_that_is_cut_says_so() {
        let long =
            shown(json!({ "direction": "received", "type": "text/plain", "content": "é".repeat(13_521) })).unwrap();
        assert!(long.chars().count() == MAX_LINE && long.ends_with("[cut: 13521 characters in all]"));
    }
}
