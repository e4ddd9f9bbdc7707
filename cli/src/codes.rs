//! What AWS answered to the shared code, which keeps it out of its errors and logs a code: it becomes part of the sentence here.

use std::{
    fmt::Debug,
    sync::{Mutex, PoisonError},
};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::{Context, SubscriberExt as _},
    util::SubscriberInitExt as _,
};

static LAST: Mutex<Option<String>> = Mutex::new(None);

/// Listens to our own warnings. Nobody else's are shown either: what comes of them is said in a sentence, and the SDK's own fill a
/// screen. A second start in one process keeps the first.
pub(crate) fn listen() {
    let ours = Targets::new().with_target("ponte", LevelFilter::WARN);
    let _ = tracing_subscriber::registry().with(Codes.with_filter(ours)).try_init();
}

/// The last code that AWS answered the shared code with.
pub(crate) fn last() -> Option<String> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

struct Codes;

impl<S: Subscriber> Layer<S> for Codes {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut code = Code(None);
        event.record(&mut code);
        if code.0.is_some() {
            *LAST.lock().unwrap_or_else(PoisonError::into_inner) = code.0;
        }
    }
}

struct Code(Option<String>);

impl Visit for Code {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "code" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
