//! A route in Chatwoot's words: team, agent and custom attributes are set as the conversation begins, priority and labels by calls of
//! their own. What Chatwoot has not is left out, and said in the first note.

use serde_json::{Map, Value};
use service_rules::{Priority, Route};

use super::calls::{Calls, MARK};
use crate::helpdesk::{
    json::personal,
    route::{Entry, LeftOut, Names, Part, truth},
};

/// What a route takes its ids from by look-ups: what was refused is asked for anew.
pub(super) const LOOKED_UP: [Part; 3] = [Part::Queue, Part::Agent, Part::Field];

/// What a conversation begins with. Team and agent go together, in the call that makes it: Chatwoot takes an agent away who is not in a team
/// that is set later (`assignment_handler.rb`), and its call for assignments sets only one of them.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Routing {
    pub(super) team: Option<u64>,
    pub(super) assignee: Option<u64>,
    pub(super) attributes: Map<String, Value>,
}

personal!(Routing);

/// The route as what the conversation begins with, and what is left out.
pub(super) async fn spelled(calls: &Calls, names: &Names, route: &Route) -> (Routing, LeftOut) {
    let search = names.search(calls.now());
    let mut left_out = LeftOut::default();
    let mut routing = Routing::default();
    if let Some(name) = &route.queue {
        routing.team = search.number(Part::Queue, name, &mut left_out, calls.teams()).await;
    }
    if let Some(name) = &route.agent {
        routing.assignee = search.number(Part::Agent, name, &mut left_out, calls.agents()).await;
    }
    for (name, value) in &route.fields {
        match search.entry(Part::Field, name, &mut left_out, calls.attributes()).await {
            Some(entry) if entry.id == MARK => left_out.add(Part::Field, name),
            Some(entry) => match value_of(&entry, value) {
                Some(value) => drop(routing.attributes.insert(entry.id, value)),
                None => left_out.add(Part::Value, name),
            },
            None => {}
        }
    }
    // A conversation of Chatwoot has none of these.
    left_out.add_parts(&[Part::Skill, Part::Subject, Part::Type, Part::Brand, Part::Form], route);
    (routing, left_out)
}

/// What was refused may have been deleted since it was looked up.
pub(super) fn refused(names: &Names) {
    names.forget(&LOOKED_UP);
}

/// A value as its attribute takes it: `attribute_display_type` is text, number, currency, percent, link, date, list or checkbox.
pub(super) fn value_of(attribute: &Entry, value: &str) -> Option<Value> {
    match attribute.kind.as_deref() {
        Some("checkbox") => truth(value).map(Value::from),
        Some("number" | "currency" | "percent") => value.trim().parse::<serde_json::Number>().ok().map(Value::from),
        _ => attribute.option(value).map(Value::from),
    }
}

/// Without a value the call toggles: there always is one. `medium` is the usual one.
pub(super) fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "medium",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}

/// A label as Chatwoot keeps it: in lower case, and without blanks, which its own labels cannot have (`label.rb`: letters of any language,
/// digits, `-` and `_`). The rest is sent as it is: what may stand there is Chatwoot's to say, and a refusal is told in the note.
pub(super) fn label(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_takes_what_its_kind_takes() {
        let attribute = |kind: &str, options: &[&str]| Entry {
            kind: Some(kind.to_owned()),
            options: options.iter().map(|&option| (option.to_owned(), option.to_owned())).collect(),
            ..Entry::default()
        };
        for (kind, options, value, expected) in [
            ("text", [].as_slice(), "77-1020", Some(Value::from("77-1020"))),
            ("list", &["Ouro", "Prata"], "ouro", Some("Ouro".into())),
            ("list", &["Ouro", "Prata"], "bronze", None),
            ("number", &[], " 12 ", Some(12.into())),
            ("number", &[], "doze", None),
            ("checkbox", &[], "Sim", Some(true.into())),
            ("checkbox", &[], "talvez", None),
        ] {
            assert_eq!(value_of(&attribute(kind, options), value), expected, "{kind}: {value}");
        }
        assert_eq!(label(" Segunda  Via "), "segunda_via");
    }
}
