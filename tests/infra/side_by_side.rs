//! `tests/side_by_side.sh`: the first of two commands that fails stops the other, and nothing of either goes on.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Long enough that nobody waits for it.
const LONG: &str = "sleep 600";
const PATIENCE: Duration = Duration::from_secs(30);

/// A folder of its own for what the commands write.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("side_by_side").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn script(folder: &Path, command: &str, other: &str) -> Command {
    let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/side_by_side.sh"));
    script.args([command, other]).arg(folder.join("other.log")).current_dir(folder).stdin(Stdio::null());
    script
}

/// Writes down its process id, and that of a child of its own, before it waits.
fn waits(name: &str) -> String {
    format!("{LONG} & echo $! >{name}.child; echo $$ >{name}.new; mv {name}.new {name}; wait")
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The command and its child have ended.
fn ended(folder: &Path, name: &str) {
    for file in [name.to_owned(), format!("{name}.child")] {
        let pid = std::fs::read_to_string(folder.join(&file)).unwrap();
        let status = PathBuf::from("/proc").join(pid.trim()).join("stat");
        // One that nobody has waited for yet is a zombie.
        let runs = || std::fs::read_to_string(&status).is_ok_and(|stat| !stat.contains(") Z "));
        eventually(&format!("{file} ends"), || !runs());
    }
}

#[test]
fn the_first_that_fails_stops_the_other_and_gives_the_exit_code() {
    let folder = folder("fails");
    let fails = |name: &str| format!("until [[ -e {name} ]]; do sleep 0.02; done; echo 'it fails'; exit 7");
    for (command, other, waiting) in
        [(fails("second"), waits("second"), "second"), (waits("first"), fails("first"), "first")]
    {
        let begun = Instant::now();
        let ran = script(&folder, &command, &other).output().unwrap();
        assert_eq!(ran.status.code(), Some(7), "{}", String::from_utf8_lossy(&ran.stderr));
        assert!(begun.elapsed() < PATIENCE);
        assert!(String::from_utf8_lossy(&ran.stdout).contains("it fails"));
        ended(&folder, waiting);
    }
}

#[test]
fn who_stops_the_script_stops_both() {
    let folder = folder("stopped");
    let mut script = script(&folder, &waits("first"), &waits("second")).spawn().unwrap();
    eventually("both run", || ["first", "second"].iter().all(|name| folder.join(name).exists()));
    let stopped = Command::new("kill").args(["-TERM", &script.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert_eq!(script.wait().unwrap().code(), Some(143));
    ended(&folder, "first");
    ended(&folder, "second");
}

#[test]
fn two_that_go_well_are_both_waited_for() {
    let folder = folder("well");
    for (command, other) in [("sleep 0.2; echo first", "echo second"), ("echo first", "sleep 0.2; echo second")] {
        let ran = script(&folder, command, other).output().unwrap();
        assert_eq!((ran.status.code(), String::from_utf8_lossy(&ran.stdout).as_ref()), (Some(0), "first\nsecond\n"));
    }
}
