//! Which cores this process and those that it starts run on.

use anyhow::{Context as _, Result};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The cores that there were before.
pub(crate) struct Cores(CpuSet);

impl Cores {
    /// Puts this thread, and each process that it starts from now on, on one core. A call and its answer then wake nobody on a core
    /// that sleeps: on a virtual machine that costs more than the call, is counted as the caller's, and depends on what else runs.
    pub(crate) fn one() -> Result<Self> {
        let all = sched_getaffinity(None)?;
        let last = (0..CpuSet::MAX_CPU).rev().find(|core| all.is_set(*core)).context("no core")?;
        let mut one = CpuSet::new();
        one.set(last);
        sched_setaffinity(None, &one)?;
        Ok(Self(all))
    }

    /// All cores again.
    pub(crate) fn give_back(self) -> Result<()> {
        Ok(sched_setaffinity(None, &self.0)?)
    }
}
