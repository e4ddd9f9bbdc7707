//! What is done: each asks once, has its effect, and is in the audit log with who.

use ponte::{
    clock::{Clock as _, SystemClock},
    conversation::State,
    relay::ports::Store as _,
};
use ponte_cli::{Place, parked};
use service_rules::EndReason;

use super::Browser;
use crate::stack::Desk;

const ADDRESS: &str = "f1a2@tunnel.msging.net";

async fn state(desk: &Desk, key: &ponte::message::CustomerKey) -> (State, Option<EndReason>) {
    let read = desk.stack.store.conversation(key, SystemClock.now()).await.unwrap().unwrap();
    (read.state, read.ended)
}

#[tokio::test]
async fn a_conversation_is_closed_or_handed_back() {
    for (what, reason, line) in
        [("close", EndReason::Agent, "conversation.close"), ("hand-back", EndReason::NoAgent, "conversation.hand-back")]
    {
        let desk = Desk::start().await;
        let opening = desk.opens(ADDRESS, None, Some("1")).await;
        let key = opening.conversation();
        let browser = Browser::of(&desk, "en").await;
        let page = format!("/conversations/{}/{what}", key.as_str());
        assert!(browser.get(&page).await.body.contains(opening.as_str()));
        assert!(matches!(state(&desk, &key).await.0, State::Open), "to look at a question changes nothing");
        let done = browser.post(&page, &page, &[("conversation", opening.as_str())]).await;
        assert_eq!(done.location, format!("/conversations/{}?done={what}", key.as_str()), "{}", done.body);
        let (now, ended) = state(&desk, &key).await;
        assert!(matches!(now, State::Closing { .. }) && ended == Some(reason), "{now:?} {ended:?}");
        let lines = desk.audit().await;
        assert_eq!(
            (lines.len(), &lines[0]["what"], &lines[0]["who"]),
            (1, &line.into(), &"arn:aws:iam::1:user/ana".into())
        );
        // A conversation that is not the present one.
        let old = format!("{}-0123456789ab", key.as_str());
        let refused = browser.post(&page, &page, &[("conversation", &old)]).await;
        assert_eq!(refused.status, 409);
        let job = desk.closing().await;
        assert_eq!(
            job.get("ended").and_then(|ended| ended.as_str()),
            (reason == EndReason::NoAgent).then_some("no_agent"),
            "{job}"
        );
    }
}

#[tokio::test]
async fn parked_messages_go_back_or_are_dropped() {
    let desk = Desk::start().await;
    let opening = desk.opens(ADDRESS, None, Some("1")).await;
    desk.queue(Place::Parked, ADDRESS, "m1").await;
    let browser = Browser::of(&desk, "en").await;
    let page = format!("/conversations/{}/replay", opening.conversation().as_str());
    let done = browser.post(&page, &page, &[]).await;
    assert!(done.location.ends_with("?done=replay&n=1"), "{} {}", done.location, done.body);
    desk.queue(Place::Parked, ADDRESS, "m2").await;
    let listed = browser.get("/parked").await.body;
    let id = listed.split_once("href=\"/parked/to-helpdesk/").unwrap().1.split('"').next().unwrap().to_owned();
    let drop = format!("/parked/to-helpdesk/{id}/drop");
    assert_eq!(browser.post(&drop, &drop, &[("reason", " ")]).await.status, 400);
    assert_eq!(parked::count(&desk.stack, None).await.unwrap(), 1);
    assert_eq!(browser.post(&drop, &drop, &[("reason", "a test")]).await.location, "/parked?done=drop");
    assert_eq!(parked::count(&desk.stack, None).await.unwrap(), 0);
    let lines = desk.audit().await;
    let what: Vec<&str> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["parked.replay", "parked.drop"]);
    assert_eq!(lines[1]["reason"], "a test");
}

#[tokio::test]
async fn who_it_is_is_shown_to_whoever_asks_and_written_down() {
    let desk = Desk::start().await;
    let opening = desk.opens("5531988880002@wa.gw.msging.net", None, Some("1")).await;
    let browser = Browser::of(&desk, "en").await;
    let page = format!("/conversations/{}/customer", opening.conversation().as_str());
    assert!(!browser.get(&page).await.body.contains("5531988880002"));
    let shown = browser.post(&page, &page, &[]).await;
    assert!(shown.status == 200 && shown.body.contains("5531988880002@wa.gw.msging.net"), "{}", shown.body);
    assert_eq!(desk.audit().await[0]["what"], "conversation.read");
}
