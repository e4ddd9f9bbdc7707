#!/usr/bin/env bash
# Stops the Request Tracker that up.sh started, and removes its tickets.
#
#   infra/request-tracker/down.sh STATE_DIR
#   infra/request-tracker/down.sh --pause STATE_DIR        an outage: killed in whatever it does; the tickets stay
#   infra/request-tracker/down.sh --after PID STATE_DIR    waits until that process has ended first
set -euo pipefail

owner='' pause=false
case ${1:-} in
  --after) owner=$2 && shift 2 ;;
  --pause) pause=true && shift ;;
esac
state=$(cd "${1:?the folder given to up.sh}" && pwd)
env=$state/rt.env
[[ -e $env ]] || exit 0

value() { sed -n "s/^$1=//p" "$env"; }
# The command line is empty once a process has ended, even while nobody has collected it.
command_of() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" || true; }

if [[ -n $owner ]]; then
  while [[ -n $(command_of "$owner") ]]; do
    [[ -e $env ]] || exit 0
    sleep 1
  done
fi

# By its process id, and only while that is still the server: ids are used again. The workers are of its group.
pid=$(value PID)
running() { [[ -n $pid && $(command_of "$pid") == *rt-server* ]]; }
group_runs() { kill -0 -- "-$pid" 2>/dev/null; }

if running; then
  $pause || kill -TERM "$pid"
  if ! $pause; then
    for _ in {1..50}; do
      group_runs || break
      sleep 0.1
    done
  fi
  # Its port is free when this returns.
  kill -KILL -- "-$pid" 2>/dev/null || true
  for _ in {1..50}; do
    running || break
    sleep 0.1
  done
fi
if ! $pause; then
  run=$(value ROOT)$(value RUN)
  [[ $run == */srv/runs/?* ]] && rm -rf "$run"
  rm -f "$env"
fi
