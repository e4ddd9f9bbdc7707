//! What a business rule may tell, and who may send it.

use ponte::{relay::ports::Rejection, settings::HelpdeskSettings};
use serde_json::{Value, json};

use super::{
    super::bridge::{Adapter, OPENING, told},
    ADAPTER, RECORD, mark,
};

fn through(body: &Value) -> Result<Vec<String>, u16> {
    let secret = [("x-ponte-secret", ADAPTER.secret.to_owned())];
    ADAPTER.through(&secret, "", &body.to_string()).map(|events| told(&events)).map_err(Rejection::status)
}

#[test]
fn a_rule_only_names_a_row_or_a_change() {
    let journal = json!({ "sys_id": RECORD, "correlation_id": mark(), "journal": "4db0e8cb1bcccc106a4a85507e4bcba2" });
    assert_eq!(through(&journal).unwrap(), [format!("{RECORD} 4db0e8cb1bcccc106a4a85507e4bcba2 to be read")]);
    let updated = json!({ "sys_id": RECORD, "correlation_id": mark(), "updated": "2026-11-20 12:00:00", "value": "x" });
    assert_eq!(through(&updated).unwrap(), [format!("{RECORD} updated/2026-11-20 12:00:00 to be read")]);
    let opening = |body: &Value| {
        let secret = [("x-ponte-secret", ADAPTER.secret.to_owned())];
        ADAPTER.through(&secret, "", &body.to_string()).unwrap()[0].opening.clone()
    };
    assert_eq!(opening(&journal).unwrap().as_str(), OPENING);
    assert!(opening(&json!({ "sys_id": RECORD, "journal": "a" })).is_none(), "then the conversation store knows");
}

#[test]
fn what_is_not_ours_is_dropped_and_what_says_nothing_is_refused() {
    assert_eq!(through(&json!({ "sys_id": RECORD, "correlation_id": "INC-77", "journal": "a" })).unwrap(), [""; 0]);
    assert_eq!(through(&json!({ "journal": "a" })), Err(422));
    assert_eq!(through(&json!({ "sys_id": RECORD })), Err(422));
    assert_eq!(through(&json!({ "sys_id": RECORD, "correlation_id": mark(), "journal": {}, "updated": 5 })), Err(422));
    assert_eq!(through(&json!("x")), Err(400));
}

#[test]
fn only_who_brings_the_secret_is_heard() {
    let body = json!({ "sys_id": RECORD, "journal": "a" }).to_string();
    for headers in
        [vec![], vec![("x-ponte-secret", "wrong".to_owned())], vec![("x-api-key", ADAPTER.secret.to_owned())]]
    {
        assert_eq!(ADAPTER.through(&headers, "", &body).unwrap_err().status(), 401);
    }
    let other = Adapter { own: r#"{"secret_header":"X-Api-Key"}"#, ..ADAPTER };
    assert!(other.through(&[("x-api-key", ADAPTER.secret.to_owned())], "", &body).is_ok());
}

#[test]
fn settings_that_would_not_work_are_refused() {
    let verifier = |own: &str| {
        let settings = HelpdeskSettings { name: "servicenow-tickets".into(), url: String::new(), own: own.to_owned() };
        ponte::helpdesk::verifier(&settings, "x").is_ok()
    };
    assert!(verifier("") && verifier(r#"{"table":"sn_customerservice_case","closed_states":["3"]}"#));
    for bad in [
        r#"{"table":"sn_customerservice_case"}"#, // its states are not known
        r#"{"table":"incident/x"}"#,
        r#"{"table":""}"#,
        r#"{"user":"a^ORactive=true"}"#,
        r#"{"user":" "}"#,
        r#"{"longest_text":0}"#,
        r#"{"secret_header":"a:b"}"#,
        r#"{"tabela":"x"}"#,
        "5",
    ] {
        assert!(!verifier(bad), "{bad}");
    }
}
