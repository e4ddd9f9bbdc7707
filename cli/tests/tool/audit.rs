//! The audit log: a line before each change, and a second one where it was then refused.

use ponte_cli::Place;

use super::stack::Desk;

#[tokio::test]
async fn what_is_refused_after_its_line_has_a_second_one() {
    let desk = Desk::start().await;
    let opening = desk.opens("f1a2@tunnel.msging.net", None, Some("1")).await;
    // No folder can be made there: the line stands before anybody finds that out.
    let ran = desk.run(&["customer", "export", opening.as_str(), "--to", "/proc/maria"]).await;
    assert_eq!(ran.code, 1, "{}", ran.wrong);
    // The queue of closings is gone.
    let sqs = aws_sdk_sqs::Client::new(&desk.config);
    let closings = desk.stack.queues(Some(ponte_cli::QueueName::CloseTicket)).next().unwrap();
    sqs.delete_queue().queue_url(closings.url(Place::Waiting)).send().await.unwrap();
    let ran = desk.run(&["conversations", "close", opening.as_str()]).await;
    assert_eq!(ran.code, 1, "{}", ran.wrong);
    let lines = desk.audit().await;
    let what: Vec<&str> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    let expected = ["customer.export", "customer.export.stopped", "conversation.close", "conversation.close.stopped"];
    assert_eq!(what, expected, "{lines:?}");
    for line in lines.iter().filter(|line| line["what"].as_str().unwrap().ends_with("stopped")) {
        assert_eq!(line["reason"], "a service failed or refused", "{line}");
        assert_eq!(line["ids"].as_array().unwrap().len(), 1, "{line}");
        assert!(!line.to_string().contains("maria"), "{line}");
    }
}

#[tokio::test]
async fn what_goes_well_has_one() {
    let desk = Desk::start().await;
    let opening = desk.opens("f1a2@tunnel.msging.net", None, Some("1")).await;
    let job = desk.queue(Place::Parked, "f1a2@tunnel.msging.net", "m1").await;
    // By the conversation's key, by its mark, and by its group: all are the same one.
    let known = desk.run(&["parked", "replay", "--queue", "to-blip", "--conversation", opening.as_str()]).await;
    assert_eq!((known.code, known.said.as_str()), (0, "nothing is parked\n"), "{}", known.wrong);
    let ran = desk.run(&["parked", "replay", "--conversation", &job.group]).await;
    assert_eq!((ran.code, ran.said.as_str()), (0, "sent back: 1\n"), "{}", ran.wrong);
    desk.queue(Place::Parked, "f1a2@tunnel.msging.net", "m2").await;
    let ran = desk.run(&["parked", "replay", "--conversation", opening.as_str()]).await;
    assert_eq!((ran.code, ran.said.as_str()), (0, "sent back: 1\n"), "{}", ran.wrong);
    let ran = desk.run(&["conversations", "close", opening.as_str()]).await;
    assert_eq!(ran.code, 0, "{}", ran.wrong);
    let lines = desk.audit().await;
    let what: Vec<&str> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["parked.replay", "parked.replay", "conversation.close"]);
}
