//! A helpdesk that is down when the conversation begins, and what the operator's tool says of it meanwhile.

use std::time::{Duration, Instant};

use ponte::message::CustomerKey;
use ponte_cli::{
    QueueName, Stack,
    conversations::{self, Selector},
    status::{Status, status},
};
use ponte_simulator::{FaultAction, FaultLimit, Profile};

use super::{Deployed, PATIENCE, deployed};

/// The key that a telephone leads to.
async fn by_telephone(operator: &Stack, telephone: &str) -> CustomerKey {
    let found = conversations::find(operator, &Selector::parse(telephone).unwrap()).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].key.clone()
}

/// Asks for the status until it is as it should be.
async fn until(operator: &Stack, what: &str, right: impl Fn(&Status) -> bool) -> Status {
    let asked = tokio::time::timeout(PATIENCE, async {
        loop {
            let now = status(operator, |_| ()).await.unwrap();
            if right(&now) {
                break now;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });
    asked.await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_arrives_in_order_after_twenty_seconds_of_500() {
    deployed("outage", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let outage = Duration::from_secs(20);
        let down = FaultAction::Status { code: 500, retry_after: None };
        simulator.helpdesk.faults().add("", down, FaultLimit::For(outage));
        let began = Instant::now();
        let router = simulator.customer(Profile::whatsapp("Ana", "5531999990001"));
        router.hand_over(None);
        let desk = simulator.desk_customer(Profile::whatsapp("João", "5531999990002"));
        desk.opens_ticket("entrada");
        for n in 0..8 {
            router.says(format!("rota {n}"));
            desk.says(format!("mesa {n}"));
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let operator = Stack::open(&ponte_cli::endpoint(&stack.endpoint).await, "ponte").await.unwrap();
        // The customer behind a router and the one of a ticket of Blip's, neither of whose addresses has the telephone.
        let keys =
            [by_telephone(&operator, "+55 31 99999-0001").await, by_telephone(&operator, "(31) 9999.0002").await];
        let waits = |status: &Status, key: &CustomerKey| {
            status
                .waiting
                .iter()
                .any(|one| one.key.as_ref() == Some(key) && one.group.is_some() && one.next_try.is_some())
        };
        let down = until(&operator, "both wait", |now| keys.iter().all(|key| waits(now, key))).await;
        let why: Vec<&str> =
            down.waiting.iter().filter(|one| one.group.is_some()).map(|one| one.why.as_str()).collect();
        assert!(why.iter().all(|why| why.contains("helpdesk")), "{why:?}");
        let side = |status: &Status| status.sides.iter().find(|side| side.function == "to-helpdesk").unwrap().clone();
        assert!(side(&down).last_failure.is_some() && side(&down).why.is_some(), "{down:?}");
        let queue = down.queues.iter().find(|queue| queue.queue == QueueName::ToHelpdesk).unwrap();
        assert!(queue.held > 0 && queue.oldest_seconds.is_some(), "{queue:?}");
        let router = simulator.helpdesk.wait_ticket_of(&router).await.unwrap();
        let desk = simulator.helpdesk.wait_ticket_of(&desk).await.unwrap();
        assert!(began.elapsed() >= outage, "the helpdesk was down");
        for ticket in [&router, &desk] {
            simulator.helpdesk.says(ticket, format!("olá, {ticket}")).unwrap();
        }
        stack.settled().await;
        assert_eq!(simulator.helpdesk.conversations().len(), 2);
        let well = until(&operator, "nothing waits", |now| now.waiting.is_empty()).await;
        assert!(side(&well).last_success > side(&well).last_failure, "{well:?}");
        assert_eq!(well.conversations.open, 2, "{well:?}");
    })
    .await;
}
