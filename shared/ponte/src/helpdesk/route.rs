//! What the adapters share to spell a route (`service_rules::Route`): names become ids by look-ups that are kept, and what a helpdesk
//! does not have, or refuses, becomes a line of the agent's first note.
//!
//! Nothing here keeps a conversation from being opened: a look-up that fails or takes long is like a name that is not found.

use std::{sync::Arc, time::Duration};

use service_rules::{Route, fold, same};
use tokio::time::{Instant, timeout_at};

use super::recent_cache::RecentCache;
use crate::{
    clock::Timestamp,
    message::text::split,
    relay::{Failure, ports::NewConversation},
    texts::{Language, Placeholder, TextKey, Texts},
};

/// How long all look-ups of one opening may take together.
const LOOK_UPS: Duration = Duration::from_secs(3);
/// How long a list of names serves.
const KEPT: Duration = Duration::from_hours(1);
/// A name that is not in a list of at least this age may be new: the list is asked for again.
const FRESH: Duration = Duration::from_mins(1);
/// The longest name in a note, in characters.
const MAX_NAME: usize = 80;
/// The longest details of a refusal in a note, in characters.
const MAX_DETAILS: usize = 300;

/// A part of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Queue,
    Agent,
    Skill,
    Priority,
    Tag,
    Field,
    /// A value that a field takes. It is named by its field: the value may be a customer's.
    Value,
    /// Where a helpdesk has no place for it, the note is its place.
    Subject,
    Type,
    Brand,
    Form,
}

impl Part {
    /// The word for an agent.
    fn words(self, language: Language) -> &'static str {
        let [portuguese, english, spanish] = match self {
            Self::Queue => ["fila", "queue", "cola"],
            Self::Agent => ["atendente", "agent", "agente"],
            Self::Skill => ["habilidade", "skill", "habilidad"],
            Self::Priority => ["prioridade", "priority", "prioridad"],
            Self::Tag => ["tag", "tag", "etiqueta"],
            Self::Field => ["campo", "field", "campo"],
            Self::Value => ["esse valor para o campo", "such value for the field", "ese valor para el campo"],
            Self::Subject => ["Assunto", "Subject", "Asunto"],
            Self::Type => ["tipo de ticket", "ticket type", "tipo de ticket"],
            Self::Brand => ["marca", "brand", "marca"],
            Self::Form => ["formulário", "form", "formulario"],
        };
        match language {
            Language::Portuguese => portuguese,
            Language::English => english,
            Language::Spanish => spanish,
        }
    }
}

/// What of a route a conversation was opened without.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LeftOut {
    parts: Vec<(Part, String)>,
    refused: Option<String>,
    /// Parts that were refused by themselves, with the status.
    turned_down: Vec<(Part, u16)>,
}

impl LeftOut {
    /// The helpdesk has no such thing, or no such name of it.
    pub(super) fn add(&mut self, part: Part, name: &str) {
        let new = (part, short(name, MAX_NAME));
        if !self.parts.contains(&new) {
            self.parts.push(new);
        }
    }

    /// Each of these names.
    pub(super) fn add_all<'a>(&mut self, part: Part, names: impl IntoIterator<Item = &'a String>) {
        names.into_iter().for_each(|name| self.add(part, name));
    }

    /// The helpdesk refused `route`, and said why. Values of fields and the subject are cut out of `details`: they may be a
    /// customer's.
    pub(super) fn refuse(&mut self, route: &Route, details: &str) {
        let values = route.fields.values().chain(&route.subject).filter(|value| !value.trim().is_empty());
        let details = values.fold(details.to_owned(), |details, value| details.replace(value.as_str(), "…"));
        // Something must stand there.
        self.refused =
            Some(short(&details, MAX_DETAILS)).filter(|details| !details.is_empty()).or(Some("-".to_owned()));
    }

    /// A call of its own for `part`, which is called `name`, failed for good ([`is_turned_down`]).
    pub(super) fn turned_down(&mut self, part: Part, name: &str, failure: &Failure) {
        match failure {
            Failure::Refused { status, .. } if !self.turned_down.contains(&(part, *status)) => {
                self.turned_down.push((part, *status));
            }
            Failure::Refused { .. } => {}
            _ => self.add(part, name),
        }
    }

    /// The opening with a line for each in its first note.
    pub(super) fn noted(&self, opening: &NewConversation, texts: &Texts) -> NewConversation {
        let mut noted = opening.clone();
        noted.route_notes.extend(self.lines(texts));
        noted
    }

    /// A line for each.
    pub(super) fn lines(&self, texts: &Texts) -> Vec<String> {
        let language = texts.language;
        let lost = self.parts.iter().map(|(part, name)| {
            if *part == Part::Subject {
                return format!("{}: {name}", part.words(language));
            }
            let values = [(Placeholder::Kind, part.words(language)), (Placeholder::Name, name.as_str())];
            texts.must_say(TextKey::RouteNotFound, &values)
        });
        let alone = self.turned_down.iter().map(|(part, status)| format!("{} ({status})", part.words(language)));
        let refused = self.refused.iter().cloned().chain(alone).collect::<Vec<_>>().join(", ");
        let refused = Some(refused).filter(|why| !why.is_empty());
        let refused = refused.map(|why| texts.must_say(TextKey::RouteRefused, &[(Placeholder::Details, why.as_str())]));
        lost.chain(refused).collect()
    }
}

/// One line of at most `limit` characters.
fn short(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    split(&line, limit).into_iter().next().unwrap_or_default().trim().to_owned()
}

/// Whether the helpdesk will not do what a call of its own asks for a part of the route: it is left out, and nothing else is lost. A key that
/// is wrong for other calls, too, fails them.
pub(super) fn is_turned_down(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused { .. } | Failure::Unauthorized { .. } | Failure::Gone)
}

/// Whether this is an id, where ids are numbers: it is not looked up.
pub(super) fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Something of the helpdesk's that a route names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: String,
    /// By what people call it, the first of which counts most.
    pub(super) names: Vec<String>,
    /// What kind of field it is, in the helpdesk's word.
    pub(super) kind: Option<String>,
    /// Of a field that takes only some values: each value, and what people call it.
    pub(super) options: Vec<(String, String)>,
}

impl Entry {
    pub(super) fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), names: vec![name.into()], ..Self::default() }
    }

    /// The value of the option that is meant. Any value is one where the field has no options.
    pub(super) fn option(&self, meant: &str) -> Option<String> {
        if self.options.is_empty() {
            return Some(meant.to_owned());
        }
        let by_value = self.options.iter().find(|(value, _)| value == meant);
        let found =
            by_value.or_else(|| self.options.iter().find(|(value, name)| same(name, meant) || same(value, meant)));
        found.map(|(value, _)| value.clone())
    }
}

/// The entry that `name` means: by its id, else by its name without case and accents.
fn find(entries: &[Entry], name: &str) -> Option<Entry> {
    let folded = fold(name);
    let by_id = entries.iter().find(|entry| entry.id == name.trim());
    let by_name = || entries.iter().find(|entry| entry.names.iter().any(|known| fold(known) == folded));
    by_id.or_else(by_name).cloned()
}

/// The lists of names that a client has asked for.
#[derive(Clone, Default)]
pub(super) struct Names(RecentCache<Part, (Timestamp, Arc<[Entry]>)>);

impl Names {
    /// Begins the look-ups of one opening.
    pub(super) fn search(&self, now: Timestamp) -> Search<'_> {
        Search { names: self, now, until: Instant::now() + LOOK_UPS }
    }

    /// The helpdesk refused what a list said: it is asked for again the next time.
    pub(super) fn forget(&self, parts: &[Part]) {
        for part in parts {
            self.0.forget(part);
        }
    }
}

/// The look-ups of one opening, which have few seconds in all.
pub(super) struct Search<'a> {
    names: &'a Names,
    now: Timestamp,
    until: Instant,
}

impl Search<'_> {
    /// What `name` means among the entries of `part`. `ask` reads all of them, where that is needed. `None` where there is none, or it could
    /// not be found out in time.
    pub(super) async fn entry(
        &self,
        part: Part,
        name: &str,
        ask: impl Future<Output = Result<Vec<Entry>, Failure>> + Send,
    ) -> Option<Entry> {
        let kept = self.names.0.get(&part);
        let age = kept.as_ref().map(|(at, _)| self.now.since(*at));
        let known = kept.as_ref().and_then(|(_, entries)| find(entries, name));
        if age.is_some_and(|age| age < if known.is_some() { KEPT } else { FRESH }) {
            return known;
        }
        match timeout_at(self.until, ask).await {
            Ok(Ok(entries)) => {
                let entries: Arc<[Entry]> = entries.into();
                self.names.0.put(part, (self.now, entries.clone()));
                find(&entries, name)
            }
            Ok(Err(failure)) => {
                tracing::warn!(?part, kind = failure.kind(), "the names of a part of the route could not be read");
                known
            }
            Err(_) => {
                tracing::warn!(?part, kind = "time", "the names of a part of the route could not be read");
                known
            }
        }
    }

    /// The id that `name` means, which is itself where it is a number. What is not found is left out.
    pub(super) async fn id(
        &self,
        part: Part,
        name: &str,
        left_out: &mut LeftOut,
        ask: impl Future<Output = Result<Vec<Entry>, Failure>> + Send,
    ) -> Option<String> {
        let name = name.trim();
        if is_number(name) {
            return Some(name.to_owned());
        }
        let found = self.entry(part, name, ask).await;
        if found.is_none() {
            left_out.add(part, name);
        }
        found.map(|entry| entry.id)
    }

    /// The same where ids are numbers, and are written as such.
    pub(super) async fn number(
        &self,
        part: Part,
        name: &str,
        left_out: &mut LeftOut,
        ask: impl Future<Output = Result<Vec<Entry>, Failure>> + Send,
    ) -> Option<u64> {
        let id = self.id(part, name, left_out, ask).await?.parse().ok();
        if id.is_none() {
            left_out.add(part, name);
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> std::future::Ready<Result<Vec<Entry>, Failure>> {
        let entries = names.iter().enumerate().map(|(at, name)| Entry::new(at.to_string(), *name));
        std::future::ready(Ok(entries.collect()))
    }

    #[tokio::test]
    async fn a_list_serves_an_hour_and_a_new_name_is_looked_for_after_a_minute() {
        let names = Names::default();
        let at = |minutes: i64| names.search(Timestamp(minutes * 60_000));
        let mut left_out = LeftOut::default();
        let old = ["Vendas", " COBRANÇA"];
        let id = at(0).id(Part::Queue, "cobranca", &mut left_out, list(&old)).await;
        assert_eq!(id.as_deref(), Some("1"));
        // Not asked again.
        let id = at(59).id(Part::Queue, "Vendas", &mut left_out, async { panic!("asked") }).await;
        assert_eq!(id.as_deref(), Some("0"));
        // Not in the list, which is old enough to be asked for again; then it is new.
        let id = at(59).id(Part::Queue, "Suporte", &mut left_out, list(&["Suporte"])).await;
        assert_eq!(id.as_deref(), Some("0"));
        let id = at(59).id(Part::Queue, "Vendas", &mut left_out, async { panic!("asked") }).await;
        assert_eq!(
            (id, left_out),
            (None, LeftOut { parts: vec![(Part::Queue, "Vendas".to_owned())], ..LeftOut::default() })
        );
    }

    #[tokio::test]
    async fn a_number_is_an_id_and_a_failure_is_a_name_that_is_not_found() {
        let names = Names::default();
        let mut left_out = LeftOut::default();
        let id = names.search(Timestamp(0)).id(Part::Queue, "77", &mut left_out, async { panic!("asked") }).await;
        assert_eq!(id.as_deref(), Some("77"));
        let failed = async { Err(Failure::later("")) };
        assert_eq!(names.search(Timestamp(0)).id(Part::Brand, "Loja", &mut left_out, failed).await, None);
        // What is known already serves on.
        let search = names.search(Timestamp(0));
        search.entry(Part::Form, "Loja", list(&["Loja"])).await;
        let later = names.search(Timestamp(7_200_000));
        let entry = later.entry(Part::Form, "Loja", async { Err(Failure::later("")) }).await;
        assert_eq!(entry, Some(Entry::new("0", "Loja")));
    }

    #[test]
    fn a_refusal_names_no_value_of_a_customer() {
        let fields = [("Contrato".to_owned(), "77-1020".to_owned())].into();
        let route = Route { fields, ..Route::default() };
        let mut left_out = LeftOut::default();
        left_out.refuse(&route, "custom_fields: 77-1020\nis invalid");
        assert_eq!(left_out.refused.as_deref(), Some("custom_fields: … is invalid"));
    }
}
