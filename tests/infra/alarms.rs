//! The alarms: what rings, when, and where an operator reads on.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{imports::without_tests, template::Template};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The alarms, where there are all functions.
pub(super) fn alarms() -> Template {
    let parameters = ["SweepFunction", "RestChannelFunction", "AvailabilityFunction"].map(|name| (name, "a-function"));
    Template::file("infra/alarms.yaml", &parameters)
}

/// Each alarm names its section, and the operator finds it.
#[test]
fn every_alarm_leads_to_a_section_of_the_operators_page() {
    let alarms = fs::read_to_string(root().join("infra/alarms.yaml")).unwrap();
    let page = fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let sections: Vec<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|title| title.to_lowercase().replace(' ', "-"))
        .collect();
    let described: Vec<&str> = alarms.lines().filter(|line| line.contains("AlarmDescription:")).collect();
    assert_eq!(described.len(), alarms.matches("AWS::CloudWatch::Alarm").count(), "an alarm without a description");
    for description in described {
        let (_, section) = description.split_once("docs/operations.md#").expect("the page is named");
        let section = section.trim_end_matches('"');
        assert!(sections.iter().any(|known| known == section), "no section `{section}`: {sections:?}");
    }
}

/// The code of the functions, without comments and tests, whose words are in no log. A string that is broken over lines is one.
fn code() -> String {
    let (mut files, mut of_tests, mut folders) = (Vec::new(), Vec::new(), vec![root().join("shared/ponte/src")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let (code, modules) = without_tests(&fs::read_to_string(&path).unwrap());
            let module =
                if path.ends_with("mod.rs") { path.parent().unwrap().to_owned() } else { path.with_extension("") };
            of_tests.extend(modules.iter().map(|name| module.join(name)));
            files.push((path, code));
        }
    }
    files.retain(|(path, _)| !of_tests.iter().any(|module| path.with_extension("").starts_with(module)));
    files.iter().flat_map(|(_, code)| code.split("\\\n").map(str::trim_start)).collect()
}

/// The words of a comment and of a test are none of the log.
#[test]
fn only_what_runs_is_looked_through() {
    let code = code();
    // The first stands in a comment of `helpdesk/chatwoot/calls.rs`, the second in the tests of `failure.rs`, the third in `media/tests.rs`.
    for words in
        ["Chatwoot's own 404 is JSON", "waits_double_up_to_a_quarter_of_an_hour", "a first try asks for nothing"]
    {
        assert!(!code.contains(words), "{words}");
    }
}

/// What an alarm, a count or a command of the operator's page looks for in the log is what the code says there.
#[test]
fn what_is_looked_for_in_the_log_is_said_there() {
    let (code, mut looked_for) = (code(), BTreeSet::new());
    for page in ["infra/alarms.yaml", "infra/dashboard.yaml", "docs/operations.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let patterns = text.split("$.message = \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        looked_for.extend(patterns);
    }
    assert!(looked_for.len() >= 5, "{looked_for:?}");
    for message in looked_for {
        assert!(code.contains(&format!("\"{message}\"")), "nothing logs {message:?}");
    }
}

/// Words of the log that a table of these pages explains are words of the code, piece by piece where a page leaves out a name.
#[test]
fn what_the_pages_explain_of_the_log_is_said_there() {
    /// Lambda's own words.
    const OF_LAMBDA: &str = "Task timed out";
    let pages = ["operations.md", "troubleshooting.md", "troubleshooting.pt-BR.md"];
    let pages = pages.map(|page| fs::read_to_string(root().join("docs").join(page)).unwrap()).join("\n");
    let code = code();
    let cells = pages.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let quoted = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    // The status of a redirect is put behind the words, a cause behind a colon.
    let pieces: BTreeSet<&str> = quoted
        .flat_map(|words| words.split('…'))
        .map(|piece| piece.split(" (3").next().unwrap_or_default().split(": ").next().unwrap_or_default().trim())
        .filter(|piece| piece.split(' ').count() >= 2 && *piece != OF_LAMBDA)
        .collect();
    assert!(pieces.len() >= 15, "{pieces:?}");
    for piece in pieces {
        assert!(code.contains(piece), "nothing says {piece:?}");
    }
}

#[test]
fn an_alarm_rings_when_a_function_is_not_started_and_when_a_worker_is_slow() {
    let template = Template::root(&[
        ("Helpdesk", "chatwoot"),
        ("RestChannelToken", "a token of a client"),
        ("AvailabilityToken", "a token of the bot"),
    ]);
    let alarms = alarms();
    let given = &template.section("Resources")["Alarms"]["Properties"]["Parameters"];
    let watched = |metric: &str| -> Vec<String> {
        let all = alarms.resources("AWS::CloudWatch::Alarm").filter(|(_, it)| it["Properties"]["MetricName"] == metric);
        let parameter = |it: &Value| it["Properties"]["Dimensions"][0]["Value"]["Ref"].as_str().unwrap().to_owned();
        let mut functions: Vec<String> = all.map(|(_, it)| parameter(it)).collect();
        functions.sort_unstable();
        functions
    };
    let mut functions: Vec<&String> = template.functions().map(|(name, _)| name).collect();
    functions.sort_unstable();
    assert_eq!(watched("Throttles").iter().collect::<Vec<_>>(), functions);
    assert_eq!(watched("Errors").iter().collect::<Vec<_>>(), functions);
    assert_eq!(watched("Duration"), ["CloseTicketFunction", "ToBlipFunction", "ToHelpdeskFunction"]);
    for function in functions {
        assert!(given.to_string().contains(&format!("\"{function}\"")), "{function} is not handed on to the alarms");
    }
    assert_eq!(template.resolve(&given["WorkerNearLimit"]), 27_000);
}

/// Only who reads the service rules can say that they cannot be read.
#[test]
fn an_alarm_rings_when_a_function_that_reads_the_service_rules_cannot() {
    let (template, alarms) = (Template::root(&[("AvailabilityToken", "a token of the bot")]), alarms());
    let given = &template.section("Resources")["Alarms"]["Properties"]["Parameters"];
    let mut watched: Vec<Value> = alarms
        .resources("AWS::Logs::MetricFilter")
        .filter(|(_, it)| it["Properties"]["FilterPattern"].to_string().contains("the service rules cannot be read"))
        .map(|(_, it)| template.resolve(&given[it["Properties"]["LogGroupName"]["Ref"].as_str().unwrap()]))
        .collect();
    watched.sort_by_key(Value::to_string);
    // The workers are the functions with a queue behind them.
    let reads =
        |name: &str, it: &Value| name == "AvailabilityFunction" || it["Properties"].pointer("/Events/Queue").is_some();
    let readers = template.functions().filter(|(name, it)| reads(name, it));
    let mut logs: Vec<Value> =
        readers.map(|(_, it)| template.resolve(&it["Properties"]["LoggingConfig"]["LogGroup"])).collect();
    logs.sort_by_key(Value::to_string);
    assert_eq!((watched.len(), watched), (4, logs));
}
