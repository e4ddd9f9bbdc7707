//! The trail against what happened, and no figure told twice.

use ponte::{message::SourceId, trail::MessageHash};

use super::{
    super::{
        helpdesk,
        ledger::{Kind, Ledger, Said, Speaker},
        world::World,
    },
    Verdict,
};

/// What the trail calls a message.
pub(super) fn hash(world: &World, ledger: &Ledger, said: &Said) -> Option<MessageHash> {
    let source = SourceId::new(&said.source);
    match said.by {
        Speaker::Customer(_) => Some(MessageHash::of_customer(&source, &world.key)),
        Speaker::Agent(ticket) => {
            Some(MessageHash::of_agent(&helpdesk::name(ledger.first(ticket)), &source, &world.key))
        }
        Speaker::Channel(_) => None,
    }
}

/// No figure of an opening is told twice, whatever was repeated, and whatever died.
pub(super) fn figures(ledger: &Ledger, verdict: &mut Verdict) {
    for ((opening, metric), times) in ledger.figures.iter().filter(|(_, times)| **times > 1) {
        verdict.wrong(format!("the figure {} of {} was told {times} times", metric.name(), opening.as_str()));
    }
}

/// Words that the bridge is done with end in the trail; what was parked is in it, too.
pub(super) fn ends(world: &World, ledger: &Ledger, verdict: &mut Verdict) {
    let words = ledger.said.iter().filter(|said| matches!(said.kind, Kind::Words(_)) && said.done.is_some());
    for said in words.filter(|said| !said.typed && !said.unknown && !said.set_aside) {
        let steps = hash(world, ledger, said).and_then(|hash| ledger.trail.get(&hash));
        if !steps.is_some_and(|steps| steps.iter().any(|step| step.is_end())) {
            verdict.wrong(format!("the trail of {} has no end: {steps:?}", said.name));
        }
    }
}
