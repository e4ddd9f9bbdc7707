//! Short words of a customer that are for Ponte: a rating, an ending word, thanks after the end.

use std::time::Duration;

use ponte::{
    job::Record,
    relay::{Failure, ports::EndedBy},
};

use super::{
    helpdesk::Told,
    world::{DESK, ROUTER, World, closes, says, ticket, words},
};

const MINUTE: Duration = Duration::from_mins(1);
const RATED: &str = r"
version: 1
agent_identity: agent%40example.com@blip.ai
night: none
texts: { pt-BR: { greeting: false, agent_joined: false } }
return_service: { default: menu }
rating: { asked_by: bridge, wait: 10m }
leaving: { words: [sair] }
";
const CLOSED: &str = "O atendimento foi encerrado. Obrigado pelo contato!";
const ASKED: &str = "Quer encerrar o atendimento? Responda SIM para encerrar.";
const HOW_WAS_IT: &str = "De 1 a 5, como foi o atendimento?";

/// A conversation that an agent answered.
async fn answered(rules: &str, address: &str) -> World {
    let read = service_rules::read(rules.as_bytes()).expect("the rules are right");
    let world = World::with(read.rules);
    let first = if address == DESK { ticket("Waiting", None) } else { words(address, "1", "oi") };
    world.customer(&[first]).await;
    world.agent("T-1", [says("a", "bom dia")]).await;
    world.clock.pass(MINUTE);
    world
}

#[tokio::test]
async fn a_customer_is_asked_for_a_rating_once_and_the_bot_gets_it() {
    let world = answered(RATED, ROUTER).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    assert_eq!(world.sent(), ["bom dia", HOW_WAS_IT], "the customer is still ours");
    world.clock.pass(MINUTE);
    world.customer(&[words(ROUTER, "2", "nota 4")]).await;
    world.closes(1).await;
    assert_eq!(world.sent(), ["bom dia", HOW_WAS_IT, "Obrigado pela avaliação!", CLOSED, "-> menu"]);
    assert_eq!((world.said(), world.notes()), (vec!["T-1 oi".to_owned()], 1), "the score is a note and no words");
    let redirect = world.blip.sent.lock().unwrap().last().unwrap().document.content();
    assert_eq!(redirect["context"]["value"], serde_json::json!({ "ponte": { "ended": "agent", "rating": 4 } }));
    world.minutes(30).await;
    assert_eq!(world.sent().len(), 5);
}

#[tokio::test]
async fn a_rating_that_nobody_gives_is_waited_for_ten_minutes() {
    let world = answered(RATED, DESK).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.minutes(9).await;
    assert_eq!(*world.blip.closed.lock().unwrap(), [""; 0]);
    world.minutes(2).await;
    assert_eq!(*world.blip.closed.lock().unwrap(), ["ba11b95c"]);
    assert_eq!(world.sent(), ["bom dia", HOW_WAS_IT, CLOSED]);
}

#[tokio::test]
async fn what_is_no_rating_is_not_swallowed() {
    let address = "5531@wa.gw.msging.net";
    let world = answered(RATED, address).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(MINUTE);
    let waits = world.customer_record(&words(address, "2", "preciso de outra coisa"), 1).await;
    assert_eq!(world.to_helpdesk(vec![waits.clone()]).await.len(), 1);
    world.closes(1).await;
    assert_eq!(world.to_helpdesk(vec![Record { attempts: 2, ..waits }]).await, [""; 0]);
    assert_eq!(world.said(), ["T-1 oi", "T-2 preciso de outra coisa"]);
    assert_eq!(world.sent(), ["bom dia", HOW_WAS_IT, CLOSED]);
}

#[tokio::test]
async fn nobody_is_asked_without_an_answer_or_after_a_day_or_twice() {
    let read = service_rules::read(RATED.as_bytes()).unwrap();
    let world = World::with(read.rules);
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    assert_eq!(world.sent(), [CLOSED, "-> menu"], "no person wrote");
    let world = answered(RATED, ROUTER).await;
    world.clock.pass(24 * 60 * MINUTE);
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    assert_eq!(world.sent(), ["bom dia", CLOSED, "-> menu"], "the channel would refuse it");
    let world = answered(RATED, ROUTER).await;
    world.blip.faults.next([Failure::Refused { why: "the window is closed", status: 400 }]);
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    assert_eq!(world.sent(), ["bom dia", CLOSED, "-> menu"], "and nobody is stranded over it");
    let world = answered(RATED, ROUTER).await;
    world.agent("T-1", [closes("x", None)]).await;
    let job = world.queue.sent.lock().unwrap()[0].clone();
    world.closes(1).await;
    world.queue.sent.lock().unwrap().push(job);
    world.closes(2).await;
    assert_eq!(world.sent(), ["bom dia", HOW_WAS_IT]);
}

#[tokio::test]
async fn a_customer_leaves_by_a_word_and_is_asked_back() {
    let world = answered(RATED, ROUTER).await;
    world.customer(&[words(ROUTER, "2", "quero sair mais cedo")]).await;
    world.customer(&[words(ROUTER, "3", " SAIR ")]).await;
    assert_eq!(world.sent(), ["bom dia", ASKED]);
    world.customer(&[words(ROUTER, "4", "não, espere")]).await;
    world.customer(&[words(ROUTER, "5", "sim")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-1 quero sair mais cedo", "T-1 não, espere", "T-1 sim"]);
    world.customer(&[words(ROUTER, "6", "sair")]).await;
    world.customer(&[words(ROUTER, "7", "sim")]).await;
    world.closes(1).await;
    assert_eq!(world.sent(), ["bom dia", ASKED, ASKED, CLOSED, "-> menu"]);
    assert_eq!(world.told().last(), Some(&Told::Ended { ticket: "T-1".into(), by: EndedBy::Customer }));
    let world = answered(&RATED.replace("[sair]", "[sair], ask_back: false"), ROUTER).await;
    world.customer(&[words(ROUTER, "2", "Sair")]).await;
    world.closes(1).await;
    assert_eq!(world.sent(), ["bom dia", CLOSED, "-> menu"]);
}

#[tokio::test]
async fn a_word_of_thanks_opens_nothing() {
    let address = "5531@wa.gw.msging.net";
    let world = answered(&RATED.replace("bridge", "nobody"), address).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(2 * MINUTE);
    world.customer(&[words(address, "2", "Muito obrigada!")]).await;
    assert_eq!((world.said(), world.notes()), (vec!["T-1 oi".to_owned()], 1), "a note on the old ticket");
    assert_eq!(world.sent(), ["bom dia", CLOSED], "and the customer reads nothing of it");
    world.customer(&[words(address, "3", "obrigada, mas e o boleto?")]).await;
    world.clock.pass(10 * MINUTE);
    assert_eq!(world.said().last().unwrap(), "T-2 obrigada, mas e o boleto?");
}

#[tokio::test]
async fn a_yes_to_what_was_asked_later_ends_nothing() {
    let world = answered(RATED, ROUTER).await;
    world.customer(&[words(ROUTER, "2", "sair")]).await;
    world.clock.pass(MINUTE);
    world.agent("T-1", [says("b", "Quer a segunda via?")]).await;
    world.clock.pass(MINUTE);
    world.customer(&[words(ROUTER, "3", "sim")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-1 sim"]);
    assert_eq!(world.sent(), ["bom dia", ASKED, "Quer a segunda via?"]);
    // Nor is it one to the question whether the customer is still there.
    let silent =
        RATED.replace("leaving:", "silence: { customer_silent: { warn_after: 10m, close_after: 1h } }\nleaving:");
    let world = answered(&silent, ROUTER).await;
    world.customer(&[words(ROUTER, "2", "oi?")]).await;
    world.clock.pass(MINUTE);
    world.agent("T-1", [says("b", "sim?")]).await;
    world.customer(&[words(ROUTER, "3", "sair")]).await;
    world.minutes(12).await;
    assert_eq!(world.sent().last().unwrap(), "Você ainda está aí? A conversa será encerrada em 50 minutos.");
    world.customer(&[words(ROUTER, "4", "sim")]).await;
    assert_eq!(world.said().last().unwrap(), "T-1 sim");
}

#[tokio::test]
async fn a_word_that_ended_it_and_failed_halfway_ends_it_when_it_is_tried_again() {
    for fails in 0..3 {
        let world = answered(&RATED.replace("[sair]", "[sair], ask_back: false"), ROUTER).await;
        let record = world.customer_record(&words(ROUTER, "2", "sair"), 1).await;
        match fails {
            0 => world.blip.faults.next([Failure::later("no connection")]),
            1 => *world.queue.unavailable.lock().unwrap() = true,
            _ => world.store.unavailable_after(1),
        }
        assert_eq!(world.to_helpdesk(vec![record.clone()]).await.len(), 1, "{fails}");
        *world.queue.unavailable.lock().unwrap() = false;
        // What was said behind it hands the closing on as well, and waits for it.
        let later = world.customer_record(&words(ROUTER, "3", "tchau"), 1).await;
        assert_eq!(world.to_helpdesk(vec![Record { attempts: 2, ..record }, later.clone()]).await.len(), 1, "{fails}");
        world.closes(1).await;
        assert_eq!(world.to_helpdesk(vec![Record { attempts: 2, ..later }]).await, [""; 0]);
        assert_eq!(world.sent()[..2], ["bom dia", CLOSED], "{fails}");
        assert_eq!(world.sent().iter().filter(|sent| *sent == CLOSED).count(), 1, "{fails}");
        assert!(world.sent().contains(&"-> menu".to_owned()), "{fails}: {:?}", world.sent());
    }
}

#[tokio::test]
async fn a_second_rating_changes_nothing() {
    let world = answered(RATED, ROUTER).await;
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(MINUTE);
    let records = [words(ROUTER, "2", "4"), words(ROUTER, "3", "5")];
    assert_eq!(world.customer(&records).await.len(), 1, "the second waits for the end");
    world.closes(1).await;
    let redirect = world.blip.sent.lock().unwrap().last().unwrap().document.content();
    assert_eq!(redirect["context"]["value"]["ponte"]["rating"], 4);
    assert_eq!(world.sent().iter().filter(|sent| *sent == "Obrigado pela avaliação!").count(), 1);
    assert_eq!(world.notes(), 1);
}

#[tokio::test]
async fn what_crossed_the_rating_question_is_no_answer_to_it() {
    let world = answered(RATED, ROUTER).await;
    let crossed = world.customer_record(&words(ROUTER, "2", "3"), 1).await;
    let thanks = world.customer_record(&words(ROUTER, "3", "obrigada!"), 1).await;
    world.clock.pass(Duration::from_secs(1));
    world.agent("T-1", [closes("x", Some("vendas"))]).await;
    world.closes(1).await;
    assert_eq!(world.to_helpdesk(vec![crossed, thanks]).await, [""; 0], "they hold nothing up");
    assert_eq!(world.said(), ["T-1 oi", "T-1 3 (late)"]);
    assert_eq!((world.sent(), world.notes()), (vec!["bom dia".to_owned(), HOW_WAS_IT.to_owned()], 1));
    world.clock.pass(MINUTE);
    world.customer(&[words(ROUTER, "4", "5")]).await;
    world.closes(1).await;
    // The agent's own service is kept behind the question.
    assert_eq!(world.sent().last().unwrap(), "-> vendas");
    let redirect = world.blip.sent.lock().unwrap().last().unwrap().document.content();
    assert_eq!(redirect["context"]["value"]["ponte"]["rating"], 5);
}
