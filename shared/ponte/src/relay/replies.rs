//! Short words of a customer that are for Ponte and not for the agent: an ending word and its confirmation, a rating, a word of thanks after the
//! end. All of them by the service rules, and only where a whole message is one.

use service_rules::{AskedBy, EndReason, ServiceRules, confirms_ending, is_ending, is_thanks, rating_of};

use super::{
    Failure, ToHelpdesk,
    incoming::Incoming,
    rating::{answered, by_rules},
    run::Run,
};
use crate::{
    conversation::{CustomerDecision, CustomerEvent, CustomerRecord, EntryPoint, RecentId, State},
    lime::{Document, Event},
    texts::{Placeholder, TextKey},
    trail::StepName,
};

/// What words are for Ponte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply<'a> {
    /// The answer to the rating question.
    Rated(u8),
    /// Other words after the rating question, or while a survey is waited for: that is over, and they are not swallowed.
    NotRated,
    /// They crossed the rating question, and are no answer to it: a late note.
    Crossed,
    /// A word of thanks after the end: a note on the old ticket, of which the customer needs not be told.
    Thanks(&'a str),
    /// An ending word: the customer is asked whether it is meant.
    AsksToEnd,
    /// The conversation ends.
    Ends,
}

/// What the words are for Ponte. `None` where they are for the agent. Cheap where the rules know no such words.
fn reply<'a>(
    conversation: &CustomerRecord,
    incoming: &'a Incoming,
    decision: CustomerDecision,
    rules: &ServiceRules,
) -> Option<Reply<'a>> {
    if incoming.event != CustomerEvent::Words || conversation.ticket.is_none() {
        return None;
    }
    let text = match &incoming.message.document {
        Document::Text(text) => Some(text.as_str()),
        _ => None,
    };
    match (decision, conversation.state) {
        (CustomerDecision::Deliver, State::Open) => {
            let text = text.filter(|_| !rules.leaving.words.is_empty())?;
            let was_asked = conversation.end_is_asked();
            let is_word = is_ending(text, rules);
            if (is_word && (was_asked || !rules.leaving.asks_back()))
                || (was_asked && confirms_ending(text) == Some(true))
            {
                Some(Reply::Ends)
            } else {
                is_word.then_some(Reply::AsksToEnd)
            }
        }
        // The try before this one ended it, and did not come to telling it.
        (CustomerDecision::Wait, State::Closing { .. }) if conversation.ended == Some(EndReason::Customer) => {
            let text = text?;
            (is_ending(text, rules) || confirms_ending(text) == Some(true)).then_some(Reply::Ends)
        }
        (CustomerDecision::Wait, State::Closing { .. }) => {
            let asked = conversation.rating_asked?;
            if incoming.received >= asked {
                // The answer to the helpdesk's own survey is behind its link.
                let text = text.filter(|_| by_rules(conversation, rules) != AskedBy::Helpdesk);
                return Some(text.and_then(rating_of).map_or(Reply::NotRated, Reply::Rated));
            }
            match text.filter(|text| is_thanks(text, rules)) {
                Some(thanks) => Some(Reply::Thanks(thanks)),
                // Without a bot in between they open the next conversation.
                None if EntryPoint::of(&conversation.address) == EntryPoint::Bot => Some(Reply::NotRated),
                None => Some(Reply::Crossed),
            }
        }
        (CustomerDecision::Open, State::Closed { at }) => {
            let passed = i64::try_from(incoming.received.since(at).as_secs()).unwrap_or(i64::MAX);
            let is_soon = passed <= rules.reopening.thanks_within().seconds();
            text.filter(|text| is_soon && is_thanks(text, rules)).map(Reply::Thanks)
        }
        _ => None,
    }
}

impl ToHelpdesk {
    /// What the words are for Ponte.
    pub(super) fn reply<'a>(
        &self,
        run: &Run<'_>,
        incoming: &'a Incoming,
        decision: CustomerDecision,
    ) -> Option<Reply<'a>> {
        reply(run.conversation.as_ref()?, incoming, decision, &self.rules.current())
    }

    /// Carries out a reply. Whether the message is done with it.
    pub(super) async fn replied(
        &self,
        run: &mut Run<'_>,
        incoming: &Incoming,
        entry: RecentId,
        reply: Reply<'_>,
    ) -> Result<bool, Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(false) };
        let Some(to) = run.ticket_ref() else { return Ok(false) };
        let again = incoming.tries.again();
        match reply {
            Reply::Crossed => return Ok(false),
            Reply::Rated(_) | Reply::NotRated if run.knows(answered(&to.opening, &self.key)) => return Ok(false),
            Reply::NotRated => {
                self.hand_on_asked(&to, None).await?;
                run.delivered(answered(&to.opening, &self.key));
                return Ok(false);
            }
            Reply::Rated(rating) => {
                let score = rating.to_string();
                self.note_due(&to, TextKey::NoteRating, &[(Placeholder::Score, &score)], "").await?;
                self.keep_rating(&to, rating, incoming.tries).await?;
                self.say_due(&conversation, TextKey::RatingThanks, &[], "", again).await?;
                self.hand_on_asked(&to, Some(rating)).await?;
                run.delivered(answered(&to.opening, &self.key));
            }
            Reply::Thanks(thanks) => {
                let words = [(Placeholder::Words, thanks)];
                self.note_due(&to, TextKey::NoteThanks, &words, incoming.id.as_str()).await?;
            }
            Reply::AsksToEnd => {
                let which: String = self.key.hex(&["end-question", incoming.id.as_str()]).chars().take(8).collect();
                self.say_due(&conversation, TextKey::EndQuestion, &[], &which, again).await?;
                run.asks_to_end(Some(self.clock.now()));
            }
            Reply::Ends if matches!(conversation.state, State::Closing { .. }) => {
                self.end_told(&conversation, &to, EndReason::Customer, true).await?;
            }
            Reply::Ends => {
                self.end(run, &conversation, &to, EndReason::Customer, again).await?;
                self.abandoned(&conversation).await;
            }
        }
        run.becomes(StepName::Handled);
        run.receipt(&incoming.message, Event::Consumed);
        run.delivered(entry);
        Ok(true)
    }
}
