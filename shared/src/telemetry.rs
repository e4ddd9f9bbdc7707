//! The log: one JSON object a line, on standard output, where Lambda collects it.
//!
//! Invariant: nothing personal is logged. Personal types have a redacting `Debug` and no `Display`, errors are fixed
//! words, and the SDK's and the HTTP client's own lines stay off below `warn`, since they name headers and bodies.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, fmt, prelude::*};

/// Starts the log at the level of `LOG_LEVEL` (`info` when it is absent or unknown). Only our own code is ever more
/// verbose than `warn`.
pub fn start() {
    let level = std::env::var("LOG_LEVEL").unwrap_or_default();
    let level = match level.to_ascii_lowercase().as_str() {
        "error" => LevelFilter::ERROR,
        "warn" => LevelFilter::WARN,
        "debug" => LevelFilter::DEBUG,
        "trace" => LevelFilter::TRACE,
        _ => LevelFilter::INFO,
    };
    // Not `EnvFilter`, which brings a compiler of regular expressions with it.
    let filter = Targets::new().with_default(LevelFilter::WARN).with_target("ponte", level);
    let lines =
        fmt::layer().json().flatten_event(true).with_target(false).with_current_span(false).with_span_list(false);
    // A second start in one process (a test) keeps the first.
    let _ = tracing_subscriber::registry().with(filter).with(lines.with_ansi(false)).try_init();
}
