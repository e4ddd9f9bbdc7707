//! What a document names in the helpdesk, each with its place in the document. Pure.
//!
//! Only what the document itself says: what a bot names in its hand-over, or what a field gets from a contact, is not known before.

use std::collections::BTreeMap;

use crate::{FieldSource, Priority, Route, ServiceRules, Target, path::Path};

/// One thing of the helpdesk's that a document names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HelpdeskName {
    /// A queue, by the helpdesk's own name or id of it.
    Queue(String),
    /// An agent.
    Agent(String),
    /// A skill.
    Skill(String),
    /// A priority, which some helpdesks do not have.
    Priority(Priority),
    /// A tag.
    Tag(String),
    /// A field of the ticket, and the value where the document gives one.
    Field {
        /// The field's name or id.
        name: String,
        /// Its value, where it is always the same.
        value: Option<String>,
    },
    /// A type of ticket.
    TicketType(String),
    /// A brand.
    Brand(String),
    /// A form.
    Form(String),
}

impl HelpdeskName {
    /// The word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Queue(_) => "queue",
            Self::Agent(_) => "agent",
            Self::Skill(_) => "skill",
            Self::Priority(_) => "priority",
            Self::Tag(_) => "tag",
            Self::Field { .. } => "field",
            Self::TicketType(_) => "ticket type",
            Self::Brand(_) => "brand",
            Self::Form(_) => "form",
        }
    }

    /// The name itself.
    pub fn name(&self) -> &str {
        match self {
            Self::Queue(name)
            | Self::Agent(name)
            | Self::Skill(name)
            | Self::Tag(name)
            | Self::Field { name, .. }
            | Self::TicketType(name)
            | Self::Brand(name)
            | Self::Form(name) => name,
            Self::Priority(priority) => priority.as_str(),
        }
    }

    /// The route of a conversation that has this and nothing else. A field without a value of its own has an empty one.
    pub fn route(&self) -> Route {
        let mut route = Route::default();
        match self.clone() {
            Self::Queue(name) => route.queue = Some(name),
            Self::Agent(name) => route.agent = Some(name),
            Self::Skill(name) => route.skills = vec![name],
            Self::Priority(priority) => route.priority = Some(priority),
            Self::Tag(name) => route.tags = vec![name],
            Self::Field { name, value } => {
                route.fields = [(name, value.unwrap_or_default())].into();
            }
            Self::TicketType(name) => route.ticket_type = Some(name),
            Self::Brand(name) => route.brand = Some(name),
            Self::Form(name) => route.form = Some(name),
        }
        route
    }
}

/// A name, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: HelpdeskName,
    pub(crate) path: Path,
}

impl ServiceRules {
    /// Everything of the helpdesk's that the document names: queues first, then routes in their order, the default, the fields of all, and the
    /// field of a rating.
    pub fn helpdesk_names(&self) -> Vec<Named> {
        let mut names = Vec::new();
        for (id, queue) in &self.queues {
            let key = if queue.helpdesk.is_some() { "helpdesk" } else { "name" };
            let path = Path::of(&["queues"]).key(id).key(key);
            names.push(Named { name: HelpdeskName::Queue(self.helpdesk_queue(id).to_owned()), path });
        }
        let routing = Path::of(&["routing"]);
        for (index, rule) in self.routing.routes.iter().enumerate() {
            of_target(&rule.then, &routing.key("routes").index(index).key("then"), &mut names);
        }
        of_target(&self.routing.default, &routing.key("default"), &mut names);
        of_fields(&self.routing.fields, &routing.key("fields"), &mut names);
        if let Some(name) = self.rating.field.clone() {
            let name = HelpdeskName::Field { name, value: None };
            names.push(Named { name, path: Path::of(&["rating", "field"]) });
        }
        names
    }
}

/// Makes a name of its kind.
type Kind = fn(String) -> HelpdeskName;

fn of_target(target: &Target, path: &Path, names: &mut Vec<Named>) {
    let mut add = |name: HelpdeskName, path: Path| names.push(Named { name, path });
    let single: [(&str, &Option<String>, Kind); 4] = [
        ("agent", &target.agent, HelpdeskName::Agent),
        ("ticket_type", &target.ticket_type, HelpdeskName::TicketType),
        ("brand", &target.brand, HelpdeskName::Brand),
        ("form", &target.form, HelpdeskName::Form),
    ];
    for (key, name, of) in single {
        if let Some(name) = name {
            add(of(name.clone()), path.key(key));
        }
    }
    let lists: [(&str, &[String], Kind); 2] =
        [("skills", &target.skills, HelpdeskName::Skill), ("tags", &target.tags, HelpdeskName::Tag)];
    for (key, list, of) in lists {
        for (index, name) in list.iter().enumerate() {
            add(of(name.clone()), path.key(key).index(index));
        }
    }
    if let Some(priority) = target.priority {
        add(HelpdeskName::Priority(priority), path.key("priority"));
    }
    of_fields(&target.fields, &path.key("fields"), names);
}

fn of_fields(fields: &BTreeMap<String, FieldSource>, path: &Path, names: &mut Vec<Named>) {
    for (name, source) in fields {
        let value = if let FieldSource::Static(value) = source { Some(value.clone()) } else { None };
        names.push(Named { name: HelpdeskName::Field { name: name.clone(), value }, path: path.key(name) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_route_that_has_nothing_else() {
        let field = |value: Option<&str>| HelpdeskName::Field { name: "x".to_owned(), value: value.map(str::to_owned) };
        let names = [
            HelpdeskName::Queue("x".to_owned()),
            HelpdeskName::Agent("x".to_owned()),
            HelpdeskName::Skill("x".to_owned()),
            HelpdeskName::Tag("x".to_owned()),
            HelpdeskName::TicketType("x".to_owned()),
            HelpdeskName::Brand("x".to_owned()),
            HelpdeskName::Form("x".to_owned()),
            field(Some("y")),
            field(None),
        ];
        let written = |name: &HelpdeskName| serde_json::to_string(&name.route()).unwrap();
        let all: std::collections::BTreeSet<String> = names.iter().map(written).collect();
        assert_eq!(all.len(), names.len(), "each in a place of its own: {all:?}");
        assert!(names.iter().all(|name| name.name() == "x" && written(name).matches("\"x\"").count() == 1));
        let high = HelpdeskName::Priority(Priority::High);
        assert_eq!((high.kind(), high.name(), high.route().priority), ("priority", "high", Some(Priority::High)));
    }
}
