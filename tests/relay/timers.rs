//! What is due: the clock finds it, the worker decides and does it, once.

use std::{sync::Arc, time::Duration};

use ponte::{
    clock::{Clock, Timestamp},
    conversation::State,
    message::CustomerKey,
    relay::{
        Deadline, Failure, FindDue,
        ports::{Due, DueIndex, EndedBy, StoreError},
    },
};
use service_rules::ServiceRules;

use super::{
    helpdesk::Told,
    ports::MemoryStore,
    world::{DESK, ROUTER, World, closes, record, says, takes, ticket, words},
};

const RULES: &str = r"
version: 1
agent_identity: agent%40example.com@blip.ai
night: none
texts: { pt-BR: { greeting: false, agent_joined: false } }
return_service: { default: menu, by_reason: { no_agent: later } }
silence:
  unanswered: { warn_after: 10m, hand_back_after: 30m }
  agent_silent: { note_after: 15m }
  customer_silent: { warn_after: 22h, close_after: 23h, tag: inatividade }
";
const STILL_SEARCHING: &str = "Ainda estamos procurando alguém para atender você.";
const NO_AGENT: &str = "Não conseguimos ninguém agora. Você pode tentar de novo mais tarde.";
const STILL_THERE: &str = "Você ainda está aí? A conversa será encerrada em 60 minutos.";
const INACTIVE: &str = "Encerramos a conversa por falta de resposta.";
fn a_year_from(opened: Timestamp) -> Timestamp {
    opened.plus(Duration::from_hours(365 * 24))
}

const MINUTE: Duration = Duration::from_mins(1);

/// The index, read from the store. Pages of two, so that there are several.
struct Index(Arc<MemoryStore>);

#[async_trait::async_trait]
impl DueIndex for Index {
    async fn due_by(&self, now: Timestamp, last: Option<&Due>) -> Result<Vec<Due>, StoreError> {
        let conversations = self.0.conversations.lock().unwrap();
        let due = |(customer, c): (&CustomerKey, &ponte::conversation::CustomerRecord)| {
            Some(Due { at: c.timers.due_at.filter(|at| *at <= now)?, customer: customer.clone() })
        };
        let mut found: Vec<Due> = conversations.iter().filter_map(due).collect();
        found.sort();
        Ok(found.into_iter().filter(|due| last.is_none_or(|last| due > last)).take(2).collect())
    }
}

fn rules() -> ServiceRules {
    let read = service_rules::read(RULES.as_bytes()).expect("the rules are right");
    assert_eq!(read.warnings, [], "a warning");
    read.rules
}

fn world() -> World {
    World::with(rules())
}

impl World {
    /// Time passes, minute by minute, with the clock's look at each.
    pub(crate) async fn minutes(&self, minutes: u64) {
        for _ in 0..minutes {
            self.clock.pass(MINUTE);
            self.tick(1).await;
        }
    }

    /// One look of the clock, and what its jobs do.
    async fn tick(&self, attempts: u32) {
        self.look().await;
        let jobs = std::mem::take(&mut *self.queue.sent.lock().unwrap());
        for job in jobs {
            assert_eq!(self.to_helpdesk(vec![record(&job, attempts)]).await, [""; 0]);
        }
        if !self.queue.sent.lock().unwrap().is_empty() {
            assert_eq!(self.closes(1).await, [""; 0]);
        }
    }

    async fn look(&self) {
        let find = FindDue {
            index: Arc::new(Index(self.store.clone())),
            queue: self.queue.clone(),
            clock: self.clock.clone(),
            key: self.key.clone(),
        };
        find.run(Deadline(self.clock.now().plus(MINUTE))).await.unwrap();
    }

    pub(crate) fn notes(&self) -> usize {
        self.told().iter().filter(|told| matches!(told, Told::Noted { .. })).count()
    }
}

#[tokio::test]
async fn nobody_answers() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.minutes(9).await;
    assert_eq!(world.sent(), [""; 0]);
    world.minutes(3).await;
    assert_eq!(world.sent(), [STILL_SEARCHING]);
    assert_eq!(world.notes(), 1, "the team is told, too");
    world.customer(&[words(ROUTER, "2", "alô?")]).await;
    world.minutes(30).await;
    assert_eq!(world.sent(), [STILL_SEARCHING, NO_AGENT, "-> later"], "the warning, then its remaining distance");
    assert!(matches!(world.conversation(ROUTER).unwrap().state, State::Closed { .. }));
    assert_eq!(world.told().last(), Some(&Told::Ended { ticket: "T-1".into(), by: EndedBy::NoAgent }));
    let redirect = world.blip.sent.lock().unwrap().last().unwrap().document.content();
    assert_eq!(redirect["context"]["value"], serde_json::json!({ "ponte": { "ended": "no_agent" } }));
    world.minutes(100).await;
    assert_eq!(world.sent().len(), 3);
    // The next words open the next conversation.
    world.customer(&[words(ROUTER, "3", "voltei")]).await;
    assert_eq!(world.said(), ["T-1 oi", "T-1 alô?", "T-2 voltei"]);
}

#[tokio::test]
async fn a_word_of_an_agent_ends_the_search() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.minutes(12).await;
    world.agent("T-1", [says("a", "bom dia")]).await;
    world.minutes(120).await;
    assert_eq!(world.sent(), [STILL_SEARCHING, "bom dia"]);
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
}

#[tokio::test]
async fn an_agent_who_says_nothing_is_noted_once_and_the_customer_reads_nothing() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [takes("t", "Maria"), says("a", "bom dia")]).await;
    world.minutes(1).await;
    world.customer(&[words(ROUTER, "2", "e o pedido?")]).await;
    world.minutes(1).await;
    world.customer(&[words(ROUTER, "3", "alguém?")]).await;
    world.minutes(60).await;
    assert_eq!(world.notes(), 1);
    world.minutes(200).await;
    assert_eq!((world.notes(), world.sent()), (1, vec!["bom dia".to_owned()]));
    world.agent("T-1", [says("b", "já vejo")]).await;
    world.customer(&[words(ROUTER, "4", "ok")]).await;
    world.minutes(90).await;
    assert_eq!(world.notes(), 2, "another silence is another note");
}

#[tokio::test]
async fn a_customer_who_says_nothing_is_warned_and_then_the_conversation_is_closed() {
    for address in [ROUTER, DESK] {
        let world = world();
        let first = if address == DESK { ticket("Waiting", None) } else { words(address, "1", "oi") };
        world.customer(&[first]).await;
        world.agent("T-1", [says("a", "qual o pedido?")]).await;
        world.minutes(22 * 60 - 1).await;
        assert_eq!(world.sent(), ["qual o pedido?"]);
        world.minutes(2).await;
        assert_eq!(world.sent(), ["qual o pedido?", STILL_THERE]);
        world.minutes(61).await;
        let mut sent = vec!["qual o pedido?", STILL_THERE, INACTIVE];
        sent.extend((address == ROUTER).then_some("-> menu"));
        assert_eq!(world.sent(), sent);
        assert_eq!(world.told().last(), Some(&Told::Ended { ticket: "T-1".into(), by: EndedBy::Inactive }));
        assert!(matches!(world.conversation(address).unwrap().state, State::Closed { .. }));
        assert_eq!(
            world.blip.tags.lock().unwrap().as_slice(),
            if address == DESK { &["inatividade"][..] } else { &[] }
        );
    }
}

#[tokio::test]
async fn nothing_is_closed_while_the_customer_waits() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [says("a", "qual o pedido?")]).await;
    world.minutes(22 * 60 + 1).await;
    world.customer(&[words(ROUTER, "2", "77-1020")]).await;
    world.minutes(48 * 60).await;
    assert_eq!(world.sent(), ["qual o pedido?", STILL_THERE]);
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
    // A new silence of the customer's is counted from the agent's new word.
    world.agent("T-1", [says("b", "achei, e agora?")]).await;
    world.minutes(22 * 60 + 2).await;
    assert_eq!(world.sent().last().unwrap(), STILL_THERE);
}

#[tokio::test]
async fn a_clock_that_stood_still_does_what_is_due_now() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(5 * 60 * MINUTE);
    world.tick(1).await;
    assert_eq!(world.sent(), [STILL_SEARCHING], "not the end as well");
    world.minutes(19).await;
    assert_eq!(world.sent(), [STILL_SEARCHING]);
    world.minutes(2).await;
    assert_eq!(world.sent(), [STILL_SEARCHING, NO_AGENT, "-> later"]);
}

#[tokio::test]
async fn jobs_that_come_twice_and_late_have_no_effect() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(10 * MINUTE);
    world.look().await;
    let jobs = std::mem::take(&mut *world.queue.sent.lock().unwrap());
    assert_eq!(jobs.len(), 1);
    for attempts in [1, 1, 2] {
        world.to_helpdesk(vec![record(&jobs[0], attempts)]).await;
    }
    assert_eq!(world.sent(), [STILL_SEARCHING]);
    world.agent("T-1", [closes("x", None)]).await;
    world.closes(1).await;
    world.clock.pass(5 * MINUTE);
    world.customer(&[words(ROUTER, "2", "outra coisa")]).await;
    world.clock.pass(5 * MINUTE);
    world.to_helpdesk(vec![record(&jobs[0], 3)]).await;
    assert_eq!(world.sent(), [STILL_SEARCHING, "O atendimento foi encerrado. Obrigado pelo contato!", "-> menu"]);
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
}

#[tokio::test]
async fn a_store_that_is_away_repeats_nothing() {
    for writes in 0..2 {
        let world = world();
        world.customer(&[words(ROUTER, "1", "oi")]).await;
        world.minutes(12).await;
        world.clock.pass(25 * MINUTE);
        world.look().await;
        let jobs = std::mem::take(&mut *world.queue.sent.lock().unwrap());
        world.store.unavailable_after(writes);
        for attempts in 1..4 {
            world.to_helpdesk(vec![record(&jobs[0], attempts)]).await;
        }
        world.closes(1).await;
        assert_eq!(world.sent(), [STILL_SEARCHING, NO_AGENT, "-> later"], "{writes}");
        assert_eq!(world.notes(), 2, "{writes}");
    }
}

#[tokio::test]
async fn an_agent_who_answers_in_the_same_moment_keeps_the_customer() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.minutes(12).await;
    world.clock.pass(25 * MINUTE);
    world.look().await;
    let jobs = std::mem::take(&mut *world.queue.sent.lock().unwrap());
    let now = world.clock.now();
    // Between the read and the write of the timer's run.
    world.store.interfere_after(0, move |conversation| {
        conversation.outbound.sequence += 1;
        conversation.outbound.last = now;
    });
    assert_eq!(world.to_helpdesk(vec![record(&jobs[0], 1)]).await.len(), 1, "looked at again");
    assert_eq!(world.to_helpdesk(vec![record(&jobs[0], 2)]).await, [""; 0]);
    assert_eq!(world.sent(), [STILL_SEARCHING]);
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
}

#[tokio::test]
async fn what_the_channel_refuses_holds_nothing_up() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(11 * MINUTE);
    world.blip.faults.next([Failure::Refused { why: "the window is closed", status: 400 }]);
    world.tick(1).await;
    assert_eq!(world.sent(), [""; 0]);
    world.minutes(25).await;
    assert_eq!(world.sent(), [NO_AGENT, "-> later"], "it is not said later, either");
}

#[tokio::test]
async fn without_rules_nothing_is_ever_due() {
    let world = World::with(crate::rules::silent(&crate::rules::COURSE));
    world.store.interfere_after(1, |claimed| assert_eq!(claimed.timers.due_at, Some(a_year_from(claimed.opened))));
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    // As it was claimed: what does not change costs nothing in the index.
    let conversation = world.conversation(ROUTER).unwrap();
    assert_eq!(conversation.timers.due_at, Some(a_year_from(conversation.opened)));
    let (reads, writes) = (*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap());
    world.minutes(3 * 24 * 60).await;
    assert_eq!((*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap()), (reads, writes));
    assert_eq!(world.sent(), [""; 0]);
}

#[tokio::test]
async fn a_timer_costs_one_write_and_a_message_none_more() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [says("a", "bom dia")]).await;
    let before = *world.store.writes.lock().unwrap();
    world.customer(&[words(ROUTER, "2", "tudo bem?")]).await;
    assert_eq!(*world.store.writes.lock().unwrap(), before + 1);
    world.clock.pass(16 * MINUTE);
    world.tick(1).await;
    assert_eq!(*world.store.writes.lock().unwrap(), before + 2);
}

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
    assert_eq!(world.sent(), ["Nosso horário de atendimento já terminou. Voltamos amanhã às 9h."]);
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
        let mut sent = vec!["Nosso horário de atendimento já terminou. Voltamos amanhã às 9h."];
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

#[tokio::test]
async fn every_page_of_the_index_is_handed_on() {
    let world = world();
    for customer in 0..5 {
        world.customer(&[words(&format!("{customer}f1a26d5@tunnel.msging.net"), "1", "oi")]).await;
    }
    world.clock.pass(11 * MINUTE);
    world.look().await;
    assert_eq!(world.queue.sent.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn a_timer_that_fired_is_looked_at_again_when_the_next_is_due() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(11 * MINUTE);
    world.tick(1).await;
    assert_eq!(world.sent(), [STILL_SEARCHING]);
    let due_at = world.conversation(ROUTER).unwrap().timers.due_at.unwrap();
    assert!(due_at > world.clock.now());
    let (reads, writes) = (*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap());
    world.minutes(5).await;
    assert_eq!((*world.store.reads.lock().unwrap(), *world.store.writes.lock().unwrap()), (reads, writes));
}

impl World {
    /// The jobs of one look.
    async fn due(&self) -> Vec<ponte::queue::Job> {
        self.look().await;
        std::mem::take(&mut *self.queue.sent.lock().unwrap())
    }
}

#[tokio::test]
async fn two_jobs_in_one_batch_are_one_text() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(11 * MINUTE);
    let jobs = [world.due().await, world.due().await].concat();
    assert_eq!(jobs.len(), 2);
    assert_eq!(world.to_helpdesk(jobs.iter().map(|job| record(job, 1)).collect()).await, [""; 0]);
    assert_eq!((world.sent(), world.notes()), (vec![STILL_SEARCHING.to_owned()], 1));
    world.minutes(19).await;
    assert_eq!(world.sent(), [STILL_SEARCHING], "the whole distance");
}

#[tokio::test]
async fn words_in_the_same_batch_count() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [says("a", "qual o pedido?")]).await;
    world.minutes(22 * 60 + 2).await;
    world.clock.pass(65 * MINUTE);
    let jobs = world.due().await;
    let batch = vec![world.customer_record(&words(ROUTER, "2", "77-1020"), 1).await, record(&jobs[0], 1)];
    assert_eq!(world.to_helpdesk(batch).await, [""; 0]);
    assert_eq!(world.sent(), ["qual o pedido?", STILL_THERE]);
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
}

#[tokio::test]
async fn an_end_that_blip_does_not_take_at_once_is_told_later() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.minutes(12).await;
    world.clock.pass(25 * MINUTE);
    let jobs = world.due().await;
    world.blip.faults.next([Failure::later("no connection")]);
    assert_eq!(world.to_helpdesk(vec![record(&jobs[0], 1)]).await.len(), 1);
    assert_eq!(world.to_helpdesk(vec![record(&jobs[0], 2)]).await, [""; 0]);
    world.closes(1).await;
    assert_eq!(world.sent(), [STILL_SEARCHING, NO_AGENT, "-> later"]);
    assert_eq!(world.notes(), 2);
}

#[tokio::test]
async fn a_job_that_failed_does_not_overtake_what_the_customer_says_meanwhile() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [says("a", "qual o pedido?")]).await;
    world.clock.pass(22 * 60 * MINUTE + MINUTE);
    let jobs = world.due().await;
    world.blip.faults.next([Failure::later("no connection")]);
    assert_eq!(world.to_helpdesk(vec![record(&jobs[0], 1)]).await.len(), 1);
    world.clock.pass(10 * MINUTE);
    // The customer's words wait behind it.
    assert_eq!(world.to_helpdesk(vec![record(&jobs[0], 2)]).await, [""; 0]);
    world.customer(&[words(ROUTER, "2", "77-1020")]).await;
    world.minutes(10).await;
    assert_eq!(world.sent(), ["qual o pedido?"]);
}

#[tokio::test]
async fn the_job_after_one_that_failed_repeats_no_text() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(11 * MINUTE);
    let jobs = world.due().await;
    // The text is sent, and the write is not made; the job is given up for its age.
    world.store.unavailable_after(0);
    assert_eq!(world.to_helpdesk(vec![record(&jobs[0], 1)]).await.len(), 1);
    world.clock.pass(5 * MINUTE);
    assert_eq!(world.to_helpdesk(vec![record(&jobs[0], 2)]).await, [""; 0]);
    world.minutes(3).await;
    assert_eq!(world.sent(), [STILL_SEARCHING]);
}
