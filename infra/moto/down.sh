#!/usr/bin/env bash
# Stops the stack that up.sh started. What its functions logged is in STATE_DIR/logs.
#
#   infra/moto/down.sh STATE_DIR
set -euo pipefail

state=$(cd "${1:?the folder given to up.sh}" && pwd)
[[ -e $state/host.pid ]] || exit 0
pid=$(cat "$state/host.pid")

# By its process id, and only while that is still the host: ids are used again.
running() { [[ $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" || true) == *moto/host.py* ]]; }

if running; then
  kill "$pid" 2>/dev/null || true
  for _ in {1..100}; do
    running || break
    sleep 0.1
  done
  # What it started ends with it.
  if running; then kill -KILL "$pid"; fi
  echo "down: stopped"
fi
rm -f "$state/host.pid" "$state/parameters.json"
