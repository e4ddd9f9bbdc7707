//! A batch that spans groups.

use ponte::relay::Failure;

use super::world::{ROUTER, World, record, says, words};

#[tokio::test]
async fn a_blocked_conversation_holds_back_itself_only() {
    let world = World::new();
    let (one, two) = ("1@tunnel.msging.net", "2@tunnel.msging.net");
    world.customer(&[words(one, "0", "oi")]).await;
    world.customer(&[words(two, "0", "oi")]).await;
    // Whichever group comes first fails; the other does not notice.
    world.helpdesk.faults.next([Failure::later("down")]);
    let failed =
        world.customer(&[words(one, "1", "a"), words(two, "1", "b"), words(one, "2", "c"), words(two, "2", "d")]).await;
    assert_eq!(failed.len(), 2);
    let said = world.said();
    assert!(
        said.ends_with(&["T-2 b".into(), "T-2 d".into()]) || said.ends_with(&["T-1 a".into(), "T-1 c".into()]),
        "{said:?}"
    );
}

#[tokio::test]
async fn what_is_no_job_is_parked_and_the_group_goes_on() {
    let world = World::new();
    let mut records = vec![
        world.customer_record(&words("1@tunnel.msging.net", "1", "a"), 1).await,
        world.customer_record(&words("1@tunnel.msging.net", "2", "b"), 1).await,
        world.customer_record(&words("1@tunnel.msging.net", "3", "c"), 1).await,
    ];
    records[1].body = r#"{"v":9,"what":"a later release's"}"#.into();
    assert!(world.to_helpdesk(records.clone()).await.is_empty());
    assert_eq!(world.said(), ["T-1 a", "T-1 c"]);
    let parked = world.queue.parked.lock().unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].0, records[1]);
}

#[tokio::test]
async fn a_refused_message_is_parked_and_the_next_goes_through() {
    let world = World::new();
    world.customer(&[words("1@tunnel.msging.net", "1", "a")]).await;
    world.helpdesk.faults.next([Failure::Refused { why: "", status: 422 }]);
    world.customer(&[words("1@tunnel.msging.net", "2", "b"), words("1@tunnel.msging.net", "3", "c")]).await;
    assert_eq!(world.said(), ["T-1 a", "T-1 c"]);
    assert_eq!(world.queue.parked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn groups_and_deduplication_ids_say_nothing_and_tell_events_apart() {
    let world = World::new();
    let one = world.job(&words("5531999@wa.gw.msging.net", "m", "oi")).await;
    let again = world.job(&words("5531999@WA.gw.msging.net/instance", "fwd:m", "oi")).await;
    let other = world.job(&words("5531888@wa.gw.msging.net", "m", "oi")).await;
    assert_eq!((&one.group, &one.deduplication), (&again.group, &again.deduplication));
    assert_ne!(one.group, other.group);
    assert_ne!(one.deduplication, other.deduplication);
    for word in ["5531999", "oi", "msging"] {
        assert!(!format!("{one:?}").contains(word) && !one.group.contains(word));
    }
    assert!(!format!("{:?}", record(&one, 1)).contains("oi\""));
}

#[tokio::test]
async fn a_panic_parks_one_message_and_repeats_none() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    *world.blip.panics_at.lock().unwrap() = Some("b");
    let records = ["a", "b", "c"].map(|id| world.agent_record("T-1", says(id, id), 1)).to_vec();
    assert!(world.to_blip(records.clone()).await.is_empty());
    assert_eq!(world.sent(), ["a", "c"]);
    let parked = world.queue.parked.lock().unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].0.body, records[1].body);
}
