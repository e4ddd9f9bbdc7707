//! A route in Intercom's words. A new conversation has no fields for it, so that each part is set once the conversation is there: title
//! and attributes, tags, then team and admin. Each is set again with the same effect.
//!
//! What Intercom has not, or refuses, is left out, and said in the first note. There is no call for a conversation's priority (the
//! specification, 2.15): it is a custom attribute, where `HelpdeskSettings` names one.

use serde_json::{Map, Value};
use service_rules::{Priority, Route, fold};

use super::{client::IntercomClient, wire};
use crate::{
    helpdesk::route::{Entry, LeftOut, Part, Search, is_turned_down},
    message::TicketId,
    relay::{Failure, ports::NewConversation},
    texts::Language,
};

impl IntercomClient {
    /// Sets the parts of the route. What is left out.
    pub(super) async fn route(&self, opening: &NewConversation, ticket: &TicketId) -> Result<LeftOut, Failure> {
        let (route, ticket) = (&opening.route, ticket.as_str());
        let mut left_out = LeftOut::default();
        let search = self.names.search(self.calls.now());
        self.set_attributes(route, ticket, &search, &mut left_out).await?;
        for name in &route.tags {
            match self.set_tag(ticket, name).await {
                Err(failure) if is_turned_down(&failure) => left_out.turned_down(Part::Tag, name, &failure),
                outcome => outcome?,
            }
        }
        if let Some(name) = &route.queue
            && let Some(id) = search.id(Part::Queue, name, &mut left_out, self.calls.teams()).await
        {
            self.assign(ticket, "team", (Part::Queue, name), id, &mut left_out).await?;
        }
        if let Some(name) = &route.agent
            && let Some(id) = search.id(Part::Agent, name, &mut left_out, self.calls.admins()).await
        {
            self.assign(ticket, "admin", (Part::Agent, name), id, &mut left_out).await?;
        }
        // A conversation of Intercom has none of these.
        left_out.add_all(Part::Skill, &route.skills);
        left_out.add_all(Part::Type, &route.ticket_type);
        left_out.add_all(Part::Brand, &route.brand);
        left_out.add_all(Part::Form, &route.form);
        Ok(left_out)
    }

    /// Title and attributes, in one call. One attribute that is refused refuses all.
    async fn set_attributes(
        &self,
        route: &Route,
        ticket: &str,
        search: &Search<'_>,
        left_out: &mut LeftOut,
    ) -> Result<(), Failure> {
        let mut custom_attributes = Map::new();
        for (name, value) in &route.fields {
            match search.entry(Part::Field, name, self.calls.attributes()).await {
                Some(entry) => match value_of(&entry, value) {
                    Some(value) => drop(custom_attributes.insert(entry.id, value)),
                    None => left_out.add(Part::Value, name),
                },
                None => left_out.add(Part::Field, name),
            }
        }
        if let Some(wanted) = route.priority {
            let named = match self.priority_attribute.trim() {
                "" => None,
                name => search.entry(Part::Field, name, self.calls.attributes()).await,
            };
            match named.and_then(|entry| Some((priority(&entry, wanted)?, entry.id))) {
                Some((word, id)) => drop(custom_attributes.insert(id, word.into())),
                None => left_out.add(Part::Priority, wanted.as_str()),
            }
        }
        let title = route.subject.clone();
        if title.is_none() && custom_attributes.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = custom_attributes.keys().cloned().collect();
        let update = wire::ConversationUpdate { title: title.clone(), custom_attributes };
        let failure = match self.calls.update(ticket, &update).await {
            Err(failure) if is_turned_down(&failure) => failure,
            outcome => return outcome,
        };
        self.names.forget(&[Part::Field]);
        for name in &names {
            left_out.turned_down(Part::Field, name, &failure);
        }
        if title.is_some() && !names.is_empty() {
            let update = wire::ConversationUpdate { title, custom_attributes: Map::new() };
            match self.calls.update(ticket, &update).await {
                Err(failure) if is_turned_down(&failure) => {}
                outcome => return outcome,
            }
        }
        left_out.add_all(Part::Subject, &route.subject);
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

    async fn assign(
        &self,
        ticket: &str,
        kind: &'static str,
        (part, name): (Part, &str),
        assignee_id: String,
        left_out: &mut LeftOut,
    ) -> Result<(), Failure> {
        let admin_id = self.calls.admin().await?;
        let assignment = wire::Assignment { message_type: "assignment", kind, admin_id, assignee_id };
        match self.calls.assign(ticket, &assignment).await {
            Err(failure) if is_turned_down(&failure) => {
                tracing::warn!(kind = failure.kind(), "an assignment was refused");
                self.names.forget(&[part]);
                left_out.turned_down(part, name, &failure);
                Ok(())
            }
            outcome => outcome,
        }
    }
}

/// A value as its attribute takes it: `data_type` is string, integer, float, boolean or date, and one with options takes their texts.
fn value_of(attribute: &Entry, value: &str) -> Option<Value> {
    match attribute.kind.as_deref() {
        Some("boolean") => match fold(value).as_str() {
            "true" | "yes" | "sim" | "si" | "1" => Some(true.into()),
            "false" | "no" | "nao" | "0" => Some(false.into()),
            _ => None,
        },
        Some("integer") => value.trim().parse::<i64>().ok().map(Value::from),
        Some("float") => value.trim().parse::<serde_json::Number>().ok().map(Value::from),
        _ => attribute.option(value).map(Value::from),
    }
}

/// The option of an attribute that means this priority, in whatever language; the word of the rules where it has no options.
fn priority(attribute: &Entry, wanted: Priority) -> Option<String> {
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
        ] {
            assert_eq!(value_of(&attribute(kind, options), value), expected, "{kind}: {value}");
        }
        let levels = attribute("string", &["Baixa", "Normal", "Alta"]);
        assert_eq!(priority(&levels, Priority::High).as_deref(), Some("Alta"));
        assert_eq!(priority(&levels, Priority::Urgent), None);
        assert_eq!(priority(&attribute("string", &[]), Priority::Urgent).as_deref(), Some("urgent"));
    }
}
