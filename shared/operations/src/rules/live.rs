//! The names of a file of rules, looked up in the helpdesk of a deployed stack.
//!
//! Only read: no ticket is made, and nothing is written in the helpdesk or in the stack.

use std::collections::BTreeSet;

use ponte::{
    helpdesk::{route_names, sends_surveys},
    relay::ports::{NameFound, RouteNames},
};
use service_rules::{HelpdeskName, Problem, Severity};

use super::{Checked, Live};
use crate::{
    OperationError, Stack,
    helpdesk::{means, wrong},
};

/// The secret of the template that holds the router's key, where there is one.
const ROUTER_SECRET: &str = "RouterSecret";
const NO_ROUTER_KEY: &str = "the stack has no router's key (the parameter BlipRouterKey), so this is as `ticket`";

/// Looks up every name that the file has, and adds what is wrong to its problems.
///
/// # Errors
///
/// As of the settings of the stack and its secrets. A helpdesk that does not answer is none: see [`Live::failed`].
pub async fn check_live(stack: &Stack, checked: &mut Checked) -> Result<(), OperationError> {
    let helpdesk = stack.helpdesk.name.clone();
    let (secrets, deps) = means(stack).await?;
    let names = route_names(&stack.helpdesk, secrets, deps).map_err(|error| wrong(&error))?;
    let calls_back = checked.rules.as_ref().is_some_and(|(rules, _)| rules.hours.calls_back());
    if calls_back && !stack.has_resource(ROUTER_SECRET).await? {
        warn_of_callback(checked);
    }
    look_up(names.as_deref(), helpdesk, checked).await;
    Ok(())
}

/// The stack has no router's key.
fn warn_of_callback(checked: &mut Checked) {
    let (Some((rules, _)), Some(places)) = (&checked.rules, &checked.places) else { return };
    let problems = places.where_customers_are_called_back(rules, NO_ROUTER_KEY);
    checked.problems.extend(problems);
}

async fn look_up(helpdesk: Option<&dyn RouteNames>, name: String, checked: &mut Checked) {
    let mut live = Live { helpdesk: name, ..Live::default() };
    let (Some((rules, _)), Some(places)) = (&checked.rules, &checked.places) else { return };
    let mut unchecked = BTreeSet::new();
    let mut problems: Vec<Problem> = Vec::new();
    for named in rules.helpdesk_names() {
        let kind = named.name.kind();
        let found = match helpdesk {
            None => NameFound::NotAsked,
            Some(_) if live.failed.contains_key(kind) => continue,
            Some(helpdesk) => match helpdesk.find_name(&named.name).await {
                Ok(found) => found,
                Err(failure) => {
                    live.failed.insert(kind, failure.to_string());
                    continue;
                }
            },
        };
        if found == NameFound::NotAsked {
            unchecked.insert(kind);
            continue;
        }
        live.looked_up = live.looked_up.saturating_add(1);
        let problem = problem(found, &named.name, &live.helpdesk);
        problems.extend(problem.map(|(severity, message)| places.problem(severity, &named, message)));
    }
    if !sends_surveys(&live.helpdesk) {
        let none = format!("{} sends no survey that Ponte can pass on, so nobody asks for a rating", live.helpdesk);
        problems.extend(places.where_helpdesk_asks(rules, &none));
    }
    live.unchecked = unchecked.into_iter().collect();
    checked.problems.extend(problems);
    checked.problems.sort_by_key(|problem| (problem.line, problem.column));
    if checked.problems.iter().any(|problem| problem.severity == Severity::Error) {
        checked.rules = None;
    }
    checked.live = Some(live);
}

/// What is wrong with a name, in words.
fn problem(found: NameFound, name: &HelpdeskName, helpdesk: &str) -> Option<(Severity, String)> {
    let (kind, called) = (name.kind(), name.name());
    match found {
        NameFound::Present | NameFound::NotAsked => None,
        NameFound::Absent => Some((
            Severity::Error,
            format!("{helpdesk} has no {kind} `{called}`; write its name as it is there, or its id"),
        )),
        NameFound::ValueRefused => {
            Some((Severity::Error, format!("the field `{called}` of {helpdesk} does not take this value")))
        }
        NameFound::NoPlace => Some((
            Severity::Warning,
            format!("{helpdesk} has no place for a {kind}; the agent reads it in the first note"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use ponte::relay::Failure;

    use super::*;

    const RULES: &str = "version: 1
queues:
  sales: { name: Vendas, helpdesk: Sales }
  legal: { name: Jurídico }
routing:
  routes:
    - id: gold
      when: { channel: whatsapp }
      then:
        queue: sales
        agent: Ana
        skills: [German]
        fields:
          Plano: { static: Ouro }
  default:
    tags: [bot]
    brand: Loja
";

    struct Fake(Option<Failure>);

    #[async_trait]
    impl RouteNames for Fake {
        async fn find_name(&self, name: &HelpdeskName) -> Result<NameFound, Failure> {
            Ok(match name {
                HelpdeskName::Queue(name) if name == "Sales" => NameFound::Present,
                HelpdeskName::Skill(_) => NameFound::NoPlace,
                HelpdeskName::Field { .. } => NameFound::ValueRefused,
                HelpdeskName::Tag(_) => NameFound::NotAsked,
                HelpdeskName::Brand(_) => return self.0.clone().map_or(Ok(NameFound::Present), Err),
                _ => NameFound::Absent,
            })
        }
    }

    async fn checked(helpdesk: Option<&dyn RouteNames>) -> Checked {
        let read = service_rules::read(RULES.as_bytes()).unwrap();
        let (problems, rules) = (read.warnings, Some((read.rules, RULES.to_owned())));
        let mut checked =
            Checked { file: "service.yaml".to_owned(), problems, rules, places: Some(read.places), live: None };
        look_up(helpdesk, "zendesk".to_owned(), &mut checked).await;
        checked
    }

    #[tokio::test]
    async fn what_is_not_there_has_its_line_and_the_file_is_refused() {
        let checked = checked(Some(&Fake(None))).await;
        let lines: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
        let expected = [
            "line 4, column 12: queues.legal.name: zendesk has no queue `Jurídico`",
            "line 11, column 9: routing.routes[0].then.agent: zendesk has no agent `Ana`",
            "line 12, column 18: warning: routing.routes[0].then.skills[0]: zendesk has no place for a skill",
            "line 14, column 11: routing.routes[0].then.fields.Plano: the field `Plano` of zendesk does not take this value",
        ];
        assert_eq!(lines.len(), expected.len(), "{lines:#?}");
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.starts_with(expected), "{line}\n{expected}");
        }
        assert_eq!(checked.accepted().unwrap_err().to_string().matches("errors: 3").count(), 1, "a warning is none");
        let live = checked.live.unwrap();
        assert_eq!((live.looked_up, live.unchecked.as_slice()), (6, &["tag"][..]));
        assert!(live.outcome().is_ok());
    }

    #[tokio::test]
    async fn a_helpdesk_that_does_not_answer_is_no_name_that_is_not_there() {
        let checked = checked(Some(&Fake(Some(Failure::Unauthorized { why: "403" })))).await;
        assert!(checked.problems.iter().all(|problem| !problem.message.contains("brand")), "{:?}", checked.problems);
        let live = checked.live.unwrap();
        assert_eq!(live.failed.get("brand").map(String::as_str), Some("the key was not accepted: 403"));
        let problem = live.outcome().unwrap_err();
        assert_eq!((problem.code(), problem.to_string().contains("brand")), (1, true));
    }

    #[tokio::test]
    async fn a_rating_has_a_field_to_look_up_and_a_helpdesk_that_asks() {
        let asks = "rating:\n  asked_by: helpdesk\n  field: CSAT\n  by_queue: { sales: helpdesk, legal: bridge }\n";
        let check = async |name: &str| {
            let read = service_rules::read(format!("{RULES}{asks}").as_bytes()).unwrap();
            let (problems, rules) = (read.warnings, Some((read.rules, RULES.to_owned())));
            let mut checked =
                Checked { file: "service.yaml".to_owned(), problems, rules, places: Some(read.places), live: None };
            look_up(Some(&Fake(None)), name.to_owned(), &mut checked).await;
            let about = |problem: &&Problem| problem.path.starts_with("rating");
            checked.problems.iter().filter(about).map(ToString::to_string).collect::<Vec<_>>()
        };
        let field = |name: &str| {
            format!("line 20, column 3: rating.field: the field `CSAT` of {name} does not take this value")
        };
        assert_eq!(check("chatwoot").await, [field("chatwoot")]);
        let none = "zendesk sends no survey that Ponte can pass on, so nobody asks for a rating";
        let expected = [
            format!("line 19, column 3: warning: rating.asked_by: {none}"),
            field("zendesk"),
            format!("line 21, column 15: warning: rating.by_queue.sales: {none}"),
        ];
        assert_eq!(check("zendesk").await, expected);
    }

    #[tokio::test]
    async fn a_stack_without_the_routers_key_calls_nobody_back() {
        let hours = "hours:\n  week: { mon-fri: [\"09:00-18:00\"] }\n  outside: callback\n  \
                     by_queue: { sales: { outside: callback }, legal: { outside: bot } }\n";
        let read = service_rules::read(format!("{RULES}{hours}").as_bytes()).unwrap();
        let (problems, rules) = (read.warnings, Some((read.rules, RULES.to_owned())));
        let mut checked =
            Checked { file: "service.yaml".to_owned(), problems, rules, places: Some(read.places), live: None };
        warn_of_callback(&mut checked);
        let about = |problem: &&Problem| problem.path.starts_with("hours");
        let lines: Vec<String> = checked.problems.iter().filter(about).map(ToString::to_string).collect();
        let expected = [
            format!("line 20, column 3: warning: hours.outside: {NO_ROUTER_KEY}"),
            format!("line 21, column 24: warning: hours.by_queue.sales.outside: {NO_ROUTER_KEY}"),
        ];
        assert_eq!(lines, expected);
        assert!(checked.accepted().is_ok(), "a warning refuses nothing");
    }

    #[tokio::test]
    async fn a_helpdesk_without_look_ups_is_said_once_and_refuses_nothing() {
        let checked = checked(None).await;
        assert!(checked.problems.is_empty() && checked.accepted().is_ok());
        let live = checked.live.unwrap();
        assert_eq!((live.looked_up, live.unchecked), (0, vec!["agent", "brand", "field", "queue", "skill", "tag"]));
    }
}
