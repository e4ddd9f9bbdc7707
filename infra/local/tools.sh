#!/usr/bin/env bash
# The tools that the stack and the checks need, each pinned, installed once and kept for every clone of this user.
#
#   infra/local/tools.sh NAME...    makes sure of them; a folder of tools (not cargo's) prints where it is
#
# Names: deploy, emulator, checks, cfn-lint, moto, schemathesis and bench-python (virtual environments), prism, browser and bench-node (folders of node modules),
# cargo-deny, cargo-machete, cargo-fuzz and cargo-mutants (which cargo compiles).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bench=$here/../../tests/bench
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ponte
mkdir -p "$cache"

say() { printf '%s\n' "$*" >&2; }

# A folder for each set of pins and each Python, so that a change of either makes a new one and spoils none in use.
venv() {
  local requirements=$2 folder
  folder=$cache/$1-$({ cat "$requirements"; python3 --version; } | sha256sum | cut -c1-12)
  if [[ ! -e $folder/complete ]]; then
    say "tools: making the virtual environment '$1' (once)"
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" >&2
    touch "$folder/complete"
  fi
  printf '%s\n' "$folder"
}

# As the virtual environments: a folder for each lock file and each node. Prism asks for node 24.18 in its manifest and runs
# on less; what it stands on (@faker-js/faker is the strictest) does not run below 20.19.
modules() {
  local name=$1 pins=$2 node folder
  if ! node=$(node --version 2>/dev/null) || ! command -v npm >/dev/null ||
    [[ $(printf '%s\n' v20.19.0 "$node" | sort -V | head -n1) != v20.19.0 ]]; then
    say "tools: $name needs node 20.19 or newer with npm, and here is ${node:-no node}: install node from its own site, or the"
    say "tools: packages nodejs and npm of a distribution that has it in that version"
    exit 3
  fi
  folder=$cache/$name-$({ cat "$pins/package-lock.json"; printf '%s\n' "$node"; } | sha256sum | cut -c1-12)
  if [[ ! -e $folder/complete ]]; then
    say "tools: installing $name (once)"
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$pins/package.json" "$pins/package-lock.json" "$folder"
    # No scripts: Prism and esbuild need none, and one of Prism's packages counts installations with it.
    npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
    touch "$folder/complete"
  fi
  printf '%s\n' "$folder"
}

cargo_tool() {
  local name=$1 version=$2 root=$cache/cargo-tools
  if [[ ! -x $root/bin/$name ]] || ! grep -qF "\"$name $version (" "$root/.crates.toml" 2>/dev/null; then
    say "tools: compiling $name $version (once, some minutes)"
    # Built to be used a few times a day, so quick to build matters more than quick to run.
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
      cargo install --locked --root "$root" --version "=$version" "$name" >&2
  fi
}

for tool in "$@"; do
  # One at a time, for a demo and a test run may start side by side on a fresh machine.
  (
    flock 9
    case $tool in
      deploy | emulator | checks | cfn-lint | moto | schemathesis) venv "$tool" "$here/requirements-$tool.txt" ;;
      bench-python) venv "$tool" "$bench/python/requirements.txt" ;;
      prism) modules "$tool" "$here/prism" ;;
      browser) modules "$tool" "$here/../../tests/browser" ;;
      bench-node) modules "$tool" "$bench/node" ;;
      cargo-deny) cargo_tool cargo-deny 0.20.2 ;;
      cargo-machete) cargo_tool cargo-machete 0.9.2 ;;
      cargo-fuzz) cargo_tool cargo-fuzz 0.13.2 ;;
      cargo-mutants) cargo_tool cargo-mutants 27.1.0 ;;
      *) say "tools: unknown tool '$tool'" && exit 2 ;;
    esac
  ) 9>"$cache/$tool.lock"
done
