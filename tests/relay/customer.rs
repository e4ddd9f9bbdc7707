//! What the customer does.

use ponte::{
    conversation::State,
    lime::Document,
    message::{Content, SourceId},
    relay::{
        Failure,
        ports::{EndedBy, Typed},
    },
};
use serde_json::{Value, json};

use super::{
    helpdesk::Told,
    world::{DESK, ROUTER, World, ticket, words},
};

#[tokio::test]
async fn the_first_words_open_a_conversation_and_the_next_only_pass() {
    let world = World::new();
    let failed = world.customer(&[words(ROUTER, "1", "oi"), words(ROUTER, "2", "tudo bem?")]).await;
    assert!(failed.is_empty());
    assert!(matches!(world.told()[0], Told::Opened(_)));
    assert_eq!(world.said(), ["T-1 oi", "T-1 tudo bem?"]);
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);

    let (reads, writes) = (*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap());
    world.customer(&(3..8).map(|n| words(ROUTER, &n.to_string(), "x")).collect::<Vec<_>>()).await;
    assert_eq!(*world.store.reads.lock().unwrap() - reads, 1, "one read for a run");
    assert_eq!(*world.store.writes.lock().unwrap() - writes, 1, "one write for a run");
}

#[tokio::test]
async fn a_copy_has_no_second_effect_however_it_is_forwarded() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.customer(&[words(ROUTER, "fwd:fwd:1", "oi"), words(ROUTER, "2", "olá")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-1 olá"]);
    assert_eq!(world.helpdesk.openings.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_failed_opening_is_taken_over_by_the_next_try() {
    let world = World::new();
    world.helpdesk.faults.next([Failure::later("down"), Failure::later("down")]);
    let first = world.customer_record(&words(ROUTER, "1", "oi"), 1).await;
    let second = world.customer_record(&words(ROUTER, "2", "olá"), 1).await;
    let both = vec![first.id.clone(), second.id.clone()];
    assert_eq!(world.to_helpdesk(vec![first.clone(), second.clone()]).await, both);
    let opening = world.opening(ROUTER);
    assert_eq!(world.to_helpdesk(vec![first.clone(), second.clone()]).await, both);
    assert!(world.to_helpdesk(vec![first, second]).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi", "T-1 olá"]);
    assert_eq!(world.opening(ROUTER), opening, "one opening through all tries");
}

#[tokio::test]
async fn a_blip_that_keeps_silent_does_not_hold_up_the_first_message() {
    tokio::time::pause();
    let world = World::new();
    *world.blip.silent.lock().unwrap() = true;
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    assert_eq!(world.said(), ["T-1 oi"]);
    let openings = world.helpdesk.openings.lock().unwrap();
    assert!(!openings[0].profile_known && openings[0].transcript.is_none());
}

#[tokio::test]
async fn a_waiting_ticket_is_opened_and_what_was_typed_meanwhile_arrives_once() {
    let world = World::new();
    let typed = |id: &str, text: &str| Typed { id: SourceId::new(id), document: Document::text(text) };
    *world.blip.typed.lock().unwrap() = vec![typed("fwd:fwd:a", "oi"), typed("fwd:fwd:b", "alguém?")];
    world.customer(&[ticket("Waiting", Some("oi"))]).await;
    assert_eq!(*world.blip.opened.lock().unwrap(), [("ba11b95c".to_owned(), "agent%40example.com@blip.ai".to_owned())]);
    assert_eq!(world.said(), ["T-1 oi", "T-1 alguém?"]);

    world.customer(&[ticket("Waiting", Some("oi")), words(DESK, "fwd:fwd:b", "alguém?")]).await;
    world.customer(&[words(DESK, "fwd:fwd:c", "sim")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-1 alguém?", "T-1 sim"]);
    assert_eq!(world.helpdesk.openings.lock().unwrap()[0].origin.blip_ticket.as_deref(), Some("ba11b95c"));
}

#[tokio::test]
async fn the_input_serves_when_the_tickets_messages_cannot_be_read() {
    let world = World::new();
    world.customer(&[ticket("Waiting", Some("Olá!"))]).await;
    assert_eq!(world.said(), ["T-1 Olá!"]);
}

#[tokio::test]
async fn a_customer_who_left_before_anyone_came_opens_no_ticket() {
    let world = World::new();
    world.blip.faults.next([Failure::Gone]);
    assert!(world.customer(&[ticket("Waiting", None)]).await.is_empty());
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn a_customer_who_left_after_a_parked_opening_is_gone_for_the_helpdesk_too() {
    let world = World::new();
    // Its ticket is there, its answer makes the worker panic, and the job is parked.
    world.helpdesk.faults.next([Failure::Broken { why: "a bug" }]);
    assert!(world.customer(&[ticket("Waiting", None)]).await.is_empty());
    world.blip.faults.next([Failure::Gone]);
    assert!(world.customer(&[words(DESK, "1", "oi")]).await.is_empty());
    assert!(matches!(world.told()[..], [Told::Opened(_), Told::Ended { .. }, Told::Said { late: true, .. }]));
}

#[tokio::test]
async fn a_ticket_that_blip_does_not_open_is_tried_again_before_anyone_is_told() {
    let world = World::new();
    world.blip.faults.next([Failure::later("is `agent_identity` of the service rules one of its attendants?")]);
    let record = world.customer_record(&ticket("Waiting", Some("oi")), 1).await;
    assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1);
    assert!(world.told().is_empty(), "an agent's words would meet an unopened ticket");
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi"]);
    assert_eq!(world.blip.opened.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_ticket_that_ends_on_the_customers_side_is_told_once() {
    let world = World::new();
    world.customer(&[ticket("Waiting", None)]).await;
    world.customer(&[ticket("ClosedClientInactivity", None), ticket("ClosedClientInactivity", None)]).await;
    let ended = Told::Ended { ticket: "T-1".into(), by: EndedBy::Customer };
    assert_eq!(world.told().last(), Some(&ended));
    assert_eq!(world.told().len(), 2);
    world.customer(&[words(DESK, "late", "ainda está aí?")]).await;
    assert_eq!(world.said(), ["T-1 ainda está aí? (late)"], "Blip's closed ticket is never opened again");
}

#[tokio::test]
async fn receipts_and_ends_never_open_a_conversation() {
    let world = World::new();
    world.customer(&[ticket("ClosedClient", None)]).await;
    world.customer(&[ticket("Open", None)]).await;
    assert!(world.told().is_empty());
    assert!(world.conversation(DESK).is_none());
}

#[tokio::test]
async fn a_ticket_that_is_gone_ends_the_opening_and_the_words_open_the_next() {
    for (address, open) in [(ROUTER, words(ROUTER, "1", "oi")), (DESK, ticket("Waiting", Some("oi")))] {
        let world = World::new();
        world.customer(&[open]).await;
        world.helpdesk.faults.next([Failure::Gone]);
        assert!(world.customer(&[words(address, "2", "olá")]).await.is_empty());
        assert_eq!(world.said(), ["T-1 oi", "T-2 olá"], "{address}");
    }
}

#[tokio::test]
async fn a_message_of_several_parts_goes_on_where_it_stopped() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let collection = json!({
        "id": "2", "from": ROUTER, "type": "application/vnd.lime.collection+json",
        "content": { "itemType": "text/plain", "items": ["um", "dois", "três"] },
    });
    let record = world.customer_record(&collection, 1).await;
    let deliveries = *world.store.writes.lock().unwrap();
    for _ in 0..2 {
        assert!(world.to_helpdesk(vec![record.clone()]).await.is_empty());
    }
    assert_eq!(world.said(), ["T-1 oi", "T-1 um", "T-1 dois", "T-1 três"]);
    assert_eq!(*world.store.writes.lock().unwrap() - deliveries, 1);
}

#[tokio::test]
async fn what_took_effect_is_not_lost_in_a_conflict() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.store.interfere_after(0, |c| c.inbound.sequence += 7);
    assert!(world.customer(&[words(ROUTER, "2", "olá")]).await.is_empty());
    let direction = world.conversation(ROUTER).unwrap().inbound;
    let entry = |id: &str| ponte::conversation::RecentId::of("message", &SourceId::new(id), &world.key);
    assert!(direction.recent_ids.holds(entry("1")) && direction.recent_ids.holds(entry("2")));
}

#[tokio::test]
async fn an_unwritten_run_is_worked_again_and_its_effects_stay_one() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    *world.store.unavailable.lock().unwrap() = 1;
    let record = world.customer_record(&words(ROUTER, "2", "olá"), 1).await;
    let again = vec![record.id.clone()];
    assert_eq!(world.to_helpdesk(vec![record.clone()]).await, again);
    assert!(world.to_helpdesk(vec![record]).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi", "T-1 olá"]);
}

#[tokio::test]
async fn the_same_words_under_two_ids_are_two_messages() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi"), words(ROUTER, "2", "oi")]).await;
    world.customer(&[json!({ "from": ROUTER, "type": "text/plain", "content": "oi" })]).await;
    world.customer(&[json!({ "from": ROUTER, "type": "text/plain", "content": "oi", "id": "{{$guid}}" })]).await;
    assert_eq!(world.said().len(), 4);
}

#[tokio::test]
async fn odd_documents_arrive_in_some_words() {
    let world = World::new();
    for (id, kind, content) in [
        ("1", "application/x-never-seen", json!({ "title": "Pedido 7" })),
        ("2", "text/plain", json!(null)),
        ("3", "application/vnd.lime.media-link+json", json!({ "uri": "file:///x", "text": "foto" })),
    ] {
        world.customer(&[json!({ "id": id, "from": ROUTER, "type": kind, "content": content })]).await;
    }
    let said = world.said();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("Pedido 7") && said[2].contains("foto"), "{said:?}");
    assert!(
        world
            .told()
            .iter()
            .all(|told| !matches!(told, Told::Said { content: Content::Text { text }, .. } if text.is_empty()))
    );
}

#[tokio::test]
async fn what_the_customer_came_by_and_tapped_is_told() {
    let world = World::new();
    let mut first = words(ROUTER, "1", "oi");
    first["metadata"] =
        json!({ "#wa.referral.headline": "Troque seu aro", "#wa.referral.source_url": "https://fb.me/1" });
    let mut tap = words(ROUTER, "2", "");
    tap["type"] = json!("application/json");
    tap["content"] = json!({ "rota": "fin-07" });
    tap["metadata"] = json!({ "#blip.payload.content": "Falar com o financeiro", "#blip.payload.type": "text/plain" });
    let mut passed_on = words(ROUTER, "3", "alô?");
    passed_on["pp"] = json!("postmaster@tunnel.msging.net/#x");
    assert!(world.customer(&[first, tap, passed_on]).await.is_empty());
    assert_eq!(world.said(), ["T-1 oi", "T-1 Falar com o financeiro", "T-1 alô?"]);
    let openings = world.helpdesk.openings.lock().unwrap();
    assert_eq!(openings.len(), 1);
    assert_eq!(openings[0].origin.referral.as_ref().unwrap().to_text(), "Troque seu aro - https://fb.me/1");
}

/// Which id Blip's deleted content has is documented nowhere; a channel's own notice may have that of the message.
#[tokio::test]
async fn a_deletion_or_a_change_under_the_id_of_the_message_reaches_the_agent_once() {
    let world = World::new();
    world.customer(&[words(ROUTER, "1", "oi"), words(ROUTER, "2", "minha senha é 1234")]).await;
    let notice = |media_type: &str, content: Value| {
        let mut envelope = words(ROUTER, "2", "");
        (envelope["type"], envelope["content"]) = (json!(media_type), content);
        envelope
    };
    let edit = |text: &str| {
        let message = json!({ "type": "text", "text": { "body": text } });
        notice(
            "application/json",
            json!({ "type": "edit", "edit": { "original_message_id": "2", "message": message } }),
        )
    };
    let deleted = notice("application/vnd.lime.deleted-content+json", json!({}));
    world.customer(&[edit("minha senha é segredo")]).await;
    world.customer(&[edit("esqueça a senha"), deleted.clone()]).await;
    world.customer(&[edit("minha senha é segredo"), deleted]).await;
    let said = world.said();
    assert_eq!(said[..2], ["T-1 oi", "T-1 minha senha é 1234"]);
    let told: Vec<bool> = said[2..].iter().map(|said| said.contains("minha senha é segredo")).collect();
    assert_eq!(told, [true, false, false], "{said:?}");
    assert!(said[3].contains("esqueça a senha") && said[4].contains("apagou"), "{said:?}");
}
