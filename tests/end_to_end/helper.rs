//! An assistant that answers in the call itself, in the helpdesk's place.

use ponte_simulator::demo::play_assistant;

use super::{Deployed, PATIENCE, deployed_as};

#[tokio::test(flavor = "multi_thread")]
async fn an_assistant_answers_in_order_ends_and_hands_on() {
    let assistant =
        |stack: ponte_simulator::stack::Stack, simulator: &ponte_simulator::Simulator| stack.with_assistant(simulator);
    deployed_as("helper", assistant, |stack: Deployed| async move {
        let played = play_assistant(&stack.simulator, PATIENCE).await;
        assert!(played.is_ok(), "{played:?}\n{}", stack.simulator.verdict());
        stack.settled().await;
        let faults = stack.simulator.ledger().faults;
        assert!(faults.is_empty(), "{faults:?}");
    })
    .await;
}
