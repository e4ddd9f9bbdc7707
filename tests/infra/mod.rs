//! What is deployed beside the functions.

mod alarms;
mod dashboard;
mod deploy;
mod environment;
mod on_aws;
mod ready;
mod rules;
mod side_by_side;
mod workers;

/// A helpdesk that the template does not take cannot be deployed, and one that nothing implements fails at its first message.
#[test]
fn the_template_takes_the_helpdesks_that_there_are() {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    let (_, parameter) = template.split_once("\n  Helpdesk:\n").unwrap();
    let (_, allowed) = parameter.split_once("AllowedValues: [").unwrap();
    let (allowed, _) = allowed.split_once(']').unwrap();
    let mut allowed: Vec<&str> = allowed.split(", ").collect();
    let mut names = ponte::helpdesk::NAMES.to_vec();
    allowed.sort_unstable();
    names.sort_unstable();
    assert_eq!(allowed, names);
}

/// A helpdesk whose lost events nobody asks for loses them, and one that repeats them needs no function that runs every minute.
#[test]
fn the_template_deploys_the_sweep_where_there_is_one() {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    let (_, condition) = template.split_once("\n  Sweeps: ").unwrap();
    let condition = condition.lines().next().unwrap();
    for name in ponte::helpdesk::NAMES {
        let swept = format!("!Equals [!Ref Helpdesk, {name}]");
        assert_eq!(condition.contains(&swept), ponte::helpdesk::is_polled(name), "{name}");
    }
}

/// A key that is not needed is not readable, and a helpdesk whose agents' states are known is asked.
#[test]
fn the_template_lets_the_availability_ask_where_the_helpdesk_tells() {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    let (_, condition) = template.split_once("\n  TellsStaffing: ").unwrap();
    let condition = condition.lines().next().unwrap();
    for name in ponte::helpdesk::NAMES {
        let asked = format!("!Equals [!Ref Helpdesk, {name}]");
        assert_eq!(condition.contains(&asked), ponte::helpdesk::tells_staffing(name), "{name}");
    }
}

/// `sam deploy --guided` takes no empty answer for a parameter that it does not echo.
#[test]
fn a_secret_that_may_be_left_out_takes_none_for_an_answer() {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap();
    let template: serde_yaml_ng::Value = serde_yaml_ng::from_str(&template).unwrap();
    let mut optional = Vec::new();
    for (name, parameter) in template["Parameters"].as_mapping().unwrap() {
        if parameter["NoEcho"].as_bool() != Some(true) || parameter["Default"].as_str() != Some("") {
            continue;
        }
        let pattern = serde_json::json!({ "pattern": parameter["AllowedPattern"].as_str().unwrap() });
        assert!(jsonschema::is_valid(&pattern, &"none".into()), "{name:?}");
        optional.push(name.as_str().unwrap());
    }
    assert_eq!(optional, ["BlipRouterKey", "RestChannelToken", "AvailabilityToken", "HelpdeskCredentials"]);
}
