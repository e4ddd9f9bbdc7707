//! What the tool hands on to `close-ticket`.

use ponte::{
    clock::{Clock, SystemClock},
    relay::ports::Store as _,
};
use ponte_cli::{Place, QueueName};
use serde_json::Value;

use super::stack::Desk;

/// Takes the next closing out of the queue.
async fn handed_on(desk: &Desk) -> Value {
    let sqs = aws_sdk_sqs::Client::new(&desk.config);
    let url = desk.stack.queues(Some(QueueName::CloseTicket)).next().unwrap().url(Place::Waiting);
    let got = sqs.receive_message().queue_url(url).wait_time_seconds(5).send().await.unwrap();
    let message = got.messages().first().expect("a closing");
    sqs.delete_message().queue_url(url).receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
    serde_json::from_str(message.body().unwrap()).unwrap()
}

#[tokio::test]
async fn a_closing_that_waits_for_a_rating_goes_on_without_it() {
    let desk = Desk::start().await;
    let opening = desk.opens("f1a2@tunnel.msging.net", None, Some("1")).await;
    let close = async || {
        let ran = desk.run(&["conversations", "close", opening.as_str(), "--json"]).await;
        assert_eq!(ran.code, 0, "{}", ran.wrong);
        (ran.json()["outcome"].as_str().unwrap().to_owned(), handed_on(&desk).await)
    };
    let (outcome, first) = close().await;
    assert_eq!((outcome.as_str(), first.get("asked"), first.get("replayed")), ("begun", None, None));
    // What `close-ticket` writes once the customer is asked.
    let now = SystemClock.now();
    desk.stack.store.ask(&opening, now, None, now).await.unwrap();
    let (outcome, second) = close().await;
    assert_eq!((outcome.as_str(), &second["asked"]), ("handed-on-again", &Value::Bool(true)), "{second}");
    assert_eq!(second["replayed"], true);
}
