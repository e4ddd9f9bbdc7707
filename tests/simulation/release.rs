//! Two releases of the bridge side by side, as during a deployment.
//!
//! What a job of the other release looks like: the new one writes fields that the old one does not know, and rarely a version
//! that it cannot read; the old one leaves out what has a default. Both are the same relay: what only the new one can read is
//! put into today's words before the relay sees it.

use std::sync::Arc;

use ponte::{
    queue::{Job, Record},
    relay::ports::FixedRules,
};

use super::{broken, world::World};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    Old,
    New,
}

/// How many of a thousand of the new release's jobs the old one cannot read.
const UNREADABLE: u64 = 40;

impl Release {
    /// The release of a process that starts now.
    pub(crate) fn starting(world: &World) -> Self {
        match world.plan.releases {
            None => Self::Old,
            Some((from, _)) if world.now() < from => Self::Old,
            Some((_, until)) if world.now() >= until => Self::New,
            Some(_) if world.chance(500) => Self::Old,
            Some(_) => Self::New,
        }
    }

    /// The job as this release writes it.
    pub(crate) fn writes(self, world: &World, job: &Job) -> Job {
        let mut job = job.clone();
        if self == Self::New {
            if world.chance(UNREADABLE) {
                job.body = job.body.replacen("\"v\":1", "\"v\":2", 1);
            }
            job.body = job.body.replacen('{', "{\"shade\":{\"deep\":[1,null]},", 1);
            job.body = job.body.replacen("\"events\":[{", "\"events\":[{\"shade\":true,", 1);
        }
        job
    }

    /// Whether this release can read it.
    pub(crate) fn reads(self, body: &str) -> bool {
        self == Self::New || !body.contains("\"v\":2")
    }

    /// The record as this release's relay sees it.
    pub(crate) fn read(self, record: &Record) -> Record {
        let mut record = record.clone();
        if self == Self::New {
            record.body = record.body.replacen("\"v\":2", "\"v\":1", 1);
        }
        record
    }

    pub(crate) fn rules(self, world: &World) -> Arc<FixedRules> {
        broken::rules(world.broken, if self == Self::New { &world.new_rules } else { &world.rules })
    }
}
