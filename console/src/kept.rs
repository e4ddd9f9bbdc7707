//! What several readers look at within some seconds is read once.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

/// A value that is read again once it is too old.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    fresh_for: Duration,
    last: Mutex<Option<(Instant, Arc<T>)>>,
}

impl<T> Kept<T> {
    pub(crate) fn new(fresh_for: Duration) -> Self {
        Self { fresh_for, last: Mutex::new(None) }
    }

    /// What was read last, or what `read` gives now. Those who ask meanwhile wait for the same.
    pub(crate) async fn get<E>(&self, read: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let mut last = self.last.lock().await;
        if let Some((at, value)) = &*last
            && at.elapsed() < self.fresh_for
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(read.await?);
        *last = Some((Instant::now(), Arc::clone(&value)));
        Ok(value)
    }

    /// Something was changed: the next reader sees it.
    pub(crate) async fn forget(&self) {
        *self.last.lock().await = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_value_is_read_once_until_it_is_old_or_forgotten() {
        let kept = Kept::new(Duration::from_mins(1));
        assert_eq!(*kept.get(async { Ok::<_, ()>(1) }).await.unwrap(), 1);
        assert_eq!(*kept.get(async { Ok::<_, ()>(2) }).await.unwrap(), 1);
        kept.forget().await;
        assert_eq!(kept.get(async { Err::<i32, _>("no") }).await, Err("no"));
        assert_eq!(*kept.get(async { Ok::<_, ()>(3) }).await.unwrap(), 3);
        let old = Kept::new(Duration::ZERO);
        assert_eq!(*old.get(async { Ok::<_, ()>(1) }).await.unwrap(), 1);
        assert_eq!(*old.get(async { Ok::<_, ()>(2) }).await.unwrap(), 2);
    }
}
