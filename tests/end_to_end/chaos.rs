//! Everything goes wrong at once, and nothing of it is seen.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use ponte::{
    clock::Timestamp,
    trail::{MessageHash, StepName, Told},
};
use ponte_cli::{Stack, parked};
use ponte_simulator::{FaultAction, FaultLimit, Place, stack};

use super::{
    Deployed,
    crowd::{Person, crowd},
    deployed,
};

const EACH: usize = 25;
const MESSAGES: usize = 20;
/// Functions that are killed.
const KILLED: usize = 2;
/// Blip's 429 alone holds its conversations for two minutes, and a killed function its queue for one.
const PATIENCE: Duration = Duration::from_mins(9);

#[tokio::test(flavor = "multi_thread")]
async fn fifty_conversations_survive_faults_of_every_kind() {
    deployed("chaos", |stack: Deployed| async move {
        let simulator = &stack.simulator;
        let began = Instant::now();
        simulator.repeat_deliveries(10);
        simulator.swap_deliveries(10);
        let people = crowd(simulator, EACH);
        let helpdesk = simulator.helpdesk.faults();
        let blip = simulator.blip.faults();
        // At the beginning the helpdesk fails whoever opens.
        helpdesk.add(
            "/events conversation.started",
            FaultAction::Status { code: 500, retry_after: None },
            FaultLimit::Times(5),
        );
        let mut tickets = Vec::new();
        for person in &people {
            tickets.push(person.ticket(simulator).await);
        }
        for round in 0..MESSAGES {
            match round {
                2 => helpdesk.add(
                    "message.created",
                    FaultAction::Status { code: 500, retry_after: None },
                    FaultLimit::Times(10),
                ),
                4 => helpdesk.add(
                    "message.created",
                    FaultAction::Status { code: 429, retry_after: Some(2) },
                    FaultLimit::Times(10),
                ),
                5 => blip.add("/messages", FaultAction::Status { code: 500, retry_after: None }, FaultLimit::Times(3)),
                6 => blip.add("/messages", FaultAction::Cut, FaultLimit::Times(5)),
                7 => helpdesk.add("message.created", FaultAction::Cut, FaultLimit::Times(10)),
                8 => blip.add("/messages", FaultAction::StatusAfterEffect { code: 500 }, FaultLimit::Times(3)),
                9 => blip.add("/messages", FaultAction::Status { code: 429, retry_after: None }, FaultLimit::Times(2)),
                10 => {
                    helpdesk.add("message.created", FaultAction::Delay(Duration::from_secs(10)), FaultLimit::Times(1));
                }
                12 => blip.add("/messages", FaultAction::Delay(Duration::from_secs(10)), FaultLimit::Times(1)),
                11 | 14 => kill_one_function(&stack),
                _ => {}
            }
            for (n, (person, ticket)) in people.iter().zip(&tickets).enumerate() {
                person.says(format!("cliente {n}: mensagem {}", round + 1));
                simulator.helpdesk.says(ticket, format!("atendente {n}: resposta {round}")).unwrap();
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let settled = simulator.settles(PATIENCE).await;
        let verdict = simulator.verdict();
        assert!(settled.is_ok() && verdict.is_clean(), "{settled:?}\n{verdict}");
        for ticket in &tickets {
            simulator.helpdesk.closes(ticket, None);
        }
        for person in &people {
            match person {
                Person::Router(customer) => customer.wait_place(&Place::MainBot, PATIENCE).await.unwrap(),
                Person::Desk(customer) => customer.wait_status("ClosedAttendant", PATIENCE).await.unwrap(),
            }
        }
        let verdict = simulator.verdict();
        assert!(verdict.is_clean(), "{verdict}");
        assert_eq!(simulator.helpdesk.conversations().len(), 2 * EACH, "one ticket a conversation");
        assert!(simulator.ledger().undelivered.is_empty());
        let operator = Stack::open(&ponte_cli::endpoint(&stack.endpoint).await, "ponte").await.unwrap();
        assert_eq!(parked::count(&operator, None).await.unwrap(), 0, "nothing is parked that a retry could deliver");
        trail(&stack, people.len()).await;
        println!("chaos: {} s, {} redelivered\n{verdict}", began.elapsed().as_secs(), simulator.ledger().redelivered);
    })
    .await;
}

/// The trail has the end of every message, and every answer after which something was tried again, with when and why.
async fn trail(stack: &Deployed, people: usize) {
    let written = stack::written(&stack.endpoint).await.unwrap();
    let lines: Vec<Told> = written
        .iter()
        .flat_map(|(group, text)| {
            let function = group.rsplit('/').next().unwrap();
            text.lines().filter_map(move |line| Told::parse(Timestamp(0), function, line))
        })
        .collect();
    let with = |steps: &[StepName]| {
        let lines = lines.iter().filter(|told| steps.contains(&told.line.message));
        lines.flat_map(Told::messages).cloned().collect::<BTreeSet<MessageHash>>()
    };
    let accepted = with(&[StepName::Accepted]);
    let ended = with(&[StepName::Delivered, StepName::Known, StepName::Handled, StepName::Ignored]);
    assert!(accepted.len() >= 2 * people * MESSAGES, "{}", accepted.len());
    assert_eq!(accepted.difference(&ended).count(), 0, "no message is without an end");
    let mut retries: BTreeMap<&str, usize> = BTreeMap::new();
    for told in lines.iter().filter(|told| told.line.message == StepName::Waits) {
        assert!(told.line.wait_s.is_some() && told.messages().next().is_some(), "{told:?}");
        *retries.entry(told.line.reason.as_deref().unwrap()).or_default() += 1;
    }
    println!("the trail: {} accepted, waits: {retries:#?}", accepted.len());
    // Each answer that was planted above; a function that was killed may not have come to saying it.
    let planted = [
        ("not now: the helpdesk fails (500)", 15),
        ("not now: the helpdesk asks to wait (429)", 10),
        ("result unknown: Blip fails (500)", 6),
        ("not now: Blip's throughput is exceeded", 2),
    ];
    let missing: Vec<_> =
        planted.iter().filter(|(why, times)| retries.get(why).copied().unwrap_or(0) < *times).collect();
    let told: usize = planted.iter().filter_map(|(why, _)| retries.get(why)).sum();
    assert!(told + KILLED >= 33 && missing.len() <= KILLED, "{missing:?} {retries:?}");
}

/// Kills a worker in the middle, by its process id: the youngest child of this stack's emulator.
fn kill_one_function(stack: &Deployed) {
    let children = format!("/proc/{0}/task/{0}/children", stack.emulator);
    let children = std::fs::read_to_string(children).unwrap_or_default();
    let victim = children.split_whitespace().rev().find(|pid| {
        let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command).contains("bootstrap")
    });
    let victim = victim.expect("a function is running");
    let killed = std::process::Command::new("kill").args(["-KILL", victim]).status();
    assert!(killed.is_ok_and(|status| status.success()));
}
