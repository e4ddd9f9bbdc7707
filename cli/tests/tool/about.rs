//! What the tool says of itself and of an account: stacks, completions, manual pages.

use std::fs;

use serde_json::json;

use super::stack::{Desk, Ran, tool};

#[tokio::test]
async fn the_stacks_of_an_account_are_listed_and_others_are_not() {
    let desk = Desk::start().await;
    let formation = aws_sdk_cloudformation::Client::new(&desk.config);
    let other = json!({ "Description": "Somebody else's", "Resources": { "Queue": { "Type": "AWS::SQS::Queue" } } });
    let clinic = json!({ "Description": "Ponte: a bridge", "Resources": { "Queue": { "Type": "AWS::SQS::Queue" } } });
    for (name, template) in [("other", other), ("clinic", clinic)] {
        formation.create_stack().stack_name(name).template_body(template.to_string()).send().await.unwrap();
    }
    // No stack of the name that is asked for unless somebody says otherwise has to be there.
    let listed = desk.run(&["stacks", "--stack", "nosuch", "--json"]).await.json();
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["clinic", "ponte"], "{listed}");
    assert_eq!(listed[1]["helpdesk"], "webhook");
    assert!(listed[1]["changed"].as_str().unwrap().ends_with('Z'), "{listed}");
    let told = desk.run(&["stacks"]).await;
    assert!(told.code == 0 && told.said.contains("STACK") && told.said.contains("clinic"), "{}", told.said);
}

#[tokio::test]
async fn completions_and_manual_pages_need_no_stack() {
    let run = async |arguments: &[&str]| Ran::of(&tool().args(arguments).output().await.unwrap());
    for (shell, word) in [("bash", "complete"), ("zsh", "#compdef ponte"), ("fish", "complete -c ponte")] {
        let script = run(&["completions", shell]).await;
        assert_eq!(script.code, 0, "{}", script.wrong);
        assert!(script.said.contains(word) && script.said.contains("parked"), "{shell}: {}", script.said);
    }
    assert_eq!(run(&["completions", "tcsh"]).await.code, 2);
    let page = run(&["man"]).await;
    assert!(page.code == 0 && page.said.contains(".TH") && page.said.contains("trail"), "{}", page.said);
    let folder = std::env::temp_dir().join(format!("ponte-man-{}", std::process::id()));
    assert_eq!(run(&["man", "--to", folder.to_str().unwrap()]).await.code, 1, "it is not there");
    fs::create_dir(&folder).unwrap();
    assert_eq!(run(&["man", "--to", folder.to_str().unwrap()]).await.code, 0);
    let erase = fs::read_to_string(folder.join("ponte-customer-erase.1")).unwrap();
    assert!(erase.contains("contact"), "{erase}");
    fs::remove_dir_all(&folder).unwrap();
    let version = run(&["--version"]).await;
    assert_eq!((version.code, version.said.trim()), (0, concat!("ponte ", env!("CARGO_PKG_VERSION"))));
}
