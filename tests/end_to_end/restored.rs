//! A stack that takes over what an earlier one left: its table and its generated secret.

use std::path::Path;

use ponte_simulator::{Place, Profile, stack::Stack};

use super::{Deployed, PATIENCE, deployed};

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_on_in_a_stack_that_takes_over_the_table_of_an_earlier_one() {
    deployed("restored-before", |before: Deployed| async move {
        let simulator = &before.simulator;
        let ana = simulator.customer(Profile::whatsapp("Ana Lima", "5531999990001"));
        ana.hand_over(None);
        ana.says("bom dia");
        let ticket = simulator.helpdesk.wait_ticket_of(&ana).await.unwrap();
        simulator.helpdesk.says(&ticket, "olá, Ana").unwrap();
        before.settled().await;

        let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join("restored-after");
        let after = Stack::new(state).beside(&before.endpoint, "restored");
        let mut after = after.with("ExistingTable", &before.table).with("ExistingKeysSecret", &before.keys);
        simulator.connect(after.up(simulator).await.unwrap());
        assert_eq!(after.output("TABLE_NAME"), before.table);
        assert_ne!(after.output("TO_BLIP_QUEUE_URL"), "");

        ana.says("ainda estou aqui");
        let label = simulator.helpdesk.says(&ticket, "eu também").unwrap();
        simulator.arrives(&label, PATIENCE).await.unwrap();
        before.settled().await;
        assert_eq!(simulator.helpdesk.conversations().len(), 1, "the same ticket");
        // The files that the first stack copied stay behind its own address; the way back to the bot does not.
        simulator.helpdesk.closes(&ticket, None);
        ana.wait_place(&Place::MainBot, PATIENCE).await.unwrap();
        let operator = ponte_cli::Stack::open(&ponte_cli::endpoint(&before.endpoint).await, "restored").await.unwrap();
        assert_eq!(operator.name, "restored", "the tool finds the keys of a stack that has none of its own");
    })
    .await;
}
