#!/usr/bin/env bash
# Builds what `make bench` measures: the functions as they are deployed to AWS, the floor, and the programs beside them.
#
#   tests/bench/build.sh
#
# The first time it takes as long as `make build` does: link-time optimization, minutes. Prints nothing that is not an error.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
tools=infra/local/tools.sh
PATH=$($tools deploy)/bin:$PATH
node=$($tools bench-node)

functions=(functions/*)
functions=("${functions[@]##*/}")
cargo lambda build --quiet --release "${functions[@]/#/--bin=}"
cargo lambda build --quiet --release --package ponte-bench-floor

mkdir -p target/bench/node
# A bundle that imports modules written for the older kind: they ask for `require`.
banner='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
for program in webhook worker; do
  NODE_PATH=$node/node_modules "$node/node_modules/.bin/esbuild" "tests/bench/node/$program.mjs" --bundle --minify \
    --platform=node --target=node20 --format=esm --banner:js="$banner" --outfile="target/bench/node/$program.mjs" --log-level=error
done

# As `sam deploy` packs a function.
for function in "${functions[@]}" floor; do
  python3 -m zipfile -c "target/bench/$function.zip" "target/lambda/$function/bootstrap"
done
for program in webhook worker; do
  python3 -m zipfile -c "target/bench/node-$program.zip" "target/bench/node/$program.mjs"
  python3 -m zipfile -c "target/bench/python-$program.zip" "tests/bench/python/$program.py" tests/bench/python/runtime.py
done
