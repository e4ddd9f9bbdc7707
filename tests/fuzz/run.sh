#!/usr/bin/env bash
# Fuzzes the parsers of what comes from outside: with AddressSanitizer and the checks of debug builds, one target after the other.
#
#   tests/fuzz/run.sh run SECONDS [TARGET...]   so long each, all when none is named; figures at the end, 1 when something was found
#   tests/fuzz/run.sh test SECONDS [TARGET...]  the same with a build that is made in half the time and runs slower, for `make test`
#   tests/fuzz/run.sh replay TARGET FILE        one input again, which a run has kept
#   tests/fuzz/run.sh keep [TARGET...]          puts what the runs have learnt into the committed corpus, as little as covers the same
#
# A run begins with tests/fuzz/corpus and with what earlier runs have learnt, which lies in target/fuzz; a test with the former
# only. What the targets assert, and how one is added: tests/fuzz/README.md.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/target/fuzz
# How it is built: `release`, or `debug`.
profile=release
# The largest input, in bytes. The parsers take more; what is in a body is found in a small one, and quicker.
longest=8192
# Of what was found, so many inputs are committed for a target, and none larger than so many bytes.
most_kept=150
largest_kept=2048

cargo_fuzz() {
  local command=$1
  shift
  # `-Z sanitizer` and its like are no stable options. This lets the pinned, stable compiler take them: no other toolchain is needed.
  (cd "$root" && RUSTC_BOOTSTRAP=1 "${XDG_CACHE_HOME:-$HOME/.cache}/ponte/cargo-tools/bin/cargo-fuzz" fuzz "$command" \
    --fuzz-dir tests/fuzz/programs --target-dir "$out" "$@")
}

targets() { sed -n 's/^name = "\([a-z]*\)"$/\1/p' "$here/programs/Cargo.toml"; }

build() {
  if ! command -v c++ >/dev/null; then
    echo "fuzz: libFuzzer is C++ and needs a compiler for it: install g++" >&2
    exit 3
  fi
  "$root/infra/local/tools.sh" cargo-fuzz >/dev/null
  if [[ $profile == debug ]]; then cargo_fuzz build --dev; else cargo_fuzz build --release; fi
}

# What libFuzzer is told of a target. No colon may be in a path.
options() {
  printf '%s\n' -max_len=$longest -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 "-artifact_prefix=$out/found/$1/" \
    "-dict=$here/dictionaries/$1.dict"
}

# The program itself, so that cargo is not asked each time. Leaks are looked for at the end of a run.
program() { echo "$out/x86_64-unknown-linux-gnu/$profile/$1"; }

run() {
  local seconds=$1 failed=0 target
  shift
  local -a which=("$@") rows=()
  ((${#which[@]})) || mapfile -t which < <(targets)
  build
  for target in "${which[@]}"; do
    local log=$out/$target.log corpus=$out/corpus/$target found=$out/found/$target outcome=0
    # What was learnt would have to be read first, which takes longer than a test runs.
    [[ $profile == release ]] || corpus=$(mktemp -d)
    mkdir -p "$corpus" "$found"
    rm -f "$found"/*
    echo "fuzz: $target, $seconds s" >&2
    mapfile -t flags < <(options "$target")
    "$(program "$target")" "${flags[@]}" "-max_total_time=$seconds" "$corpus" "$here/corpus/$target" >"$log" 2>&1 || outcome=$?
    [[ $profile == release ]] || rm -rf "$corpus"
    rows+=("$(row "$target" "$log" "$found")")
    if ((outcome)) || [[ -n $(ls "$found") ]]; then
      failed=1
      grep -E 'panicked at|ERROR: |SUMMARY: |^#?[A-Za-z].*assert' -A2 "$log" | head -20 >&2 || tail -20 "$log" >&2
      for file in "$found"/*; do
        [[ ! -e $file ]] || echo "fuzz: $target failed; again: tests/fuzz/run.sh replay $target ${file#"$root"/}" >&2
      done
    fi
  done
  printf '| target | executions | a second | edges covered | features | inputs | their size | crashes |\n|---|---|---|---|---|---|---|---|\n'
  printf '%s\n' "${rows[@]}"
  return $failed
}

# One line of the table, from what libFuzzer printed last.
row() {
  local target=$1 log=$2 found=$3 last executions rate crashes
  last=$(grep -aE '^#[0-9]+.* cov: ' "$log" | tail -n1)
  field() { sed -nE "s/.* $1: ([^ ]+).*/\1/p" <<<"$last"; }
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
  crashes=$(find "$found" -type f | wc -l)
  local inputs=$(field corp)
  echo "| $target | ${executions:-?} | ${rate:-?} | $(field cov) | $(field ft) | ${inputs%/*} | ${inputs#*/} | $crashes |"
}

replay() {
  build
  mapfile -t flags < <(options "$1")
  RUST_BACKTRACE=1 "$(program "$1")" "${flags[@]}" "$2"
}

# The seeds stay, by their names. Of what covers more than they do, the smallest stay.
keep() {
  local target least file number
  local -a which=("$@")
  ((${#which[@]})) || mapfile -t which < <(targets)
  build
  for target in "${which[@]}"; do
    local committed=$here/corpus/$target
    least=$(mktemp -d)
    # What an earlier `keep` committed is found again, if it is still of use.
    mkdir -p "$out/corpus/$target"
    find "$committed" -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -exec mv -t "$out/corpus/$target" {} +
    cp "$committed"/* "$least"
    "$(program "$target")" -merge=1 -max_len=$largest_kept -rss_limit_mb=2048 "$least" "$out/corpus/$target" >"$out/$target.merge.log" 2>&1
    number=0
    while read -r file; do
      ((number++ < most_kept)) || break
      cp "$file" "$committed/"
    done < <(find "$least" -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -size -${largest_kept}c -printf '%s %p\n' | sort -n | cut -d' ' -f2)
    rm -rf "$least"
    echo "fuzz: $target keeps $(find "$committed" -type f | wc -l) inputs, $(du -sb "$committed" | cut -f1) bytes"
  done
}

case ${1:-} in
  run) shift && run "$@" ;;
  test) shift && profile=debug && run "$@" ;;
  replay) shift && replay "$@" ;;
  keep) shift && keep "$@" ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
esac
