//! The names of a helpdesk's queues, agents, fields and the rest, and the ids that they stand for.

use std::{sync::Arc, time::Duration};

use service_rules::{fold, same};
use tokio::time::{Instant, timeout_at};

use super::left_out::{LeftOut, Part};
use crate::{
    clock::Timestamp,
    helpdesk::{json::personal, recent_cache::RecentCache},
    relay::Failure,
};

/// How long all look-ups of one opening may take together.
const LOOK_UPS: Duration = Duration::from_secs(3);
/// The same of one name that somebody checks and waits for.
const CHECK: Duration = Duration::from_mins(1);
/// How long a list of names serves.
const KEPT: Duration = Duration::from_hours(1);
/// A name that is not in a list of at least this age may be new: the list is asked for again. A list that could not be read is asked for
/// again after as long.
const FRESH: Duration = Duration::from_mins(1);

/// The helpdesk has no field of a name.
pub(in crate::helpdesk) const NO_FIELD: Failure =
    Failure::Refused { why: "the helpdesk has no field of this name", status: 404 };
/// A field takes other values only.
pub(in crate::helpdesk) const NO_VALUE: Failure =
    Failure::Refused { why: "the field does not take this value", status: 422 };

/// Whether this is an id, where ids are numbers: it is not looked up.
pub(in crate::helpdesk) fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// What people write for yes and no in a field that takes nothing else.
pub(in crate::helpdesk) fn truth(value: &str) -> Option<bool> {
    match fold(value).as_str() {
        "true" | "yes" | "sim" | "si" | "1" => Some(true),
        "false" | "no" | "nao" | "0" => Some(false),
        _ => None,
    }
}

/// Something of the helpdesk's that a route names.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in crate::helpdesk) struct Entry {
    pub(in crate::helpdesk) id: String,
    /// By what people call it, the first of which counts most.
    pub(in crate::helpdesk) names: Vec<String>,
    /// What kind of field it is, in the helpdesk's word.
    pub(in crate::helpdesk) kind: Option<String>,
    /// Of a field that takes only some values: each value, and what people call it.
    pub(in crate::helpdesk) options: Vec<(String, String)>,
}

/// What a look-up found.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::helpdesk) enum Looked {
    Found(Entry),
    /// The helpdesk has none of this name.
    Absent,
    /// The helpdesk did not say what it has.
    Unknown,
}

personal!(Entry, Looked);

impl Entry {
    pub(in crate::helpdesk) fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), names: vec![name.into()], ..Self::default() }
    }

    /// The value of the option that is meant. Any value is one where the field has no options.
    pub(in crate::helpdesk) fn option(&self, meant: &str) -> Option<String> {
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

/// One list, as it was read last.
#[derive(Clone)]
struct List {
    entries: Arc<[Entry]>,
    read_at: Option<Timestamp>,
    failed: Option<(Timestamp, Failure)>,
}

impl Default for List {
    fn default() -> Self {
        Self { entries: Arc::from([]), read_at: None, failed: None }
    }
}

/// The lists of names that a client has asked for.
#[derive(Clone, Default)]
pub(in crate::helpdesk) struct Names {
    lists: RecentCache<Part, List>,
    is_check: bool,
}

impl Names {
    /// The same lists for whoever checks names: ids are looked up, too, and there is time for a long list.
    pub(in crate::helpdesk) fn for_check(&self) -> Self {
        Self { lists: self.lists.clone(), is_check: true }
    }

    /// Begins the look-ups of one opening, or of one name that is checked.
    pub(in crate::helpdesk) fn search(&self, now: Timestamp) -> Search<'_> {
        Search { names: self, now, until: Instant::now() + if self.is_check { CHECK } else { LOOK_UPS } }
    }

    /// Why a list could not be read the last time, which is forgotten.
    fn failed_now(&self, part: Part) -> Option<Failure> {
        let list = self.lists.get(&part)?;
        let failure = list.failed.clone()?.1;
        self.lists.put(part, List { failed: None, ..list });
        Some(failure)
    }

    /// Why a list could not be read the last time.
    pub(super) fn failure(&self, part: Part) -> Option<Failure> {
        Some(self.lists.get(&part)?.failed?.1)
    }

    /// The helpdesk refused what a list said: it is asked for again the next time.
    pub(in crate::helpdesk) fn forget(&self, parts: &[Part]) {
        for part in parts {
            self.lists.forget(part);
        }
    }
}

/// The look-ups of one opening, which have few seconds in all. Each list is asked for once.
pub(in crate::helpdesk) struct Search<'a> {
    names: &'a Names,
    now: Timestamp,
    until: Instant,
}

impl Search<'_> {
    /// Whether an id is taken as it is. Where names are checked, it is looked up, too.
    pub(in crate::helpdesk) fn is_id(&self, name: &str) -> bool {
        is_number(name) && !self.names.is_check
    }

    /// Whether an e-mail is taken as it is, by a helpdesk that takes one in an id's place.
    pub(in crate::helpdesk) fn is_email(&self, name: &str) -> bool {
        name.contains('@') && !self.names.is_check
    }

    /// What `name` means among the entries of `part`. `ask` reads all of them, where that is needed. A list that serves no longer serves on
    /// while it cannot be read.
    pub(in crate::helpdesk) async fn look(
        &self,
        part: Part,
        name: &str,
        ask: impl Future<Output = Result<Vec<Entry>, Failure>> + Send,
    ) -> Looked {
        let kept = self.names.lists.get(&part).unwrap_or_default();
        let since = |at: Option<Timestamp>, limit| at.is_some_and(|at| self.now.since(at) < limit);
        let known = find(&kept.entries, name);
        if since(kept.read_at, if known.is_some() { KEPT } else { FRESH }) {
            return known.map_or(Looked::Absent, Looked::Found);
        }
        // Where the time is up, the list had no chance: the next opening asks.
        let failed_at = kept.failed.as_ref().map(|(at, _)| *at);
        if !since(failed_at, FRESH) && Instant::now() < self.until {
            let failure = match timeout_at(self.until, ask).await {
                Ok(Ok(entries)) => {
                    let entries: Arc<[Entry]> = entries.into();
                    let found = find(&entries, name);
                    self.names.lists.put(part, List { entries, read_at: Some(self.now), failed: None });
                    return found.map_or(Looked::Absent, Looked::Found);
                }
                Ok(Err(failure)) => failure,
                Err(_) => Failure::TimeIsUp,
            };
            tracing::warn!(?part, kind = failure.kind(), "the names of a part of the route could not be read");
            self.names.lists.put(part, List { failed: Some((self.now, failure)), ..kept });
        }
        known.map_or(Looked::Unknown, Looked::Found)
    }

    /// The entry that `name` means. What is not found is left out.
    pub(in crate::helpdesk) async fn entry(
        &self,
        part: Part,
        name: &str,
        left_out: &mut LeftOut,
        ask: impl Future<Output = Result<Vec<Entry>, Failure>> + Send,
    ) -> Option<Entry> {
        match self.look(part, name, ask).await {
            Looked::Found(entry) => return Some(entry),
            Looked::Absent => left_out.add(part, name),
            Looked::Unknown => left_out.not_looked_up(part, name),
        }
        None
    }

    /// The field of a ticket that is there already, for a number: nothing is opened without it, so that whoever asks is told why there is none.
    pub(in crate::helpdesk) async fn field(
        &self,
        name: &str,
        ask: impl Future<Output = Result<Vec<Entry>, Failure>> + Send,
    ) -> Result<Entry, Failure> {
        match self.look(Part::Field, name, ask).await {
            // `1` is a yes to a checkbox, and the worst rating.
            Looked::Found(entry) if matches!(entry.kind.as_deref(), Some("checkbox" | "boolean")) => Err(NO_VALUE),
            Looked::Found(entry) => Ok(entry),
            Looked::Absent => Err(NO_FIELD),
            // Asked anew by the next try, which comes within the time that a failure is kept for. A wait of no time would use up all tries at once.
            Looked::Unknown => Err(match self.names.failed_now(Part::Field) {
                Some(Failure::TimeIsUp) | None => Failure::later("the helpdesk did not list its fields in time"),
                Some(failure) => failure,
            }),
        }
    }

    /// The id that `name` means, which is itself where it is a number. What is not found is left out.
    pub(in crate::helpdesk) async fn id(
        &self,
        part: Part,
        name: &str,
        left_out: &mut LeftOut,
        ask: impl Future<Output = Result<Vec<Entry>, Failure>> + Send,
    ) -> Option<String> {
        let name = name.trim();
        if self.is_id(name) {
            return Some(name.to_owned());
        }
        self.entry(part, name, left_out, ask).await.map(|entry| entry.id)
    }

    /// The same where ids are numbers, and are written as such.
    pub(in crate::helpdesk) async fn number(
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

    fn absent(name: &str) -> LeftOut {
        let mut left_out = LeftOut::default();
        left_out.add(Part::Queue, name);
        left_out
    }

    #[test]
    fn yes_and_no_in_three_languages() {
        assert_eq!(["Sim", " YES ", "sí", "1", "true"].map(truth), [Some(true); 5]);
        assert_eq!(["Não", "no", "0", "False"].map(truth), [Some(false); 4]);
        assert_eq!(["talvez", "", "10"].map(truth), [None; 3]);
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
        assert_eq!(id, None);
        assert!(left_out == absent("Vendas"));
    }

    #[tokio::test]
    async fn a_number_is_an_id_and_a_failure_is_told_apart_from_a_name_that_is_not_there() {
        let names = Names::default();
        let mut left_out = LeftOut::default();
        let id = names.search(Timestamp(0)).id(Part::Queue, "77", &mut left_out, async { panic!("asked") }).await;
        assert_eq!(id.as_deref(), Some("77"));
        for failure in [Failure::later(""), Failure::Unauthorized { why: "" }, Failure::Unknown { why: "" }] {
            let (names, mut left_out) = (Names::default(), LeftOut::default());
            let failed = async { Err(failure) };
            assert_eq!(names.search(Timestamp(0)).id(Part::Queue, "Loja", &mut left_out, failed).await, None);
            let mut expected = LeftOut::default();
            expected.not_looked_up(Part::Queue, "Loja");
            assert!(left_out == expected && left_out != absent("Loja"));
        }
        // What is known already serves on.
        names.search(Timestamp(0)).look(Part::Form, "Loja", list(&["Loja"])).await;
        let later = names.search(Timestamp(7_200_000));
        let entry = later.look(Part::Form, "Loja", async { Err(Failure::later("")) }).await;
        assert!(entry == Looked::Found(Entry::new("0", "Loja")));
    }

    #[tokio::test]
    async fn a_list_that_cannot_be_read_is_asked_for_once_in_a_minute() {
        let names = Names::default();
        let failed = || async { Err(Failure::later("")) };
        assert!(names.search(Timestamp(0)).look(Part::Field, "Contrato", failed()).await == Looked::Unknown);
        // Another field of the same opening, and of the next.
        for at in [0, 59_999] {
            let looked = names.search(Timestamp(at)).look(Part::Field, "Plano", async { panic!("asked") }).await;
            assert!(looked == Looked::Unknown);
        }
        // Another list is not this one.
        let other = names.search(Timestamp(1)).look(Part::Queue, "Vendas", list(&["Vendas"])).await;
        assert!(other == Looked::Found(Entry::new("0", "Vendas")));
        let again = names.search(Timestamp(60_000)).look(Part::Field, "Plano", list(&["Plano"])).await;
        assert!(again == Looked::Found(Entry::new("0", "Plano")));
    }

    #[tokio::test]
    async fn the_look_ups_of_an_opening_have_one_limit_together() {
        let names = Names::default();
        let search = names.search(Timestamp(0));
        assert!(search.until > Instant::now() && search.until <= Instant::now() + LOOK_UPS);
        let search = Search { until: Instant::now() + Duration::from_millis(300), ..search };
        let begun = Instant::now();
        assert!(matches!(search.look(Part::Queue, "Vendas", list(&["Vendas"])).await, Looked::Found(_)));
        assert!(search.look(Part::Agent, "Vendas", std::future::pending()).await == Looked::Unknown);
        assert!(begun.elapsed() < LOOK_UPS);
        // It had no chance, and is not taken for a list that cannot be read.
        assert!(search.look(Part::Brand, "Vendas", async { panic!("asked") }).await == Looked::Unknown);
        let next = names.search(Timestamp(1));
        assert!(matches!(next.look(Part::Brand, "Vendas", list(&["Vendas"])).await, Looked::Found(_)));
        assert!(next.look(Part::Agent, "Vendas", async { panic!("asked") }).await == Looked::Unknown);
    }
}
