//! What the bridge says of its own work: the trail and the figures, as the log would have them.

use ponte::{
    relay::ports::Journal,
    trail::{Figures, Line, StepName},
};

use crate::simulation::invocation::Invocation;

impl Journal for Invocation {
    fn step(&self, line: Line) {
        let mut ledger = self.world.ledger();
        for id in line.id.iter().chain(&line.ids) {
            ledger.trail.entry(id.clone()).or_default().push(line.message);
        }
        if line.message == StepName::Waits {
            self.told_waits.lock().unwrap().extend(line.group);
        }
    }

    fn figures(&self, figures: Figures) {
        self.world.tell(|| format!("{} counts {:?}", self.who(), figures.values));
        let mut ledger = self.world.ledger();
        for (metric, _) in figures.values {
            *ledger.figures.entry((figures.conversation.clone(), metric)).or_default() += 1;
        }
    }
}
