#!/usr/bin/env bash
# Makes sure of a Chromium for the tests of the pages and for the pictures, and prints where it is.
#
#   infra/browser/install.sh
#
# One that is there already is taken: $PONTE_CHROMIUM, or `chromium` in the PATH. Else Debian's is installed with apt-get, which needs root,
# with fonts for pictures that look as on a desk.
set -euo pipefail

say() { printf 'browser: %s\n' "$*" >&2; }
give_up() { say "$*" && exit 1; }

found=${PONTE_CHROMIUM:-$(command -v chromium || true)}
if [[ -z $found ]]; then
  command -v apt-get >/dev/null || give_up "there is no chromium, and no apt-get to install it with; name one in PONTE_CHROMIUM"
  ((EUID == 0)) || give_up "there is no chromium, and apt-get needs root; run 'apt-get install chromium', or name one in PONTE_CHROMIUM"
  log=$(mktemp)
  say "installing Debian's chromium (once, about a minute; apt's own words are in $log)"
  {
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-inter fonts-noto-color-emoji
  } >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    give_up "apt-get could not install it"
  }
  found=$(command -v chromium)
fi
printf '%s\n' "$found"
