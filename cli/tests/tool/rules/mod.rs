//! The service rules: check, push, pull, history, rollback.

mod around;
mod file;
mod live;
mod versions;

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::stack::{Ran, tool};

const BAD: &str =
    "version: 1\ntexts:\n  en:\n    greting: Hi\nqueues:\n  a: { name: A }\nrouting:\n  default:\n    queue: b\n";
const FIRST: &str = "# ours\r\nversion: 1\r\ntexts:\r\n  en:\r\n    greeting: \"Hi 👋\" # short";
const SECOND: &str = "version: 1\ntexts:\n  en: { greeting: Hello }\nqueues:\n  a: { name: A }\n";

/// A folder of one test's files.
struct Files(PathBuf);

impl Files {
    fn of(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rules-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn with(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        fs::write(self.0.join(name), text).unwrap();
        self.path(name)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn check(file: &str) -> Ran {
    Ran::of(&tool().args(["rules", "check", file]).output().await.unwrap())
}

/// One sentence of ours on standard error.
fn refused(ran: &Ran, code: i32, words: &str) {
    assert_eq!(ran.code, code, "{}{}", ran.said, ran.wrong);
    let sentence = ran.wrong.lines().last().unwrap_or_default();
    assert!(sentence.starts_with("ponte: ") && sentence.contains(words), "{words}: {}", ran.wrong);
    assert!(!ran.wrong.contains("panicked"), "{}", ran.wrong);
}
