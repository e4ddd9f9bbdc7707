//! What a function is made of, made anew when its long settings have changed.
//!
//! Lambda starts a function anew when its own configuration changes. The settings secret is none of that: a deployment that changes only the
//! greeting, say, leaves the running functions as they are. So they read the secret again every five minutes, when an event comes, and
//! nothing else is read or done while it says the same. A secret that cannot be had or read leaves what there is at work, and says so in the log.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use crate::clock::{Clock, Timestamp};

/// How long settings are believed. A change of them is at work everywhere after this time.
const KEPT_FOR: Duration = Duration::from_mins(5);

/// Where the settings' text comes from.
#[async_trait]
pub(super) trait SettingsText: Send + Sync {
    /// The present text; `None` when it cannot be had.
    async fn fetch(&self) -> Option<String>;
}

/// Reads everything and makes it: the settings' text, and what was made of it.
pub(super) type Loading<T> = BoxFuture<'static, anyhow::Result<(String, T)>>;
type Load<T> = Box<dyn Fn() -> Loading<T> + Send + Sync>;

/// What was made of the present settings.
pub(super) struct Reloading<T> {
    held: RwLock<Current<T>>,
    load: Load<T>,
    source: Box<dyn SettingsText>,
    clock: Arc<dyn Clock>,
}

struct Current<T> {
    made: Arc<T>,
    text: String,
    /// When the text was last asked for.
    read: Timestamp,
}

impl<T> Reloading<T> {
    /// Loads for the first time. What is wrong then stops the function.
    pub(super) async fn start(
        load: Load<T>,
        source: Box<dyn SettingsText>,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        let (text, made) = load().await?;
        let held = Current { made: Arc::new(made), text, read: clock.now() };
        Ok(Self { held: RwLock::new(held), load, source, clock })
    }

    /// What is to be used for an event that came now.
    pub(super) async fn present(&self) -> Arc<T> {
        if self.due() {
            self.reload().await;
        }
        self.held.read().unwrap_or_else(PoisonError::into_inner).made.clone()
    }

    /// Whether it is time to look, and if so, that somebody does.
    fn due(&self) -> bool {
        let now = self.clock.now();
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let due = now.since(held.read) >= KEPT_FOR;
        if due {
            held.read = now;
        }
        due
    }

    async fn reload(&self) {
        let Some(text) = self.source.fetch().await else {
            tracing::warn!("the settings could not be read again: the earlier ones stay");
            return;
        };
        if text == self.held.read().unwrap_or_else(PoisonError::into_inner).text {
            return;
        }
        match (self.load)().await {
            Ok((text, made)) => {
                let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
                held.made = Arc::new(made);
                held.text = text;
                tracing::info!("the settings have changed");
            }
            // Reasons are fixed words and names of settings, never values.
            Err(error) => tracing::error!(reason = %error, "the new settings cannot be used: the earlier ones stay"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A clock that is moved by hand, a secret, and how often each was asked for.
    #[derive(Default)]
    struct World {
        now: Mutex<i64>,
        secret: Mutex<Option<String>>,
        looks: Mutex<u32>,
        loads: Mutex<u32>,
    }

    #[derive(Clone, Default)]
    struct Shared(Arc<World>);

    impl Clock for Shared {
        fn now(&self) -> Timestamp {
            Timestamp(*self.0.now.lock().unwrap())
        }
    }

    #[async_trait]
    impl SettingsText for Shared {
        async fn fetch(&self) -> Option<String> {
            *self.0.looks.lock().unwrap() += 1;
            self.0.secret.lock().unwrap().clone()
        }
    }

    impl Shared {
        async fn reloading(&self) -> Reloading<String> {
            let world = self.clone();
            let load: Load<String> = Box::new(move || {
                let world = world.clone();
                Box::pin(async move {
                    *world.0.loads.lock().unwrap() += 1;
                    let text = world.0.secret.lock().unwrap().clone().unwrap();
                    anyhow::ensure!(!text.contains("broken"), "the setting HelpdeskSettings cannot be read");
                    Ok((text.clone(), text.to_uppercase()))
                })
            });
            Reloading::start(load, Box::new(self.clone()), Arc::new(self.clone())).await.unwrap()
        }

        fn says(&self, text: Option<&str>) {
            *self.0.secret.lock().unwrap() = text.map(str::to_owned);
        }

        fn pass(&self, time: Duration) {
            *self.0.now.lock().unwrap() += i64::try_from(time.as_millis()).unwrap();
        }

        fn counts(&self) -> (u32, u32) {
            (*self.0.looks.lock().unwrap(), *self.0.loads.lock().unwrap())
        }
    }

    #[tokio::test]
    async fn a_change_is_at_work_after_five_minutes_and_costs_one_look_until_then() {
        let world = Shared::default();
        world.says(Some("a"));
        let reloading = world.reloading().await;
        world.says(Some("b"));
        world.pass(KEPT_FOR.saturating_sub(Duration::from_millis(1)));
        assert_eq!(*reloading.present().await, "A");
        assert_eq!(world.counts(), (0, 1));
        world.pass(Duration::from_millis(1));
        assert_eq!(*reloading.present().await, "B");
        assert_eq!(*reloading.present().await, "B");
        assert_eq!(world.counts(), (1, 2));
    }

    #[tokio::test]
    async fn nothing_is_made_anew_while_the_settings_stay() {
        let world = Shared::default();
        world.says(Some("a"));
        let reloading = world.reloading().await;
        for _ in 0..3 {
            world.pass(KEPT_FOR);
            reloading.present().await;
        }
        assert_eq!(world.counts(), (3, 1));
    }

    #[tokio::test]
    async fn settings_that_cannot_be_had_or_used_leave_the_earlier_ones_at_work() {
        let world = Shared::default();
        world.says(Some("a"));
        let reloading = world.reloading().await;
        for bad in [None, Some("broken")] {
            world.says(bad);
            world.pass(KEPT_FOR);
            assert_eq!(*reloading.present().await, "A");
        }
        world.says(Some("c"));
        world.pass(KEPT_FOR);
        assert_eq!(*reloading.present().await, "C");
    }
}
