//! A progress bar for what may take long: on standard error, and only when that is a terminal.

use std::{io::Write as _, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar towards `total`, or a count when the end is not known. `what` is done with each.
pub(crate) fn bar(total: Option<u64>, what: &'static str) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{bar:30} {pos}/{len} {msg}, {elapsed}"),
        None => (ProgressBar::new_spinner(), "{spinner} {pos} {msg}, {elapsed}"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Lines on standard error, beside `bar` and not into it.
pub(crate) fn beside(bar: &ProgressBar) -> impl Fn(&str) + Send + Sync + 'static {
    let bar = bar.clone();
    move |line| {
        // Without standard error there is still the log group.
        let _ = bar.suspend(|| writeln!(std::io::stderr(), "{line}"));
    }
}
