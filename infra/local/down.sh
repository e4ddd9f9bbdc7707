#!/usr/bin/env bash
# Stops the stack that up.sh started, and keeps what its functions logged in STATE_DIR/logs.
#
#   infra/local/down.sh STATE_DIR
#   infra/local/down.sh --after PID STATE_DIR    waits until that process has ended first
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
owner=
if [[ ${1:-} == --after ]]; then
  owner=$2
  shift 2
fi
state=$(cd "${1:?the folder given to up.sh}" && pwd)
[[ -e $state/emulator.pid ]] || exit 0
pid=$(cat "$state/emulator.pid")

# The command line is empty once a process has ended, even while nobody has collected it.
command_of() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" || true; }
# By its process id, and only while that is still the emulator: ids are used again.
running() { [[ $(command_of "$pid") == *ministack* ]]; }

if [[ -n $owner ]]; then
  while [[ -n $(command_of "$owner") ]]; do
    running || exit 0
    sleep 1
  done
  # Somebody stopped it in the same second, and another stack may have begun in this folder since.
  running || exit 0
fi

if running; then
  if [[ -e $state/stack.env ]]; then
    "$("$here/tools.sh" deploy)/bin/python" "$here/stack.py" logs "$state" || echo "down: the logs could not be read" >&2
  fi
  kill "$pid" 2>/dev/null || true
  for _ in {1..50}; do
    running || break
    sleep 0.1
  done
  if running; then kill -KILL "$pid"; fi
  echo "down: stopped"
fi
rm -rf "$state/emulator.pid" "$state/tmp" "$state/parameters.yaml"
