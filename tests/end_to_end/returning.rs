//! A customer who comes back.

use std::time::Duration;

use ponte_simulator::{Place, Profile};

use super::{Deployed, PATIENCE, deployed, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_comes_back_gets_a_new_ticket_and_the_old_one_reaches_nobody() {
    deployed("returning", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let customer = simulator.customer(Profile::whatsapp("Ana", "5531999990001"));
        customer.hand_over(None);
        customer.says("primeira conversa");
        let old = simulator.helpdesk.wait_ticket_of(&customer).await.unwrap();
        simulator.helpdesk.says(&old, "resolvido").unwrap();
        stack.settled().await;
        simulator.helpdesk.closes(&old, Some("survey"));
        customer.wait_place(&Place::Service("survey".to_owned()), PATIENCE).await.unwrap();
        simulator.helpdesk.wait_ended(&old, PATIENCE).await.unwrap();
        let untouched = simulator.helpdesk.events(&old);

        customer.hand_over(None);
        customer.says("segunda conversa");
        let new = simulator.helpdesk.wait_ticket_of(&customer).await.unwrap();
        assert_ne!(old, new);
        simulator.helpdesk.says(&new, "olá de novo").unwrap();
        stack.settled().await;
        assert_eq!(simulator.helpdesk.events(&old), untouched, "nothing of the new conversation is on the old ticket");

        simulator.helpdesk.says(&old, "você ainda está aí?").unwrap();
        let told = eventually("the agent is told", || {
            simulator.helpdesk.events(&old).into_iter().find(|event| event["type"] == "message.failed")
        })
        .await;
        assert_eq!(told["data"]["reason"]["code"], "conversation_superseded");
        assert!(told["data"]["reason"]["text"].as_str().unwrap().contains("não foi entregue"));
        // A late copy of the old close must not send the customer away either.
        simulator.helpdesk.closes(&old, None);
        customer.says("continuo aqui");
        stack.settled().await;
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(customer.place(), Place::Bridge);
        assert!(customer.sees().iter().all(|seen| !format!("{seen:?}").contains("você ainda está aí")));
    })
    .await;
}
