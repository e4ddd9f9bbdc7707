//! Short words of a customer that are for Ponte and not for the agent: an ending word and its confirmation, a rating, a word of thanks after the
//! end. All of them by the service rules, and only where a whole message is one.

use service_rules::{EndReason, RatingState, Told, confirms_ending, is_ending, is_thanks, rating_of};

use super::{Failure, ToHelpdesk, incoming::Incoming, ports::TicketRef, run::Run};
use crate::{
    conversation::{CustomerDecision, CustomerEvent, CustomerRecord, RecentId, State},
    lime::{Document, Event},
    texts::{Placeholder, TextKey},
};

impl ToHelpdesk {
    /// Carries out a reply that is for Ponte. Whether it was one, and is done.
    pub(super) async fn replied(
        &self,
        run: &mut Run<'_>,
        incoming: &Incoming,
        entry: RecentId,
        decision: CustomerDecision,
    ) -> Result<bool, Failure> {
        let Some(conversation) = run.conversation.clone() else { return Ok(false) };
        let Some(to) = run.ticket_ref() else { return Ok(false) };
        if incoming.event != CustomerEvent::Words {
            return Ok(false);
        }
        let text = text_of(&incoming.message.document);
        match (decision, conversation.state) {
            (CustomerDecision::Wait, State::Closing { .. }) => {
                self.rated(run, incoming, entry, &conversation, &to, text).await
            }
            (CustomerDecision::Deliver, State::Open) => {
                self.leaves(run, incoming, entry, &conversation, &to, text).await
            }
            (CustomerDecision::Open, State::Closed { at }) => {
                let rules = self.rules.current();
                let passed = i64::try_from(incoming.received.since(at).as_secs()).unwrap_or(i64::MAX);
                let is_soon = passed <= rules.reopening.thanks_within().seconds();
                let Some(thanks) = text.filter(|text| is_soon && is_thanks(text, &rules)) else { return Ok(false) };
                // A note on the old ticket, of which the customer needs not be told.
                let words = [(Placeholder::Words, thanks)];
                self.note_due(&to, TextKey::NoteThanks, &words, incoming.id.as_str()).await?;
                run.receipt(&incoming.message, Event::Consumed);
                run.delivered(entry);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The answer to the rating question. Anything else ends the question, and is not swallowed.
    async fn rated(
        &self,
        run: &mut Run<'_>,
        incoming: &Incoming,
        entry: RecentId,
        conversation: &CustomerRecord,
        to: &TicketRef,
        text: Option<&str>,
    ) -> Result<bool, Failure> {
        if !matches!(conversation.timers.rating, RatingState::Asked(_)) {
            return Ok(false);
        }
        let Some(rating) = text.and_then(rating_of) else {
            self.hand_on(to, true, None).await?;
            return Ok(false);
        };
        let score = rating.to_string();
        self.note_due(to, TextKey::NoteRating, &[(Placeholder::Score, &score)], "").await?;
        self.say_due(conversation, TextKey::RatingThanks, &[], "", incoming.tries.again()).await?;
        self.hand_on(to, true, Some(rating)).await?;
        run.receipt(&incoming.message, Event::Consumed);
        run.delivered(entry);
        Ok(true)
    }

    /// An ending word: the customer is asked, unless the rules end the conversation at once.
    async fn leaves(
        &self,
        run: &mut Run<'_>,
        incoming: &Incoming,
        entry: RecentId,
        conversation: &CustomerRecord,
        to: &TicketRef,
        text: Option<&str>,
    ) -> Result<bool, Failure> {
        let rules = self.rules.current();
        if rules.leaving.words.is_empty() {
            return Ok(false);
        }
        let was_asked = conversation.timers.told.once.has(Told::END_ASKED);
        let confirmed = was_asked.then(|| text.and_then(confirms_ending)).flatten();
        let is_word = text.is_some_and(|text| is_ending(text, &rules));
        if confirmed == Some(true) || (is_word && (was_asked || !rules.leaving.asks_back())) {
            self.end(run, conversation, to, EndReason::Customer, incoming.tries.again()).await?;
        } else if is_word {
            self.say_due(conversation, TextKey::EndQuestion, &[], incoming.id.as_str(), incoming.tries.again()).await?;
            remember_asked(run, true);
        } else {
            // Whatever else is said is for the agent, and the question is over.
            if was_asked {
                remember_asked(run, false);
            }
            return Ok(false);
        }
        run.receipt(&incoming.message, Event::Consumed);
        run.delivered(entry);
        Ok(true)
    }

    /// The time for an answer to the rating question is over: the customer goes back.
    pub(super) async fn end_rating(&self, conversation: &CustomerRecord, to: &TicketRef) -> Result<(), Failure> {
        let RatingState::Asked(at) = conversation.timers.rating else { return Ok(()) };
        let until = at.saturating_add(self.rules.current().rating.wait().seconds());
        if until > self.clock.now().seconds() { Ok(()) } else { self.hand_on(to, true, None).await }
    }
}

/// The text of a message that is nothing else.
fn text_of(document: &Document) -> Option<&str> {
    match document {
        Document::Text(text) => Some(text),
        _ => None,
    }
}

/// Whether the customer was asked about the end, until something else is said.
fn remember_asked(run: &mut Run<'_>, asked: bool) {
    if let Some(conversation) = &mut run.conversation {
        let once = conversation.timers.told.once;
        conversation.timers.told.once = if asked { once.with(Told::END_ASKED) } else { once.without(Told::END_ASKED) };
        run.timers = Some(conversation.timers);
    }
}
