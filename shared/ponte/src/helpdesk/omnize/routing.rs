//! A route in Omnize's words: a department, and values that come back with every trigger. Pure.
//!
//! Source: `docs/api/v1/departments.md` and `interactions.md` (2021). `department_id` at the creation is the only routing, and `extra` takes
//! values of one's own. The API has no agent, priority, subject or skill, and tags only by ids that no call tells.

use std::collections::BTreeMap;

use service_rules::Route;

use super::wire::Department;
use crate::helpdesk::route::{Entry, LeftOut, Part};

/// The key of `extra` that has our mark.
const MARK: &str = "ponte";
/// The parts that the API has no place for.
const NONE: [Part; 8] =
    [Part::Agent, Part::Skill, Part::Tag, Part::Subject, Part::Type, Part::Brand, Part::Form, Part::Priority];
/// The state of a department that takes chats.
const ACTIVE: &str = "1";

/// The fields of a route, for `extra`. What Omnize has no place for is left out.
pub(super) fn fields(route: &Route, left_out: &mut LeftOut) -> BTreeMap<String, String> {
    left_out.add_parts(&NONE, route);
    let mut fields = route.fields.clone();
    if fields.remove(MARK).is_some() {
        left_out.add(Part::Field, MARK);
    }
    fields
}

/// The departments that can be named: those that are active.
pub(super) fn entries(departments: Vec<Department>) -> Vec<Entry> {
    let takes = |department: &Department| department.state.as_deref().is_none_or(|state| state == ACTIVE);
    let entry = |department: Department| Some(Entry::new(department.id?, department.name?));
    departments.into_iter().filter(takes).filter_map(entry).collect()
}
