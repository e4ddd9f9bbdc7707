//! The contact of a customer who asks to be erased: which calls delete it, and what the answers mean.

use std::sync::Arc;

use ponte::{
    clock::SystemClock,
    helpdesk::{self, ClientDeps, NAMES, Secrets},
    http,
    relay::{
        Failure,
        ports::{Contacts, NoFiles},
    },
    secret::Secret,
    settings::HelpdeskSettings,
    texts::Texts,
};
use serde_json::{Value, json};

use super::server::{Answer, Server};

const CUSTOMER: &str = "c41d8a07e2b95f3664d0a9c8b7e1f250";

fn contacts(name: &str, url: &str) -> Option<Arc<dyn Contacts>> {
    let own = match name {
        "chatwoot" => r#"{"account":3,"inbox":9}"#,
        "zendesk-messaging" => r#"{"app":"5ebee0975ac5304b664a12fa"}"#,
        _ => "{}",
    };
    let settings = HelpdeskSettings { name: name.to_owned(), url: url.to_owned(), own: own.to_owned() };
    let secret = |value: &str| Secret::new(value.to_owned(), Arc::new(value.to_owned()), Arc::new(SystemClock));
    let secrets = Secrets { credentials: secret("ponte@desk.test.invalid/token:t"), webhook: secret("") };
    let http = http::client("").unwrap();
    let means =
        ClientDeps { http, texts: Texts::default().into(), clock: Arc::new(SystemClock), files: Arc::new(NoFiles) };
    helpdesk::contacts(&settings, secrets, means).unwrap()
}

/// What comes of it, and the calls that it takes.
async fn check(name: &str, answers: &[(u16, Value)], expected: Result<bool, Failure>, calls: &[&str]) {
    let server = Server::new(answers.iter().cloned().map(Answer::from).collect());
    assert_eq!(contacts(name, &server.url).unwrap().forget(CUSTOMER).await, expected, "{name} {answers:?}");
    let made: Vec<String> = server.calls().iter().map(super::server::Call::line).collect();
    assert_eq!(made, calls, "{name} {answers:?}");
}

#[tokio::test]
async fn a_contact_is_deleted_where_it_is() {
    let found = || (200, json!({ "type": "contact", "id": "667d60d18a68186f43bafddd" }));
    let nobody = || (404, json!({ "type": "error.list", "errors": [{ "code": "not_found" }] }));
    let find = format!("GET /contacts/find_by_external_id/{CUSTOMER}");
    let delete = "DELETE /contacts/667d60d18a68186f43bafddd";
    let deleted = || (200, json!({ "id": "667d60d18a68186f43bafddd", "object": "contact", "deleted": true }));
    check("intercom", &[found(), deleted()], Ok(true), &[&find, delete]).await;
    check("intercom", &[nobody()], Ok(false), &[&find]).await;
    // Somebody was quicker.
    check("intercom", &[found(), nobody()], Ok(false), &[&find, delete]).await;
    let busy = Err(Failure::later("conflict with a concurrent update (409)"));
    check("intercom", &[found(), (409, json!({}))], busy, &[&find, delete]).await;

    let found =
        || (200, json!({ "payload": [{ "id": 7, "identifier": "another" }, { "id": 52, "identifier": CUSTOMER }] }));
    let [find, delete] = ["GET /api/v1/accounts/3/contacts/search", "DELETE /api/v1/accounts/3/contacts/52"];
    check("chatwoot", &[found(), (200, json!({}))], Ok(true), &[find, delete]).await;
    check("chatwoot", &[(200, json!({ "payload": [{ "id": 7, "identifier": "another" }] }))], Ok(false), &[find]).await;
    check("chatwoot", &[found(), (404, json!({ "error": "Resource could not be found" }))], Ok(false), &[find, delete])
        .await;

    let found =
        || (200, json!({ "users": [{ "id": 5, "external_id": "another" }, { "id": 8447, "external_id": CUSTOMER }] }));
    let [find, delete, forever] =
        ["GET /api/v2/users", "DELETE /api/v2/users/8447", "DELETE /api/v2/deleted_users/8447"];
    let user = || (200, json!({ "user": { "id": 8447, "active": false } }));
    check("zendesk", &[found(), user(), user()], Ok(true), &[find, delete, forever]).await;
    check("zendesk", &[(200, json!({ "users": [] }))], Ok(false), &[find]).await;
    // An earlier try came as far as the first of the two calls.
    let gone = || (404, json!({ "error": "RecordNotFound" }));
    check("zendesk", &[found(), gone(), user()], Ok(true), &[find, delete, forever]).await;
    let why = "a user is not deleted who has tickets that are not closed for good";
    let refused = Err(Failure::Refused { why, status: 422 });
    check("zendesk", &[found(), (422, json!({ "error": "RecordInvalid" }))], refused, &[find, delete]).await;

    let delete = format!("DELETE /v2/apps/5ebee0975ac5304b664a12fa/users/{CUSTOMER}");
    check("zendesk-messaging", &[(200, json!({}))], Ok(true), &[&delete]).await;
    let nobody = json!({ "errors": [{ "code": "user_not_found", "title": "User not found" }] });
    check("zendesk-messaging", &[(404, nobody)], Ok(false), &[&delete]).await;
}

#[tokio::test]
async fn a_key_that_may_not_delete_is_said_and_other_helpdesks_are_not_asked() {
    for name in NAMES.iter().filter(|name| helpdesk::forgets(name)) {
        let server = Server::new(vec![(403, json!({})).into(), (403, json!({})).into()]);
        let outcome = contacts(name, &server.url).unwrap().forget(CUSTOMER).await;
        assert!(matches!(outcome, Err(Failure::Unauthorized { .. })), "{name} {outcome:?}");
    }
    assert_eq!(NAMES.iter().filter(|name| helpdesk::forgets(name)).count(), 4);
    assert!(contacts("webhook", "http://127.0.0.1:1").is_none());
}
