//! The Lambda event source: batches that span groups, side by side, and the partial answers to them.

use std::{sync::Arc, time::Duration};

use ponte::{
    message::MEGABYTE,
    queue::Destination,
    relay::{CloseTicket, Deadline, ToCustomer, ToHelpdesk, Worker, work},
};

use super::{
    broken::{self, Broken, Ports},
    helpdesk,
    invocation::Invocation,
    ledger::Speaker,
    sqs::{CLOSE_DELAY, Waiting},
    world::World,
};

/// A function that stands still is stopped at last.
const MAX_LIFE: Duration = Duration::from_mins(10);

/// Polls one queue for ever.
pub(crate) async fn poll(world: Arc<World>, of: Destination) {
    loop {
        let batch = world.queues.to(of).batch(|| world.now(), || world.between(1, 14)).await;
        let there = world.clone();
        world.spawn(async move { invoke(&there, of, batch).await });
    }
}

async fn invoke(world: &Arc<World>, of: Destination, batch: Vec<Waiting>) {
    if world.fault(world.plan.throttles) {
        // The receipts count all the same.
        return world.strike("no function is free for a batch", || listed(world, &batch));
    }
    world.wait(1, 30).await;
    let time_limit = Duration::from_millis(world.plan.limit);
    let invocation = Arc::new(Invocation::new(world, of));
    let known = if world.broken == Some(Broken::NoDeadline) { MAX_LIFE } else { time_limit };
    let deadline = Deadline(invocation.at().plus(known));
    world.tell(|| format!("{} begins with {}", invocation.who(), listed(world, &batch)));
    invocation.begins_with(batch.iter().flat_map(|message| message.tags.clone()));
    let ports = Ports::of(&invocation, world.broken);
    let worker = worker(&invocation, &ports);
    let records: Vec<_> =
        batch.iter().map(|message| broken::reads(world.broken, invocation.release.read(&message.record))).collect();
    let answer = async {
        if world.broken != Some(Broken::GoesOnAfterAFailure) {
            return work(&*worker, &*ports.queue, &*invocation, records, deadline).await;
        }
        let mut failed = Vec::new();
        for record in records {
            failed.extend(work(&*worker, &*ports.queue, &*invocation, vec![record], deadline).await);
        }
        failed
    };
    let limit = if invocation.freezes() { MAX_LIFE } else { time_limit };
    let failed = tokio::select! {
        biased;
        () = invocation.stopped() => return,
        () = tokio::time::sleep(limit) => return invocation.killed(),
        failed = answer => failed,
    };
    invocation.ends();
    if world.fault(world.plan.crash / 4) {
        return world.strike("an answer of a function is lost", || invocation.who());
    }
    world.tell(|| format!("{} answers: {} of {} come again", invocation.who(), failed.len(), batch.len()));
    for message in batch.iter().filter(|message| !failed.contains(&message.record.id)) {
        // `DeleteMessageBatch` fails entry by entry: what was done comes again.
        if world.fault(world.plan.forgets) {
            world.strike("what was done is not deleted", || message.record.id.clone());
            continue;
        }
        let parked = message.tags.iter().any(|said| world.queues.were_parked(*said));
        if world.queues.to(of).delete(world.now(), &message.record) && !parked {
            message.tags.iter().for_each(|said| done(&invocation, *said));
        }
    }
}

/// The bridge is done with a message.
fn done(invocation: &Invocation, said: usize) {
    let world = &invocation.world;
    let mut ledger = world.ledger();
    let first = if let Speaker::Agent(ticket) = ledger.said[said].by { ledger.first(ticket) } else { 0 };
    let said = &mut ledger.said[said];
    if let Speaker::Agent(_) = said.by {
        // It may have become known since it was looked for.
        said.unknown |= said.done.is_none() && invocation.unknown.lock().unwrap().contains(&helpdesk::name(first));
    }
    said.done.get_or_insert(world.now());
}

fn worker(invocation: &Invocation, ports: &Ports) -> Box<dyn Worker> {
    let world = &invocation.world;
    let Ports { store, queue, channel, helpdesk, files, clock, journal } = ports.clone();
    let key = world.key.clone();
    let rules = invocation.release.rules(world);
    let waits = world.waits.clone();
    match invocation.of {
        Destination::ToHelpdesk => Box::new(ToHelpdesk {
            store,
            channel,
            helpdesk,
            name: "memory".to_owned(),
            queue,
            files,
            clock,
            key,
            rules,
            waits,
            journal,
            file_limit: MEGABYTE,
            calls_back: false,
        }),
        Destination::ToCustomer => {
            let (close_delay, file_limit) = (CLOSE_DELAY, MEGABYTE);
            Box::new(ToCustomer {
                store,
                queue,
                channel,
                helpdesk,
                files,
                clock,
                key,
                rules,
                waits,
                journal,
                close_delay,
                file_limit,
            })
        }
        Destination::CloseTicket => Box::new(CloseTicket { store, channel, helpdesk, clock, rules, journal }),
    }
}

fn listed(world: &World, batch: &[Waiting]) -> String {
    let ledger = world.ledger();
    let names = batch.iter().map(|message| {
        let names: Vec<_> = message.tags.iter().map(|said| ledger.said[*said].name.as_str()).collect();
        let name = if names.is_empty() { message.record.id.clone() } else { names.join("+") };
        format!("{name} ({})", message.record.attempts)
    });
    names.collect::<Vec<_>>().join(", ")
}
