//! What has no end by itself gets one: time, tries, tickets, and who is told then.

use std::time::Duration;

use ponte::{
    conversation::State,
    lime::Document,
    message::SourceId,
    relay::{Failure, ports::Typed},
};
use serde_json::{Value, json};

use super::{
    files::media,
    helpdesk::Told,
    world::{DESK, ROUTER, World, closes, open, says, ticket, words},
};
use crate::rules::attended;

fn openings(world: &World) -> usize {
    world.helpdesk.openings.lock().unwrap().len()
}

fn pictures(id: &str, urls: &[String]) -> Value {
    let picture = |url: &String| json!({ "type": "image/jpeg", "uri": url, "title": "foto.jpg" });
    let items: Vec<Value> = urls.iter().map(picture).collect();
    json!({
        "id": id, "from": ROUTER, "type": "application/vnd.lime.collection+json",
        "content": { "itemType": "application/vnd.lime.media-link+json", "items": items },
    })
}

fn texts(id: &str, count: usize) -> Value {
    let items: Vec<String> = (0..count).map(|number| format!("{id} {number}")).collect();
    json!({
        "id": id, "from": ROUTER, "type": "application/vnd.lime.collection+json",
        "content": { "itemType": "text/plain", "items": items },
    })
}

#[tokio::test]
async fn of_a_helpdesk_whose_every_ticket_is_gone_the_customer_is_told() {
    let world = World::new();
    *world.helpdesk.gone.lock().unwrap() = true;
    let record = world.customer_record(&words(ROUTER, "1", "oi"), 1).await;
    for _ in 0..50 {
        if world.to_helpdesk(vec![record.clone()]).await.is_empty() {
            break;
        }
    }
    assert_eq!(openings(&world), 3, "few tickets");
    assert_eq!(world.queue.parked.lock().unwrap().len(), 1);
    assert_eq!(
        world.sent(),
        ["Não conseguimos entregar a sua última mensagem. Por favor, tente enviá-la de outra forma."]
    );
    // The next words are no late note of a ticket that nobody reads.
    *world.helpdesk.gone.lock().unwrap() = false;
    world.clock.pass(Duration::from_secs(1));
    assert!(world.customer(&[words(ROUTER, "2", "alguém?")]).await.is_empty());
    assert_eq!(world.said(), ["T-4 alguém?"]);
}

#[tokio::test]
async fn the_count_of_gone_tickets_outlives_a_run() {
    let world = World::new();
    let record = world.customer_record(&words(ROUTER, "1", "oi"), 1).await;
    // Each run meets one ticket that is gone, and then a helpdesk that opens none for now.
    for gone in 1..=2 {
        world.helpdesk.faults.next_after(1, [Failure::Gone, Failure::later("busy")]);
        assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1, "{gone}");
    }
    world.helpdesk.faults.next_after(1, [Failure::Gone]);
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    assert_eq!((openings(&world), world.queue.parked.lock().unwrap().len()), (3, 1));
}

#[tokio::test]
async fn what_waits_behind_a_ticket_that_is_gone_opens_the_next() {
    let world = open().await;
    let mut records = Vec::new();
    for id in ["1", "2"] {
        records.push(world.customer_record(&words(ROUTER, id, id), 1).await);
    }
    world.clock.pass(Duration::from_secs(9));
    world.helpdesk.faults.next([Failure::Gone]);
    assert!(world.to_helpdesk(records).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi", "T-2 1", "T-2 2"]);
}

#[tokio::test]
async fn a_ticket_that_is_gone_before_what_was_typed_is_delivered_is_replaced() {
    let world = World::new();
    let typed = |id: &str| Typed { id: SourceId::new(id), document: Document::text(id) };
    *world.blip.typed.lock().unwrap() = vec![typed("t1"), typed("t2")];
    // The ticket is opened, and the first of them finds it gone.
    world.helpdesk.faults.next_after(1, [Failure::Gone]);
    assert!(world.customer(&[ticket("Waiting", None)]).await.is_empty());
    assert_eq!(world.said(), ["T-2 t1", "T-2 t2"]);
    assert_eq!(world.conversation(DESK).unwrap().state, State::Open);
}

#[tokio::test]
async fn more_than_the_ring_holds_may_have_been_typed() {
    let mut world = World::new();
    world.limit = Duration::from_secs(10);
    *world.helpdesk.keyless.lock().unwrap() = true;
    let typed = |number: usize| Typed {
        id: SourceId::new(&format!("t{number}")),
        document: Document::text(format!("{number}")),
    };
    *world.blip.typed.lock().unwrap() = (0..100).map(typed).collect();
    let record = world.customer_record(&ticket("Waiting", None), 1).await;
    world.helpdesk.faults.next_after(81, [Failure::later("busy")]);
    assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1);
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    let expected: Vec<String> = (0..100).map(|number| format!("T-1 {number}")).collect();
    assert_eq!(world.said(), expected);
    assert!(world.conversation(DESK).unwrap().inbound.under_way.is_empty());
}

#[tokio::test]
async fn a_helpdesk_may_go_on_with_a_customers_last_ticket() {
    let world = open().await;
    *world.helpdesk.goes_on.lock().unwrap() = true;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(Duration::from_secs(1));
    assert!(world.customer(&[words(ROUTER, "2", "voltei")]).await.is_empty());
    assert!(world.agent("T-1", [says("a", "que bom!")]).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi", "T-1 voltei"]);
    assert_eq!(world.sent().last().unwrap(), "que bom!");
}

#[tokio::test]
async fn a_ticket_of_another_customer_is_not_taken() {
    let world = open().await;
    *world.helpdesk.goes_on.lock().unwrap() = true;
    let failed = world.customer(&[words("other@tunnel.msging.net", "1", "segredo")]).await;
    assert_eq!(failed.len(), 1);
    assert_eq!(world.said(), ["T-1 oi"]);
    assert_eq!(openings(&world), 2, "it is asked once a run");
}

#[tokio::test(start_paused = true)]
async fn six_pictures_of_silent_hosts_are_told_of_after_three_tries_and_words_arrive() {
    for hosts in [1, 6, 20] {
        let mut world = open().await;
        world.limit = Duration::from_secs(30);
        world.clock.run();
        let urls: Vec<String> =
            (0..hosts.max(6)).map(|number| format!("https://h{}.example/{number}?silent=8", number % hosts)).collect();
        let records = vec![
            world.customer_record(&pictures("p", &urls), 1).await,
            world.customer_record(&words(ROUTER, "w", "chegou?"), 1).await,
        ];
        let mut runs = 0;
        let mut left = records;
        while !left.is_empty() && runs < 12 {
            let began = tokio::time::Instant::now();
            let failed = world.to_helpdesk(left.clone()).await;
            assert!(began.elapsed() <= Duration::from_secs(29), "{hosts} hosts: {:?}", began.elapsed());
            left.retain(|record| failed.contains(&record.id));
            runs += 1;
        }
        assert_eq!(world.said().last().unwrap(), "T-1 chegou?", "{hosts} hosts after {runs} runs");
        assert!(runs <= 6, "{hosts} hosts take {runs} runs");
        let lost = world.sent().iter().filter(|sent| sent.contains("não foi possível buscá-lo")).count();
        assert_eq!(lost, urls.len(), "{hosts} hosts: each is told of");
        let asked = world.files.copied.lock().unwrap();
        for host in 0..hosts {
            let of_host = asked.iter().filter(|url| url.contains(&format!("//h{host}.example"))).count();
            assert!(of_host >= 1, "host {host} of {hosts} was asked {of_host} times");
        }
    }
}

#[tokio::test]
async fn a_silent_host_is_asked_once_a_run() {
    let world = open().await;
    let urls: Vec<String> = (0..6).map(|number| format!("https://h.example/{number}?slow")).collect();
    world.customer(&[pictures("p", &urls), media("q", "https://h.example/q?slow", None)]).await;
    assert_eq!(world.files.copied.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_counts_is_the_tries_of_the_file() {
    let world = open().await;
    // The helpdesk was away: the record was received often, and its file never asked for.
    let mut record = world.customer_record(&media("p", "https://h.example/p?slow", None), 7).await;
    for tries in 1..=2 {
        assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1, "{tries}");
        record.attempts += 1;
    }
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    assert_eq!(world.sent().len(), 1, "told");
}

#[tokio::test]
async fn an_agents_file_has_three_tries_as_well() {
    let world = open().await;
    let mut event = says("a", "");
    event.kind = ponte::message::AgentEventKind::Message {
        contents: vec![ponte::message::Content::File {
            url: "https://h.example/p?slow".into(),
            name: None,
            mime: None,
            size: None,
            caption: Some("veja".into()),
        }],
        agent: None,
    };
    for (attempts, left) in [(9, 1), (10, 1), (11, 0)] {
        assert_eq!(world.to_blip(vec![world.agent_record("T-1", event.clone(), attempts)]).await.len(), left);
    }
    assert_eq!(world.sent(), ["veja"]);
}

#[tokio::test]
async fn a_store_that_fails_loses_no_file() {
    let world = open().await;
    let record = world.customer_record(&media("p", "https://h.example/p?full", None), 1).await;
    for _ in 0..10 {
        assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1);
    }
    assert!(world.sent().is_empty() && world.queue.parked.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_run_stops_in_time_within_a_message_too() {
    for limit in [10, 30] {
        let mut world = open().await;
        world.limit = Duration::from_secs(limit);
        world.clock.run();
        *world.helpdesk.keyless.lock().unwrap() = true;
        *world.helpdesk.takes.lock().unwrap() = Some(Duration::from_millis(700));
        let record = world.customer_record(&texts("m", 50), 1).await;
        let mut runs = 0;
        loop {
            let began = tokio::time::Instant::now();
            let failed = world.to_helpdesk(vec![record.clone()]).await;
            assert!(began.elapsed() <= Duration::from_secs(limit - 2), "{:?} of {limit} s", began.elapsed());
            runs += 1;
            if failed.is_empty() {
                break;
            }
            let (_, wait) = world.queue.postponed.lock().unwrap().pop().unwrap();
            assert_eq!(wait, Duration::ZERO, "the rest goes back at once");
        }
        let expected: Vec<String> = (0..50).map(|number| format!("T-1 m {number}")).collect();
        assert_eq!(world.said()[1..], expected);
        assert!(runs <= 8, "{limit} s: {runs} runs");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_side_costs_no_run_what_it_did_before() {
    let mut world = open().await;
    world.limit = Duration::from_secs(10);
    world.clock.run();
    *world.helpdesk.keyless.lock().unwrap() = true;
    let (slow, quick) = (ROUTER, "quick@tunnel.msging.net");
    world.customer(&[words(quick, "0", "oi")]).await;
    let mut records = vec![world.customer_record(&texts("m", 3), 1).await];
    records.push(world.customer_record(&words(quick, "q", "rápido"), 1).await);
    // The third part hangs for ever.
    *world.helpdesk.hangs_at.lock().unwrap() = Some("m 2");
    let began = tokio::time::Instant::now();
    let failed = world.to_helpdesk(records.clone()).await;
    assert_eq!(failed, [records[0].id.clone()], "only the slow one comes again");
    assert!(began.elapsed() <= Duration::from_millis(8_100), "{:?}", began.elapsed());
    *world.helpdesk.hangs_at.lock().unwrap() = None;
    assert!(world.to_helpdesk(vec![records[0].clone()]).await.is_empty());
    let said = world.said();
    for part in ["T-1 m 0", "T-1 m 1", "T-1 m 2"] {
        assert_eq!(said.iter().filter(|said| *said == part).count(), 1, "{said:?}");
    }
    assert_eq!(slow, ROUTER);
}

#[tokio::test(start_paused = true)]
async fn a_worker_of_ten_seconds_opens_and_goes_on_in_one_run() {
    let mut world = World::with(attended());
    world.limit = Duration::from_secs(10);
    world.clock.run();
    *world.helpdesk.takes.lock().unwrap() = Some(Duration::from_millis(300));
    let mut records = Vec::new();
    for number in 0..10 {
        records.push(world.customer_record(&words(ROUTER, &number.to_string(), &number.to_string()), 1).await);
    }
    assert!(world.to_helpdesk(records).await.is_empty());
    assert_eq!(world.said().len(), 10);
}

#[tokio::test]
async fn a_customer_who_left_between_two_tries_of_an_opening_is_not_waited_for() {
    let world = World::new();
    let record = world.customer_record(&ticket("Waiting", None), 1).await;
    // The helpdesk's ticket is there, and what was typed cannot be posted now.
    *world.blip.typed.lock().unwrap() = vec![Typed { id: SourceId::new("t"), document: Document::text("oi") }];
    world.helpdesk.faults.next_after(1, [Failure::later("busy")]);
    assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1);
    assert_eq!(world.conversation(DESK).unwrap().state, State::Ticketed);
    world.blip.faults.next([Failure::Gone]);
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    assert!(matches!(world.conversation(DESK).unwrap().state, State::Closed { .. }));
    assert_eq!(world.said(), ["T-1 oi"], "what was typed is there to be read");
    assert!(world.told().iter().any(|told| matches!(told, Told::Ended { .. })));
}

/// What stands behind a message that waits is received with it: its own file's wait begins at the beginning.
#[tokio::test]
async fn a_file_waits_by_its_own_tries() {
    let world = World::new();
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    let picture = world.customer_record(&media("p", "https://h.example/p?slow", None), 9).await;
    assert_eq!(world.to_helpdesk(vec![picture]).await.len(), 1);
    let (_, wait) = world.queue.postponed.lock().unwrap().last().unwrap().clone();
    assert_eq!(wait, Duration::from_secs(5));
}
