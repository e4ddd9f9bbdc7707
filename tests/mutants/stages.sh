#!/usr/bin/env bash
# cargo's runner in `make mutants`: the tests that find most for their time come first, and the first stage that fails ends it.
set -euo pipefail
binary=$1

# The unit tests of `ponte` are one stage. cargo starts a package's tests in the package's folder.
[[ $PWD == */tests ]] || exec "$binary" --quiet

play() { "$binary" --quiet "$@"; }

[[ ${MUTANTS_FIRST:-} != helpdesk && ${MUTANTS_FIRST:-} != rest && ${MUTANTS_FIRST:-} != blip ]] || play "$MUTANTS_FIRST::"
play relay:: rest:: doors::
play helpdesk:: conformance:: blip:: contract::
# The simulation judges the code, not itself: neither its doctored histories nor the bridges that are known to be wrong.
PONTE_SEEDS=${MUTANTS_SEEDS:-300} play simulation::tests::twenty simulation::poison
