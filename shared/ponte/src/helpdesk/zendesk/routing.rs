//! A route in Zendesk's words. Names become ids; what Zendesk has not is left out, and said in the first note.
//!
//! Shapes: developer.zendesk.com, tickets (JSON format), groups, ticket fields, ticket forms, brands, users.

use serde_json::Value;
use service_rules::{Route, fold};

use super::{
    calls::Calls,
    wire::{FieldValue, Routing},
};
use crate::{
    helpdesk::route::{Entry, LeftOut, NO_VALUE, Names, Part, Search, is_number, truth},
    relay::Failure,
};

/// `type` of a ticket.
const TYPES: [&str; 4] = ["problem", "incident", "question", "task"];
/// What a route takes its ids from by look-ups: what was refused is asked for anew.
const LOOKED_UP: [Part; 5] = [Part::Queue, Part::Agent, Part::Field, Part::Brand, Part::Form];
/// The parts whose names can be checked: those, and the types, which are known.
pub(super) const CHECKED: [Part; 6] = [Part::Queue, Part::Agent, Part::Field, Part::Brand, Part::Form, Part::Type];
/// The longest tag that is written, in characters. Zendesk documents no limit for one.
const MAX_TAG: usize = 255;

/// The route as the fields of a new ticket, and what is left out.
pub(super) async fn spelled(calls: &Calls, names: &Names, route: &Route) -> (Routing, LeftOut) {
    let search = names.search(calls.now());
    let mut left_out = LeftOut::default();
    let mut routing = Routing {
        subject: route.subject.clone(),
        tags: route.tags.iter().map(|name| tag(name)).filter(|tag| !tag.is_empty()).collect(),
        priority: route.priority.map(service_rules::Priority::as_str),
        ..Routing::default()
    };
    if let Some(name) = &route.queue {
        routing.group_id = search.number(Part::Queue, name, &mut left_out, calls.groups()).await;
    }
    if let Some(name) = route.agent.as_deref().map(str::trim) {
        // `assignee_email` is a field of its own.
        if search.is_email(name) {
            routing.assignee_email = Some(name.to_owned());
        } else {
            routing.assignee_id = search.number(Part::Agent, name, &mut left_out, calls.agents()).await;
        }
    }
    if let Some(name) = &route.brand {
        routing.brand_id = search.number(Part::Brand, name, &mut left_out, calls.brands()).await;
    }
    if let Some(name) = &route.form {
        routing.ticket_form_id = search.number(Part::Form, name, &mut left_out, calls.forms()).await;
    }
    if let Some(name) = &route.ticket_type {
        routing.ticket_type = TYPES.into_iter().find(|kind| *kind == fold(name));
        if routing.ticket_type.is_none() {
            left_out.add(Part::Type, name);
        }
    }
    for (name, value) in &route.fields {
        routing.custom_fields.extend(field(calls, &search, name, value, &mut left_out).await);
    }
    // Only administrators may set a ticket's skills, and a wrong one is ignored in silence (the specification, skill-based routing).
    left_out.add_parts(&[Part::Skill], route);
    (routing, left_out)
}

/// What was refused may have been deleted since it was looked up.
pub(super) fn refused(names: &Names) {
    names.forget(&LOOKED_UP);
}

/// A custom field. One that is named by its id gets the value as it is, since nothing was looked up.
async fn field(
    calls: &Calls,
    search: &Search<'_>,
    name: &str,
    value: &str,
    left_out: &mut LeftOut,
) -> Option<FieldValue> {
    if search.is_id(name) {
        return Some(FieldValue { id: name.parse().ok()?, value: value.into() });
    }
    let entry = search.entry(Part::Field, name, left_out, calls.fields()).await?;
    // Where names are checked, an id was looked up, too. Its value goes as it is.
    let value = if is_number(name) { as_it_is(&entry, value) } else { value_of(&entry, value) };
    let spelled = entry.id.parse().ok().zip(value);
    if spelled.is_none() {
        left_out.add(Part::Value, name);
    }
    spelled.map(|(id, value)| FieldValue { id, value })
}

/// The field that gets a rating, as a ticket takes it.
pub(super) async fn rated(calls: &Calls, names: &Names, name: &str, score: &str) -> Result<FieldValue, Failure> {
    let search = names.search(calls.now());
    let (id, value) = if search.is_id(name) {
        (name.parse().ok(), Some(score.into()))
    } else {
        let entry = search.field(name, calls.fields()).await?;
        (entry.id.parse().ok(), value_of(&entry, score))
    };
    id.zip(value).map(|(id, value)| FieldValue { id, value }).ok_or(NO_VALUE)
}

/// What a field that is named by its id takes: an option by its tag alone.
fn as_it_is(field: &Entry, value: &str) -> Option<Value> {
    let is_option = || field.options.iter().any(|(tag, _)| tag == value);
    (field.options.is_empty() || is_option()).then(|| value.into())
}

/// A dropdown takes the tag of its option, a multi-select a list of them, a checkbox true or false.
fn value_of(field: &Entry, value: &str) -> Option<Value> {
    match field.kind.as_deref() {
        Some("checkbox") => truth(value).map(Value::from),
        Some("multiselect") => {
            let values = value.split(',').map(str::trim).filter(|value| !value.is_empty());
            values.map(|value| field.option(value).map(Value::from)).collect::<Option<Vec<_>>>().map(Value::from)
        }
        Some("tagger") => field.option(value).map(Value::from),
        _ => Some(value.into()),
    }
}

/// A tag has no blanks: Zendesk would make two of it.
fn tag(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join("_").chars().take(MAX_TAG).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_takes_what_its_kind_takes() {
        let option = |value: &str, name: &str| (value.to_owned(), name.to_owned());
        let field = |kind: &str| Entry {
            kind: Some(kind.to_owned()),
            options: vec![option("boleto_2a_via", "Segunda via"), option("outro", "Outro::Assunto")],
            ..Entry::default()
        };
        for (kind, value, expected) in [
            ("tagger", "segunda VIA", Some(Value::from("boleto_2a_via"))),
            ("tagger", "boleto_2a_via", Some("boleto_2a_via".into())),
            ("tagger", "terceira via", None),
            ("multiselect", "Segunda via, outro", Some(serde_json::json!(["boleto_2a_via", "outro"]))),
            ("multiselect", "Segunda via, Marte", None),
            ("checkbox", "Não", Some(false.into())),
            ("checkbox", "true", Some(true.into())),
            ("checkbox", "talvez", None),
            ("text", "qualquer coisa", Some("qualquer coisa".into())),
        ] {
            assert_eq!(value_of(&field(kind), value), expected, "{kind}: {value}");
        }
        assert_eq!(tag(" segunda  via "), "segunda_via");
    }
}
