//! The helpdesk `zendesk-messaging` against the specification of Sunshine Conversations 17.0.0.
//!
//! The adapter is still to be driven: as in `intercom.rs`, and at the end `contract.holds(<its calls.rs>, "/v2/apps/{}")`.

use ponte::http;
use serde_json::{Value, json};

use super::{Contract, Specification};

pub(super) const SPECIFICATION: Specification =
    Specification { file: "sunshine-conversations/sunshine-conversations-17.0.0.yaml", patch };

/// The generator of the specification left examples like `{"user":""}` in its objects, and Prism would answer those. Without them
/// it makes objects of the fields' own examples.
#[allow(clippy::needless_pass_by_value, reason = "as `Specification` has it")]
fn patch(specification: String) -> String {
    let whole: Value = serde_yaml_ng::from_str(&specification).unwrap();
    // JSON is YAML, and leaves no date to be read as one.
    without_examples(whole).to_string()
}

fn without_examples(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(name, value)| name != "example" || !value.is_object());
            Value::Object(kept.map(|(name, value)| (name, without_examples(value))).collect())
        }
        Value::Array(values) => values.into_iter().map(without_examples).collect(),
        other => other,
    }
}

/// The server is ready for the adapter: what it answers is whole, and what is wrong is refused.
#[tokio::test]
async fn the_specification_is_served() {
    let contract = Contract::start("sunshine", &SPECIFICATION).await;
    let http = http::client("").unwrap();
    let user = |key: Option<&str>, body: Value| {
        let request = http.post(format!("{}/v2/apps/5963c0d619a30a2e00de36b8/users", contract.url)).json(&body);
        key.map_or(request.try_clone().unwrap(), |key| request.basic_auth(key, Some("secret")))
    };
    let good = json!({ "externalId": "c41d8a07e2b95f3664d0a9c8b7e1f250" });
    let answer: Value = user(Some("key"), good.clone()).send().await.unwrap().json().await.unwrap();
    assert!(answer["user"]["id"].as_str().is_some_and(|id| !id.is_empty()), "{answer}");
    assert_eq!(contract.made(), ["POST /v2/apps/{}/users"]);
    user(None, good).send().await.unwrap();
    user(Some("key"), json!({ "externalId": 5, "profile": "Maria" })).send().await.unwrap();
    let refused = contract.refused();
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(refused[0].1.starts_with("401 ") && refused[1].1.starts_with("422 "), "{refused:?}");
}
