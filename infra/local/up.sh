#!/usr/bin/env bash
# Starts the emulator on a free port of 127.0.0.1 and deploys onto it what build.sh built.
#
#   infra/local/up.sh STATE_DIR NAME=VALUE...
#
# STATE_DIR  one folder for each running stack: its process id, its logs, and stack.env, which says where everything is
# NAME=VALUE a template parameter; all that have no default must be given
#
# PONTE_AUTH=false       lets the functions do what their roles do not allow
# PONTE_ENDPOINT=URL     where the functions find the emulator, in place of its own address: a test that writes down what they ask
# PONTE_OWNER_PID=PID    stops the stack when that process ends, however it ends
# PONTE_BESIDE=URL       deploys onto the emulator that runs there, and starts none: a second stack
# PONTE_RULES=FILE       service rules (JSON) that are in force from the beginning
# PONTE_STACK=NAME       the stack's name in CloudFormation; ponte, if nothing is said
set -euo pipefail

if (($# == 0)); then
  sed -n '2,16s/^# \{0,1\}//p' "$0"
  exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "$1"
state=$(cd "$1" && pwd)
shift

emulator=$("$here/tools.sh" emulator)
deploy=$("$here/tools.sh" deploy)
stack() { "$deploy/bin/python" "$here/stack.py" "$@"; }

if [[ -e $state/emulator.pid ]] && kill -0 "$(cat "$state/emulator.pid")" 2>/dev/null; then
  echo "up: a stack runs in $state already; stop it with $here/down.sh $state" >&2
  exit 1
fi
if [[ ! -e $root/target/local/sam/template.yaml ]]; then
  echo "up: nothing is built yet; run $here/build.sh" >&2
  exit 1
fi
rm -rf "$state/stack.env" "$state/logs" "$state/tmp"
mkdir -p "$state/tmp"
finished=false
trap '$finished || "$here/down.sh" "$state"' EXIT
trap 'exit 130' INT TERM

# The emulator hands its own environment on to the functions, so it gets a bare one: a function must find what the
# template gives it and nothing else. AWS_ENDPOINT_URL is how the functions find the emulator.
start() {
  local port=$1
  env -i \
    PATH="$emulator/bin:/usr/bin:/bin" HOME="$HOME" LANG=C.UTF-8 TMPDIR="$state/tmp" PYTHONDONTWRITEBYTECODE=1 \
    BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" MINISTACK_HOST=localhost AWS_ENDPOINT_URL="${PONTE_ENDPOINT:-http://127.0.0.1:$port}" \
    MINISTACK_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AUTH="${PONTE_AUTH:-true}" \
    IOT_MTLS_ENABLED=false SFTP_ENABLED=false \
    SERVICES=apigateway,cloudformation,dynamodb,events,iam,lambda,logs,monitoring,s3,secretsmanager,sns,sqs,sts \
    setsid "$emulator/bin/ministack" >"$state/emulator.log" 2>&1 </dev/null &
  echo $! >"$state/emulator.pid"
}

pid=
endpoint=${PONTE_BESIDE:-}
# Between finding a free port and taking it another process may be quicker.
[[ -n $endpoint ]] || for attempt in 1 2 3; do
  port=$(stack free-port)
  echo "up: the emulator, on port $port"
  start "$port"
  pid=$(cat "$state/emulator.pid")
  endpoint=http://127.0.0.1:$port
  if stack wait "$endpoint" "$pid"; then
    break
  elif ((attempt == 3)); then
    tail -n 20 "$state/emulator.log" >&2
    exit 1
  fi
  kill "$pid" 2>/dev/null || true
done

if [[ -n $pid && -n ${PONTE_OWNER_PID:-} ]]; then
  setsid "$here/down.sh" --after "$PONTE_OWNER_PID" "$state" >/dev/null 2>&1 </dev/null &
fi

echo "up: deploying (sam's own words are in $state/deploy.log)"
# No setting of this user's may decide where this goes: not a profile, and not the answers kept in samconfig.toml.
unset AWS_PROFILE AWS_SESSION_TOKEN
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export AWS_ENDPOINT_URL=$endpoint AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test TMPDIR=$state/tmp SAM_CLI_TELEMETRY=0 SAM_CLI_POLL_DELAY=0.2
name=${PONTE_STACK:-ponte}
stack prepare "$state/parameters.yaml" "$@"
(
  flock --shared 9 # a build must not swap the artifacts while they are read
  "$deploy/bin/sam" deploy --config-file "$here/samconfig.toml" --template-file "$root/target/local/sam/template.yaml" \
    --stack-name "$name" --s3-bucket ponte-artifacts --capabilities CAPABILITY_IAM --no-confirm-changeset \
    --parameter-overrides "file://$state/parameters.yaml" >"$state/deploy.log" 2>&1
) 9>"$root/target/local/lock" || {
  grep -E 'Error|FAILED|ROLLBACK' "$state/deploy.log" >&2 || tail -n 20 "$state/deploy.log" >&2
  exit 1
}
rm "$state/parameters.yaml"
stack permit
[[ -z ${PONTE_RULES:-} ]] || stack rules "$name" "$PONTE_RULES"
stack env "$name" "$pid" >"$state/stack.env.new"
mv "$state/stack.env.new" "$state/stack.env"
finished=true
echo "up: the stack is ready ($state/stack.env)"
