//! `make deploy`: what it does in each state of a stack, what becomes of the parameters on their way, and the rights that it takes.
//!
//! Played in Python, since sam, whose reader and writer are on trial, and the client of `CloudFormation` are Python.

use std::{path::Path, process::Command};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Where `infra/local/tools.sh` keeps a set of tools.
fn tools(name: &str) -> String {
    let made = Command::new(root().join("infra/local/tools.sh")).arg(name).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

/// Runs the tests of one file in the virtual environment of sam, and counts them: a file that runs none would pass.
fn plays(file: &str, tests: usize, environment: &[(&str, String)]) {
    let script = root().join("tests/infra").join(file);
    let played = Command::new(format!("{}/bin/python", tools("deploy")))
        .arg(script)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SAM_CLI_TELEMETRY", "0")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "{said}");
    assert!(said.contains(&format!("Ran {tests} test")), "{said}");
}

#[test]
fn every_state_of_a_stack_has_an_answer() {
    plays("stack_states.py", 15, &[]);
}

#[test]
fn a_first_deployment_that_failed_is_repeated() {
    plays("recovery.py", 1, &[("EMULATOR", tools("emulator"))]);
}

#[test]
fn what_a_parameter_takes_survives_on_its_way() {
    plays("parameters.py", 5, &[]);
}

#[test]
fn who_deploys_needs_what_the_policy_allows() {
    plays("rights.py", 5, &[("CHECKS", tools("checks"))]);
}
