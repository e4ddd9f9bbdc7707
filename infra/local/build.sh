#!/usr/bin/env bash
# Builds what the local stack deploys: the functions and, in the same run, the simulator.
#
#   infra/local/build.sh
#
# Leaves the template with its artifacts in target/local/sam, and the simulator at target/local/simulator. Built without
# optimization, in a target folder of its own: it takes half the time, a changed line costs seconds, and nobody deploys such a
# build to AWS by mistake.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
tools=$(infra/local/tools.sh deploy)
export PATH=$tools/bin:$PATH SAM_CLI_TELEMETRY=0
export CARGO_TARGET_DIR=$root/target/local
export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256

functions=(functions/*)
functions=("${functions[@]##*/}")
mkdir -p "$CARGO_TARGET_DIR"
exec 9>"$CARGO_TARGET_DIR/lock"
flock 9

echo "build: the functions and the simulator"
# One build for all. sam asks cargo once for each function, and finds them done.
cargo lambda build --release "${functions[@]/#/--bin=}" --bin=ponte-simulator
# A copy put in place by a rename: the file itself could not be written again while a simulator runs.
cp "$CARGO_TARGET_DIR/lambda/ponte-simulator/bootstrap" "$CARGO_TARGET_DIR/simulator.new"
mv "$CARGO_TARGET_DIR/simulator.new" "$CARGO_TARGET_DIR/simulator"

# By content, since cargo-lambda writes its results anew each time.
built=$CARGO_TARGET_DIR/sam
sum=$(cd "$CARGO_TARGET_DIR/lambda" && sha256sum "$root/template.yaml" "${functions[@]/%//bootstrap}")
if [[ -e $built/template.yaml && $(cat "$built.sum" 2>/dev/null) == "$sum" ]]; then
  echo "build: the artifacts are up to date"
else
  echo "build: the artifacts"
  sam build --template "$root/template.yaml" --build-dir "$built" >"$built.log" 2>&1 || {
    cat "$built.log" >&2
    exit 1
  }
  printf '%s' "$sum" >"$built.sum"
fi
