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
/// The state of a department that takes chats.
const ACTIVE: &str = "1";

/// The fields of a route, for `extra`. What Omnize has no place for is left out.
pub(super) fn fields(route: &Route, left_out: &mut LeftOut) -> BTreeMap<String, String> {
    left_out.add_all(Part::Agent, &route.agent);
    left_out.add_all(Part::Skill, &route.skills);
    left_out.add_all(Part::Tag, &route.tags);
    left_out.add_all(Part::Subject, &route.subject);
    left_out.add_all(Part::Type, &route.ticket_type);
    left_out.add_all(Part::Brand, &route.brand);
    left_out.add_all(Part::Form, &route.form);
    if let Some(priority) = route.priority {
        left_out.add(Part::Priority, priority.as_str());
    }
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
