//! A long conversation costs no more than a short one.

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    types::AttributeValue,
};
use ponte_simulator::Profile;

use super::{Deployed, deployed};

const MESSAGES: usize = 250;
/// What the table holds beside customers: the service rules (`infra/local/stack.py`), and how long conversations without a queue waited.
const OF_THE_STACK: [&str; 3] = ["settings#service", "settings#service#1", "wait#"];

#[tokio::test(flavor = "multi_thread")]
async fn the_items_of_a_conversation_stay_under_a_kilobyte_after_500_messages() {
    deployed("growth", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let customer = simulator.customer(Profile::whatsapp("Ana", "5531999990001"));
        customer.hand_over(None);
        customer.says("oi");
        let ticket = simulator.helpdesk.wait_ticket_of(&customer).await.unwrap();
        for n in 0..MESSAGES {
            customer.says(format!("mensagem {n}"));
            simulator.helpdesk.says(&ticket, format!("resposta {n}")).unwrap();
        }
        stack.settled().await;
        let items = items(&stack).await;
        assert_eq!(items.len(), 2, "the conversation and the way back from its ticket");
        for item in items {
            let size: usize = item.iter().map(|(name, value)| name.len() + size(value)).sum();
            println!("{size} bytes: {:?}", item.keys().collect::<Vec<_>>());
            assert!(size < 1024, "{size} bytes");
        }
    })
    .await;
}

async fn items(stack: &Deployed) -> Vec<std::collections::HashMap<String, AttributeValue>> {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .endpoint_url(&stack.endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .build();
    let scan = Client::from_conf(config).scan().table_name(&stack.table).send().await.unwrap();
    let mut items = scan.items.unwrap_or_default();
    items.retain(|item| !OF_THE_STACK.contains(&item["pk"].as_s().unwrap().as_str()));
    items
}

/// The size that DynamoDB counts (developer guide, "item sizes and formats").
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::N(digits) => digits.len() / 2 + 1,
        other => panic!("an attribute of another kind: {other:?}"),
    }
}
