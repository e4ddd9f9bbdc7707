//! What becomes of what is said: the tables of `docs/content.md`, and what real bodies become.
//!
//! `PONTE_WRITE_DOCS=1 cargo test -p ponte-tests content` writes the tables anew.

#![cfg(test)] // says to clippy that the helpers beside the tests are tests too

mod agent_text;
mod customer;
mod files;

use std::sync::{Mutex, PoisonError};

/// The tests run side by side and write one page.
static PAGE: Mutex<()> = Mutex::new(());

/// Holds the table between two markers of the page against these rows; the first is its head.
fn check_page(marker: &str, rows: &[Vec<String>]) {
    let _page = PAGE.lock().unwrap_or_else(PoisonError::into_inner);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/content.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (begin, end) = (format!("<!-- {marker} -->\n"), format!("<!-- end of {marker} -->"));
    let mut lines: Vec<String> = rows.iter().map(|row| format!("| {} |\n", row.join(" | "))).collect();
    lines.insert(1, format!("|{}\n", "---|".repeat(rows[0].len())));
    let table = lines.concat();
    let (before, rest) = page.split_once(&begin).expect("the marker of the table");
    let (written, after) = rest.split_once(&end).expect("the end of the table");
    if std::env::var_os("PONTE_WRITE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(written, table, "docs/content.md is not what the code does: PONTE_WRITE_DOCS=1 writes it anew");
    }
}
