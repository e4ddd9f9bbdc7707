//! The inputs that fuzzing has found so far, played again; and what is fuzzed is what is built. Fuzzing itself is `make fuzz`
//! (`tests/fuzz/README.md`).

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::catch_unwind,
    path::{Path, PathBuf},
};

use ponte_fuzz_targets::TARGETS;

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn every_committed_input_holds() {
    let mut wrong = Vec::new();
    for (name, target) in TARGETS {
        let inputs = files(&here("fuzz/corpus").join(name));
        assert!(inputs.len() >= 10, "{name} has no corpus");
        for input in inputs {
            let bytes = std::fs::read(&input).unwrap();
            if catch_unwind(|| target(&bytes)).is_err() {
                wrong.push(format!("tests/fuzz/run.sh replay {name} {}", input.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_target_has_a_program_a_corpus_and_a_dictionary() {
    let stems = |folder: &str| -> BTreeSet<String> {
        files(&here(folder)).iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
    };
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    for folder in ["fuzz/programs/fuzz_targets", "fuzz/corpus", "fuzz/dictionaries"] {
        assert_eq!(stems(folder), names, "tests/{folder}");
    }
    let manifest = std::fs::read_to_string(here("fuzz/programs/Cargo.toml")).unwrap();
    for name in names {
        assert!(manifest.contains(&format!("[[bin]]\nname = \"{name}\"\n")), "{name} is no program");
    }
}

/// A helpdesk's seeds reach another one's adapter where the lists differ.
#[test]
fn the_seeds_are_made_for_the_helpdesks_that_there_are() {
    let seeds = std::fs::read_to_string(here("fuzz/seeds.py")).unwrap();
    let (_, list) = seeds.split_once("HELPDESKS = [").unwrap();
    let names: Vec<&str> = list.split(']').next().unwrap().split('"').skip(1).step_by(2).collect();
    assert_eq!(names, ponte::helpdesk::NAMES, "change the list, and run tests/fuzz/seeds.py");
}

/// The fuzz workspace has a lock file of its own, which nothing else keeps in step with the real one.
#[test]
fn what_is_fuzzed_is_what_is_built() {
    let locked = |path: &str| -> BTreeMap<String, BTreeSet<String>> {
        let text = std::fs::read_to_string(here(path)).unwrap();
        let mut packages = BTreeMap::<String, BTreeSet<String>>::new();
        let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.trim_matches([' ', '=', '"']).to_owned());
        for package in text.split("[[package]]").skip(1) {
            let find = |key| package.lines().find_map(|line| value(line, key)).unwrap();
            packages.entry(find("name")).or_default().insert(find("version"));
        }
        packages
    };
    let (real, fuzzed) = (locked("../Cargo.lock"), locked("fuzz/programs/Cargo.lock"));
    assert!(fuzzed.contains_key("ponte") && fuzzed.contains_key("libfuzzer-sys"));
    for (name, versions) in fuzzed {
        let Some(built) = real.get(&name) else { continue };
        let advice = "`cp Cargo.lock tests/fuzz/programs/ && cargo metadata --manifest-path tests/fuzz/programs/Cargo.toml >/dev/null`";
        assert!(versions.is_subset(built), "{name} is fuzzed in {versions:?} and built in {built:?}: {advice}");
    }
}
