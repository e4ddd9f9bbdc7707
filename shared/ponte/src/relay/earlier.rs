//! The customer's earlier tickets, for an agent who does not see them in the helpdesk.

use std::sync::Arc;

use service_rules::{ServiceRules, says_day};

use super::ToHelpdesk;
use crate::{
    conversation::{CustomerRecord, EarlierTickets, LastTicket, earlier_room},
    texts::{Placeholder, TextKey, Texts},
};

impl ToHelpdesk {
    /// Those of the opening that follows this record. None where agents see them by themselves, or the rules name none.
    pub(super) fn earlier_of(&self, previous: &CustomerRecord) -> EarlierTickets {
        let rules = self.rules.current();
        let most = usize::from(rules.context.tickets());
        if most == 0 || self.helpdesk.earlier_tickets().is_none() {
            return EarlierTickets::default();
        }
        let ticket = previous.ticket.as_ref();
        let room = earlier_room(ticket, self.helpdesk.capabilities().receipts);
        previous.earlier.of_next_opening(ticket, rules.day_of(previous.opened.seconds()), most, room)
    }

    /// What the agent reads of them first, in the company's words; `None` where there are none, or the text is switched off. Of a customer who
    /// came back soon, the last one is named in any case.
    pub(super) fn earlier_note(
        &self,
        rules: &Arc<ServiceRules>,
        earlier: &EarlierTickets,
        last: Option<&LastTicket>,
    ) -> Option<String> {
        let names = self.helpdesk.earlier_tickets()?;
        let texts = Texts::for_agents(rules);
        let each = earlier.all().take(usize::from(rules.context.tickets())).map(|earlier| {
            let day = says_day(earlier.day, texts.language);
            format!("{} ({day})", names.ticket_name(&earlier.ticket))
        });
        let mut tickets = each.collect::<Vec<_>>().join(", ");
        if let Some(last) = last.filter(|_| tickets.is_empty()) {
            tickets = names.ticket_name(&last.ticket);
        }
        if tickets.is_empty() {
            return None;
        }
        texts.say(TextKey::NoteEarlierTickets, &[(Placeholder::Tickets, &tickets)])
    }
}
