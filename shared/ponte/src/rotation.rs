//! What a webhook endpoint compares with, while the secret behind it changes.
//!
//! A caller may present a secret's present value or the one before it, so that a rotation rejects nobody, whichever side is changed
//! first. The values are kept for five minutes. A caller whom none of them admits has them fetched anew, and a flood of such
//! callers at most once in ten seconds. Called by the functions with an address.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;

use crate::{
    clock::{Clock, Timestamp},
    rejection::Rejection,
    secret::FETCH_AGAIN_AFTER,
    settings::SettingsError,
};

/// How long values are believed, so that one that was withdrawn is refused from then on.
const KEPT_FOR: Duration = Duration::from_mins(5);

/// The two values that Secrets Manager holds: `AWSCURRENT` and `AWSPREVIOUS`.
#[derive(Clone, PartialEq, Eq)]
pub struct Values {
    pub current: String,
    /// `None` for a secret that never changed.
    pub previous: Option<String>,
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Values(…)")
    }
}

/// Where the values of a secret come from.
#[async_trait]
pub trait ValuesSource: Send + Sync {
    /// Both values; `None` when they cannot be had.
    async fn fetch(&self) -> Option<Values>;
}

/// How a value is read: a token stays as it is, a helpdesk's secret becomes its verifier.
type Read<T> = Box<dyn Fn(&str) -> Result<T, SettingsError> + Send + Sync>;

/// What is made of a secret's two values.
pub struct Rotating<T> {
    held: RwLock<CachedValues<T>>,
    read: Read<T>,
    source: Arc<dyn ValuesSource>,
    clock: Arc<dyn Clock>,
}

struct CachedValues<T> {
    present: Arc<T>,
    previous: Option<Arc<T>>,
    fetched: Timestamp,
    /// When both were last asked for. A cold function has the present one only, for the sake of its first answer.
    asked: Option<Timestamp>,
}

impl<T> std::fmt::Debug for Rotating<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rotating(…)")
    }
}

impl<T> Rotating<T> {
    /// Begins with the present value, which was fetched just now.
    pub fn new(
        value: &str,
        read: impl Fn(&str) -> Result<T, SettingsError> + Send + Sync + 'static,
        source: Arc<dyn ValuesSource>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        let held = CachedValues { present: Arc::new(read(value)?), previous: None, fetched: clock.now(), asked: None };
        Ok(Self { held: RwLock::new(held), read: Box::new(read), source, clock })
    }

    /// What `check` says with the value that admits the caller, and what was made of that value.
    pub async fn admit<R>(&self, check: impl Fn(&T) -> Result<R, Rejection>) -> Result<(R, Arc<T>), Rejection> {
        self.renew(|held, now| now.since(held.fetched) >= KEPT_FOR).await;
        let refused = match self.either(&check) {
            Err(Rejection::Unauthorized(why)) => Rejection::Unauthorized(why),
            outcome => return outcome,
        };
        let rested =
            |held: &CachedValues<T>, now: Timestamp| held.asked.is_none_or(|at| now.since(at) >= FETCH_AGAIN_AFTER);
        if self.renew(rested).await { self.either(&check) } else { Err(refused) }
    }

    /// What is made of the present value, for what needs no proof.
    pub fn present(&self) -> Arc<T> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).present.clone()
    }

    fn either<R>(&self, check: &impl Fn(&T) -> Result<R, Rejection>) -> Result<(R, Arc<T>), Rejection> {
        let (present, previous) = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            (held.present.clone(), held.previous.clone())
        };
        let outcome = check(&present);
        let (Err(Rejection::Unauthorized(_)), Some(previous)) = (&outcome, previous) else {
            return outcome.map(|outcome| (outcome, present));
        };
        match check(&previous) {
            // What is wrong with the present value says more.
            Err(Rejection::Unauthorized(_)) => outcome.map(|outcome| (outcome, present)),
            admitted => {
                tracing::warn!("the previous secret was used");
                admitted.map(|outcome| (outcome, previous))
            }
        }
    }

    /// Fetches both values if they are due. Whether there are new ones: those that cannot be had or read leave the old in place.
    async fn renew(&self, due: impl Fn(&CachedValues<T>, Timestamp) -> bool) -> bool {
        let now = self.clock.now();
        {
            let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
            if !due(&held, now) {
                return false;
            }
            held.fetched = now;
            held.asked = Some(now);
        }
        let Some(values) = self.source.fetch().await else {
            tracing::warn!("the secret could not be fetched anew");
            return false;
        };
        let Ok(present) = (self.read)(&values.current) else {
            tracing::error!("the secret's new value cannot be read: the old one stays");
            return false;
        };
        let previous = values.previous.and_then(|value| (self.read)(&value).ok());
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.present = Arc::new(present);
        held.previous = previous.map(Arc::new);
        true
    }
}
