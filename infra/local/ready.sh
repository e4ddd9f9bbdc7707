#!/usr/bin/env bash
# Says at once what is missing on this machine, and how to get it, before anything is downloaded or compiled.
#
#   infra/local/ready.sh         what make demo, local and build need
#   infra/local/ready.sh test    what make test needs beside that
#
# Exit code 3 where something is missing. It looks, and changes nothing. Quick: a fraction of a second.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
missing=()
lacks() { missing+=("$1"$'\n'"      $2"); }
has() { command -v "$1" >/dev/null 2>&1; }
# Whether version $2 is not below $1.
reaches() { [[ $(printf '%s\n' "$1" "$2" | sort -V | head -n1) == "$1" ]]; }

if [[ $(uname -s) != Linux || $(uname -m) != x86_64 ]]; then
  lacks "Linux on x86_64 (this is $(uname -s) on $(uname -m))" "on another machine: a virtual machine with Linux"
fi

wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
if ! has cargo; then
  lacks "Rust $wanted or newer" "rustup, from https://rustup.rs; it takes the version from rust-toolchain.toml"
elif ! has rustup; then # which brings the version itself, and would begin to download it here
  rust=$(cargo --version 2>/dev/null | cut -d' ' -f2) || rust=
  reaches "$wanted" "${rust:-0}" || lacks "Rust $wanted or newer (this is ${rust:-none that runs})" "rustup update"
fi

if ! has python3; then
  lacks "Python 3.11 or newer" "Debian, Ubuntu: apt-get install python3 python3-venv; Fedora: dnf install python3"
else
  python=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || python=0
  reaches 3.11 "$python" || lacks "Python 3.11 or newer (this is $python)" "a newer python3, first in the PATH"
  python3 -c 'import venv, ensurepip' 2>/dev/null || lacks "Python's module venv" "Debian, Ubuntu: apt-get install python3-venv"
fi

has cc || lacks "a C compiler (cc)" "Debian, Ubuntu: apt-get install gcc libc6-dev; Fedora: dnf install gcc"

# Two builds and the tools; tests have two more builds.
room=6
if [[ ${1:-} == test ]]; then
  room=16
  has c++ || lacks "a C++ compiler (c++), for the fuzz targets" "Debian, Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++"
  node=$(node --version 2>/dev/null) || node=
  if [[ -z $node ]] || ! has npm; then
    lacks "Node 20.19 or newer with npm" "from https://nodejs.org, or the packages nodejs and npm of a distribution that has it in that version"
  elif ! reaches v20.19.0 "$node"; then
    lacks "Node 20.19 or newer (this is $node)" "from https://nodejs.org"
  fi
fi
# What is built already needs no room any more.
free=$(($(df -Pk . | awk 'NR == 2 { print $4 }') / 1024 / 1024))
if [[ ! -d target/local ]] && ((free < room)); then
  lacks "$room GB of room on this disk (there are $free)" "delete something, or clone onto another disk"
fi

((${#missing[@]} == 0)) && exit 0
printf '%s\n' "ready: this is missing on this machine:" >&2
printf '  - %s\n' "${missing[@]}" >&2
exit 3
