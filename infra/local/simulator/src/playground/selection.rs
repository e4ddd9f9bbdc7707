//! What is chosen on the page: it stands in the address, so that a page without script, a reload and a second window work.

use serde::Deserialize;

/// The agents who work at the desk.
pub(super) const AGENTS: [&str; 3] = ["Beatriz Souza", "Caio Menezes", "Rui Prado"];
/// The queues that a ticket can be moved to, as the local stack's service rules name them (`infra/local/service.yaml`).
pub(super) const QUEUES: [&str; 4] = ["Financeiro", "Estornos", "Trocas", "Suporte"];

/// Which customer's phone, which of the helpdesk's tickets, and which agent (by number) is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Selection {
    #[serde(default)]
    pub(super) customer: Option<usize>,
    #[serde(default)]
    pub(super) ticket: Option<String>,
    #[serde(default)]
    pub(super) agent: usize,
}

impl Selection {
    /// As the end of an address, with the question mark.
    pub(super) fn query(&self) -> String {
        let customer = self.customer.map(|number| format!("&customer={number}")).unwrap_or_default();
        let ticket = self.ticket.as_deref().map(|ticket| format!("&ticket={}", crate::state::encode(ticket)));
        format!("?agent={}{customer}{}", self.agent, ticket.unwrap_or_default())
    }

    /// The agent's name; the first one where there is no such number.
    pub(super) fn agent_name(&self) -> &'static str {
        AGENTS.get(self.agent).copied().unwrap_or("Beatriz Souza")
    }

    pub(super) fn with_customer(&self, customer: usize) -> Self {
        Self { customer: Some(customer), ticket: None, ..self.clone() }
    }

    pub(super) fn with_ticket(&self, ticket: &str) -> Self {
        Self { ticket: Some(ticket.to_owned()), ..self.clone() }
    }

    pub(super) fn with_agent(&self, agent: usize) -> Self {
        Self { agent, ..self.clone() }
    }
}
