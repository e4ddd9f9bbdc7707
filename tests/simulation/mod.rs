//! The relay's real code in a simulated world: one thread, virtual time, and a seed for everything that may go wrong.
//!
//! A history has one to four customers and some 5 to 40 messages; one in six is harsh in some way (`harsh.rs`). Then the faults
//! stop, everything drains, and the verdict is spoken. `PONTE_SEEDS` is how many histories are played, `PONTE_BASE` the first of
//! them, and `PONTE_SEED` the one that is replayed and told.

mod blip;
mod broken;
mod bug;
mod clock;
pub(crate) mod conversation_store;
mod desk;
mod endpoints;
mod fault_plan;
mod files;
mod found;
mod harsh;
mod harsh_people;
mod helpdesk;
mod invocation;
mod ledger;
mod operator;
mod other_side;
mod people;
mod poison;
mod poller;
mod ports;
mod random;
mod release;
mod source;
mod sqs;
mod tests;
mod time;
mod verdict;
mod witness;
mod world;

use std::{collections::BTreeMap, time::Duration};

use self::{broken::Broken, fault_plan::HOUR, harsh::Harsh, verdict::Verdict, world::World};

/// Everything has drained this long after the faults stopped, or never will. People who have no words left may still wait for a timer several
/// times, each of up to two days.
const DRAINED: u64 = 300 * HOUR;

/// What became of one history.
struct Outcome {
    verdict: Verdict,
    messages: usize,
    hours: u64,
    faults: BTreeMap<&'static str, u64>,
    harsh: Option<Harsh>,
    history: Vec<String>,
}

/// Plays one history; `told` also writes it down in words.
fn play(seed: u64, broken: Option<Broken>, told: bool) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let world = World::new(seed, broken, told);
        world.tell(|| format!("{:?}", world.plan));
        for of in sqs::EVERY {
            tokio::spawn(source::poll(world.clone(), of));
        }
        tokio::spawn(operator::works(world.clone()));
        tokio::spawn(poller::looks(world.clone()));
        tokio::spawn(clock::looks(world.clone()));
        people::begin(&world);
        let mut drained = false;
        while !drained && world.now() < world.plan.calm.max(world.settled()) + DRAINED {
            tokio::time::sleep(Duration::from_mins(5)).await;
            // Once all is closed, nothing is due whatever time it is.
            drained = world.is_idle() && (world.now() >= world.settled() || world.store.due().is_empty());
        }
        let verdict = verdict::judge(&world, drained);
        let messages = world.ledger().said.iter().filter(|said| said.stored).count();
        let (hours, harsh) = (world.now() / HOUR, world.plan.harsh);
        Outcome { verdict, messages, hours, faults: world.faults(), harsh, history: world.history() }
    })
}

#[test]
fn replay() {
    let asked = std::env::var("PONTE_SEED").ok();
    let seed = asked.as_deref().unwrap_or("1").parse().unwrap();
    let outcome = play(seed, None, true);
    assert_eq!(outcome.history, play(seed, None, true).history, "a seed is one history");
    if asked.is_some() {
        println!("{}", outcome.history.join("\n"));
        println!("{:#?}", outcome.verdict);
    }
    assert!(outcome.verdict.violations.is_empty(), "{:#?}", outcome.verdict.violations);
}
