//! What a newcomer's machine lacks is said at once, and how to get it.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Output},
};

/// What the script itself runs.
const OWN: [&str; 9] = ["bash", "uname", "sort", "head", "sed", "cut", "df", "awk", "dirname"];

/// The script with a path that has these programs and nothing else; a program may be a script of its own.
fn ready(name: &str, has: &[&str], plays: &[(&str, &str)], arguments: &[&str]) -> Output {
    let folder = std::env::temp_dir().join(format!("ponte-ready-{}-{name}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    for program in OWN.iter().chain(has) {
        let found = std::env::split_paths(&path).map(|place| place.join(program)).find(|file| file.exists());
        symlink(found.unwrap_or_else(|| panic!("{program} is not here")), folder.join(program)).unwrap();
    }
    for (program, script) in plays {
        let file = folder.join(program);
        fs::write(&file, format!("#!/usr/bin/env bash\n{script}\n")).unwrap();
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/local/ready.sh");
    let mut command = Command::new(folder.join("bash"));
    command.arg(script).args(arguments).env_clear().env("PATH", &folder);
    let ran = command.output().unwrap();
    fs::remove_dir_all(&folder).unwrap();
    ran
}

#[test]
fn a_machine_that_has_all_is_ready() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/local/ready.sh");
    let ran = Command::new(script).arg("test").output().unwrap();
    assert!(ran.status.success() && ran.stderr.is_empty(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn all_that_is_missing_is_named_at_once_with_how_to_get_it() {
    let said = |ran: &Output| String::from_utf8_lossy(&ran.stderr).into_owned();
    let bare = ready("bare", &[], &[], &["test"]);
    let words = said(&bare);
    assert_eq!(bare.status.code(), Some(3), "{words}");
    for piece in ["Rust", "rustup", "Python 3.11", "python3-venv", "(cc)", "(c++)", "Node 20.19", "nodejs"] {
        assert!(words.contains(piece), "{piece}: {words}");
    }
    let demo = said(&ready("demo", &[], &[], &[]));
    assert!(demo.contains("(cc)") && !demo.contains("Node") && !demo.contains("c++"), "{demo}");
}

#[test]
fn what_is_too_old_is_named_with_its_version() {
    let plays = [
        ("cargo", "echo 'cargo 1.70.0 (abc 2023-06-01)'"),
        ("python3", "case $2 in *version*) echo 3.9 ;; *) exit 1 ;; esac"),
        ("node", "echo v18.19.0"),
        ("npm", "echo 9"),
        ("cc", "true"),
        ("c++", "true"),
    ];
    let ran = ready("old", &["env"], &plays, &["test"]);
    let words = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(3), "{words}");
    for piece in ["this is 1.70.0", "this is 3.9", "module venv", "this is v18.19.0"] {
        assert!(words.contains(piece), "{piece}: {words}");
    }
    assert!(!words.contains("compiler"), "{words}");
}
