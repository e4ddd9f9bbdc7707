//! Bad input at the two webhook endpoints: for each kind the status, and what reaches the other side.
//!
//! `docs/bad-input.md` holds the same two tables, made from these rows: `PONTE_WRITE_DOCS=1` writes them anew.

mod blip;
mod helpdesk;
mod rotation;

use std::fmt::Write as _;

/// One row of a table.
struct Row {
    what: &'static str,
    status: u16,
    /// What the other side gets; empty for nothing.
    reaches: String,
}

/// Holds the table between two markers of the page against the rows.
fn check_page(marker: &str, rows: &[Row]) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/bad-input.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (begin, end) = (format!("<!-- {marker} -->\n"), format!("<!-- end of {marker} -->"));
    let mut table = "| what comes | answer | what reaches the other side |\n|---|---|---|\n".to_owned();
    for Row { what, status, reaches } in rows {
        let reaches =
            if reaches.is_empty() { "nothing".to_owned() } else { format!("`{}`", reaches.replace('|', "\\|")) };
        let _ = writeln!(table, "| {what} | {status} | {reaches} |");
    }
    let (before, rest) = page.split_once(&begin).expect("the marker of the table");
    let (written, after) = rest.split_once(&end).expect("the end of the table");
    if std::env::var_os("PONTE_WRITE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(written, table, "docs/bad-input.md is not what the endpoints do: PONTE_WRITE_DOCS=1 writes it anew");
    }
}
