//! Where a route leads.

use super::{MAX_NAME, name, queue_exists, service};
use crate::{
    FactName, FieldSource, ServiceRules, Target,
    fold::same,
    near::nearest,
    path::Path,
    problem::Faults,
    route::{MAX_SUBJECT, Part, parts},
};

pub(super) fn check(rules: &ServiceRules, target: &Target, path: &Path, faults: &mut Faults) {
    if let Some(queue) = &target.queue {
        queue_exists(rules, queue, &path.key("queue"), faults);
    }
    let words = [
        ("agent", &target.agent),
        ("ticket_type", &target.ticket_type),
        ("brand", &target.brand),
        ("form", &target.form),
    ];
    for (key, text) in words {
        if let Some(text) = text {
            name(text, MAX_NAME, &path.key(key), faults);
        }
    }
    for (key, texts) in [("skills", &target.skills), ("tags", &target.tags)] {
        for (index, text) in texts.iter().enumerate() {
            name(text, MAX_NAME, &path.key(key).index(index), faults);
        }
    }
    check_fields(rules, &target.fields, &path.key("fields"), faults);
    if let Some(template) = &target.subject {
        subject(rules, template, &path.key("subject"), faults);
    }
    if let Some(text) = &target.return_service {
        service(text, &path.key("return_service"), faults);
    }
}

pub(super) fn check_fields<'a>(
    rules: &ServiceRules,
    fields: impl IntoIterator<Item = (&'a String, &'a FieldSource)>,
    path: &Path,
    faults: &mut Faults,
) {
    for (field, source) in fields {
        let path = path.key(field);
        name(field, MAX_NAME, &path, faults);
        match source {
            FieldSource::Static(text) => name(text, 1_000, &path.key("static"), faults),
            FieldSource::Extra(key) => extra_is_listed(rules, key, &path.key("extra"), faults),
            FieldSource::Fact(FactName::Extra(key)) => extra_is_listed(rules, key, &path.key("fact"), faults),
            FieldSource::Fact(_) | FieldSource::Ticket(_) | FieldSource::Contact(_) | FieldSource::Message(_) => {}
        }
    }
}

/// An extra that rules use must be listed, with how one knows that it belongs to this hand-over.
pub(super) fn extra_is_listed(rules: &ServiceRules, key: &str, path: &Path, faults: &mut Faults) {
    let listed = &rules.routing.facts.extras;
    if faults.is_full() || listed.keys().any(|known| same(known, key)) {
        return;
    }
    let right = nearest(key, listed.keys().map(String::as_str)).map_or_else(
        || format!("add `{key}: always`, `cleared` or `day_in: …` there"),
        |near| format!("did you mean `{near}`?"),
    );
    faults.error(path, format!("the extra `{key}` is not listed under `routing.facts.extras`; {right}"));
}

fn subject(rules: &ServiceRules, template: &str, path: &Path, faults: &mut Faults) {
    name(template, MAX_SUBJECT, path, faults);
    for (word, part) in parts(template) {
        match part {
            Some(Part::Fact(FactName::Extra(key))) => extra_is_listed(rules, &key, path, faults),
            Some(_) => {}
            None => {
                let names = Part::names();
                let right = nearest(word, names.iter().map(String::as_str)).map_or_else(
                    || {
                        "write a fact such as `{subject}`, `{queue}`, `{channel}`, `{extra.KEY}` or `{contact.name}`"
                            .to_owned()
                    },
                    |near| format!("did you mean `{{{near}}}`?"),
                );
                faults.error(path, format!("there is no placeholder `{{{word}}}` here; {right}"));
            }
        }
    }
}
