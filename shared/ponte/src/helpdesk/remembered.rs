//! What a client keeps in memory of what it met last, so that most messages are one call.
//!
//! Shared by its clones, bounded, and the oldest is forgotten first. What is remembered may have changed since in the helpdesk:
//! a client that is refused forgets and asks anew.

use std::{
    borrow::Borrow,
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How much is remembered.
const MOST: usize = 500;

/// The newest last.
pub(super) struct Remembered<K, V>(Arc<Mutex<VecDeque<(K, V)>>>);

impl<K, V> Clone for Remembered<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, V: Clone> Remembered<K, V> {
    fn all(&self) -> MutexGuard<'_, VecDeque<(K, V)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get<Q: PartialEq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.all().iter().rev().find(|(known, _)| known.borrow() == key).map(|(_, value)| value.clone())
    }

    pub(super) fn put(&self, key: K, value: V)
    where
        K: PartialEq,
    {
        let mut all = self.all();
        all.retain(|(known, _)| *known != key);
        all.push_back((key, value));
        if all.len() > MOST {
            all.pop_front();
        }
    }

    pub(super) fn forget<Q: PartialEq + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.all().retain(|(known, _)| known.borrow() != key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let known: Remembered<String, usize> = Remembered::default();
        for number in 0..=MOST {
            known.clone().put(number.to_string(), number);
        }
        assert_eq!([known.get("0"), known.get("1"), known.get("500")], [None, Some(1), Some(500)]);
        // What is put again is new.
        known.put("1".to_owned(), 7);
        known.put("another".to_owned(), 8);
        assert_eq!([known.get("1"), known.get("2")], [Some(7), None]);
        known.forget("1");
        assert_eq!(known.get("1"), None);
    }
}
