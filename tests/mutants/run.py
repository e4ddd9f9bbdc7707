"""Changes the code in small ways, one at a time, and says which changes no test notices (README.md).

    run.py [--folder NAME]... [--shard K/N] [--jobs N] [--again]

cargo-mutants makes the changes, builds and tests. What is done here: which files, which tests first, in which tree; the table, the limits, and the
list of those that are known to be harmless (baseline.toml).
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "mutants"
BASELINE = Path(__file__).with_name("baseline.toml")

# Which files of a folder under shared/ponte/src are changed.
FILES = {
    "conversation": ["**"],
    "relay": ["**"],
    "queue": ["**"],
    "store": ["**"],
    "rest": ["**"],
    "blip": ["**"],
    "helpdesk": ["*/mapping.rs", "*/client.rs", "*/calls.rs"],
}
# Where no more than this share may be missed. Elsewhere the list in baseline.toml is the limit.
LIMIT = 0.05
LIMITED = ["conversation", "relay", "queue", "store"]
# A passing change costs a build of each: what finds more comes first, and the other one sees only what is left.
UNITS, OUTSIDE = ["--lib"], ["--test", "ponte"]
# Both always, so that cargo builds `ponte` with the same features in each pass.
PACKAGES = ["ponte", "ponte-tests"]
# Seconds that a pass over the tests may always take; and how many they may take in a tree, once it is known.
SHORTEST = 40
LONGEST = {}
TESTS_FIRST = ["relay"]
# Missed by the first of the two, and not yet seen by the other.
ONCE = "MissedOnce"
# What is written down at a time: an interruption costs so many mutants of each tree.
CHUNK = 50

# Built as `cargo test` builds them, so that no dependency is built anew; but our own crates quickly rather than well.
QUICK = "[profile.dev.package]\n" + "".join(
    f"{name} = {{ opt-level = 0, debug = false }}\n"
    for name in ["chat-text", "lime", "ponte", "ponte-cli", "ponte-fuzz-targets", "ponte-simulator", "ponte-tests", "service-rules"]
)
# What a log says of a value is no behaviour.
EXCLUDED = [r"impl (fmt::)?(Debug|Display) for"]


def sources():
    """The files of this checkout, committed or not, with what is in them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    paths = sorted(path for path in listed.split("\0") if path and (ROOT / path).is_file())
    return {path: (ROOT / path).read_bytes() for path in paths}


def tree(number, files):
    """A copy in which the code may be broken, the same from run to run, so that cargo finds its own results again."""
    folder = WORK / f"tree-{number}"
    for place, folders, names in os.walk(folder):
        within = Path(place).relative_to(folder)
        if within == Path("."):
            folders[:] = [name for name in folders if name not in (".cargo", "target")]
        for name in names:
            if (within / name).as_posix() not in files:
                (folder / within / name).unlink()
    for path, content in files.items():
        there = folder / path
        if not there.exists() or there.read_bytes() != content:
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(content)
            there.chmod((ROOT / path).stat().st_mode)
    (folder / ".cargo").mkdir(exist_ok=True)
    settings = folder / ".cargo" / "config.toml"
    if not settings.exists() or settings.read_text() != QUICK:
        settings.write_text(QUICK)
    built = ROOT / "target" / "debug"
    if built.exists() and not (folder / "target").exists():
        left_out = shutil.ignore_patterns("incremental", "ponte*", "libponte*")
        shutil.copytree(built, folder / "target" / "debug", ignore=left_out, symlinks=True)
    return folder


def settings(folder, mutants, targets):
    """cargo-mutants' own settings for one pass over some of its mutants."""
    values = {
        "examine_re": ["^" + re.escape(one["name"]) + "$" for one in mutants],
        # Fields that are left out pass by the names above (27.1.0), but not by this.
        "examine_globs": sorted({one["file"] for one in mutants}),
        "exclude_re": EXCLUDED,
        "test_package": PACKAGES,
        "additional_cargo_args": targets,
    }
    file = WORK / f"{folder.name}.toml"
    file.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()))
    return file


def unchanged(folder, targets, environment):
    """Builds and tests the code as it is: nothing can be said of changes where that fails. How long a changed one may take, in seconds."""
    command = ["cargo", "test", "--quiet", *[part for name in PACKAGES for part in ["--package", name]], *targets]
    for more in [["--no-run"], []]:
        begun = time.monotonic()
        answer = subprocess.run(command + more, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if answer.returncode:
            sys.exit(f"mutants: the tests fail on the unchanged code\n{answer.stdout.decode()[-4000:]}")
    # A change that makes an endless loop is found out by the time it takes.
    return max(SHORTEST, round(4 * (time.monotonic() - begun)))


def cargo_mutants(*arguments, **options):
    return subprocess.run(["cargo-mutants", "mutants", *arguments], check=False, **options)


def listed(folder):
    globs = [argument for files in FILES[folder] for argument in ["--file", f"shared/ponte/src/{folder}/{files}"]]
    excluded = [argument for name in EXCLUDED for argument in ["--exclude-re", name]]
    answer = cargo_mutants("--no-config", "--list", "--json", "-p", "ponte", *globs, *excluded, cwd=ROOT, capture_output=True)
    if answer.returncode:
        sys.exit(answer.stderr.decode())
    return json.loads(answer.stdout)


def tried(folder, mutants, targets, first):
    """One pass over some mutants in one tree."""
    output = WORK / folder.name.replace("tree", "out")
    environment = os.environ | {
        "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER": str(folder / "tests/mutants/stages.sh"),
        "CARGO_INCREMENTAL": "1",
        "INSTA_UPDATE": "no",
        "MUTANTS_FIRST": first,
        "RUST_BACKTRACE": "0",
    }
    environment.pop("CARGO_TARGET_DIR", None)
    if (folder, *targets) not in LONGEST:
        LONGEST[(folder, *targets)] = unchanged(folder, targets, environment)
    shutil.rmtree(output, ignore_errors=True)
    cargo_mutants(
        "--config", str(settings(folder, mutants, targets)), "--in-place", "--colors", "never", "-p", "ponte", "--output", str(output),
        "--baseline", "skip", "--timeout", str(LONGEST[(folder, *targets)]), cwd=folder, env=environment,
    )
    file = output / "mutants.out" / "outcomes.json"
    if not file.exists():
        sys.exit("mutants: cargo-mutants tried nothing")
    asked = {one["name"] for one in mutants}
    outcomes = [(one["scenario"]["Mutant"]["name"], one["summary"]) for one in json.loads(file.read_text())["outcomes"]]
    return {name: summary for name, summary in outcomes if name in asked}


def identity(mutant, files):
    """A mutant by what it is: a line's number changes with every line above it."""
    name = re.sub(r":\d+:\d+: ", ": ", mutant["name"], count=1)
    lines = files[mutant["file"]].decode().splitlines()
    return name, lines[mutant["span"]["start"]["line"] - 1].strip()


def judged(folders, mutants, results, files):
    """Prints the table, and what is wrong."""
    known = {(one["mutant"], one["line"]): one["why"] for one in tomllib.loads(BASELINE.read_text()).get("harmless", [])}
    print(f"{'folder':14}{'mutants':>9}{'caught':>9}{'timeout':>9}{'unviable':>10}{'missed':>9}{'harmless':>10}{'share':>8}")
    wrong = []
    for folder in folders:
        done = [(one, results[one["name"]]) for one in mutants[folder] if results.get(one["name"], ONCE) != ONCE]
        counts = {kind: sum(1 for _, result in done if result == kind) for kind in
                  ["CaughtMutant", "Timeout", "Unviable", "MissedMutant"]}
        missed = {identity(one, files) for one, result in done if result == "MissedMutant"}
        caught, timeout, unviable, count = counts.values()
        share = count / max(1, caught + timeout + count)
        harmless = sum(1 for one, result in done if result == "MissedMutant" and identity(one, files) in known)
        print(f"{folder:14}{len(done):9}{caught:9}{timeout:9}{unviable:10}{count:9}{harmless:10}{share:8.1%}")
        whole = len(done) == len(mutants[folder])
        if not whole:
            print(f"{'':14}{len(mutants[folder]) - len(done):9} are not tried yet")
        if whole and folder in LIMITED and share > LIMIT:
            wrong.append(f"{folder}: {share:.1%} are missed, and {LIMIT:.0%} are allowed")
        for name, line in sorted(missed - known.keys()):
            wrong.append(f"missed, and not in {BASELINE.name}:\n\n[[harmless]]\nmutant = {json.dumps(name)}\nline = {json.dumps(line)}\nwhy = \"\"\n")
        if whole:
            gone = {key for key in known if key[0].startswith(f"shared/ponte/src/{folder}/")} - missed
            wrong += [f"{BASELINE.name} names what is not missed any more: {name}" for name, _ in sorted(gone)]
    wrong += [f"{BASELINE.name} does not say why it is harmless: {name}" for (name, _), why in known.items() if len(why) < 20]
    for one in wrong:
        print(f"mutants: {one}", file=sys.stderr)
    return 1 if wrong else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--folder", action="append", choices=FILES, help="only this one of shared/ponte/src")
    arguments.add_argument("--shard", default="1/1", help="the K-th of N parts: 1/4")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="trees side by side; each takes some 4 GB of disk")
    arguments.add_argument("--again", action="store_true", help="also what this very code was tried with before")
    options = arguments.parse_args()
    part, parts = map(int, options.shard.split("/"))
    folders = options.folder or list(FILES)
    files = sources()

    WORK.mkdir(parents=True, exist_ok=True)
    code = hashlib.sha256(b"".join(path.encode() + b"\0" + content for path, content in files.items()
                                   if path.endswith((".rs", ".toml", ".json", ".lock", ".sh")) and path != "tests/mutants/baseline.toml"))
    kept = WORK / f"results-{code.hexdigest()[:16]}.json"
    results = json.loads(kept.read_text()) if kept.exists() and not options.again else {}
    mutants = {folder: listed(folder) for folder in folders}
    for folder in folders:
        chosen = mutants[folder][part - 1 :: parts]
        passes = [OUTSIDE, UNITS] if folder in TESTS_FIRST else [UNITS, OUTSIDE]
        for targets, before, missed in [(passes[0], None, ONCE), (passes[1], ONCE, "MissedMutant")]:
            left = [one for one in chosen if results.get(one["name"]) == before]
            while left:
                now, left = left[: CHUNK * options.jobs], left[CHUNK * options.jobs :]
                trees = [tree(number, files) for number in range(min(options.jobs, -(-len(now) // 8)))]
                with ThreadPoolExecutor(len(trees)) as pool:
                    shares = [pool.submit(tried, there, now[number :: len(trees)], targets, folder) for number, there in enumerate(trees)]
                for share in shares:
                    results |= {name: missed if result == "MissedMutant" else result for name, result in share.result().items()}
                kept.write_text(json.dumps(results, indent=1))
    return judged(folders, mutants, results, files)


if __name__ == "__main__":
    sys.exit(main())
