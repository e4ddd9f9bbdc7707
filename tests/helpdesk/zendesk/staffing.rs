//! Who is online, in a group or at all.

use std::sync::Arc;

use ponte::{
    helpdesk,
    relay::{
        Failure,
        ports::{NoFiles, Staffing},
    },
};
use serde_json::{Value, json};

use super::{answers, lines, parts};
use crate::helpdesk::server::Server;

const ASKED: &str = "GET agent_availabilities";

fn staffing(server: &Server, own: &str) -> Arc<dyn Staffing> {
    let (settings, secrets, means) = parts(server, "an-oauth-token", own, Arc::new(NoFiles));
    helpdesk::staffing(&settings, secrets, means).unwrap().unwrap()
}

/// A page of those who are online, each with the groups that are known.
fn online(groups: &[Value], has_more: bool) -> (u16, Value) {
    let agent = |groups: &Value| json!({ "type": "agent_availabilities", "attributes": { "agent_id": 1, "group_ids": groups } });
    let data: Vec<Value> = groups.iter().map(agent).collect();
    (200, json!({ "data": data, "meta": { "has_more": has_more, "after_cursor": "c" } }))
}

#[tokio::test]
async fn somebody_of_the_group_is_looked_for() {
    let (in_group, elsewhere, unknown) = (json!([360, 361]), json!([360]), Value::Null);
    for (pages, queue, expected, calls) in [
        (vec![online(&[elsewhere.clone(), in_group.clone()], true)], Some("361"), Some(true), 1),
        (vec![online(std::slice::from_ref(&elsewhere), true), online(&[in_group], false)], Some("361"), Some(true), 2),
        (vec![online(std::slice::from_ref(&elsewhere), true), online(&[], false)], Some("361"), Some(false), 2),
        (vec![online(&[], false)], Some("361"), Some(false), 1),
        (vec![online(&[elsewhere.clone(), unknown], false)], Some("361"), None, 1),
        (vec![online(std::slice::from_ref(&elsewhere), true); 3], Some("361"), None, 3),
        (vec![online(&[elsewhere], true)], None, Some(true), 1),
        (vec![online(&[], false)], None, Some(false), 1),
    ] {
        let server = answers(&pages);
        let told = staffing(&server, r#"{"agent_status":true}"#).is_staffed(queue).await;
        let asked = server.calls();
        assert_eq!((told, lines(&asked)), (Ok(expected), vec![ASKED.to_owned(); calls]), "{pages:?} {queue:?}");
        let (filter, after) = ("filter%5Bchannel_status%5D=support%3Aonline", "page%5Bafter%5D=c");
        assert!(asked.iter().all(|call| call.path.contains(filter)), "{:?}", asked[0].path);
        assert!(asked.iter().skip(1).all(|call| call.path.contains(after)));
    }
}

#[tokio::test]
async fn nobody_is_asked_unless_the_setting_says_so_and_a_refusal_is_no_answer() {
    for own in ["", "{}", r#"{"agent_status":false}"#] {
        let server = answers(&[]);
        assert_eq!(staffing(&server, own).is_staffed(Some("361")).await, Ok(None), "{own}");
        assert!(server.calls().is_empty());
    }
    // No administrator's key; omnichannel routing is off; something else that answers.
    for (status, body) in [(403, json!({})), (404, json!({})), (200, json!({ "data": null })), (200, json!([]))] {
        let server = answers(&[(status, body.clone())]);
        let told = staffing(&server, r#"{"agent_status":true}"#).is_staffed(None).await;
        assert!(
            matches!(told, Err(Failure::Unauthorized { .. } | Failure::Gone | Failure::Later { .. })),
            "{body}: {told:?}"
        );
    }
}
