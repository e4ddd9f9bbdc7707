#!/usr/bin/env bash
# cargo's runner in `make mutants`: the tests that find most for their time come first, and the first stage that fails ends it.
set -euo pipefail
binary=$1

# A filter is found anywhere in a test's name: `rest::` is in `end_to_end::rest::`, too.
play() { "$binary" --quiet --skip end_to_end:: --skip prism:: "$@"; }

# Of the unit tests those of the folder that is changed: all of them take as long as a build. cargo starts a package's tests in the package's folder.
if [[ $PWD != */tests ]]; then
  play "${MUTANTS_FIRST:+$MUTANTS_FIRST::}"
  exit
fi

adapters() { play helpdesk:: conformance:: blip:: contract::; }
# The simulation judges the code, not itself: neither its doctored histories nor the bridges that are known to be wrong.
histories() { PONTE_SEEDS=${MUTANTS_SEEDS:-300} play simulation::tests::twenty simulation::poison; }

# The adapters of AWS, on the emulator alone.
amazon() { play aws::conversation_store:: aws::queue:: aws::rules::; }

case ${MUTANTS_FIRST:-} in
  store | queue) amazon && play relay:: rest:: webhook_endpoints:: && histories && adapters ;;
  helpdesk | blip) adapters && play relay:: rest:: webhook_endpoints:: && histories ;;
  *) play relay:: rest:: webhook_endpoints:: && histories && adapters ;;
esac
