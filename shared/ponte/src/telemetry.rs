//! The log: one JSON object a line, on standard output, where Lambda collects it.
//!
//! Invariant: nothing personal is logged. Personal types have a redacting `Debug` and no `Display`, errors are fixed
//! words, the SDK's and the HTTP client's own lines stay off below `warn`, since they name headers and bodies, and a panic is
//! logged without its message.

mod journal;
mod request;

use std::panic::PanicHookInfo;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, fmt, prelude::*};

pub use journal::LogJournal;
pub use request::in_request;

/// Starts the log at this level: `error`, `warn`, `info`, `debug` or `trace`, in any case (`info` when it is absent or unknown). Only our
/// own code is ever more verbose than `warn`.
pub fn start(level: Option<&str>) {
    let level = match level.unwrap_or_default().to_ascii_lowercase().as_str() {
        "error" => LevelFilter::ERROR,
        "warn" => LevelFilter::WARN,
        "debug" => LevelFilter::DEBUG,
        "trace" => LevelFilter::TRACE,
        _ => LevelFilter::INFO,
    };
    // Not `EnvFilter`, which brings a compiler of regular expressions with it.
    let filter = Targets::new().with_default(LevelFilter::WARN).with_target("ponte", level);
    let lines =
        fmt::layer().json().flatten_event(true).with_target(false).with_current_span(true).with_span_list(false);
    // A second start in one process (a test) keeps the first.
    let _ = tracing_subscriber::registry().with(filter).with(lines.with_ansi(false)).try_init();
    std::panic::set_hook(Box::new(panicked));
}

/// Where it was, and not what it says: the standard library quotes the text that was cut in the middle of a letter, and prints it to
/// the standard error, which Lambda collects too.
fn panicked(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic.location().map_or(("nowhere", 0), |place| (place.file(), place.line()));
    tracing::error!(file, line, "a panic was caught");
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_says_where_it_was_and_repeats_nothing() {
        let lines = Lines::default();
        let written = lines.clone();
        let subscriber = fmt().json().with_writer(move || lines.clone()).finish();
        let text = "Olá, eu sou a Ana".to_owned();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(panicked));
        tracing::subscriber::with_default(subscriber, || {
            std::panic::catch_unwind(|| panic!("not at a letter of {text}")).unwrap_err();
        });
        std::panic::set_hook(before);
        let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert!(written.contains("a panic was caught") && written.contains("telemetry.rs"), "{written}");
        assert!(!written.contains("Ana") && !written.contains("Ol"), "{written}");
    }
}
