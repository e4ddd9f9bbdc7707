//! Where a conversation goes, as the contract says it. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use service_rules::{Language, Route};

use crate::{helpdesk::json::personal, relay::ports::NewConversation};

/// Where the conversation goes, by the service rules. All of it is optional: the tool takes what it knows.
#[derive(Default, Serialize, Deserialize)]
pub struct Routing {
    /// The tool's own name or id of a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// One agent, by the tool's name, e-mail or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Skills that the agent must have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// `low`, `normal`, `high` or `urgent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Fields of the ticket, by the tool's name or id of each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// The language in which Ponte writes to the customer: `pt-BR`, `en` or `es`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The type of the ticket, as the in-house tool calls it.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub ticket_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The form of the ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Lines for the agent: where it went and why, and what the bot handed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

personal!(Routing);

impl Routing {
    /// What is said of an opening. `None` where nothing was decided: no part of the route, no line for the agent, and the stack's own language.
    pub(super) fn of(opening: &NewConversation, own: Language) -> Option<Self> {
        // Where the customer goes afterwards is no matter of the tool.
        let route = Route { return_service: None, ..opening.route.clone() };
        let notes: Vec<String> = opening.route_notes.iter().filter(|note| !note.trim().is_empty()).cloned().collect();
        if route == (Route { language: own, ..Route::default() }) && notes.is_empty() {
            return None;
        }
        Some(Self {
            queue: route.queue,
            agent: route.agent,
            skills: route.skills,
            priority: route.priority.map(|priority| priority.as_str().to_owned()),
            tags: route.tags,
            fields: route.fields,
            language: Some(route.language.tag().to_owned()),
            subject: route.subject,
            ticket_type: route.ticket_type,
            brand: route.brand,
            form: route.form,
            notes,
        })
    }
}
