//! What a client keeps in memory of what it met last, so that most messages are one call.
//!
//! Shared by its clones, bounded, and what was not asked for the longest is forgotten first. What is remembered may have changed since in the helpdesk:
//! a client that is refused forgets and asks anew.

use std::{
    borrow::Borrow,
    hash::Hash,
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lru::LruCache;

use crate::relay::Failure;

/// How much is remembered: 500.
const MAX_ITEMS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(499);

pub(super) struct RecentCache<K, V>(Arc<Mutex<LruCache<K, V>>>);

impl<K, V> Clone for RecentCache<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Hash + Eq, V> Default for RecentCache<K, V> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(MAX_ITEMS))))
    }
}

/// Who the bridge is in a helpdesk: asked for once. `None` where the key is nobody's, or may not ask.
#[derive(Clone, Default)]
pub(super) struct OwnUser(RecentCache<(), Option<String>>);

impl OwnUser {
    /// The id that is known, or that this question answers.
    pub(super) async fn get(
        &self,
        ask: impl Future<Output = Result<Option<String>, Failure>> + Send,
    ) -> Result<Option<String>, Failure> {
        if let Some(known) = self.0.get(&()) {
            return Ok(known);
        }
        let own = match ask.await {
            Err(Failure::Gone | Failure::Refused { .. } | Failure::Unauthorized { .. }) => None,
            own => own?,
        };
        self.0.put((), own.clone());
        Ok(own)
    }
}

impl<K: Hash + Eq, V: Clone> RecentCache<K, V> {
    fn all(&self) -> MutexGuard<'_, LruCache<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.all().get(key).cloned()
    }

    pub(super) fn put(&self, key: K, value: V) {
        self.all().put(key, value);
    }

    pub(super) fn forget<Q: Hash + Eq + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.all().pop(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_the_longest_is_forgotten_first() {
        let known: RecentCache<String, usize> = RecentCache::default();
        for number in 0..=MAX_ITEMS.get() {
            known.clone().put(number.to_string(), number);
        }
        assert_eq!([known.get("0"), known.get("1"), known.get("500")], [None, Some(1), Some(500)]);
        // What is put again is new, and what is asked for stays.
        known.put("2".to_owned(), 7);
        known.put("another".to_owned(), 8);
        assert_eq!([known.get("1"), known.get("2"), known.get("3")], [Some(1), Some(7), None]);
        known.forget("1");
        assert_eq!(known.get("1"), None);
    }
}
