#!/usr/bin/env bash
# All tests, after `make stack`. What waits for the deployed stack and what only calculates run side by side: together they take as long as
# the longer of them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export PONTE_LOCAL=$root/infra/local PONTE_SIMULATOR=$root/target/local/simulator
cargo test --workspace --all-features --no-run

# First what has limits of time of its own.
cargo test --workspace --all-features -- --skip end_to_end:: --skip simulation::

# In virtual time, or for a fixed number of seconds: the stack goes before.
calculated=$root/target/calculated.log
echo "test: the simulation and the fuzz targets run beside the stack's tests (their words: $calculated)"
# The whole workspace, so that nothing is compiled again with other features.
test='cargo test --workspace --all-features --test ponte --'
# The pages come last: their stack is one of their own.
# The operator's tool is built by now.
export PONTE_TOOL=$root/target/debug/ponte
exec tests/side_by_side.sh "$test end_to_end:: && tests/browser/run.sh" "$test simulation:: && tests/fuzz/run.sh test 5" "$calculated"
