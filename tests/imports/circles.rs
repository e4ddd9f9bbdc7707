//! No circle of files: no file of a package imports another that imports it in turn, by whatever way.
//!
//! A name that a `mod.rs` or `lib.rs` only hands on counts for the file that defines it. What a folder's own file defines (`mod.rs`, or
//! `a.rs` beside `a/`) belongs to the whole folder, so that files in it may use it. What only tests have does not count.

use std::{collections::BTreeMap, path::Path};

use super::{
    package::{Arrows, Package, circles, of_rooms},
    read,
};

/// Circles by their files, in alphabetical order.
type Circles = &'static [&'static [&'static str]];

/// The packages, and a binary of its own, by the folder of their sources; and the circles that they have. One that is gone, or has
/// changed, goes from its list, too: the test fails until then.
const PACKAGES: [(&str, Circles); 9] = [
    ("cli/src", &[]),
    ("console/src", &[]),
    ("infra/local/simulator/src", &[]),
    ("infra/local/simulator/src/bin/ponte-simulator", &[]),
    ("shared/chat-text/src", &[]),
    ("shared/lime/src", LIME),
    ("shared/operations/src", &[]),
    ("shared/ponte/src", &[]),
    ("shared/service-rules/src", &[]),
];

/// A document can hold documents, so that the type of all documents (`table.rs`) and those that hold some know each other.
const LIME: Circles = &[&[
    "document/collection.rs",
    "document/container.rs",
    "document/document_select.rs",
    "document/input.rs",
    "document/list.rs",
    "document/media_link.rs",
    "document/reaction.rs",
    "document/redirect.rs",
    "document/reply.rs",
    "document/select.rs",
    "document/table.rs",
    "document/ticket.rs",
]];

/// A circle, and which of its files import which.
fn described(arrows: &Arrows, circle: &[String]) -> String {
    let inside = |file: &String| arrows[file].iter().filter(|to| circle.contains(to)).cloned().collect::<Vec<_>>();
    let lines = circle.iter().map(|file| format!("    {file} imports {}", inside(file).join(", ")));
    lines.collect::<Vec<_>>().join("\n")
}

fn package(folder: &str) -> Package {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut sources = BTreeMap::new();
    read(&source, &source, &mut sources);
    // Binaries are crates of their own.
    let library = sources.contains_key("lib.rs");
    sources.retain(|path, _| !(path.starts_with("bin/") || library && path == "main.rs"));
    assert!(sources.len() > 2, "the sources of {folder} were found");
    Package::new(&sources)
}

/// What a package has that is not on its list, and what is on the list and gone.
fn differences(arrows: &Arrows, known: &[&[&str]]) -> Vec<String> {
    let found = circles(arrows);
    let is_known = |circle: &[String]| known.iter().any(|one| circle == *one);
    let new = found.iter().filter(|circle| !is_known(circle));
    let new = new.map(|circle| format!("a circle:\n{}", described(arrows, circle)));
    let gone = known.iter().filter(|one| !found.iter().any(|circle| circle == *one));
    new.chain(gone.map(|one| format!("no circle any more, so take it off the list: {one:?}"))).collect()
}

#[test]
fn no_files_import_each_other() {
    for (folder, known) in PACKAGES {
        let differences = differences(&package(folder).arrows(), known);
        assert!(differences.is_empty(), "{folder}: {}", differences.join("\n"));
    }
}

/// `ponte` has a list of its rooms (`imports_run_one_way`).
#[test]
fn rooms_of_the_simulator_do_not_import_each_other() {
    let mut arrows = package("infra/local/simulator/src").arrows();
    arrows.remove("lib.rs");
    for to in arrows.values_mut() {
        to.remove("lib.rs");
    }
    let rooms = of_rooms(&arrows);
    assert!(rooms.len() > 10, "{rooms:?}");
    assert_eq!(differences(&rooms, &[]), [""; 0]);
}

#[test]
fn a_circle_is_found() {
    let found = |files: &[(&str, &str)]| {
        let sources = files.iter().map(|(path, source)| ((*path).to_owned(), (*source).to_owned()));
        circles(&Package::new(&sources.collect()).arrows())
    };
    let facade = ("x/mod.rs", "mod a;\nmod b;\npub use a::A;\npub(crate) use b::{B as C};\n");
    let there = ("x/a.rs", "use super::C;\npub struct A;\n");
    for files in [
        vec![("a.rs", "use crate::b::f;\n"), ("b.rs", "fn f() -> bool { super::a::g('\"') }\n")],
        vec![facade, there, ("x/b.rs", "pub struct B;\nfn f(s: &str) { crate::x::A::new(\"\") }\n")],
        vec![facade, there, ("x/b.rs", "use crate::{\n    x::{\n        y,\n        A,\n    },\n};\npub struct B;\n")],
        vec![("lib.rs", "pub use x::*;\nmod x;\n"), facade, there, ("x/b.rs", "use crate::A;\npub struct B;\n")],
        vec![
            ("a.rs", "use crate::b::f;\n"),
            ("b.rs", "use crate::c::g;\nfn f() {}\n"),
            ("c.rs", "use crate::a;\nfn g() {}\n"),
        ],
    ] {
        let found = found(&files);
        assert!(found.len() == 1 && found[0].len() > 1, "{files:?}: {found:?}");
        assert!(!found[0].iter().any(|file| file.ends_with("mod.rs") || file.ends_with("lib.rs")), "{found:?}");
    }
    let back = "pub struct B;\n\n#[cfg(test)]\nmod tests {\n    use super::super::A;\n    fn f() {\n    }\n}\n";
    for files in [
        vec![facade, there, ("x/b.rs", back)],
        vec![facade, there, ("x/b.rs", "pub struct B; // crate::x::A\nconst S: &str = r#\"crate::x::A\"#;\n")],
        vec![("x.rs", "mod y;\nfn g() { y::f() }\n"), ("x/y.rs", "use super::g;\npub fn f() {}\n")],
        vec![
            ("lib.rs", "mod a;\n#[cfg(test)]\nmod fake;\n"),
            ("a.rs", "use crate::fake::f;\n"),
            ("fake.rs", "use crate::a::g;\n"),
        ],
        vec![("a.rs", "use crate::b::f;\nfn g() {}\n"), ("b.rs", "use std::a::g;\nfn f() {}\n")],
    ] {
        assert_eq!(found(&files), [[""; 0]; 0], "{files:?}");
    }
}

#[test]
fn a_list_that_is_not_true_is_found() {
    let sources = [("a.rs", "use crate::b::f;\n"), ("b.rs", "use crate::a;\nfn f() {}\n"), ("c.rs", "")];
    let arrows = Package::new(&sources.map(|(path, source)| (path.to_owned(), source.to_owned())).into()).arrows();
    assert_eq!(differences(&arrows, &[&["a.rs", "b.rs"]]), [""; 0]);
    assert_eq!(differences(&arrows, &[]), ["a circle:\n    a.rs imports b.rs\n    b.rs imports a.rs"]);
    let gone = differences(&arrows, &[&["a.rs", "b.rs"], &["a.rs", "c.rs"]]);
    assert_eq!(gone, [r#"no circle any more, so take it off the list: ["a.rs", "c.rs"]"#]);
}
