//! The pages for people: their links lead somewhere, the two languages say the same, every parameter and every helpdesk
//! has its row, and the first pages stay short.
//! In no file a merge is left half done.

#![cfg(test)] // says to clippy that the helpers beside the tests are tests too

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(page: &Path) -> String {
    fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()))
}

/// Every file of the repository. What was built, and what git keeps for itself, is none.
fn files() -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![root()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !path.is_dir() {
                files.push(path);
            } else if ![".git", ".ponte", ".aws-sam", "target", "node_modules"].contains(&name.as_str()) {
                folders.push(path);
            }
        }
    }
    files
}

/// Every page of the repository.
fn pages() -> Vec<PathBuf> {
    files().into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The lines outside of blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// The targets of the links in a line. What stands in backticks is code.
fn links(line: &str) -> Vec<&str> {
    let code = |at: usize| line[..at].matches('`').count() % 2 == 1;
    let begins = line.match_indices("](").filter(|(at, _)| !code(*at));
    begins.filter_map(|(at, _)| line[at + 2..].split_once(')')).map(|(target, _)| target).collect()
}

fn headings(text: &str) -> Vec<(usize, &str)> {
    let level = |line: &str| line.bytes().take_while(|byte| *byte == b'#').count();
    prose(text)
        .map(|line| (level(line), line))
        .filter_map(|(level, line)| Some((level, line[level..].strip_prefix(' ')?)))
        .filter(|(level, _)| *level > 0)
        .collect()
}

/// What a link to a heading ends with, as GitHub makes it: letters, digits and hyphens.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
    heading.trim().to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let (mut broken, mut followed) = (Vec::new(), 0);
    for page in pages() {
        let text = read(&page);
        for link in prose(&text).flat_map(links).filter(|link| !link.contains(':')) {
            followed += 1;
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let is_page = target.extension().is_some_and(|extension| extension == "md");
            let leads = target.exists()
                && (place.is_empty()
                    || !is_page
                    || headings(&read(&target)).iter().any(|(_, text)| anchor(text) == place));
            if !leads {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(followed > 100, "only {followed} links were found");
}

#[test]
fn both_languages_have_the_same_sections_and_tables() {
    let shape = |page: &Path| {
        let text = read(page);
        let levels: Vec<usize> = headings(&text).iter().map(|(level, _)| *level).collect();
        (levels, prose(&text).filter(|line| line.starts_with('|')).count())
    };
    let mut compared = 0;
    for english in pages() {
        let portuguese = english.with_extension("pt-BR.md");
        if portuguese.exists() {
            compared += 1;
            assert_eq!(shape(&english), shape(&portuguese), "{}", english.display());
        }
    }
    assert!(compared > 10, "only {compared} pages have a translation");
}

#[test]
fn every_parameter_has_a_row_in_both_languages() {
    let template = read(&root().join("template.yaml"));
    let parameters = template.split_once("\nParameters:\n").expect("the section").1.lines();
    let inside = parameters.take_while(|line| line.is_empty() || line.starts_with([' ', '#']));
    let named: BTreeSet<&str> = inside
        .filter_map(|line| line.strip_prefix("  ")?.split_once(':'))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
        .collect();
    assert!(named.contains("BlipUrl") && named.contains("LogLevel"), "{named:?}");
    for page in ["parameters.md", "parameters.pt-BR.md"] {
        let page = read(&root().join("docs").join(page));
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        assert_eq!(rows.map(|(name, _)| name).collect::<BTreeSet<_>>(), named);
    }
}

/// The lines that git leaves where it could not merge: seven of one sign, and nothing or a blank behind them. Seven equals signs stand between
/// the others only: elsewhere they underline a heading.
fn markers_of_a_merge(text: &str) -> Vec<usize> {
    let is_marker = |line: &str| {
        ["<", ">", "|"]
            .iter()
            .any(|sign| line.strip_prefix(&sign.repeat(7)).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    };
    (1..).zip(text.lines()).filter(|(_, line)| is_marker(line)).map(|(number, _)| number).collect()
}

#[test]
fn no_page_has_a_merge_half_done() {
    let (mut found, mut looked_at) = (Vec::new(), 0);
    for file in files() {
        // A picture is no text, and nobody merges it.
        let Ok(text) = fs::read_to_string(&file) else { continue };
        looked_at += 1;
        found.extend(markers_of_a_merge(&text).into_iter().map(|line| format!("{}:{line}", file.display())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(looked_at > 500, "only {looked_at} files were found");
    let [ours, between, theirs] = ["<", "=", ">"].map(|sign| sign.repeat(7));
    assert_eq!(markers_of_a_merge(&format!("a\n{ours} HEAD\nb\n{between}\nc\n{theirs} branch\n")), [2, 6]);
    assert_eq!(markers_of_a_merge(&format!("Heading\n{between}\n{ours}<\n {ours}\n")), [0; 0]);
}

#[test]
fn every_helpdesk_has_a_page_and_a_row_in_both_languages() {
    for name in ponte::helpdesk::NAMES {
        for (readme, end) in [("README.md", "md"), ("README.pt-BR.md", "pt-BR.md")] {
            let row = format!("| [`{name}`](docs/helpdesks/{name}.{end}) |");
            assert!(read(&root().join(readme)).contains(&row), "{readme} has no row {row}");
        }
    }
}

/// A README is for somebody who decides in two minutes, and the architecture for a quarter of an hour. What does not fit is a page of its own.
#[test]
fn the_first_pages_stay_short() {
    for readme in ["README.md", "README.pt-BR.md"] {
        let lines = read(&root().join(readme)).lines().count();
        assert!(lines <= 150, "{readme} has {lines} lines");
    }
    let words = read(&root().join("docs/ARCHITECTURE.md")).split_whitespace().count();
    assert!(words <= 2_500, "docs/ARCHITECTURE.md has {words} words");
}
