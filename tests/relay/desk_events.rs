//! What a helpdesk tells beside words: transfers, a place in the queue, a rest, and words that were taken back.

use std::time::Duration;

use ponte::{
    message::{AgentEvent, AgentEventKind, DeskQueue, SourceId},
    relay::Failure,
};

use super::world::{ROUTER, World, closes, says, takes, words};

const MINUTE: Duration = Duration::from_mins(1);
const RULES: &str = "version: 1\nagent_identity: agent%40example.com@blip.ai\nnight: none\n\
    texts: { pt-BR: { greeting: false, agent_joined: false } }\n\
    queues:\n  sales: { name: Vendas, helpdesk: \"17\" }\n  billing: { name: Financeiro, helpdesk: financeiro-n1 }\n";
const TO_BILLING: &str = "Você foi encaminhado para Financeiro.";
const TO_SALES: &str = "Você foi encaminhado para Vendas.";

fn event(id: &str, kind: AgentEventKind) -> AgentEvent {
    AgentEvent { id: SourceId::new(id), kind }
}

fn moves(id: &str, queue: Option<(&str, &str)>, unassigned: bool) -> AgentEvent {
    let stated = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let queue = queue.map(|(id, name)| DeskQueue { id: stated(id), name: stated(name) });
    event(id, AgentEventKind::Transferred { queue, unassigned, by: None })
}

fn into(id: &str, name: &str) -> AgentEvent {
    moves(id, Some(("", name)), false)
}

fn world(more: &str) -> World {
    World::with(service_rules::read(format!("{RULES}{more}").as_bytes()).expect("the rules are right").rules)
}

/// A conversation that Ana has taken and answered.
async fn answered(more: &str) -> World {
    let world = world(more);
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(MINUTE);
    world.agent("T-1", [takes("0", "Ana"), says("a", "bom dia")]).await;
    world.clock.pass(MINUTE);
    world
}

fn queue(world: &World) -> Option<String> {
    world.conversation(ROUTER).unwrap().placement.queue
}

#[tokio::test]
async fn a_transfer_is_told_once_by_the_name_that_customers_read() {
    let world = answered("").await;
    let record = world.agent_record("T-1", moves("1", Some(("9", "FINANCEIRO-N1")), false), 1);
    for attempts in 1..3 {
        assert!(world.to_blip(vec![ponte::queue::Record { attempts, ..record.clone() }]).await.is_empty());
    }
    world.clock.pass(MINUTE);
    // The helpdesk repeats where it is.
    world.agent("T-1", [into("2", "Financeiro")]).await;
    assert_eq!(world.sent(), ["bom dia", TO_BILLING]);
    assert_eq!(queue(&world).as_deref(), Some("billing"));
    world.agent("T-1", [moves("3", Some(("17", "")), false)]).await;
    assert_eq!(world.sent()[2..], [TO_SALES]);
    // A name that the rules do not know is the helpdesk's own.
    world.clock.pass(MINUTE);
    world.agent("T-1", [into("4", "Ouvidoria")]).await;
    assert_eq!(world.sent()[3..], ["Você foi encaminhado para Ouvidoria."]);
}

#[tokio::test]
async fn transfers_within_half_a_minute_are_one() {
    let world = answered("").await;
    world.agent("T-1", [into("1", "Vendas"), into("2", "Financeiro")]).await;
    world.clock.pass(Duration::from_secs(29));
    world.agent("T-1", [moves("3", None, true)]).await;
    assert_eq!(world.sent(), ["bom dia", TO_SALES]);
    assert_eq!(queue(&world).as_deref(), Some("billing"), "the last one counts");
    world.clock.pass(Duration::from_secs(31));
    world.agent("T-1", [into("4", "Vendas")]).await;
    assert_eq!(world.sent()[2..], [TO_SALES]);
}

/// A helpdesk tells of the agent who gives it back first, and a moment later of the team.
#[tokio::test]
async fn what_could_not_be_said_does_not_keep_the_next_one_back() {
    let world = answered("").await;
    world.agent("T-1", [moves("1", None, true)]).await;
    assert_eq!(world.sent(), ["bom dia"], "back to nobody knows which queue");
    world.clock.pass(Duration::from_secs(8));
    world.agent("T-1", [into("2", "Vendas"), into("3", "Financeiro")]).await;
    assert_eq!(world.sent(), ["bom dia", TO_SALES], "and then it is told, once");
    // A number without a name, and then a name.
    world.clock.pass(MINUTE);
    world.agent("T-1", [moves("4", Some(("360000112", "")), false), into("5", "Ouvidoria")]).await;
    assert_eq!(world.sent()[2..], ["Você foi encaminhado para Ouvidoria."]);
}

#[tokio::test]
async fn an_agent_who_gives_it_back_transfers_it_to_its_queue() {
    let world = answered("").await;
    world.agent("T-1", [into("1", "Vendas")]).await;
    world.clock.pass(MINUTE);
    world.agent("T-1", [takes("2", "Beto"), moves("3", None, true)]).await;
    assert_eq!(world.sent(), ["bom dia", TO_SALES, TO_SALES]);
    // With the queue that it went back to, in one event.
    world.clock.pass(MINUTE);
    world.agent("T-1", [takes("4", "Caio"), moves("5", Some(("", "Vendas")), true)]).await;
    assert_eq!(world.sent()[3..], [TO_SALES]);
}

#[tokio::test]
async fn the_first_queue_and_a_number_without_a_name_are_not_told() {
    let world = world("");
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [into("1", "Vendas")]).await;
    assert_eq!((world.sent(), queue(&world).as_deref()), (vec![], Some("sales")), "the helpdesk's own first choice");
    world.agent("T-1", [moves("2", None, true)]).await;
    assert_eq!(world.sent(), [""; 0], "nobody had it");
    world.clock.pass(MINUTE);
    world.agent("T-1", [into("3", "Financeiro")]).await;
    assert_eq!(world.sent(), [TO_BILLING], "the second one is a transfer, whether or not somebody answered");
    world.clock.pass(MINUTE);
    world.agent("T-1", [moves("4", Some(("360000112", "")), false)]).await;
    assert_eq!((world.sent().len(), queue(&world).as_deref()), (1, Some("billing")));
}

#[tokio::test]
async fn the_bridges_own_move_is_none() {
    let world = answered("").await;
    let by = Some(ponte::message::Agent { id: Some(super::helpdesk::OWN_USER.to_owned()), name: None });
    let queue = Some(DeskQueue { id: None, name: Some("Vendas".to_owned()) });
    world.agent("T-1", [event("1", AgentEventKind::Transferred { queue, unassigned: false, by })]).await;
    assert_eq!(world.sent(), ["bom dia"]);
}

#[tokio::test]
async fn a_transfer_begins_the_wait_anew() {
    let world = answered("silence: { unanswered: { warn_after: 10m } }\n").await;
    world.minutes(15).await;
    assert_eq!(world.sent(), ["bom dia"], "somebody answered");
    world.agent("T-1", [into("1", "Financeiro")]).await;
    world.minutes(9).await;
    assert_eq!(world.sent().len(), 2);
    world.minutes(3).await;
    assert_eq!(world.sent()[2..], ["Ainda estamos procurando alguém para atender você."]);
    assert_eq!(world.notes(), 1, "the new team is told, too");
}

#[tokio::test]
async fn a_transfer_that_could_not_be_told_or_written_is_told_once_when_it_is_tried_again() {
    for fails in 0..2 {
        let world = answered("").await;
        let record = world.agent_record("T-1", into("1", "Financeiro"), 1);
        match fails {
            0 => world.blip.faults.next([Failure::later("no connection")]),
            _ => world.store.unavailable_after(0),
        }
        assert_eq!(world.to_blip(vec![record.clone()]).await.len(), 1, "{fails}");
        world.clock.pass(MINUTE);
        assert!(world.to_blip(vec![ponte::queue::Record { attempts: 2, ..record }]).await.is_empty(), "{fails}");
        assert_eq!(world.sent(), ["bom dia", TO_BILLING], "{fails}");
        assert_eq!(queue(&world).as_deref(), Some("billing"), "{fails}");
    }
}

#[tokio::test]
async fn after_the_end_nothing_is_told() {
    let world = answered("").await;
    world.agent("T-1", [closes("x", None), into("1", "Financeiro"), moves("2", None, true)]).await;
    world.closes(1).await;
    world.agent("T-1", [into("3", "Vendas"), event("4", AgentEventKind::Queued { position: 2 })]).await;
    assert_eq!(world.sent(), ["bom dia", "O atendimento foi encerrado. Obrigado pelo contato!", "-> main bot"]);
}

#[tokio::test]
async fn a_place_in_the_queue_is_told_seldom_and_to_whoever_waits() {
    let world = world("");
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    for (minutes, position) in [(0, 12), (1, 6), (5, 13), (5, 8), (1, 0), (0, 1), (0, 1)] {
        world.clock.pass(minutes * MINUTE);
        let id = format!("{position}-{}", ponte::clock::Clock::now(&*world.clock).0);
        world.agent("T-1", [event(&id, AgentEventKind::Queued { position })]).await;
    }
    let told = ["Você é o número 12 da fila.", "Você é o número 8 da fila.", "Você é o próximo."];
    assert_eq!(world.sent(), told);
    let world = answered("").await;
    world.agent("T-1", [event("q", AgentEventKind::Queued { position: 3 })]).await;
    assert_eq!(world.sent(), ["bom dia"], "somebody answered");
    let world = self::world("waiting: { tell: false }\n");
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [event("q", AgentEventKind::Queued { position: 3 })]).await;
    assert_eq!(world.sent(), [""; 0], "the company does not tell it");
}

#[tokio::test]
async fn a_ticket_that_rests_is_not_silent() {
    const SILENT: &str = "silence: { customer_silent: { warn_after: 10m, close_after: 20m } }\n";
    let warned = "Você ainda está aí? A conversa será encerrada em 10 minutos.";
    let world = answered(SILENT).await;
    world.agent("T-1", [event("1", AgentEventKind::OnHold { on: true })]).await;
    world.minutes(90).await;
    assert_eq!(world.sent(), ["bom dia"]);
    world.agent("T-1", [event("2", AgentEventKind::OnHold { on: false })]).await;
    world.minutes(9).await;
    assert_eq!(world.sent(), ["bom dia"], "the time begins anew");
    world.minutes(3).await;
    assert_eq!(world.sent()[1..], [warned]);
    // A customer's word ends the rest, whether or not the helpdesk says so.
    let world = answered(SILENT).await;
    world.agent("T-1", [event("1", AgentEventKind::OnHold { on: true })]).await;
    world.clock.pass(MINUTE);
    world.customer(&[words(ROUTER, "2", "ainda não")]).await;
    world.clock.pass(MINUTE);
    world.agent("T-1", [says("b", "certo")]).await;
    world.minutes(75).await;
    assert!(world.sent().contains(&warned.to_owned()), "{:?}", world.sent());
}

#[tokio::test]
async fn words_that_were_taken_back_before_they_were_sent_are_not_sent() {
    let world = answered("").await;
    let back = |id: &str, message: &str| {
        event(id, AgentEventKind::Withdrawn { message: SourceId::new(message), partly: false })
    };
    world.agent("T-1", [says("b", "senha: 1234"), says("c", "até já"), back("r", "b")]).await;
    assert_eq!(world.sent(), ["bom dia", "até já"]);
    assert_eq!(world.notes(), 0, "the customer has nothing of it");
    // They come behind what takes them back.
    world.agent("T-1", [back("s", "d")]).await;
    world.agent("T-1", [says("d", "senha: 1234")]).await;
    // They are taken back once more: redacted, and then made private.
    world.agent("T-1", [back("r2", "b"), back("s2", "d")]).await;
    assert_eq!((world.sent().len(), world.notes()), (2, 0));
}

#[tokio::test]
async fn words_that_the_customer_has_cannot_be_taken_back_and_the_agent_is_told_once() {
    let world = answered("").await;
    let back = |id: &str| event(id, AgentEventKind::Withdrawn { message: SourceId::new("a"), partly: false });
    let record = world.agent_record("T-1", back("r"), 1);
    for attempts in 1..3 {
        world.to_blip(vec![ponte::queue::Record { attempts, ..record.clone() }]).await;
    }
    world.agent("T-1", [back("r2")]).await;
    assert_eq!((world.sent(), world.notes()), (vec!["bom dia".to_owned()], 1));
    // An earlier try had sent it, and died before it was written down.
    let world = answered("").await;
    let records = |attempts| vec![world.agent_record("T-1", says("b", "senha: 1234"), attempts)];
    world.store.unavailable_after(0);
    assert_eq!(world.to_blip(records(1)).await.len(), 1);
    let mut again = records(2);
    let back = event("r", AgentEventKind::Withdrawn { message: SourceId::new("b"), partly: false });
    again.push(world.agent_record("T-1", back, 1));
    assert!(world.to_blip(again).await.is_empty());
    assert_eq!((world.sent().len(), world.notes()), (2, 1), "it was sent once, and the agent knows");
}

#[tokio::test]
async fn words_and_a_transfer_in_one_batch_are_told_and_a_place_is_not() {
    let world = world("");
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    let place = event("q", AgentEventKind::Queued { position: 3 });
    world.agent("T-1", [says("a", "bom dia"), into("1", "Financeiro")]).await;
    assert_eq!(world.sent(), ["bom dia", TO_BILLING], "whoever answered had the ticket");
    let world = self::world("");
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [says("a", "bom dia"), place]).await;
    assert_eq!(world.sent(), ["bom dia"]);
}

#[tokio::test]
async fn a_transfer_to_a_team_that_is_away_says_when_it_is_back() {
    // The clock of these tests begins on the evening of a Tuesday.
    let world = answered("hours: { by_queue: { billing: { week: { mon: [\"09:00-10:00\"] } } } }\n").await;
    world.agent("T-1", [into("1", "Financeiro")]).await;
    let closed =
        "Você foi encaminhado para Financeiro.\nEstamos fora do horário de atendimento. Voltamos segunda-feira às 9h.";
    assert_eq!(world.sent()[1..], [closed]);
}

#[tokio::test]
async fn the_first_queue_brings_its_own_timers() {
    let world = world(
        "hours: { week: { mon: [\"09:00-10:00\"] }, by_queue: { sales: { week: { mon-sun: [\"00:00-24:00\"] } } } }\n\
         silence: { unanswered: { warn_after: 10m } }\n",
    );
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [into("1", "Vendas")]).await;
    world.minutes(12).await;
    assert_eq!(world.sent().last().unwrap(), "Ainda estamos procurando alguém para atender você.");
}

#[tokio::test]
async fn a_customers_word_ends_a_hold_at_once() {
    let world = answered("silence: { agent_silent: { note_after: 10m } }\n").await;
    world.agent("T-1", [event("1", AgentEventKind::OnHold { on: true })]).await;
    world.minutes(5).await;
    world.customer(&[words(ROUTER, "2", "e então?")]).await;
    world.minutes(12).await;
    assert_eq!(world.notes(), 1, "the agent is silent since that word");
    // A second hold is one, although nobody told the end of the first.
    world.agent("T-1", [says("b", "já vejo"), event("2", AgentEventKind::OnHold { on: true })]).await;
    world.clock.pass(MINUTE);
    assert!(world.conversation(ROUTER).unwrap().times().agent.on_hold);
}

#[tokio::test]
async fn a_warning_after_a_hold_is_another_one() {
    let world = answered("silence: { customer_silent: { warn_after: 10m, close_after: 2h } }\n").await;
    let warned = "Você ainda está aí? A conversa será encerrada em 110 minutos.";
    world.minutes(12).await;
    assert_eq!(world.sent()[1..], [warned]);
    world.agent("T-1", [event("1", AgentEventKind::OnHold { on: true })]).await;
    world.minutes(5).await;
    world.agent("T-1", [event("2", AgentEventKind::OnHold { on: false })]).await;
    world.clock.pass(10 * MINUTE);
    // A job that is tried again asks Blip first, and must not find the warning before.
    world.tick(2).await;
    world.minutes(3).await;
    assert_eq!(world.sent()[1..], [warned, warned]);
}

#[tokio::test]
async fn what_shares_an_id_with_withdrawn_words_is_not_withdrawn() {
    let world = answered("").await;
    let back = event("r", AgentEventKind::Withdrawn { message: SourceId::new("b"), partly: false });
    let queue = Some(DeskQueue { id: None, name: Some("Financeiro".to_owned()) });
    let moved = event("b", AgentEventKind::Transferred { queue, unassigned: false, by: None });
    world.agent("T-1", [says("b", "senha: 1234"), moved, back]).await;
    assert_eq!(world.sent(), ["bom dia", TO_BILLING]);
    // Of a message that was redacted in part, the rest is for the customer.
    let partly = event("s", AgentEventKind::Withdrawn { message: SourceId::new("c"), partly: true });
    world.agent("T-1", [partly, says("c", "cartão: ****")]).await;
    assert_eq!(world.sent()[2..], ["cartão: ****"]);
}
