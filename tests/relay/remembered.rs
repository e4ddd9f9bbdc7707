//! What was done is known, whatever its number, its kind and its company.

use std::sync::Arc;

use ponte::{
    conversation::Partial,
    lime::Event,
    message::{AgentEvent, AgentEventKind, BlipId, Capabilities, Content, MAX_TEXT, SourceId, TicketId},
    relay::{Failure, ports::NotDelivered},
    texts::TextKey,
};
use serde_json::{Value, json};

use super::{
    helpdesk::{MemoryHelpdesk, Told},
    world::{ROUTER, World, closes, says, takes, words},
};
use crate::rules::silent;

/// A conversation with a helpdesk that has no idempotency keys.
async fn keyless() -> World {
    let world = World::new();
    *world.helpdesk.keyless.lock().unwrap() = true;
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    world
}

/// One message of many texts.
fn collection(id: &str, texts: &[String]) -> Value {
    json!({
        "id": id, "from": ROUTER, "type": "application/vnd.lime.collection+json",
        "content": { "itemType": "text/plain", "items": texts },
    })
}

fn numbered(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("parte {number}")).collect()
}

/// What was said, without the ticket.
fn said(world: &World) -> Vec<String> {
    world.said().iter().skip(1).map(|said| said["T-1 ".len()..].to_owned()).collect()
}

fn shows(id: &str, text: &str, pictures: usize) -> AgentEvent {
    let picture = |number| Content::File {
        url: format!("https://files.example/{id}/{number}.jpg"),
        name: None,
        mime: None,
        size: None,
        caption: None,
    };
    let contents = [Content::text(text)].into_iter().chain((0..pictures).map(picture)).collect();
    AgentEvent { id: SourceId::new(id), kind: AgentEventKind::Message { contents, agent: None } }
}

#[tokio::test]
async fn each_of_many_parts_has_one_effect() {
    for count in [2, 50] {
        let world = keyless().await;
        let parts = numbered(count);
        let record = world.customer_record(&collection("m", &parts), 1).await;
        // The helpdesk asks to wait before the last, and then once more.
        world.helpdesk.faults.next_after(count - 1, [Failure::later("busy"), Failure::later("busy")]);
        for left in [1, 1, 0] {
            assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), left);
        }
        assert_eq!(said(&world), parts, "{count}");
        assert!(world.conversation(ROUTER).unwrap().inbound.under_way.is_empty());
        assert!(world.to_helpdesk(vec![record]).await.is_empty());
        assert_eq!(said(&world).len(), count, "a copy");
    }
}

#[tokio::test]
async fn a_message_of_many_parts_takes_one_place() {
    let world = keyless().await;
    let first = world.customer_record(&words(ROUTER, "1", "primeira"), 1).await;
    world.to_helpdesk(vec![first.clone()]).await;
    for number in 0..20 {
        world.customer(&[collection(&format!("c{number}"), &numbered(60))]).await;
    }
    world.to_helpdesk(vec![first]).await;
    assert_eq!(said(&world).iter().filter(|said| *said == "primeira").count(), 1);
}

#[tokio::test]
async fn parts_that_were_done_stay_done_when_a_message_is_parked_and_replayed() {
    let world = keyless().await;
    let parts = ["a".to_owned(), "b".to_owned(), "💥".to_owned(), "d".to_owned()];
    let mut record = world.customer_record(&collection("m", &parts), 1).await;
    world.to_helpdesk(vec![record.clone()]).await;
    assert_eq!(world.queue.parked.lock().unwrap().len(), 1);
    // What comes between takes places of its own.
    for number in 0..40 {
        world.customer(&[words(ROUTER, &format!("w{number}"), "e aí?")]).await;
    }
    record.body = ponte_cli::parked::replayed(&record.body).unwrap();
    world.to_helpdesk(vec![record]).await;
    let said = said(&world);
    assert_eq!((said.iter().filter(|s| *s == "a").count(), said.iter().filter(|s| *s == "b").count()), (1, 1));
}

#[tokio::test]
async fn nine_answers_with_pictures_are_each_told_once() {
    let world = keyless().await;
    let answers: Vec<AgentEvent> =
        (0..9).map(|number| shows(&format!("a{number}"), &format!("resposta {number}"), 5)).collect();
    for _ in 0..2 {
        for answer in &answers {
            assert!(world.agent("T-1", [answer.clone()]).await.is_empty());
        }
    }
    assert_eq!(world.blip.sent.lock().unwrap().len(), 9 * 6);
}

#[tokio::test]
async fn what_hooks_told_while_the_poller_was_away_is_told_once() {
    let world = keyless().await;
    let answers: Vec<AgentEvent> = (0..60).map(|n| says(&format!("a{n}"), &format!("resposta {n}"))).collect();
    for answer in &answers {
        world.agent("T-1", [answer.clone()]).await;
    }
    for answer in answers.iter().chain([&says("new", "e mais uma")]) {
        let record = world.polled_record("T-1", answer.clone());
        assert!(world.to_blip(vec![record]).await.is_empty());
    }
    let sent = world.sent();
    assert_eq!((sent.len(), sent.last().unwrap().as_str()), (61, "e mais uma"));
}

#[tokio::test]
async fn a_look_into_a_short_conversation_asks_blip_nothing() {
    let world = keyless().await;
    for number in 0..5 {
        let record = world.polled_record("T-1", says(&format!("a{number}"), "oi"));
        world.to_blip(vec![record]).await;
    }
    assert_eq!((world.sent().len(), *world.blip.looks.lock().unwrap()), (5, 0));
}

#[tokio::test]
async fn an_end_that_is_found_late_again_is_told_nobody() {
    let world = keyless().await;
    for number in 0..40 {
        world.agent("T-1", [says(&format!("a{number}"), "oi")]).await;
    }
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    for number in 0..40 {
        let record = world.polled_record("T-1", says(&format!("a{number}"), "oi"));
        assert!(world.to_blip(vec![record]).await.is_empty());
    }
    assert!(!world.told().iter().any(|told| matches!(told, Told::NotDelivered { .. })), "all had arrived");
}

#[tokio::test]
async fn receipts_push_out_no_words() {
    let world = keyless().await;
    let last = world.customer_record(&words(ROUTER, "1", "obrigado"), 1).await;
    world.to_helpdesk(vec![last.clone()]).await;
    let opening = world.opening(ROUTER);
    for number in 0..50 {
        let id = SourceId::new(&format!("a{number}"));
        let id = BlipId::agent(&opening, &TicketId::new("T-1"), &id, 1).render();
        let seen = json!({ "id": id, "from": ROUTER, "event": Event::Consumed.as_str() });
        world.customer(&[seen]).await;
    }
    assert_eq!(world.told().iter().filter(|told| matches!(told, Told::Status { .. })).count(), 50);
    world.to_helpdesk(vec![last]).await;
    assert_eq!(said(&world), ["obrigado"]);
}

#[tokio::test]
async fn two_copies_in_one_burst_have_one_effect() {
    let mut world = World::new();
    world.helpdesk =
        Arc::new(MemoryHelpdesk::with(Capabilities { max_batch: 8, ..Capabilities::everything(MAX_TEXT) }));
    *world.helpdesk.keyless.lock().unwrap() = true;
    world.customer(&[words(ROUTER, "0", "oi")]).await;
    let mut records = Vec::new();
    for (id, text) in [("1", "um"), ("2", "dois"), ("fwd:1", "um"), ("3", "três"), ("2", "dois")] {
        records.push(world.customer_record(&words(ROUTER, id, text), 1).await);
    }
    assert!(world.to_helpdesk(records).await.is_empty());
    assert_eq!(said(&world), ["um", "dois", "três"]);
    assert_eq!(*world.helpdesk.bursts.lock().unwrap(), [3]);
}

#[tokio::test]
async fn a_refusal_is_of_one_part() {
    let world = keyless().await;
    let parts = ["a".to_owned(), "⛔".to_owned(), "c".to_owned()];
    assert!(world.customer(&[collection("m", &parts)]).await.is_empty());
    assert_eq!(said(&world), ["a", "c"]);
    assert_eq!(world.sent().len(), 1, "the customer is told: {:?}", world.sent());
    assert_eq!(world.notified().last().unwrap(), "failed 101 m");
    assert!(world.queue.parked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_the_helpdesk_will_not_hear_costs_no_words() {
    let deaf = [Failure::Refused { why: "", status: 422 }, Failure::Gone];
    for deaf in deaf {
        let world = keyless().await;
        *world.helpdesk.deaf.lock().unwrap() = Some(deaf.clone());
        let mut event = shows("a", "veja o boleto", 0);
        if let AgentEventKind::Message { contents, .. } = &mut event.kind {
            contents.push(Content::File {
                url: "https://files.example/boleto.pdf?large".into(),
                name: None,
                mime: None,
                size: None,
                caption: Some("vence hoje".into()),
            });
        }
        assert!(world.agent("T-1", [event]).await.is_empty(), "{deaf:?}");
        assert_eq!(world.sent(), ["veja o boleto", "vence hoje"]);
        // Words that come too late, on a ticket that is closed there as well.
        world.agent("T-1", [closes("x", None)]).await;
        world.closes(1).await;
        assert!(world.agent("T-1", [says("late", "mais uma coisa")]).await.is_empty());
        assert!(world.queue.parked.lock().unwrap().is_empty(), "no alarm for nothing");
    }
}

#[tokio::test]
async fn what_was_said_of_one_opening_is_not_written_into_the_next() {
    let world = World::with(silent(&[TextKey::Greeting, TextKey::Closing]));
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let next =
        ponte::message::ConversationId::new(format!("{}-0123456789ab", world.opening(ROUTER).conversation().as_str()));
    // While the agent is announced, the customer leaves and comes back.
    world.store.interfere_after(0, move |conversation| {
        conversation.opening = next;
        conversation.agent = None;
    });
    let menu = AgentEvent {
        id: SourceId::new("menu"),
        kind: AgentEventKind::Message {
            contents: vec![Content::Choices { text: "Qual?".into(), options: vec!["Sim".into(), "Não".into()] }],
            agent: None,
        },
    };
    world.agent("T-1", [takes("1", "Ana"), menu]).await;
    let conversation = world.conversation(ROUTER).unwrap();
    assert_eq!((conversation.agent, conversation.offer), (None, Vec::new()));
    assert!(conversation.outbound.recent_ids.packed().len() >= 12, "and what had its effect is known");
}

#[tokio::test]
async fn two_writers_agree_on_how_far_a_message_is() {
    let world = keyless().await;
    let parts = numbered(5);
    let record = world.customer_record(&collection("m", &parts), 1).await;
    world.helpdesk.faults.next_after(2, [Failure::later("busy")]);
    // Someone else of the same group was further, and wrote it first.
    world.store.interfere_after(0, |conversation| {
        let key = ponte::hash::HashKey::new(b"test");
        let entry = ponte::conversation::RecentId::of("message", &SourceId::new("m"), &key);
        let position = ponte::conversation::Position { content: 4, piece: 0 };
        conversation.inbound.under_way.put(Partial { through: position.order(), ..Partial::of(entry) });
        conversation.inbound.sequence += 1;
    });
    assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1);
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    assert_eq!(said(&world), ["parte 1", "parte 2", "parte 5"]);
}

#[tokio::test]
async fn a_lost_file_is_told_of_with_its_reason() {
    let world = keyless().await;
    assert!(world.agent("T-1", [shows("a", "veja", 0)]).await.is_empty());
    let mut event = shows("b", "este", 0);
    if let AgentEventKind::Message { contents, .. } = &mut event.kind {
        contents.push(Content::File {
            url: "https://files.example/x?program".into(),
            name: None,
            mime: None,
            size: None,
            caption: None,
        });
    }
    world.agent("T-1", [event]).await;
    let told = world.told();
    let of_files = told.iter().filter(|t| matches!(t, Told::NotDelivered { reason: NotDelivered::File(_), .. }));
    assert_eq!(of_files.count(), 1);
    assert_eq!(world.sent(), ["veja", "este"]);
}
