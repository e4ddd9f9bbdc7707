//! `ponte status` while a side is down: what waits, why and until when, what is parked, and when each side last worked.

use std::time::Duration;

use ponte::clock::{Clock, SystemClock, Timestamp};
use ponte_cli::Place;
use serde_json::{Value, json};

use super::stack::Desk;

fn ago(seconds: i64) -> Timestamp {
    Timestamp(SystemClock.now().0 - seconds * 1000)
}

fn named<'a>(all: &'a Value, field: &str, name: &str) -> &'a Value {
    all.as_array().unwrap().iter().find(|one| one[field] == name).unwrap_or_else(|| panic!("{name} in {all}"))
}

#[tokio::test]
async fn an_outage_is_seen_with_whom_it_concerns() {
    let desk = Desk::start().await;
    let quiet = desk.run(&["status"]).await;
    assert_eq!(quiet.code, 0, "{}", quiet.wrong);
    assert!(quiet.said.contains("nothing waits") && quiet.said.contains("none in a day"), "{}", quiet.said);

    let maria = desk.opens("f1a2@tunnel.msging.net", None, Some("1")).await;
    let opening = desk.opens("b7c8@tunnel.msging.net", None, None).await;
    let closing = desk.opens("c9d0@tunnel.msging.net", None, Some("3")).await;
    assert_eq!(desk.run(&["conversations", "close", closing.as_str()]).await.code, 0);
    let job = desk.queue(Place::Waiting, "f1a2@tunnel.msging.net", "m1").await;
    desk.queue(Place::Parked, "f1a2@tunnel.msging.net", "m2").await;

    let later = |group: &str, wait: u64| {
        json!({ "level": "WARN", "message": "retry scheduled", "queue": "to-helpdesk", "group": group, "kind": "later",
                "reason": "not now: the helpdesk fails", "status": 503, "attempts": 4, "waiting": 2, "wait_s": wait, "waited_s": 40 })
    };
    let done = |group: &str| json!({ "level": "INFO", "message": "batch done", "queue": "to-helpdesk", "group": group, "records": 1 });
    desk.logs("to-helpdesk", ago(600), done("0f")).await;
    desk.logs("to-helpdesk", ago(300), later("another's", 5)).await;
    desk.logs("to-helpdesk", ago(200), done("another's")).await;
    desk.logs("to-helpdesk", ago(60), later(&job.group, 10)).await;
    desk.logs("to-helpdesk", ago(20), later(&job.group, 300)).await;
    desk.logs("blip-webhook", ago(30), json!({ "message": "accepted", "function": "blip-webhook", "jobs": 1 })).await;
    let reason = "no valid token";
    desk.logs(
        "blip-webhook",
        ago(10),
        json!({ "message": "request rejected", "status": 401, "reason": reason, "caller": "0a" }),
    )
    .await;
    desk.logs("blip-webhook", ago(5), json!("no line of ours")).await;

    let ran = desk.run(&["status", "--json"]).await;
    assert_eq!(ran.code, 0, "{}", ran.wrong);
    let status = ran.json();
    let waiting = &status["waiting"];
    assert_eq!(waiting.as_array().unwrap().len(), 3, "{waiting}");
    let hers = named(waiting, "group", &job.group);
    assert_eq!(hers["key"], maria.conversation().as_str());
    assert_eq!(
        (&hers["why"], &hers["tries"], &hers["messages"]),
        (&json!("not now: the helpdesk fails (503)"), &json!(4), &json!(2))
    );
    let next = hers["next_try"].as_str().unwrap();
    let expected = ago(20).plus(Duration::from_mins(5)).rfc3339();
    assert_eq!(next[..16], expected[..16], "near enough");
    assert!(hers["since"].is_string());
    assert_eq!(named(waiting, "key", opening.conversation().as_str())["why"].as_str().unwrap()[..13], *"it is opening");
    let ending = named(waiting, "key", closing.conversation().as_str());
    assert!(ending["queue"] == "close-ticket" && ending["next_try"].is_string(), "{ending}");
    assert_eq!(status["conversations"], json!({ "opening": 1, "open": 1, "closing": 1 }));

    let queue = named(&status["queues"], "queue", "to-helpdesk");
    assert_eq!((&queue["ready"], &queue["parked"]), (&json!(1), &json!(1)), "{queue}");
    assert!(
        (60..120).contains(&queue["oldest_seconds"].as_u64().unwrap()) && queue["oldest_parked_seconds"].is_u64(),
        "{queue}"
    );
    assert_eq!(status["parked"]["parked"][0]["key"], maria.conversation().as_str());
    let side = |function: &str| named(&status["sides"], "function", function).clone();
    let helpdesk = side("to-helpdesk");
    let moment = |side: &Value, field: &str| side[field].as_str().unwrap_or_default().to_owned();
    assert!(moment(&helpdesk, "last_success") < moment(&helpdesk, "last_failure"), "{helpdesk}");
    assert_eq!(helpdesk["why"], "not now: the helpdesk fails (503)");
    assert_eq!(side("blip-webhook")["why"], "no valid token (401)");
    // No such function, no such line.
    assert_eq!(
        (&side("helpdesk-callback")["last_success"], &side("to-blip")["last_failure"]),
        (&json!(null), &json!(null))
    );
    assert!(status["not_told"].as_array().unwrap().len() >= 2);

    // In words, and nothing of anybody in them.
    let words = desk.run(&["status"]).await.said;
    for expected in [
        job.group.as_str(),
        maria.conversation().as_str(),
        "the helpdesk fails (503)",
        "1 opening, 1 open, 1 ending",
        "to-helpdesk",
    ] {
        assert!(words.contains(expected), "{expected} in\n{words}");
    }
    assert!(!words.contains("segredo") && !words.contains("f1a2"), "{words}");

    // What the log calls a group leads to the conversation, and that to its groups.
    let shown = desk.run(&["conversations", "show", &job.group, "--json"]).await.json();
    assert_eq!(shown["conversation"], maria.as_str());
    assert_eq!(shown["groups"]["to_helpdesk"], job.group.as_str());
    for name in ["to_blip", "close_ticket", "notices"] {
        let group = shown["groups"][name].as_str().unwrap();
        let back = desk.run(&["conversations", "show", group, "--json"]).await.json();
        assert_eq!(back["conversation"], maria.as_str(), "{name}");
    }
}
