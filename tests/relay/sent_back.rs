//! Outside the hours with `callback`: the way back to the bot.

use ponte::{
    conversation::State,
    relay::{Failure, ports::EndedBy},
};
use serde_json::json;

use super::{
    callback::{AS_TICKET, CLOSED, NIGHT, again, called, set, state, with_bot, with_key},
    helpdesk::Told,
    world::{DESK, ROUTER, World, record, says, ticket, words},
};

#[tokio::test]
async fn the_customer_goes_back_to_the_bot_and_the_ticket_waits_for_an_answer() {
    let world = with_key();
    world.customer(&[words(ROUTER, "1", "oi"), words(ROUTER, "2", "meu pedido sumiu")]).await;
    assert_eq!(world.sent(), [CLOSED], "in place of the greeting");
    assert_eq!(world.said(), ["T-1 oi", "T-1 meu pedido sumiu"], "both are in the ticket, and none is late");
    assert!(matches!(state(&world), State::Closing { .. }));
    assert!(world.closes(1).await.is_empty());
    assert_eq!(world.sent(), [CLOSED, "-> night"]);
    let redirect = world.blip.sent.lock().unwrap().last().unwrap().document.content();
    assert_eq!(redirect["context"]["value"], json!({ "ponte": { "ended": "outside_hours" } }));
    assert_eq!(world.told().last(), Some(&Told::Ended { ticket: "T-1".into(), by: EndedBy::OutsideHours }));
    assert!(matches!(state(&world), State::Closed { .. }));
    let note = world.helpdesk.openings.lock().unwrap()[0].route_notes.last().cloned();
    assert_eq!(
        note.as_deref(),
        Some(
            "O cliente escreveu fora do horário de atendimento, foi avisado de que voltamos amanhã às 9h e voltou ao bot. A \
             primeira resposta aqui o chama de volta."
        )
    );
    assert_eq!(called(&world), [""; 0]);
}

#[tokio::test]
async fn whatever_fails_on_the_way_to_the_bot_each_step_takes_effect_once() {
    // Writes: the ticket, and the beginning of the end. Then the queue, and the words.
    for step in 0..4 {
        let world = with_key();
        match step {
            0 => world.store.unavailable_after(0),
            1 => world.store.unavailable_after(1),
            2 => *world.queue.takes.lock().unwrap() = Some(0),
            _ => world.helpdesk.faults.next_after(1, [Failure::later("down")]),
        }
        let record = {
            let takes = world.queue.takes.lock().unwrap().take();
            let record = world.customer_record(&words(ROUTER, "1", "oi"), 1).await;
            *world.queue.takes.lock().unwrap() = takes;
            record
        };
        assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1, "{step}");
        *world.queue.takes.lock().unwrap() = None;
        if step == 3 {
            // The customer is sent away all the same, and the words come to the ticket afterwards.
            assert!(world.closes(1).await.is_empty());
        }
        assert!(world.to_helpdesk(again(&record)).await.is_empty(), "{step}");
        assert!(world.closes(1).await.is_empty());
        assert_eq!(world.sent(), [CLOSED, "-> night"], "{step}");
        assert_eq!(world.said(), ["T-1 oi"], "{step}");
        assert!(matches!(state(&world), State::Closed { .. }), "{step}");
    }
}

#[tokio::test]
async fn an_answer_on_the_way_to_the_bot_waits_until_the_customer_is_there() {
    let world = with_key();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let record = world.agent_record("T-1", says("a", "ainda estou aqui"), 1);
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
    assert_eq!((world.sent(), called(&world)), (vec![CLOSED.to_owned()], vec![]));
    assert!(world.closes(1).await.is_empty());
    assert!(world.to_blip(again(&record)).await.is_empty());
    assert_eq!(world.sent(), [CLOSED, "-> night", "ainda estou aqui"]);
    assert_eq!(called(&world), set());
    // A closing of ours that comes late is none of the conversation that goes on.
    let job = ponte::queue::Job { body: old_close(&world), ..world.job(&words(ROUTER, "x", "x")).await };
    world.queue.sent.lock().unwrap().push(job);
    assert!(world.closes(2).await.is_empty());
    assert_eq!((world.sent().len(), state(&world)), (3, State::Open));
}

fn old_close(world: &World) -> String {
    json!({ "v": 1, "opening": world.opening(ROUTER), "ticket": "T-1", "ended": "outside_hours" }).to_string()
}

#[tokio::test]
async fn an_agent_who_answers_during_the_opening_keeps_the_customer() {
    let world = with_key();
    // After the ticket is stored.
    world.store.interfere_after(1, |conversation| {
        conversation.outbound.sequence += 1;
        conversation.outbound.last = conversation.opened;
    });
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    assert_eq!((state(&world), world.said()), (State::Open, vec!["T-1 oi".to_owned()]));
    assert!(world.queue.sent.lock().unwrap().is_empty());
    // The same where the try that stored the ticket came no further.
    let world = with_key();
    let record = world.customer_record(&words(ROUTER, "1", "oi"), 1).await;
    world.store.unavailable_after(1);
    assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1);
    assert_eq!(state(&world), State::Ticketed);
    assert!(world.agent("T-1", [says("a", "ainda estou aqui")]).await.is_empty());
    assert!(world.to_helpdesk(again(&record)).await.is_empty());
    assert_eq!((state(&world), world.queue.sent.lock().unwrap().len()), (State::Open, 0));
}

#[tokio::test]
async fn an_assignment_during_the_opening_keeps_nobody() {
    let world = with_key();
    world.store.interfere_after(1, |conversation| conversation.outbound.sequence += 1);
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    assert!(matches!(state(&world), State::Closing { .. }));
    assert!(world.closes(1).await.is_empty());
    assert_eq!(world.sent(), [CLOSED, "-> night"]);
}

#[tokio::test]
async fn a_way_to_the_bot_that_was_not_handed_on_is_handed_on_by_an_answer() {
    let world = with_key();
    let record = world.customer_record(&words(ROUTER, "1", "oi"), 1).await;
    *world.queue.takes.lock().unwrap() = Some(0);
    assert_eq!(world.to_helpdesk(vec![record]).await.len(), 1);
    assert!(matches!(state(&world), State::Closing { .. }));
    *world.queue.takes.lock().unwrap() = None;
    let record = world.agent_record("T-1", says("a", "ainda estou aqui"), 1);
    assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1);
    assert!(world.closes(1).await.is_empty());
    assert!(world.to_blip(again(&record)).await.is_empty());
    assert_eq!(world.sent(), [CLOSED, "-> night", "ainda estou aqui"]);
}

#[tokio::test]
async fn without_the_key_and_on_the_other_ways_it_is_as_a_ticket() {
    for (address, calls_back) in [(ROUTER, false), (DESK, true), ("5531999990001@wa.gw.msging.net", true)] {
        let mut world = with_key();
        world.calls_back = calls_back;
        let first = if address == DESK { ticket("Waiting", None) } else { words(address, "1", "oi") };
        world.customer(&[first]).await;
        assert_eq!(world.sent(), [AS_TICKET], "{address}");
        assert_eq!(world.conversation(address).unwrap().state, State::Open, "{address}");
        assert!(world.queue.sent.lock().unwrap().is_empty(), "{address}");
        let note = world.helpdesk.openings.lock().unwrap()[0].route_notes.join("\n");
        assert!(note.contains("foi avisado de que voltamos amanhã às 9h.") && !note.contains("bot"), "{note}");
    }
}

#[tokio::test]
async fn an_opening_that_is_tried_until_the_morning_is_as_any_other() {
    let world = with_key();
    world.store.unavailable_after(1);
    let first = record(&world.job(&words(ROUTER, "1", "oi")).await, 1);
    assert_eq!(world.to_helpdesk(vec![first.clone()]).await.len(), 1, "the ticket is stored, and nothing else");
    assert_eq!(state(&world), State::Ticketed);
    world.clock.pass(NIGHT);
    assert!(world.to_helpdesk(again(&first)).await.is_empty());
    assert_eq!((state(&world), world.said()), (State::Open, vec!["T-1 oi".to_owned()]));
    assert_eq!(world.sent(), [CLOSED], "greeted once, however");
}

/// Blip takes every redirect with 202; that the router has no such service comes later, as a notification.
#[tokio::test]
async fn a_redirect_that_the_router_cannot_carry_out_leads_to_the_main_bot() {
    let world = with_bot().await;
    let failed = |number: usize| {
        let id = world.blip.sent.lock().unwrap()[number].id.clone().unwrap();
        json!({
            "id": id, "from": "postmaster@msging.net/#1", "event": "failed",
            "reason": { "code": 42, "description": "Destination not found" },
        })
    };
    world.customer(&[failed(1)]).await;
    world.customer(&[failed(1)]).await;
    assert_eq!(world.sent()[1..], ["-> night", "-> main bot"], "once");
    let redirect = world.blip.sent.lock().unwrap().last().unwrap().document.content();
    assert_eq!(redirect["context"]["value"], json!({ "ponte": { "ended": "outside_hours" } }));
    // Of a text there is nothing to do.
    let told = world.told().len();
    world.customer(&[failed(0)]).await;
    assert_eq!((world.sent().len(), world.told().len()), (3, told));
    // Where that redirect fails as well, the agent is told, once.
    world.customer(&[failed(2)]).await;
    world.customer(&[failed(2)]).await;
    assert_eq!(world.told()[told..], [Told::Noted { ticket: "T-1".into() }]);
    assert_eq!(world.sent().len(), 3);
    // Nobody is sent away from a conversation that is under way.
    world.agent("T-1", [says("a", "bom dia")]).await;
    let late = failed(1);
    world.blip.sent.lock().unwrap().remove(2);
    world.customer(&[late]).await;
    assert_eq!(world.sent()[1..], ["-> night", "bom dia"]);
}
