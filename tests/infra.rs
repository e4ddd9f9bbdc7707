//! What is deployed beside the functions.

/// Each alarm names its section, and the operator finds it.
#[test]
fn every_alarm_leads_to_a_section_of_the_operators_page() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let alarms = std::fs::read_to_string(format!("{root}/infra/alarms.yaml")).unwrap();
    let page = std::fs::read_to_string(format!("{root}/docs/operations.md")).unwrap();
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
