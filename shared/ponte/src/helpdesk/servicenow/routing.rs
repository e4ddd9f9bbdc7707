//! A route as variables of the interaction's context, which the conditions of `ServiceNow`'s queues read. Pure.
//!
//! Documented are `short_description` and `mandatory_skills` (`sys_id`s) among others; own ones are allowed where the chat's set-up declares
//! them (live agent context variables). The codes that `language` takes are not documented, so the language is one of ours, too.
//! Nothing can be looked up by this API, and nothing is answered: what no condition reads has no effect.

use std::collections::BTreeMap;

use service_rules::{Language, Route};

/// What our own variables begin with.
const OWN: &str = "ponte_";

/// The variables of a route. None of one that was never decided: no part of it, and the stack's own language.
pub(super) fn variables(route: &Route, own: Language) -> BTreeMap<String, String> {
    // Where the customer goes afterwards is no matter of the helpdesk.
    if (Route { return_service: None, ..route.clone() }) == (Route { language: own, ..Route::default() }) {
        return BTreeMap::new();
    }
    let (ids, names): (Vec<&str>, Vec<&str>) = route.skills.iter().map(String::as_str).partition(|skill| is_id(skill));
    let ours = |name: &str, value: Option<&str>| Some((format!("{OWN}{name}"), value?.to_owned()));
    let list = |name: &str, values: &[&str]| ours(name, (!values.is_empty()).then(|| values.join(",")).as_deref());
    let tags: Vec<&str> = route.tags.iter().map(String::as_str).collect();
    let mut variables = route.fields.clone();
    variables.extend(route.subject.clone().map(|subject| ("short_description".to_owned(), subject)));
    variables.extend((!ids.is_empty()).then(|| ("mandatory_skills".to_owned(), ids.join(","))));
    let all = [
        ours("queue", route.queue.as_deref()),
        ours("agent", route.agent.as_deref()),
        ours("priority", route.priority.map(service_rules::Priority::as_str)),
        ours("language", Some(route.language.tag())),
        ours("type", route.ticket_type.as_deref()),
        ours("brand", route.brand.as_deref()),
        ours("form", route.form.as_deref()),
        list("skills", &names),
        list("tags", &tags),
    ];
    variables.extend(all.into_iter().flatten());
    variables
}

/// Whether this is a `sys_id`: 32 hexadecimal digits.
fn is_id(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
