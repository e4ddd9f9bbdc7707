//! Where a new conversation goes: the facts that are known at the opening, through the service rules.

use std::sync::Arc;

use service_rules::{
    ContextFacts, ContextKind, Facts, ReadContext, Referral, Route, Routed, ServiceRules, TicketFacts, find_extra,
    route,
};

use super::{
    incoming::Incoming,
    ports::{CustomerRef, Profile},
};
use crate::{
    clock::Timestamp,
    conversation::{EntryPoint, Placement},
    lime::{self, Document},
    message::{channel_name, channel_names},
};

/// Where a conversation goes.
pub(super) struct Decision {
    /// Its queue is the helpdesk's own name or id of one.
    pub route: Route,
    /// Lines for the agent's first note, in the language of the agents.
    pub notes: Vec<String>,
    /// What the conversation store keeps of the route: queue, language, and the bot to return to.
    pub placement: Placement,
    /// Contact extras to empty once the conversation is open.
    pub clear_extras: Vec<String>,
    /// The id of the route, or how the queue was found: for the figures.
    pub routed: String,
}

/// What a bot handed over, if this document is that and no words of a person: JSON under the key `ponte`, as a document or as a text, however it
/// is wrapped. Blip gives the context alone (docs.blip.ai, content-types/redirect, 2023); redirects with their context were seen, too.
pub(super) fn context_of(document: &Document) -> Option<ReadContext> {
    let read = match document {
        Document::Text(text) if text.trim_start().starts_with('{') => ContextFacts::read_text(text),
        Document::Json(json) => ContextFacts::read(json),
        Document::Redirect(redirect) => return context_of(&redirect.said()?),
        Document::Container(container) | Document::Sensitive(container) => return context_of(&container.document()),
        _ => return None,
    };
    (read.kind == ContextKind::Ponte).then_some(read)
}

/// Decides where the conversation that `incoming` opens goes. `profile` is `None` where it could not be read.
pub(super) fn decide(
    rules: &Arc<ServiceRules>,
    incoming: &Incoming,
    whom: &CustomerRef,
    profile: Option<&Profile>,
    now: Timestamp,
) -> Decision {
    let document = &incoming.message.document;
    let context = context_of(document);
    let facts = facts(incoming, context.as_ref(), whom, profile, now);
    let routed = route(&facts, rules);
    let text = context.and_then(|context| context.facts.text);
    let notes = text.into_iter().chain(notes(rules, &routed, profile.unwrap_or(&Profile::default()))).collect();
    // Counted where the ticket is stored. An id of the rules, and no words of anybody.
    let counted = routed.metric().to_owned();
    let Routed { mut route, clear_extras, .. } = routed;
    let customer = whom.customer();
    let of_channel = rules.language.of_channel(Some(channel_names(customer.domain())));
    let placement = Placement {
        queue: route.queue.clone(),
        language: Some(route.language).filter(|language| *language != of_channel),
        return_service: route.return_service.clone(),
        same_ticket: false,
        callback: false,
    };
    route.queue = route.queue.map(|queue| rules.helpdesk_queue(&queue).to_owned());
    Decision { route, notes, placement, clear_extras, routed: counted }
}

fn facts(
    incoming: &Incoming,
    context: Option<&ReadContext>,
    whom: &CustomerRef,
    profile: Option<&Profile>,
    now: Timestamp,
) -> Facts {
    let message = &incoming.message;
    let said = context.is_none().then(|| text_of(&message.document)).flatten();
    let context = match (context, &said) {
        (Some(context), _) => {
            for ignored in &context.ignored {
                tracing::warn!(
                    path = ignored.path,
                    expected = ignored.expected,
                    "a part of the redirect context was ignored"
                );
            }
            context.facts.clone()
        }
        // A plain text that a bot hands over is the subject. It is delivered as the customer's words.
        (None, Some(text)) if is_handed_over(incoming) => {
            ContextFacts { text: None, ..ContextFacts::read_text(text).facts }
        }
        (None, _) => ContextFacts::default(),
    };
    Facts {
        context,
        ticket: incoming.ticket().map(|ticket| TicketFacts::of(&ticket.to_value())).unwrap_or_default(),
        extras: profile.map(|profile| profile.extras.clone()),
        contact: profile.map(|profile| profile.contact.clone()).unwrap_or_default(),
        state: message.header.metadata.get("#stateName").map(str::to_owned),
        channel: Some(channel_of(whom)),
        channel_domain: Some(whom.customer().domain().to_ascii_lowercase()),
        referral: lime::Referral::of(&message.header.metadata)
            .map(|referral| of_referral(&referral))
            .unwrap_or_default(),
        message: said,
        now: Some(now.seconds()),
    }
}

/// Whether the first text may be a bot's: it comes by a redirect, and behind a router without its wrapping.
fn is_handed_over(incoming: &Incoming) -> bool {
    let is_redirect = matches!(incoming.message.document, Document::Redirect(_));
    is_redirect || EntryPoint::of(&incoming.address) == EntryPoint::Router
}

/// The text that a person or a bot said, however it is wrapped.
fn text_of(document: &Document) -> Option<String> {
    match document {
        Document::Text(text) => Some(text.clone()),
        Document::Redirect(redirect) => text_of(&redirect.said()?),
        Document::Container(container) | Document::Sensitive(container) => text_of(&container.document()),
        _ => None,
    }
}

fn channel_of(whom: &CustomerRef) -> String {
    channel_name(&whom.customer().domain().to_ascii_lowercase())
}

fn of_referral(referral: &lime::Referral) -> Referral {
    Referral {
        id: referral.id.clone(),
        kind: referral.kind.clone(),
        headline: referral.headline.clone(),
        body: referral.body.clone(),
        url: referral.url.clone(),
        reference: referral.reference.clone(),
    }
}

/// Where it goes and why, and the contact extras that agents see.
fn notes(rules: &Arc<ServiceRules>, routed: &Routed, profile: &Profile) -> Vec<String> {
    let mut notes: Vec<String> = routed.note(rules, rules.language.default).into_iter().collect();
    let shown = rules.context.extras.iter().flatten();
    notes.extend(shown.filter_map(|name| Some(format!("{name}: {}", find_extra(&profile.extras, name)?))));
    notes
}
