#!/usr/bin/env bash
# Runs two commands side by side. The output of the second goes into a file, and is printed once nothing of either goes on.
#
#   tests/side_by_side.sh COMMAND OTHER FILE
#
# The first of the two that fails stops the other one, and its exit code is this one's. However this ends, nothing of either goes on.
set -euo pipefail

(($# == 3)) || {
  sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
groups=()
# Each command has a process group of its own, and what it started is in it.
stop() {
  trap '' INT TERM
  local group
  for group in "${groups[@]}"; do
    kill -TERM -- "-$group" 2>/dev/null || true
  done
  wait || true
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

set -m
nice -n 10 bash -c "$2" >"$3" 2>&1 </dev/null &
groups+=($!)
bash -c "$1" </dev/null &
groups+=($!)
set +m

failed=0
left=("${groups[@]}")
while ((${#left[@]} && !failed)); do
  wait -n -p ended "${left[@]}" || failed=$?
  for index in "${!left[@]}"; do
    [[ ${left[index]} != "$ended" ]] || unset "left[index]"
  done
done
stop
cat "$3" || true
exit "$failed"
