//! Where the service rules send conversations, read from Request Tracker itself.

use ponte_simulator::{Profile, stack::ATTENDANT};
use serde_json::{Value, json};

use super::{Real, Tracker, eventually, with_queues};

const QUEUES: [&str; 3] = ["Financeiro", "Vendas", "Clientes Ouro"];

/// The bot names a queue, Blip's ticket is of a team, or the contact has an extra; each leads to another queue. `legal` is one that RT does not
/// have.
fn rules() -> Value {
    json!({
        "version": 1,
        "agent_identity": ATTENDANT,
        "queues": {
            "billing": { "name": "Cobranças", "helpdesk": "financeiro" },
            "sales": { "name": "Vendas" },
            "gold": { "name": "Atendimento Ouro", "helpdesk": "Clientes Ouro" },
            "legal": { "name": "Jurídico", "helpdesk": "Marte" },
        },
        "routing": {
            "facts": { "extras": { "plan": "always" } },
            "routes": [
                { "id": "sales", "when": { "ticket.team": { "equals": "Comercial" } },
                  "then": { "queue": "sales", "priority": "low", "fields": { "Contrato": { "static": "novo" } } } },
                { "id": "gold", "when": { "extra.plan": { "equals": "gold" } },
                  "then": { "queue": "gold", "priority": "high", "fields": { "Contrato": { "extra": "plan" } } } },
            ],
        },
    })
}

/// The ticket of a customer once it is there: queue, priority, the field `Contrato`, and what its agents read first.
async fn routed(tracker: &Tracker, phone: &str) -> (String, u64, String, String) {
    let identity = format!("{phone}@wa.gw.msging.net");
    let id = eventually("the ticket", || async { tracker.tickets(&identity).await.pop() }).await;
    let ticket = tracker.ticket(&id).await;
    let contract = tracker.field(&id, "Contrato").await;
    let priority = ticket["Priority"].as_u64().or_else(|| ticket["Priority"].as_str()?.parse().ok());
    let first = tracker.history(&id).await.remove(0).text;
    println!("{phone}: ticket {id} in {}, {} {contract}", tracker.queue_of(&ticket).await, ticket["Priority"]);
    (tracker.queue_of(&ticket).await, priority.expect("a number"), contract, first)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_conversation_is_in_the_queue_that_its_route_names() {
    with_queues("queues", &QUEUES, Some(rules()), |real: Real| async move {
        let Real { simulator, tracker, .. } = &real;
        let phones = ["5531999990011", "5531999990012", "5531999990013", "5531999990014"];
        let [eva, leo, mia, noa] = phones;

        let by_context = simulator.customer(Profile::whatsapp("Eva Dias", eva));
        by_context.hands_over_to_ponte(&json!({
            "queue": "Cobranças", "priority": "normal", "fields": { "Contrato": "77-1020" },
        }));
        by_context.says("segunda via do boleto");
        let by_team = simulator.desk_customer(Profile::whatsapp("Leo Reis", leo));
        by_team.is_given_to("Comercial");
        by_team.opens_ticket("quero comprar");
        let by_extra = simulator.customer(Profile::whatsapp("Mia Luz", mia));
        by_extra.hand_over(None);
        by_extra.says("oi");
        let nowhere = simulator.customer(Profile::whatsapp("Noa Paz", noa));
        nowhere.hands_over_to_ponte(&json!({ "queue": "legal", "priority": "high" }));
        nowhere.says("quero falar com o jurídico");

        let (queue, priority, contract, first) = routed(tracker, eva).await;
        assert_eq!((queue.as_str(), priority, contract.as_str()), ("Financeiro", 50, "77-1020"), "{first}");
        let (queue, priority, contract, first) = routed(tracker, leo).await;
        assert_eq!((queue.as_str(), priority, contract.as_str()), ("Vendas", 0, "novo"), "{first}");
        let (queue, priority, contract, first) = routed(tracker, mia).await;
        assert_eq!((queue.as_str(), priority, contract.as_str()), ("Clientes Ouro", 100, "Gold"), "{first}");
        // A queue that RT does not have keeps nobody waiting: the ticket is where tickets without a route are, and its agents read why.
        let (queue, priority, _, first) = routed(tracker, noa).await;
        assert_eq!((queue.as_str(), priority), ("General", 100));
        assert!(first.contains("Marte"), "the first note does not name the queue: {first}");

        // Its agents answer there as anywhere.
        let identity = format!("{mia}@wa.gw.msging.net");
        let ticket = tracker.tickets(&identity).await.pop().unwrap();
        tracker.replies(&ticket, "bom dia, Mia").await;
        eventually("the answer of another queue", || async {
            super::shown(&by_extra.sees()).contains(&"bom dia, Mia".to_owned()).then_some(())
        })
        .await;
    })
    .await;
}
