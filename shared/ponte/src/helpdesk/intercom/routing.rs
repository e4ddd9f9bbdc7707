//! A route in Intercom's words. A new conversation has no fields for it, so that each part is set once the conversation is there: title
//! and attributes, tags, then team and admin. Each is set again with the same effect. Everything is looked up before the conversation is made:
//! what a function that is stopped has to do again stays little.
//!
//! What Intercom has not, or does not set, is left out, and said in the first note. There is no call for a conversation's priority (the
//! specification, 2.15): it is a custom attribute, where `HelpdeskSettings` names one.

use async_trait::async_trait;
use serde_json::{Map, Value};
use service_rules::{HelpdeskName, Priority, Route, fold};

use super::{client::IntercomClient, wire};
use crate::{
    helpdesk::{
        json::personal,
        route::{Entry, LeftOut, Looked, Part, is_given_up, refusal, set, truth},
    },
    relay::{
        Failure,
        ports::{NameFound, RouteNames},
    },
    texts::Language,
};

/// What a route takes its ids from by look-ups.
const LOOKED_UP: [Part; 3] = [Part::Queue, Part::Agent, Part::Field];

/// A team or an admin that a conversation is given to.
struct Assignee {
    id: String,
    /// As the route has it.
    name: String,
}

/// What is set once the conversation is there.
#[derive(Default)]
pub(super) struct Wanted {
    title: Option<String>,
    attributes: Map<String, Value>,
    tags: Vec<String>,
    team: Option<Assignee>,
    admin: Option<Assignee>,
}

personal!(Assignee, Wanted);

impl IntercomClient {
    /// The route as what is set, and what is left out.
    pub(super) async fn spelled(&self, route: &Route) -> (Wanted, LeftOut) {
        let mut left_out = LeftOut::default();
        let search = self.names.search(self.calls.now());
        let mut wanted = Wanted { title: route.subject.clone(), tags: route.tags.clone(), ..Wanted::default() };
        for (name, value) in &route.fields {
            let Some(entry) = search.entry(Part::Field, name, &mut left_out, self.calls.attributes()).await else {
                continue;
            };
            match value_of(&entry, value) {
                Some(value) => drop(wanted.attributes.insert(entry.id, value)),
                None => left_out.add(Part::Value, name),
            }
        }
        if let Some(priority) = route.priority {
            let named = match self.priority_attribute.trim() {
                "" => Looked::Absent,
                name => search.look(Part::Field, name, self.calls.attributes()).await,
            };
            match named {
                Looked::Found(entry) => match word_of(&entry, priority) {
                    Some(word) => drop(wanted.attributes.insert(entry.id, word.into())),
                    None => left_out.add(Part::Priority, priority.as_str()),
                },
                Looked::Absent => left_out.add(Part::Priority, priority.as_str()),
                Looked::Unknown => left_out.not_looked_up(Part::Priority, priority.as_str()),
            }
        }
        if let Some(name) = &route.queue {
            let id = search.id(Part::Queue, name, &mut left_out, self.calls.teams()).await;
            wanted.team = id.map(|id| Assignee { id, name: name.clone() });
        }
        if let Some(name) = &route.agent {
            let id = search.id(Part::Agent, name, &mut left_out, self.calls.admins()).await;
            wanted.admin = id.map(|id| Assignee { id, name: name.clone() });
        }
        // A conversation of Intercom has none of these.
        left_out.add_parts(&[Part::Skill, Part::Type, Part::Brand, Part::Form], route);
        (wanted, left_out)
    }

    /// Sets the parts of the route.
    pub(super) async fn set(&self, wanted: &Wanted, ticket: &str, left_out: &mut LeftOut) -> Result<(), Failure> {
        self.set_attributes(wanted, ticket, left_out).await?;
        self.set_tags(wanted, ticket, left_out).await?;
        for (kind, part, assignee) in [("team", Part::Queue, &wanted.team), ("admin", Part::Agent, &wanted.admin)] {
            let Some(assignee) = assignee else { continue };
            let admin_id = self.calls.admin().await?;
            let assignee_id = assignee.id.clone();
            let assignment = wire::Assignment { message_type: "assignment", kind, admin_id, assignee_id };
            match set(|| self.calls.assign(ticket, &assignment)).await {
                Err(failure) if is_given_up(&failure) => {
                    self.names.forget(&[part]);
                    left_out.given_up(part, &assignee.name, &failure);
                }
                outcome => outcome?,
            }
        }
        Ok(())
    }

    /// Title and attributes, in one call. One attribute that is refused refuses all.
    async fn set_attributes(&self, wanted: &Wanted, ticket: &str, left_out: &mut LeftOut) -> Result<(), Failure> {
        let (title, attributes) = (&wanted.title, &wanted.attributes);
        if title.is_none() && attributes.is_empty() {
            return Ok(());
        }
        let update = wire::ConversationUpdate { title: title.clone(), custom_attributes: attributes.clone() };
        let failure = match set(|| self.calls.update(ticket, &update)).await {
            Err(failure) if is_given_up(&failure) => failure,
            outcome => return outcome,
        };
        self.names.forget(&[Part::Field]);
        for name in attributes.keys() {
            left_out.given_up(Part::Field, name, &failure);
        }
        if title.is_some() && !attributes.is_empty() && refusal(&failure).is_some() {
            let update = wire::ConversationUpdate { title: title.clone(), custom_attributes: Map::new() };
            match self.calls.update(ticket, &update).await {
                Err(failure) if is_given_up(&failure) => {}
                outcome => return outcome,
            }
        }
        if let Some(title) = title {
            left_out.add(Part::Subject, title);
        }
        Ok(())
    }

    /// Each tag by itself. Where one fails without being refused, the others would too, and there is no time to try them.
    async fn set_tags(&self, wanted: &Wanted, ticket: &str, left_out: &mut LeftOut) -> Result<(), Failure> {
        let mut names = wanted.tags.iter();
        while let Some(name) = names.next() {
            let failure = match set(|| self.set_tag(ticket, name)).await {
                Err(failure) if is_given_up(&failure) => failure,
                outcome => {
                    outcome?;
                    continue;
                }
            };
            left_out.given_up(Part::Tag, name, &failure);
            if refusal(&failure).is_none() {
                names.by_ref().for_each(|name| left_out.not_set(Part::Tag, name));
            }
        }
        Ok(())
    }

    async fn set_tag(&self, ticket: &str, name: &str) -> Result<(), Failure> {
        let admin = self.calls.admin().await?;
        let folded = fold(name);
        let id = match self.tags.get(folded.as_str()) {
            Some(id) => id,
            None => self.calls.tag(name).await?,
        };
        let tagged = self.calls.set_tag(ticket, &id, &admin).await;
        match &tagged {
            Ok(()) => self.tags.put(folded, id),
            // It may have been deleted.
            Err(_) => self.tags.forget(folded.as_str()),
        }
        tagged
    }
}

#[async_trait]
impl RouteNames for IntercomClient {
    async fn find_name(&self, name: &HelpdeskName) -> Result<NameFound, Failure> {
        let mut client = self.clone();
        client.names = self.names.for_check();
        let (_, left_out) = client.spelled(&name.route()).await;
        client.names.found(name, &LOOKED_UP, &left_out)
    }
}

/// A value as its attribute takes it: `data_type` is string, integer, float, boolean or date, and one with options takes their texts.
pub(super) fn value_of(attribute: &Entry, value: &str) -> Option<Value> {
    match attribute.kind.as_deref() {
        Some("boolean") => truth(value).map(Value::from),
        Some("integer") => value.trim().parse::<i64>().ok().map(Value::from),
        Some("float") => value.trim().parse::<serde_json::Number>().ok().map(Value::from),
        _ => attribute.option(value).map(Value::from),
    }
}

/// The option of an attribute that means this priority, in whatever language; the word of the rules where it has no options.
fn word_of(attribute: &Entry, wanted: Priority) -> Option<String> {
    let words = Language::ALL.map(|language| wanted.words(language));
    [wanted.as_str()].into_iter().chain(words).find_map(|word| attribute.option(word))
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
            ("string", [].as_slice(), "77-1020", Some(Value::from("77-1020"))),
            ("string", &["Ouro", "Prata"], "ouro", Some("Ouro".into())),
            ("string", &["Ouro", "Prata"], "bronze", None),
            ("integer", &[], " 12 ", Some(12.into())),
            ("integer", &[], "doze", None),
            ("boolean", &[], "Sim", Some(true.into())),
            ("boolean", &[], "talvez", None),
        ] {
            assert_eq!(value_of(&attribute(kind, options), value), expected, "{kind}: {value}");
        }
        let levels = attribute("string", &["Baixa", "Normal", "Alta"]);
        assert_eq!(word_of(&levels, Priority::High).as_deref(), Some("Alta"));
        assert_eq!(word_of(&levels, Priority::Urgent), None);
        assert_eq!(word_of(&attribute("string", &[]), Priority::Urgent).as_deref(), Some("urgent"));
    }
}
