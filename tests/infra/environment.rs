//! The template sets what the functions read from their environments, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use ponte::settings::{
    AvailabilityConfig, BlipWebhookConfig, ClockConfig, CloseTicketConfig, ConsoleConfig, HelpdeskCallbackConfig,
    MediaConfig, RestChannelConfig, SweepConfig, ToBlipConfig, ToHelpdeskConfig, variables,
};

use crate::template::Template;

/// The variables of a function, by the name of its binary.
type Variables = BTreeMap<String, BTreeSet<String>>;

/// What the functions read, as their configurations declare it.
fn read() -> Variables {
    let functions = [
        ("availability", variables::<AvailabilityConfig>()),
        ("blip-webhook", variables::<BlipWebhookConfig>()),
        ("clock", variables::<ClockConfig>()),
        ("close-ticket", variables::<CloseTicketConfig>()),
        ("console", variables::<ConsoleConfig>()),
        ("helpdesk-callback", variables::<HelpdeskCallbackConfig>()),
        ("media", variables::<MediaConfig>()),
        ("rest-channel", variables::<RestChannelConfig>()),
        ("sweep", variables::<SweepConfig>()),
        ("to-blip", variables::<ToBlipConfig>()),
        ("to-helpdesk", variables::<ToHelpdeskConfig>()),
    ];
    functions
        .into_iter()
        .map(|(function, names)| {
            let set: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(set.len(), names.len(), "{function} reads a variable twice: {names:?}");
            (function.to_owned(), set)
        })
        .collect()
}

/// What the template sets, under whatever condition a function is deployed.
fn set_by_template() -> Variables {
    let template = Template::root(&[]);
    let resources = template.section("Resources").iter();
    let functions = resources.filter(|(_, it)| it["Type"] == "AWS::Serverless::Function");
    functions
        .map(|(_, it)| {
            let binary = it["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap();
            let variables = it["Properties"]["Environment"]["Variables"].as_object().unwrap();
            (binary.to_owned(), variables.keys().cloned().collect())
        })
        .collect()
}

/// What one side has and the other lacks.
fn differences(read: &Variables, set: &Variables) -> Vec<String> {
    let none = BTreeSet::new();
    let functions: BTreeSet<&String> = read.keys().chain(set.keys()).collect();
    let mut found = Vec::new();
    for function in functions {
        let [read, set] = [read, set].map(|side| side.get(function).unwrap_or(&none));
        found.extend(set.difference(read).map(|name| format!("{function} does not read {name}")));
        found.extend(read.difference(set).map(|name| format!("the template does not set {name} for {function}")));
    }
    found
}

#[test]
fn the_template_sets_what_each_function_reads() {
    assert_eq!(differences(&read(), &set_by_template()), [""; 0]);
}

#[test]
fn a_variable_that_one_side_lacks_is_found() {
    let planted = |change: fn(&mut Variables)| {
        let mut set = set_by_template();
        change(&mut set);
        differences(&read(), &set)
    };
    assert_eq!(
        planted(|set| assert!(set.get_mut("clock").unwrap().insert("PLANTED".to_owned()))),
        ["clock does not read PLANTED"]
    );
    assert_eq!(
        planted(|set| assert!(set.get_mut("clock").unwrap().remove("TABLE_NAME"))),
        ["the template does not set TABLE_NAME for clock"]
    );
    // A function that one side does not know is a difference in each of its variables.
    let of_clock = read()["clock"].len();
    assert_eq!(planted(|set| drop(set.remove("clock"))).len(), of_clock);
    let renamed = planted(|set| {
        let variables = set.remove("clock").unwrap();
        set.insert("new-function".to_owned(), variables);
    });
    assert_eq!(renamed.len(), 2 * of_clock);
}
