//! Results in words, for people.

use std::fmt::Write as _;

use operations::{
    plain,
    rules::{Checked, History, Plan, Pushed},
};
use service_rules::Change;

use crate::text_output::{table, trimmed};

/// What is wrong with a file, a problem a line.
pub(super) fn checked(checked: &Checked) -> String {
    let mut lines: Vec<String> = checked.problems.iter().map(|problem| plain(&problem.to_string())).collect();
    if let Some(live) = &checked.live {
        lines.extend(
            live.failed.iter().map(|(kind, why)| format!("{} did not answer for every {kind}: {why}", live.helpdesk)),
        );
        if !live.unchecked.is_empty() {
            lines.push(format!(
                "cannot be checked: {} ({} is not asked for them)",
                live.unchecked.join(", "),
                live.helpdesk
            ));
        }
        if live.looked_up > 0 {
            lines.push(format!("{}: names looked up: {}", live.helpdesk, live.looked_up));
        }
    }
    if checked.rules.is_some() {
        lines.push(format!("{}: no errors", checked.file));
    }
    lines.join("\n")
}

/// What is about to be put in force.
pub(super) fn plan(plan: &Plan) -> String {
    let mut words = match &plan.replaces {
        None => "version 1; there are no rules yet".to_owned(),
        Some(before) => format!(
            "version {} in the place of {}, which was pushed at {} by {}",
            plan.version(),
            before.version,
            plain(&before.at),
            plain(&before.by)
        ),
    };
    match &plan.changes {
        None => words.push_str("\nthis release cannot read what is in force: all of it is replaced"),
        Some(changes) if changes.is_empty() && plan.replaces.is_some() => {
            words.push_str("\nonly comments and blanks differ");
        }
        Some(changes) => changes.iter().for_each(|change| differs(change, &mut words)),
    }
    words
}

/// The place, then what was there and what is there now, a line each.
fn differs(change: &Change, words: &mut String) {
    let _ = write!(words, "\n{}", plain(&change.path));
    for (sign, value) in [('-', &change.from), ('+', &change.to)] {
        if let Some(value) = value {
            let _ = write!(words, "\n  {sign} {}", plain(value));
        }
    }
}

/// What was put in force.
pub(super) fn pushed(pushed: &Pushed) -> String {
    if pushed.pushed {
        format!("version {}: in force within a minute", pushed.version)
    } else {
        format!("the same is in force as version {}: nothing is pushed", pushed.version)
    }
}

/// The versions that are kept, one a line.
pub(super) fn history(history: &History) -> String {
    if history.versions.is_empty() {
        return "there are no service rules yet".to_owned();
    }
    let mut table = table(&["VERSION", "WHEN", "WHO"]);
    for one in &history.versions {
        let in_force = if Some(one.version) == history.in_force { " (in force)" } else { "" };
        table.add_row([format!("{}{in_force}", one.version), plain(&one.at), plain(&one.by)]);
    }
    trimmed(&table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use operations::rules::Pushing;

    #[test]
    fn who_pushed_and_when_is_shown_on_a_line() {
        let by = |at: &str, by: &str| Pushing { version: 7, at: at.to_owned(), by: by.to_owned() };
        let history = History { in_force: Some(7), versions: vec![by("2026\u{1b}[2K", "maria\n8 x\u{200f}")] };
        let words = super::history(&history);
        assert!(words.lines().count() == 2 && !words.contains(['\u{1b}', '\u{200f}']), "{words}");
        assert!(words.contains("2026\\u{1b}[2K") && words.contains("maria\\n8 x\\u{200f}"), "{words}");
    }

    #[test]
    fn a_difference_has_its_place_and_both_values() {
        let change = |from: Option<&str>, to: Option<&str>| Change {
            path: "texts.en.greeting".to_owned(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
        };
        let words = |change| {
            let mut words = String::new();
            differs(&change, &mut words);
            words
        };
        assert_eq!(words(change(Some("Hi\nyou"), Some("Bye"))), "\ntexts.en.greeting\n  - Hi\\nyou\n  + Bye");
        assert_eq!(words(change(None, Some("Bye"))), "\ntexts.en.greeting\n  + Bye");
        assert_eq!(words(change(Some("Hi"), None)), "\ntexts.en.greeting\n  - Hi");
    }
}
