//! The lists that Zendesk has of what a route names: groups, agents, brands, forms, fields.

use serde::Deserialize;

use super::{
    calls::{Calls, PAGE},
    wire::Meta,
};
use crate::{
    helpdesk::{
        json::{each, id, personal},
        route::Entry,
    },
    relay::Failure,
};

/// How many pages of names are read at most.
const MAX_NAME_PAGES: usize = 20;
/// Kinds of fields that are the ticket's own, and set by other means (developer.zendesk.com, ticket fields).
const SYSTEM_FIELDS: [&str; 9] = [
    "subject",
    "description",
    "status",
    "custom_status",
    "tickettype",
    "priority",
    "basic_priority",
    "group",
    "assignee",
];

/// A page of what a route names: groups, agents, fields, forms, brands.
#[derive(Debug, Default, Deserialize)]
struct NamedPage {
    #[serde(
        default,
        alias = "groups",
        alias = "users",
        alias = "ticket_fields",
        alias = "ticket_forms",
        alias = "brands",
        deserialize_with = "each"
    )]
    items: Vec<Named>,
    #[serde(default)]
    meta: Meta,
}

/// One of them.
#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "id")]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
    /// Of an agent.
    #[serde(default)]
    email: Option<String>,
    /// Of a field.
    #[serde(default)]
    title: Option<String>,
    /// Of a field: `text`, `tagger`, `checkbox`, … Fields of the system have kinds of their own.
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    active: Option<bool>,
    #[serde(default, deserialize_with = "each")]
    custom_field_options: Vec<FieldOption>,
}

personal!(Named);

/// An option of a dropdown or a multi-select: its tag, and what agents see.
#[derive(Debug, Deserialize)]
struct FieldOption {
    name: String,
    value: String,
}

impl Calls {
    /// The groups that tickets can go to (developer.zendesk.com, groups: list assignable groups).
    pub(super) async fn groups(&self) -> Result<Vec<Entry>, Failure> {
        self.named(&["groups", "assignable"], &[]).await
    }

    /// Who can have a ticket (developer.zendesk.com, users: list users).
    pub(super) async fn agents(&self) -> Result<Vec<Entry>, Failure> {
        self.named(&["users"], &[("role[]", "agent"), ("role[]", "admin")]).await
    }

    pub(super) async fn brands(&self) -> Result<Vec<Entry>, Failure> {
        self.named(&["brands"], &[]).await
    }

    pub(super) async fn forms(&self) -> Result<Vec<Entry>, Failure> {
        self.named(&["ticket_forms"], &[]).await
    }

    /// The custom fields of tickets.
    pub(super) async fn fields(&self) -> Result<Vec<Entry>, Failure> {
        let mut fields = self.named(&["ticket_fields"], &[]).await?;
        fields.retain(|field| field.kind.as_deref().is_none_or(|kind| !SYSTEM_FIELDS.contains(&kind)));
        Ok(fields)
    }

    /// All pages of a list, by its cursor. What is switched off is left out.
    async fn named(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Vec<Entry>, Failure> {
        let mut entries = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MAX_NAME_PAGES {
            let mut query = [&[("page[size]", PAGE)], query].concat();
            query.extend(after.as_deref().map(|after| ("page[after]", after)));
            let page: NamedPage = self.api.get(path, &query).await?;
            entries.extend(page.items.into_iter().filter(|item| item.active != Some(false)).filter_map(entry));
            after = page.meta.after_cursor.filter(|_| page.meta.has_more);
            if after.is_none() {
                break;
            }
        }
        Ok(entries)
    }
}

fn entry(named: Named) -> Option<Entry> {
    let options = named.custom_field_options.into_iter().map(|option| (option.value, option.name)).collect();
    let known_as = [named.name, named.email, named.title].into_iter().flatten().collect();
    Some(Entry { id: named.id?, names: known_as, kind: named.kind, options })
}
