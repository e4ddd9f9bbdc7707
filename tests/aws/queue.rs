//! The queues: sending, postponing and parking, on the emulator's own FIFO queues.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    types::{Message, MessageSystemAttributeName, QueueAttributeName},
};
use ponte::{
    hash::HashKey,
    message::{ConversationId, TicketId},
    queue::{CloseJob, Destination, Job, MAX_JOB, QueueUrls, Record, SqsQueue},
    relay::{Failure, ports::Queue},
};

use super::{Emulator, fresh};

async fn queue(client: &Client) -> String {
    let create = client.create_queue().queue_name(format!("{}.fifo", fresh("queue")));
    let create = create.attributes(QueueAttributeName::FifoQueue, "true");
    create.send().await.unwrap().queue_url.unwrap()
}

async fn receive(client: &Client, url: &str) -> Vec<Message> {
    let receive = client.receive_message().queue_url(url).max_number_of_messages(10).message_attribute_names("All");
    let receive = receive.message_system_attribute_names(MessageSystemAttributeName::All).visibility_timeout(60);
    receive.send().await.unwrap().messages.unwrap_or_default()
}

fn record(message: &Message) -> Record {
    let attribute = |name| message.attributes.as_ref().and_then(|all| all.get(&name)).cloned().unwrap_or_default();
    Record {
        id: message.message_id.clone().unwrap(),
        receipt: message.receipt_handle.clone().unwrap(),
        group: attribute(MessageSystemAttributeName::MessageGroupId),
        attempts: attribute(MessageSystemAttributeName::ApproximateReceiveCount).parse().unwrap(),
        body: message.body.clone().unwrap(),
    }
}

fn job(destination: Destination, group: &str, number: usize) -> Job {
    let deduplication = format!("{group}-{number}");
    Job { destination, group: group.to_owned(), deduplication, body: format!("{{\"n\":{number}}}") }
}

#[tokio::test]
async fn jobs_go_to_their_queue_and_records_back_or_aside() {
    let emulator = Emulator::start().await;
    let client = Client::new(&emulator.config());
    let urls = QueueUrls {
        to_helpdesk: queue(&client).await,
        to_blip: queue(&client).await,
        close_ticket: queue(&client).await,
        parked: queue(&client).await,
        own: String::new(),
    };
    let own = QueueUrls { own: urls.to_helpdesk.clone(), ..urls.clone() };
    let queue = SqsQueue::new(client.clone(), own, HashKey::new(b"test"));
    // Each to its own queue, once.
    let all = [
        (Destination::ToHelpdesk, &urls.to_helpdesk),
        (Destination::ToCustomer, &urls.to_blip),
        (Destination::CloseTicket, &urls.close_ticket),
    ];
    for (destination, url) in all {
        for number in [1, 2, 1] {
            queue.send(&job(destination, "g", number)).await.unwrap();
        }
        let received = receive(&client, url).await;
        let bodies: Vec<_> = received.iter().filter_map(|message| message.body.as_deref()).collect();
        assert_eq!(bodies, ["{\"n\":1}", "{\"n\":2}"], "{destination:?}");
        assert!(received.iter().all(|message| record(message).group == "g"));
        if destination == Destination::ToHelpdesk {
            // What is given back at once comes at once, counted; a receipt that has ended is passed over.
            let mut records: Vec<Record> = received.iter().map(record).collect();
            records.push(Record { id: "gone".into(), receipt: "ended".into(), ..records[0].clone() });
            queue.postpone(&records, Duration::ZERO).await;
            let again: Vec<Record> = receive(&client, url).await.iter().map(record).collect();
            assert_eq!(again.iter().map(|record| record.attempts).collect::<Vec<_>>(), [2, 2]);
            queue.postpone(&again, Duration::from_secs(40)).await;
            assert!(receive(&client, url).await.is_empty(), "not before its time");
        }
    }
}

#[tokio::test]
async fn what_is_parked_has_its_reason_unless_it_is_as_large_as_may_be() {
    let emulator = Emulator::start().await;
    let client = Client::new(&emulator.config());
    let parked = queue(&client).await;
    let urls = QueueUrls { parked: parked.clone(), ..QueueUrls::default() };
    let queue = SqsQueue::new(client.clone(), urls, HashKey::new(b"test"));
    let record = |id: &str, body: String| Record {
        id: id.to_owned(),
        receipt: "r".into(),
        group: "g".into(),
        attempts: 1,
        body,
    };
    let why = Failure::Broken { why: "the worker panicked on it" };
    for (id, size, reason) in [("small", 100, true), ("largest", MAX_JOB, false), ("nearly", MAX_JOB - 20, false)] {
        for _ in 0..2 {
            queue.park(&record(id, "x".repeat(size)), &why).await.unwrap();
        }
        let received = receive(&client, &parked).await;
        assert_eq!(received.len(), 1, "{id}: once");
        let attributes = received[0].message_attributes.clone().unwrap_or_default();
        let words = attributes.get("reason").and_then(|value| value.string_value.clone());
        assert_eq!(words, reason.then(|| why.to_string()), "{id}");
        let receipt = received[0].receipt_handle.clone().unwrap();
        client.delete_message().queue_url(&parked).receipt_handle(receipt).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_a_failure_that_may_pass() {
    let emulator = Emulator::start().await;
    let client = Client::new(&emulator.config());
    let url = format!("{}/000000000000/none.fifo", emulator.endpoint);
    let urls = QueueUrls { close_ticket: url.clone(), parked: url.clone(), own: url, ..QueueUrls::default() };
    let key = HashKey::new(b"test");
    let queue = SqsQueue::new(client, urls, key.clone());
    let opening = ConversationId::new("0123456789abcdef0123456789abcdef-0123456789ab");
    let close = CloseJob::new(opening, Some(TicketId::new("T-1")));
    let job = close.addressed(&key);
    assert_eq!(queue.send(&job).await, Err(Failure::later("the queue is unavailable")));
    let record = Record { id: "1".into(), receipt: "r".into(), group: job.group, attempts: 1, body: job.body };
    let broken = Failure::Broken { why: "a bug" };
    assert_eq!(queue.park(&record, &broken).await, Err(Failure::later("the parked queue is unavailable")));
    // Best effort: it fails without a word to its caller.
    queue.postpone(&[record], Duration::from_secs(1)).await;
}
