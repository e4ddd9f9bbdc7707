//! What a customer typed into a ticket of Blip's while it was `Waiting`.

use super::{
    Failure, ToHelpdesk,
    files::Copies,
    incoming::Incoming,
    part::ready,
    parts::Said,
    ports::{TicketRef, Typed},
    run::Run,
};
use crate::{
    conversation::{EntryPoint, RecentId},
    message::SourceId,
    texts::TextKey,
};

impl ToHelpdesk {
    /// Delivers what was typed while the ticket was `Waiting`, since Blip may never post it: `typed`, where it was read already.
    /// `customerInput` has no id and serves only when nothing can be read.
    pub(super) async fn deliver_typed(
        &self,
        run: &mut Run<'_>,
        to: &TicketRef,
        (blip_ticket, typed): (&str, Option<Vec<Typed>>),
        incoming: &Incoming,
        copies: &Copies,
        late: bool,
    ) -> Result<(), Failure> {
        let read = match typed {
            Some(typed) => Ok(typed),
            None => self.tickets()?.ticket_messages(blip_ticket).await,
        };
        let mut typed = match read {
            Ok(typed) => typed,
            // What stands in for it has no id, and would come twice should Blip post the words later.
            Err(failure) if failure.is_retryable() => return Err(failure),
            Err(_) => Vec::new(),
        };
        if typed.is_empty() {
            let input = incoming.ticket().and_then(crate::lime::Ticket::customer_input);
            typed.extend(input.map(|document| Typed { id: SourceId::new(&format!("{blip_ticket}/input")), document }));
        }
        // There may be more than the recent ids hold, and the time may be up in the middle of them.
        let all = RecentId::of("typed", &SourceId::exact(blip_ticket), &self.key);
        let message = |typed: &Typed| RecentId::of("message", &typed.id, &self.key);
        let through = usize::try_from(run.partial(all).through).unwrap_or(0);
        let done = through.checked_sub(1).and_then(|last| typed.get(last)).map(message);
        let done = if done.is_some_and(|last| run.knows(last)) { through } else { 0 };
        for (number, typed) in (1..).zip(&typed).skip(done) {
            if run.knows(message(typed)) || typed.document.is_internal() || typed.document.is_notice() {
                continue;
            }
            let Typed { id, document } = typed;
            let parts = self.parts(run, id, document, incoming.tries, copies).await;
            let parts = ready(run, message(typed), parts, self.clock.now()).await?;
            let said = Said { id, at: incoming.received, late, tries: incoming.tries };
            self.deliver_parts(run, to, said, &parts).await?;
            run.through(all, number);
        }
        run.finished(all);
        Ok(())
    }

    /// The agent closed before an opening that failed was tried again: what was typed meanwhile is a late note, as words are.
    pub(super) async fn typed_before_the_end(
        &self,
        run: &mut Run<'_>,
        incoming: &Incoming,
        copies: &Copies,
    ) -> Result<(), Failure> {
        let (EntryPoint::Desk { ticket }, Some(to)) = (EntryPoint::of(&incoming.address), run.ticket_ref()) else {
            return Ok(());
        };
        match self.deliver_typed(run, &to, (&ticket, None), incoming, copies, true).await {
            Err(Failure::Gone) => self.tell_customer(run, TextKey::NotDelivered, &incoming.id, incoming.tries).await,
            outcome => outcome,
        }
    }
}
