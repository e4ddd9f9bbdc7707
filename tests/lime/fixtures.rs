//! The example envelopes of `tests/fixtures/blip` (their README says where each comes from).

use std::fs;
use std::path::Path;

use ponte::lime::{Envelope, Message};
use serde_json::Value;

/// Every example with its file name, sorted by name.
pub(crate) fn all() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/blip");
    let mut examples: Vec<(String, Value)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            (name, value)
        })
        .collect();
    examples.sort_by(|left, right| left.0.cmp(&right.0));
    examples
}

/// One example by its file name.
pub(super) fn one(name: &str) -> Value {
    all().into_iter().find(|(file, _)| file == name).unwrap().1
}

/// The examples that are messages.
pub(crate) fn messages() -> Vec<(String, Message)> {
    let message = |(name, value)| match Envelope::from_value(value) {
        Ok(Envelope::Message(message)) => Some((name, message)),
        _ => None,
    };
    all().into_iter().filter_map(message).collect()
}
