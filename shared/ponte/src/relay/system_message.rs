//! What is sent to a customer once, whatever is repeated: the bridge's own messages, and the check that words share with them.

use super::{
    Failure,
    ports::{CustomerChannel, Outgoing},
};
use crate::{
    conversation::CustomerRecord,
    lime::{Document, Node},
    message::{BlipId, Content, channel_capabilities, document_of, fit},
};

/// Whether an earlier try may have sent something. While it may, the customer's side is asked, and no further than to the first thing that
/// it does not have: what comes after was never sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct DuplicateCheck {
    asks: bool,
}

impl DuplicateCheck {
    /// A check that asks where an earlier try may have sent something.
    pub(super) fn new(may_be_duplicate: bool) -> Self {
        Self { asks: may_be_duplicate }
    }

    /// Whether the customer's side is asked before the next effect.
    pub(super) fn asks(self) -> bool {
        self.asks
    }

    /// Whether the message with this id was sent.
    pub(super) async fn was_sent(
        &mut self,
        channel: &dyn CustomerChannel,
        to: &Node,
        id: &str,
    ) -> Result<bool, Failure> {
        if self.asks {
            self.asks = channel.knows(to, id).await?;
        }
        Ok(self.asks)
    }
}

/// Sends a message of the bridge's own, which `name` names within its conversation, unless an earlier try has sent it. Whether any of it was sent
/// now. A company's own words may be longer than the channel takes: they come as several messages then.
pub(super) async fn send_once(
    channel: &dyn CustomerChannel,
    conversation: &CustomerRecord,
    name: &str,
    document: Document,
    check: &mut DuplicateCheck,
) -> Result<bool, Failure> {
    let limits = channel_capabilities(&conversation.channel);
    let parts = match document {
        Document::Text(text) => fit(Content::text(&text), limits).iter().map(document_of).collect(),
        document => vec![document],
    };
    let mut sent = false;
    for (number, document) in parts.into_iter().enumerate() {
        let name = if number == 0 { name.to_owned() } else { format!("{name}-part{number}") };
        let id = BlipId::system(&conversation.opening, &name).render();
        if check.was_sent(channel, &conversation.address, &id).await? {
            continue;
        }
        channel.send(&Outgoing { id: Some(id), to: conversation.address.clone(), document }).await?;
        sent = true;
    }
    Ok(sent)
}
