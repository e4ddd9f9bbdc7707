#!/usr/bin/env bash
# Deploys what infra/local/build.sh built onto moto, a second emulator, and runs the functions beside it. Takes what infra/local/up.sh
# takes, so that the simulator can use either.
#
#   infra/moto/up.sh STATE_DIR NAME=VALUE...
#
# STATE_DIR  one folder for each running stack: its process id, its logs, and stack.env, which says where everything is
# NAME=VALUE a template parameter; all that have no default must be given
#
# PONTE_OWNER_PID=PID    stops the stack when that process ends, however it ends
# PONTE_RULES=FILE       service rules (JSON) that are in force from the beginning
set -euo pipefail

if (($# == 0)); then
  sed -n '2,11s/^# \{0,1\}//p' "$0"
  exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "$1"
state=$(cd "$1" && pwd)
shift
moto=$("$root/infra/local/tools.sh" moto)
deploy=$("$root/infra/local/tools.sh" deploy)

# The command line is empty once a process has ended, even while nobody has collected it.
if [[ -e $state/host.pid && $(tr '\0' ' ' 2>/dev/null <"/proc/$(cat "$state/host.pid")/cmdline" || true) == *moto/host.py* ]]; then
  echo "up: a stack runs in $state already; stop it with $here/down.sh $state" >&2
  exit 1
fi
rm -rf "$state/stack.env" "$state/logs" "$state/host.log" "$state/templates"
mkdir -p "$state/templates"
finished=false
trap '$finished || "$here/down.sh" "$state"' EXIT
trap 'exit 130' INT TERM

for template in template infra/alarms; do
  AWS_DEFAULT_REGION=us-east-1 "$deploy/bin/python" "$root/infra/checks/built.py" "$root/$template.yaml" "$state/templates/$(basename "$template").json"
done
(umask 077 && printf '%s\0' "$@" | "$moto/bin/python" -c '
import json, sys
json.dump(dict(one.split("=", 1) for one in sys.stdin.read().split("\0") if one), sys.stdout)' >"$state/parameters.json")

echo "up: moto, and the template on it"
# No setting of this user's may decide where anything goes.
env -i PATH="$moto/bin:/usr/bin:/bin" HOME="$state" LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null \
  AWS_EC2_METADATA_DISABLED=true PONTE_OWNER_PID="${PONTE_OWNER_PID:-}" PONTE_RULES="${PONTE_RULES:-}" \
  setsid "$moto/bin/python" "$here/host.py" "$state" >"$state/host.out" 2>&1 </dev/null &
pid=$!
echo "$pid" >"$state/host.pid"
for _ in {1..1200}; do
  [[ ! -e $state/stack.env ]] || break
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.1
done
if [[ ! -e $state/stack.env ]]; then
  tail -n 20 "$state/host.out" >&2
  exit 1
fi
finished=true
echo "up: the stack is ready ($state/stack.env)"
