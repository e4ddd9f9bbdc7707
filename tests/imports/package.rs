//! The files of a package, and which of them import which.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{Paths, paths};

/// A file's module and what it names.
struct File {
    module: Vec<String>,
    paths: Paths,
    source: String,
}

/// The files of a package, by their path below its root.
pub(super) struct Package {
    files: BTreeMap<String, File>,
    of_module: BTreeMap<Vec<String>, String>,
}

impl Package {
    pub(super) fn new(sources: &BTreeMap<String, String>) -> Self {
        let file = |(path, source): (&String, &String)| {
            let (module, source) = (module(path), source.clone());
            (path.clone(), File { module, paths: paths(&source), source })
        };
        let mut files: BTreeMap<String, File> = sources.iter().map(file).collect();
        let of_tests: Vec<Vec<String>> = files
            .values()
            .flat_map(|file| {
                file.paths.test_modules.iter().map(|name| [file.module.as_slice(), std::slice::from_ref(name)].concat())
            })
            .collect();
        files.retain(|_, file| !of_tests.iter().any(|module| file.module.starts_with(module)));
        let of_module = files.iter().map(|(path, file)| (file.module.clone(), path.clone())).collect();
        Self { files, of_module }
    }

    fn file_of(&self, module: &[String]) -> Option<&str> {
        self.of_module.get(module).map(String::as_str)
    }

    /// The files that define what this path leads to, seen from `module`. None for a path that leads out of the package.
    fn definers(&self, module: &[String], path: &[String], depth: usize) -> BTreeSet<String> {
        let (mut at, mut rest) = (module.to_vec(), path);
        let mut inside = false;
        while let Some((first, tail)) = rest.split_first() {
            match first.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()),
                "self" => {}
                name => {
                    let child = [at.as_slice(), &[name.to_owned()]].concat();
                    if self.file_of(&child).is_none() {
                        break;
                    }
                    at = child;
                }
            }
            (rest, inside) = (tail, true);
        }
        let Some(file) = self.file_of(&at).filter(|_| inside || depth > 0) else { return BTreeSet::new() };
        let here = || BTreeSet::from([file.to_owned()]);
        let Some((name, tail)) = rest.split_first() else { return here() };
        let found = &self.files[file];
        if defines(&found.source, name) || depth > 8 {
            return here();
        }
        // Handed on, under this name or with all others.
        let mut handed = BTreeSet::new();
        for import in &found.paths.imports {
            if import.name == *name {
                handed.extend(self.definers(&at, &[import.path.as_slice(), tail].concat(), depth + 1));
            } else if import.name == "*" && name != "*" {
                let from = &import.path[..import.path.len() - 1];
                let of_module = self.definers(&at, &[from, std::slice::from_ref(name)].concat(), depth + 1);
                handed.extend(of_module.into_iter().filter(|file| defines(&self.files[file].source, name)));
            }
        }
        if handed.is_empty() { here() } else { handed }
    }

    /// Which files each file imports.
    pub(super) fn arrows(&self) -> Arrows {
        let arrows = self.files.iter().map(|(path, file)| {
            let used = |name: &String| file.paths.words.contains(name);
            let imports = file.paths.imports.iter().filter(|import| !import.public || used(&import.name));
            let named = imports.map(|import| &import.path).chain(&file.paths.inline);
            let mut to: BTreeSet<String> =
                named.flat_map(|path_in_code| self.definers(&file.module, path_in_code, 0)).collect();
            to.retain(|other| other != path && !file.module.starts_with(&self.files[other].module));
            (path.clone(), to)
        });
        arrows.collect()
    }
}

/// Who imports whom.
pub(super) type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The circles: those that reach each other.
pub(super) fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = arrows.keys().map(|from| (from, reach(arrows, from))).collect();
    let mut circles = BTreeSet::new();
    for (from, to) in &reached {
        let circle = to.iter().filter(|other| reached[*other].contains(from));
        circles.insert(circle.map(|other| (*other).clone()).collect::<Vec<_>>());
    }
    circles.into_iter().filter(|circle| circle.len() > 1).collect()
}

/// The same from one room to another: a room is a folder or a file at the top.
pub(super) fn of_rooms(arrows: &Arrows) -> Arrows {
    let room = |path: &String| path.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
    let mut rooms = Arrows::new();
    for (from, to) in arrows {
        let others = to.iter().map(room).filter(|other| *other != room(from));
        rooms.entry(room(from)).or_default().extend(others);
    }
    rooms
}

/// The files that one file imports, straight or through others.
fn reach<'a>(arrows: &'a Arrows, from: &str) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&String> = arrows[from].iter().collect();
    while let Some(file) = next.pop() {
        if reached.insert(file) {
            next.extend(&arrows[file]);
        }
    }
    reached
}

/// The module of a file: `a/b.rs` and `a/b/mod.rs` are `a::b`.
fn module(path: &str) -> Vec<String> {
    let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        module.pop();
    }
    module
}

/// Whether a source has an item of this name at its top.
fn defines(source: &str, name: &str) -> bool {
    const KINDS: [&str; 9] = ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "macro_rules!"];
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    source.lines().filter(|line| !line.starts_with(' ')).any(|line| {
        KINDS.iter().any(|kind| {
            let item = line.split_once(&format!("{kind} ")).map(|(_, item)| item.trim_start_matches("mut "));
            item.and_then(|item| item.strip_prefix(name)).is_some_and(ends)
        })
    })
}
