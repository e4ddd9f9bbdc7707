//! What a customer is told outside the hours, and of the wait.

use std::time::Duration;

use ponte::conversation::State;

use super::world::{DESK, ROUTER, World, says, ticket, words};

const MINUTE: Duration = Duration::from_mins(1);
const NIGHTLY: &str = r#"
version: 1
agent_identity: agent%40example.com@blip.ai
texts: { pt-BR: { greeting: "Olá!", closing: false } }
queues: { shop: { name: Loja }, help: { name: Ajuda } }
routing: { default: { queue: shop } }
return_service: { default: menu }
hours: { week: { mon-fri: ["09:00-18:00"] }, outside: OUTSIDE }
"#;

fn nightly(outside: &str) -> World {
    let read = service_rules::read(NIGHTLY.replace("OUTSIDE", outside).as_bytes()).expect("the rules are right");
    // The tests' clock begins on a Tuesday evening, at 19:13 in São Paulo.
    World::with(read.rules)
}

#[tokio::test]
async fn outside_the_hours_the_customer_is_told_when_somebody_will_be_there() {
    let world = nightly("ticket");
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    assert_eq!(world.sent(), ["Estamos fora do horário de atendimento. Voltamos amanhã às 9h."]);
    assert_eq!(world.said(), ["T-1 oi"], "nothing is lost");
    let world = nightly("ticket");
    world.clock.pass(15 * 60 * MINUTE);
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    assert_eq!(world.sent(), ["Olá!"]);
}

#[tokio::test]
async fn outside_the_hours_the_customer_may_go_back_to_the_bot_at_once() {
    for address in [ROUTER, DESK] {
        let world = nightly("bot");
        let first = if address == DESK { ticket("Waiting", None) } else { words(address, "1", "oi") };
        world.customer(&[first]).await;
        world.closes(1).await;
        let mut sent = vec!["Estamos fora do horário de atendimento. Voltamos amanhã às 9h."];
        sent.extend((address == ROUTER).then_some("-> menu"));
        assert_eq!(world.sent(), sent);
        assert_eq!(world.told(), [], "there is no ticket");
        assert!(matches!(world.conversation(address).unwrap().state, State::Closed { .. }));
        if address == ROUTER {
            let redirect = world.blip.sent.lock().unwrap().last().unwrap().document.content();
            assert_eq!(redirect["context"]["value"], serde_json::json!({ "ponte": { "ended": "outside_hours" } }));
        } else {
            assert_eq!(world.blip.closed.lock().unwrap().as_slice(), ["ba11b95c"]);
        }
    }
}

#[tokio::test]
async fn what_is_told_of_the_wait_is_learnt_from_first_answers() {
    let world = nightly("ticket");
    world.clock.pass(15 * 60 * MINUTE);
    for number in 0..21 {
        let address = format!("{number}f1a26d5@tunnel.msging.net");
        world.customer(&[words(&address, "1", "oi")]).await;
        world.clock.pass(4 * MINUTE);
        world.agent(&format!("T-{}", number + 1), [says("a", "bom dia"), says("b", "pois não?")]).await;
    }
    let known = world.waits.0.lock().unwrap()[&Some("shop".to_owned())];
    assert_eq!((known.n, known.mean_s), (21, 240.0), "one for each conversation");
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let told = world.sent();
    assert_eq!(told[told.len() - 2..], ["Olá!", "Nas últimas conversas a espera foi de 2 a 5 minutos."]);
}
