//! A message that cannot be processed, in one of twenty conversations: the others do not notice, and the operator's tool
//! lists it, sends it back once the cause is gone, and it is seen once.

use ponte::{
    lime::Node,
    message::{CustomerKey, SourceId},
    queue::{Job, QueueUrls, SqsQueue, ToHelpdeskJob, VERSION},
    relay::ports::{Clock, Queue},
};
use ponte_cli::{
    Stack,
    parked::{self, Which},
};
use serde_json::json;

use super::{
    Deployed,
    crowd::{Person, crowd},
    deployed, eventually,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_message_holds_up_nobody_and_a_parked_one_comes_back_once() {
    deployed("poison", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let config = ponte_cli::endpoint(&stack.endpoint).await;
        let operator = Stack::open(&config, "ponte").await.unwrap();
        let people = crowd(simulator, 10);
        let mut tickets = Vec::new();
        for person in &people {
            tickets.push(person.ticket(simulator).await);
        }
        stack.settled().await;

        // One conversation gets a job of a release that does not exist yet, and good words behind it.
        let Some(Person::Router(unlucky)) = people.first() else { unreachable!("the crowd begins with a router's") };
        let urls = |parked: bool| {
            let pair = operator.queues(None).next().unwrap();
            let url = if parked { &pair.parked } else { &pair.main };
            QueueUrls { to_helpdesk: url.clone(), ..QueueUrls::default() }
        };
        let sqs = aws_sdk_sqs::Client::new(&config);
        let queue = |parked| SqsQueue::new(sqs.clone(), urls(parked), operator.key.clone());
        let job = |id: &str, text: &str| job(&operator, &unlucky.tunnel(), id, text);
        queue(false).send(&Job { body: r#"{"v":9}"#.to_owned(), ..job("poison", "") }).await.unwrap();
        for (n, person) in people.iter().enumerate() {
            person.says(format!("cliente {n}: depois do veneno"));
        }
        stack.settled().await;
        let listed = parked::list(&operator, None, |_| ()).await.unwrap().parked;
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert!(listed[0].reason.contains("not a job of this version"), "{listed:?}");
        Box::pin(parked::discard(&operator, None, &listed[0].id, "the test's own")).await.unwrap();

        // Two more lie parked from an hour when something was broken that works now.
        for n in 1..=2 {
            queue(true).send(&job(&format!("parked-{n}"), &format!("guardada {n}"))).await.unwrap();
        }
        let listed = parked::list(&operator, None, |_| ()).await.unwrap().parked;
        assert_eq!(listed.len(), 2, "{listed:?}");
        assert!(!format!("{listed:?}").contains("guardada"), "a list shows no words");
        let replayed = parked::replay(&operator, None, &Which::All, |_| ()).await.unwrap();
        assert_eq!((replayed.replayed, replayed.left.len()), (2, 0));
        let seen = || -> Vec<String> {
            let events = simulator.helpdesk.events(&tickets[0]);
            let texts = events.iter().filter_map(|event| event["data"]["message"]["content"]["text"].as_str());
            texts.filter(|text| text.starts_with("guardada")).map(str::to_owned).collect()
        };
        eventually("both are seen", || (seen().len() == 2).then_some(())).await;
        let again = parked::replay(&operator, None, &Which::All, |_| ()).await.unwrap();
        assert_eq!(again.replayed, 0);
        // The same one sent back once more, after SQS has forgotten it, has no second effect either.
        let body = parked::replayed(&job("parked-1", "guardada 1").body).unwrap();
        queue(false).send(&Job { body, deduplication: "another".to_owned(), ..job("x", "") }).await.unwrap();
        unlucky.says("a última");
        eventually("the last words are seen", || {
            let events = simulator.helpdesk.events(&tickets[0]);
            events.iter().any(|event| event["data"]["message"]["content"]["text"] == "a última").then_some(())
        })
        .await;
        assert_eq!(seen(), ["guardada 1", "guardada 2"], "in order, and once");
        assert_eq!(parked::count(&operator, None).await.unwrap(), 0);
    })
    .await;
}

/// A customer's words as the endpoint would have queued them.
pub(super) fn job(operator: &Stack, address: &str, id: &str, text: &str) -> Job {
    let envelope = json!({ "id": id, "from": address, "type": "text/plain", "content": text });
    let conversation = CustomerKey::of(&Node::parse(address).unwrap(), &operator.key);
    let received_at = ponte::clock::SystemClock.now();
    ToHelpdeskJob { v: VERSION, replayed: false, id: SourceId::new(id), received_at, envelope, due: None }.addressed(
        &ToHelpdeskJob::conversation_group(&conversation),
        "message",
        &operator.key,
    )
}
