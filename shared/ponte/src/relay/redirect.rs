//! The redirect by which a router's customer goes back to the bot: what it is called, what the bot gets with it, and what is done where it fails.
//!
//! Blip refuses a redirect at once, or takes it and tells later, by a notification, that it could not carry it out. Either way the customer goes to
//! the main bot; where that fails as well, the agent is told.

use serde_json::{Map, json};
use service_rules::EndReason;

use super::{
    Failure, ToHelpdesk,
    ports::{Helpdesk, Rules, TicketRef},
    run::Run,
    system_message::{DuplicateCheck, send_once},
    tell::{agent_texts, tell_agent},
};
use crate::{
    conversation::{CustomerRecord, State},
    lime::{Container, Document},
    message::{ConversationId, TicketId},
    texts::TextKey,
};

/// The redirect's name within its conversation.
pub(super) const REDIRECT: &str = "redirect";
/// The name of the second one, to the main bot, after Blip told that the first one failed.
pub(super) const TO_MAIN_BOT: &str = "redirect-main";

/// What the bot gets with the customer. With a rating, or where the helpdesk asked for one, the bot needs not ask.
pub(super) fn context(reason: EndReason, rating: Option<u8>, surveyed: bool) -> Container {
    let mut ponte = Map::new();
    ponte.insert("ended".to_owned(), reason.as_str().into());
    if let Some(rating) = rating {
        ponte.insert("rating".to_owned(), rating.into());
    }
    if surveyed {
        ponte.insert("asked_by".to_owned(), "helpdesk".into());
    }
    Container::json(json!({ "ponte": ponte }))
}

/// Blip will not take the customer back: the agent is told, once. The conversation ends all the same, so that what the customer says next is heard
/// in a new one.
pub(super) async fn tell_not_returned(
    helpdesk: &dyn Helpdesk,
    rules: &dyn Rules,
    opening: &ConversationId,
    ticket: Option<&TicketId>,
) -> Result<(), Failure> {
    let Some(ticket) = ticket.cloned() else { return Ok(()) };
    let text = agent_texts(rules).must_say(TextKey::NotReturned, &[]);
    let to = TicketRef { opening: opening.clone(), ticket };
    match tell_agent(helpdesk, &to, &opening.note_id("not-returned"), &text).await {
        Ok(()) | Err(Failure::Refused { .. } | Failure::Gone) => Ok(()),
        Err(failure) => Err(failure),
    }
}

impl ToHelpdesk {
    /// Blip took the redirect of this name and could not carry it out, as for a service that the router does not have. Blip is asked first, since its
    /// notification may come twice. Nothing is done where a newer conversation began. The bot is not told a rating again.
    pub(super) async fn redirect_failed<'a>(
        &'a self,
        run: &mut Option<Run<'a>>,
        opening: &ConversationId,
        name: &str,
    ) -> Result<(), Failure> {
        let run = self.loaded(run, &opening.conversation()).await?;
        let ends = |c: &&CustomerRecord| c.opening == *opening && !matches!(c.state, State::Ticketed | State::Open);
        let Some(conversation) = run.conversation.as_ref().filter(ends) else { return Ok(()) };
        let not_returned = || tell_not_returned(&*self.helpdesk, &*self.rules, opening, conversation.ticket.as_ref());
        if name != REDIRECT {
            tracing::error!("Blip could not carry out the redirect to the main bot");
            return not_returned().await;
        }
        tracing::error!("Blip could not carry out the redirect: redirecting to the main bot");
        let reason = conversation.ended.unwrap_or(EndReason::Agent);
        let told = self.rules.current().return_service.tells(reason, false);
        let main = Document::redirect(None, told.then(|| context(reason, None, false)));
        let mut check = DuplicateCheck::new(true);
        match send_once(&*self.channel, conversation, TO_MAIN_BOT, main, &mut check).await {
            Err(Failure::Refused { .. }) => not_returned().await,
            outcome => outcome.map(drop),
        }
    }
}
