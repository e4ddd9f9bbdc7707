//! Facts and routes.

use super::{MAX_NAME, check_channel, check_id, name, right, target};
use crate::{
    Believed, Condition, DecidedBy, FactName, Language, Priority, RouteRule, ServiceRules, Target, When, fold::same,
    path::Path, problem::Faults,
};

pub(super) fn check(rules: &ServiceRules, faults: &mut Faults) {
    let path = Path::of(&["routing"]);
    for (key, believed) in &rules.routing.facts.extras {
        let path = path.key("facts").key("extras").key(key);
        name(key, MAX_NAME, &path, faults);
        if let Believed::DayIn(day) = believed {
            name(day, MAX_NAME, &path.key("day_in"), faults);
            if same(day, key) {
                faults.error(&path.key("day_in"), "names the extra itself; name the one that holds the day");
            }
        }
    }
    for number in rules.routing.facts.ticket_priority.keys() {
        if number.parse::<i64>().map(|parsed| parsed.to_string()).as_deref() != Ok(number) {
            faults.error(
                &path.key("facts").key("ticket_priority").key(number),
                "a priority of Blip's ticket is a whole number",
            );
        }
    }
    let routes = &rules.routing.routes;
    for (index, rule) in routes.iter().enumerate() {
        let path = path.key("routes").index(index);
        let before: Vec<&RouteRule> = routes.iter().take(index).collect();
        check_route(rules, rule, &before, &path, faults);
    }
    target::check_fields(rules, &rules.routing.fields, &path.key("fields"), faults);
    let path = path.key("default");
    target::check(rules, &rules.routing.default, &path, faults);
    if rules.routing.default != Target::default()
        && let Some(all) = routes.iter().find(|rule| rule.when.is_none())
    {
        let of_queue = "except for a queue that the bot names";
        faults.warn(&path, format!("is never used {of_queue}: the route `{}` takes every conversation", all.id));
    }
}

fn check_route(rules: &ServiceRules, rule: &RouteRule, before: &[&RouteRule], path: &Path, faults: &mut Faults) {
    check_id(&rule.id, &path.key("id"), faults);
    let words = [DecidedBy::Context, DecidedBy::Rule, DecidedBy::Ticket, DecidedBy::Default, DecidedBy::Nothing]
        .map(DecidedBy::as_str);
    if words.contains(&rule.id.as_str()) {
        faults
            .error(&path.key("id"), format!("`{}` has a meaning of its own in the figures; take another id", rule.id));
    }
    if before.iter().any(|other| other.id == rule.id) {
        faults.error(&path.key("id"), format!("another route has the id `{}`", rule.id));
    }
    if rule.then == Target::default() {
        faults.error(&path.key("then"), "leads nowhere; give a `queue` at least");
    }
    target::check(rules, &rule.then, &path.key("then"), faults);
    match &rule.when {
        Some(when) if when.0.is_empty() => {
            let message =
                "has no conditions; name a fact, or take `when` away for a route that takes every conversation";
            faults.error(&path.key("when"), message);
        }
        Some(when) => {
            for (fact, condition) in &when.0 {
                check_condition(rules, fact, condition, &path.key("when").key(fact.to_string()), faults);
            }
        }
        None => {}
    }
    let earlier = before.iter().find(|earlier| takes_all_of(earlier.when.as_ref(), rule.when.as_ref()));
    if let Some(earlier) = earlier {
        faults.warn(
            path,
            format!("is never reached: the route `{}` before it takes all of these conversations", earlier.id),
        );
    }
}

/// Whether the earlier conditions hold wherever the later ones do: each of them stands among the later ones.
fn takes_all_of(earlier: Option<&When>, later: Option<&When>) -> bool {
    match (earlier, later) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(earlier), Some(later)) => {
            !earlier.0.is_empty() && earlier.0.iter().all(|(fact, condition)| later.0.get(fact) == Some(condition))
        }
    }
}

fn check_condition(rules: &ServiceRules, fact: &FactName, condition: &Condition, path: &Path, faults: &mut Faults) {
    if let FactName::Extra(key) = fact {
        target::extra_is_listed(rules, key, path, faults);
    }
    let Condition { equals, one_of, contains, present } = condition;
    if condition.is_empty() {
        faults.error(path, "is empty; write a text, a list of texts, or `equals`, `one_of`, `contains` or `present`");
    }
    if equals.is_some() && one_of.is_some() {
        faults.error(path, "has both `equals` and `one_of`; write one of them");
    }
    if *present == Some(false) && (equals.is_some() || one_of.is_some() || contains.is_some()) {
        faults.error(path, "can never hold: `present: false` beside another test");
    }
    for texts in [one_of, contains].into_iter().flatten() {
        if texts.is_empty() {
            faults.error(path, "has an empty list; write one text at least");
        }
    }
    let exact = equals.iter().chain(one_of.iter().flatten());
    for text in exact.clone().chain(contains.iter().flatten()) {
        if text.trim().is_empty() {
            faults.error(
                path,
                "has an empty text, which nothing equals; for a fact that is missing write `present: false`",
            );
        }
    }
    for text in exact.filter(|text| !text.trim().is_empty()) {
        let FactName::Fixed(fact) = fact else { continue };
        match *fact {
            "channel" => check_channel(text, path, faults),
            "language" => one_of_these(text, Language::ALL.map(Language::tag), path, faults),
            "context.priority" | "ticket.priority" => {
                one_of_these(text, Priority::ALL.map(Priority::as_str), path, faults);
            }
            _ => {}
        }
    }
}

fn one_of_these<const N: usize>(text: &str, allowed: [&'static str; N], path: &Path, faults: &mut Faults) {
    if !allowed.iter().any(|allowed| same(allowed, text)) {
        faults.error(path, format!("`{text}` is no value of this fact; {}", right(text, allowed)));
    }
}
