//! A helpdesk that is down when the conversation begins.

use std::time::{Duration, Instant};

use ponte_simulator::{Action, Lasts, Profile};

use super::{Deployed, deployed};

#[tokio::test(flavor = "multi_thread")]
async fn everything_arrives_in_order_after_twenty_seconds_of_500() {
    deployed("outage", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let outage = Duration::from_secs(20);
        let down = Action::Status { code: 500, retry_after: None };
        simulator.helpdesk.faults().add("", down, Lasts::For(outage));
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
        let router = simulator.helpdesk.wait_ticket_of(&router).await.unwrap();
        let desk = simulator.helpdesk.wait_ticket_of(&desk).await.unwrap();
        assert!(began.elapsed() >= outage, "the helpdesk was down");
        for ticket in [&router, &desk] {
            simulator.helpdesk.says(ticket, format!("olá, {ticket}")).unwrap();
        }
        stack.settled().await;
        assert_eq!(simulator.helpdesk.conversations().len(), 2);
    })
    .await;
}
