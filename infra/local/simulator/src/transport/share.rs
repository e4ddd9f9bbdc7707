//! A share of many events.

use std::sync::atomic::{AtomicU32, Ordering};

/// A share in per cent, spread evenly by counting instead of by chance, so that runs can be compared.
#[derive(Debug, Default)]
pub(crate) struct Share {
    percent: AtomicU32,
    sum: AtomicU32,
}

impl Share {
    pub(crate) fn set(&self, percent: u32) {
        self.percent.store(percent.min(100), Ordering::SeqCst);
    }

    pub(crate) fn percent(&self) -> u32 {
        self.percent.load(Ordering::SeqCst)
    }

    pub(crate) fn hit(&self) -> bool {
        let percent = self.percent.load(Ordering::SeqCst);
        let before = self.sum.fetch_add(percent, Ordering::SeqCst);
        (before + percent) / 100 > before / 100
    }
}
