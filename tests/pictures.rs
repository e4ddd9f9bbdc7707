//! The pictures of the pages (`docs/pictures`) are as new as what draws them. `make pictures` (`tests/browser/pictures.mjs`) takes them anew, and writes the hashes.

#![cfg(test)] // says to clippy that the helpers beside the tests are tests too

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Picture {
    sources: Vec<String>,
    sha256: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn files_of(path: &str) -> Vec<String> {
    let whole = root().join(path);
    if !whole.is_dir() {
        return vec![path.to_owned()];
    }
    let names = fs::read_dir(whole).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.flat_map(|name| files_of(&format!("{path}/{name}"))).collect()
}

/// Over each file's path and bytes, a zero byte behind each, in the order of the paths.
fn hash_of(sources: &[String]) -> String {
    let mut paths: Vec<String> = sources.iter().flat_map(|path| files_of(path)).collect();
    paths.sort();
    assert!(paths.len() > 3, "{paths:?}");
    let mut hash = Sha256::new();
    for path in paths {
        let bytes = fs::read(root().join(&path)).unwrap();
        for part in [path.as_bytes(), b"\0", bytes.as_slice(), b"\0"] {
            hash.update(part);
        }
    }
    hash.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[test]
fn no_picture_is_older_than_its_page() {
    let folder = root().join("docs/pictures");
    let written = fs::read_to_string(folder.join("pictures.json")).unwrap();
    let written: BTreeMap<String, Picture> = serde_json::from_str(&written).unwrap();
    let there = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut pictures: Vec<String> =
        there.filter(|name| Path::new(name).extension().is_some_and(|end| end == "png")).collect();
    pictures.sort();
    assert_eq!(written.keys().cloned().collect::<Vec<_>>(), pictures, "make pictures");
    assert!(!pictures.is_empty());
    for (name, Picture { sources, sha256 }) in written {
        assert_eq!(&fs::read(folder.join(&name)).unwrap()[1..4], b"PNG", "{name}");
        assert_eq!(hash_of(&sources), sha256, "{name} shows an older page: make pictures");
    }
}

#[test]
fn a_hash_changes_with_a_byte_and_with_a_name() {
    let whole = hash_of(&["tests/pages.rs", "tests/pictures.rs", "tests/main.rs", "tests/rules.rs"].map(str::to_owned));
    let other =
        hash_of(&["tests/pages.rs", "tests/pictures.rs", "tests/main.rs", "tests/template.rs"].map(str::to_owned));
    assert_ne!(whole, other);
}
