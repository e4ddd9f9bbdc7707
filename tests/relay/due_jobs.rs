//! The clock's jobs: they come twice, late, in one batch with words, and fail halfway. What is due is done once.

use std::time::Duration;

use ponte::{
    clock::Clock,
    conversation::State,
    message::{AgentEvent, AgentEventKind, SourceId},
    queue::{Job, Record},
    relay::Failure,
};

use super::{
    timers::{NO_AGENT, STILL_SEARCHING, STILL_THERE, world},
    world::{ROUTER, World, closes, record, says, words},
};

const MINUTE: Duration = Duration::from_mins(1);

/// A customer was told that nobody was found yet, and that could not be written down; and the job that told it.
async fn told_and_not_written() -> (World, Job) {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(11 * MINUTE);
    let job = world.due().await.remove(0);
    world.store.unavailable_after(0);
    assert_eq!(world.to_helpdesk(vec![record(&job, 1)]).await.len(), 1);
    assert_eq!(world.sent(), [STILL_SEARCHING]);
    (world, job)
}

#[tokio::test]
async fn jobs_that_come_twice_and_late_have_no_effect() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(10 * MINUTE);
    let jobs = world.due().await;
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
        let jobs = world.due().await;
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
    let jobs = world.due().await;
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
async fn every_page_of_the_index_is_handed_on() {
    let world = world();
    for customer in 0..5 {
        world.customer(&[words(&format!("{customer}f1a26d5@tunnel.msging.net"), "1", "oi")]).await;
    }
    world.clock.pass(11 * MINUTE);
    assert_eq!(world.due().await.len(), 5);
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
    let (world, job) = told_and_not_written().await;
    // It is given up for its age.
    world.clock.pass(5 * MINUTE);
    assert_eq!(world.to_helpdesk(vec![record(&job, 2)]).await, [""; 0]);
    world.minutes(3).await;
    assert_eq!(world.sent(), [STILL_SEARCHING]);
}

#[tokio::test]
async fn words_that_an_earlier_try_had_sent_are_dated_by_that_try() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(MINUTE);
    let answer = world.agent_record("T-1", says("a", "bom dia"), 1);
    world.store.unavailable_after(0);
    assert_eq!(world.to_blip(vec![answer.clone()]).await.len(), 1);
    world.clock.pass(MINUTE);
    world.customer(&[words(ROUTER, "2", "e o boleto?")]).await;
    world.clock.pass(MINUTE);
    assert_eq!(world.to_blip(vec![Record { attempts: 2, ..answer }]).await, [""; 0]);
    assert_eq!(world.sent(), ["bom dia"]);
    let times = world.conversation(ROUTER).unwrap().times();
    assert!(times.customer.waits(&times.agent), "the last word is the customer's");
}

#[tokio::test]
async fn an_answer_that_the_channel_refuses_is_none() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(MINUTE);
    world.blip.faults.next([Failure::Refused { why: "the channel refuses it", status: 400 }]);
    world.agent("T-1", [says("a", "bom dia")]).await;
    assert_eq!(world.sent(), [""; 0]);
    let times = world.conversation(ROUTER).unwrap().times();
    assert_eq!((times.agent.last_word_at, times.agent.first_human_word_at), (None, None));
    world.minutes(12).await;
    assert_eq!(world.sent(), [STILL_SEARCHING]);
}

#[tokio::test]
async fn words_that_the_helpdesk_refuses_wait_for_nobody() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(MINUTE);
    world.agent("T-1", [says("a", "bom dia")]).await;
    world.clock.pass(MINUTE);
    world.helpdesk.faults.next([Failure::Refused { why: "the helpdesk refuses it", status: 422 }]);
    world.customer(&[words(ROUTER, "2", "isto")]).await;
    let said = world.sent().len();
    let times = world.conversation(ROUTER).unwrap().times();
    assert!(!times.customer.waits(&times.agent), "the customer was told to send it in another form");
    let notes = world.notes();
    world.minutes(22 * 60 + 5).await;
    assert_eq!((world.sent()[said..].to_vec(), world.notes()), (vec![STILL_THERE.to_owned()], notes));
}

#[tokio::test]
async fn a_note_that_fails_keeps_the_text_back_and_both_come_once() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(10 * MINUTE);
    let job = world.due().await.remove(0);
    world.helpdesk.faults.next([Failure::later("no connection")]);
    assert_eq!(world.to_helpdesk(vec![record(&job, 1)]).await.len(), 1);
    assert_eq!(world.sent(), [""; 0]);
    // Another look moved the time meanwhile: the next job is on time, and the first one of its kind.
    let key = world.conversation(ROUTER).unwrap().key;
    let soon = world.clock.now().plus(6 * MINUTE);
    world.store.kept.interfere(&key, |conversation| conversation.timers.due_at = Some(soon));
    world.clock.pass(6 * MINUTE);
    world.tick(1).await;
    assert_eq!((world.sent(), world.notes()), (vec![STILL_SEARCHING.to_owned()], 1));
}

#[tokio::test]
async fn a_job_that_was_held_up_closes_nothing_before_the_words_behind_it() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.agent("T-1", [says("a", "qual o pedido?")]).await;
    world.minutes(22 * 60 + 2).await;
    world.clock.pass(65 * MINUTE);
    let jobs = world.due().await;
    // A job before it was tried again, and the whole group waited.
    world.clock.pass(MINUTE);
    let batch = vec![record(&jobs[0], 1), world.customer_record(&words(ROUTER, "2", "77-1020"), 1).await];
    assert_eq!(world.to_helpdesk(batch).await, [""; 0]);
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
    assert_eq!(world.sent(), ["qual o pedido?", STILL_THERE]);
}

#[tokio::test]
async fn a_word_in_the_second_of_an_answer_is_no_silence() {
    let world = world();
    world.customer(&[words(ROUTER, "1", "oi")]).await;
    world.clock.pass(Duration::from_secs(3));
    world.agent("T-1", [says("a", "qual o pedido?")]).await;
    world.clock.pass(Duration::from_millis(100));
    let now = world.clock.now();
    // The run of the words read the conversation before the answer was written down.
    let key = world.conversation(ROUTER).unwrap().key;
    world.store.kept.interfere(&key, |conversation| conversation.inbound.last = now);
    assert_eq!(now.seconds(), world.conversation(ROUTER).unwrap().outbound.last.seconds());
    world.minutes(24 * 60).await;
    assert_eq!(world.conversation(ROUTER).unwrap().state, State::Open);
    assert!(!world.sent().contains(&STILL_THERE.to_owned()));
}

#[tokio::test]
async fn what_a_job_told_is_not_told_again_once_the_helpdesk_set_when_to_look() {
    let (world, job) = told_and_not_written().await;
    let moves = AgentEventKind::Transferred { queue: None, unassigned: true, by: None };
    world.agent("T-1", [AgentEvent { id: SourceId::new("t"), kind: moves }]).await;
    world.clock.pass(MINUTE);
    let next = world.due().await;
    let batch = [record(&job, 2), record(&next[0], 1)];
    assert_eq!(world.to_helpdesk(batch.to_vec()).await, [""; 0]);
    assert_eq!(world.sent(), [STILL_SEARCHING]);
}
