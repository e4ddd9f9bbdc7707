#!/usr/bin/env bash
# cargo's runner in `make mutants`: the tests that find most for their time come first, and the first stage that fails ends it.
set -euo pipefail
binary=$1

play() { "$binary" --quiet "$@"; }

# Of the unit tests those of the folder that is changed: all of them take as long as a build. cargo starts a package's tests in the package's folder.
if [[ $PWD != */tests ]]; then
  play "${MUTANTS_FIRST:+$MUTANTS_FIRST::}"
  exit
fi

[[ ${MUTANTS_FIRST:-} != helpdesk && ${MUTANTS_FIRST:-} != rest && ${MUTANTS_FIRST:-} != blip ]] || play "$MUTANTS_FIRST::"
play relay:: rest:: doors::
play helpdesk:: conformance:: blip:: contract::
# The simulation judges the code, not itself: neither its doctored histories nor the bridges that are known to be wrong.
PONTE_SEEDS=${MUTANTS_SEEDS:-300} play simulation::tests::twenty simulation::poison
