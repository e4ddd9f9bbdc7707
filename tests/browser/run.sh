#!/usr/bin/env bash
# The pages in a real browser, against a stack of their own that is deployed for them.
#
#   tests/browser/run.sh [FILE...]      all *.test.mjs under tests/browser, or these
#   tests/browser/run.sh --pictures     takes the pictures of docs/pictures in place of testing
#
# PONTE_BROWSER=required   without a Chromium this fails; else it says so, loudly, and passes
# PONTE_CHROMIUM           which Chromium, if it is not `chromium` in the PATH
#
# A test finds in its environment what is in operator.env of `make local` (PLAYGROUND_URL, AWS_ENDPOINT_URL, TABLE_NAME, …), PONTE_BROWSER_MODULES,
# and PONTE_BROWSER_STATE, the stack's folder. A further suite is a folder of files *.test.mjs that import ../lib.mjs.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
if ! [[ -n ${PONTE_CHROMIUM:-} || -x /usr/bin/chromium ]] && ! command -v chromium >/dev/null; then
  printf '%s\n' "" "  !! THE PAGES ARE NOT TESTED: there is no chromium here. 'make test-browser' installs it (Debian, root). !!" "" >&2
  [[ ${PONTE_BROWSER:-} != required ]] || exit 1
  exit 0
fi
PONTE_BROWSER_MODULES=$(infra/local/tools.sh browser)
export PONTE_BROWSER_MODULES PONTE_LOCAL=$root/infra/local PONTE_BROWSER_STATE=$root/.ponte/browser

files=("$@")
if ((${#files[@]} == 0)); then
  mapfile -t files < <(find tests/browser -name '*.test.mjs' | sort)
fi

# Only the simulator started here is stopped, and it stops its stack.
simulator=
stop() {
  [[ -n $simulator ]] || return 0
  kill -TERM "$simulator" 2>/dev/null || true
  wait "$simulator" || true
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$PONTE_BROWSER_STATE"
rm -f "$PONTE_BROWSER_STATE/operator.env"
log=$PONTE_BROWSER_STATE/simulator.log
echo "browser: a stack for the pages (its words: $log)"
target/local/simulator local --state "$PONTE_BROWSER_STATE" >"$log" 2>&1 </dev/null &
simulator=$!
until [[ -e $PONTE_BROWSER_STATE/operator.env ]]; do
  kill -0 "$simulator" 2>/dev/null || {
    tail -n 20 "$log" >&2
    echo "browser: the stack did not start" >&2
    exit 1
  }
  sleep 0.3
done
# shellcheck disable=SC1091
source "$PONTE_BROWSER_STATE/operator.env"

if [[ ${1:-} == --pictures ]]; then
  node tests/browser/pictures.mjs
  exit
fi
# One file at a time: they share the stack, and the machine is small.
node --test --test-concurrency=1 --test-reporter=spec "${files[@]}"
