#!/usr/bin/env bash
# Starts a Request Tracker on 127.0.0.1 from the installation that install.sh made, empty but for what seed.pl puts into it.
#
#   infra/request-tracker/up.sh STATE_DIR PORT HOOK_URL SECRET
#   infra/request-tracker/up.sh STATE_DIR        starts it again after `down.sh --pause`: same port, same tickets
#
# STATE_DIR  one folder for each server; its rt.env says URL, BRIDGE_TOKEN, ANA_TOKEN, BETO_TOKEN and PID, rt.log what it logs
# PORT       0 for a free one
# HOOK_URL   where the scrip posts what agents do, signed with SECRET (whsec_...)
#
# PONTE_REQUEST_TRACKER=DIR  the installation, so that install.sh need not be asked
# PONTE_RT_QUEUES=A,B        makes these queues as well as General, with the rights, custom fields and scrip of General, and two more fields, Contrato and CSAT
# PONTE_OWNER_PID=PID        stops the server when that process ends, however it ends
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
say() { printf 'request tracker: %s\n' "$*" >&2; }
give_up() { say "$*" && exit 1; }

if (($# != 1 && $# != 4)); then
  sed -n '2,14s/^# \{0,1\}//p' "$0"
  exit 2
fi
((EUID == 0)) || give_up "chroot needs root; run this as root, or in a container where you are it"
root=${PONTE_REQUEST_TRACKER:-$("$here/install.sh")}
[[ -e $root/complete ]] || give_up "$root is no installation of it; run $here/install.sh"
mkdir -p "$1"
state=$(cd "$1" && pwd)
env=$state/rt.env

value() { sed -n "s/^$1=//p" "$env"; }
# The command line is empty once a process has ended, even while nobody has collected it.
runs() { [[ $(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline") == *rt-server* ]]; }
free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }

# A program of that Debian, as a user without rights and in an environment of its own. Replaces this shell.
# $run is the server's own folder in there.
become() {
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME="$run" TMPDIR="$run" \
    PONTE_RT_PORT="$port" PONTE_RT_DATABASE="$run/database" "${more[@]}" \
    setsid --wait chroot --userspec=www-data:www-data "$root" "$@"
}
more=()

# Until it answers; false when it has ended or a minute has passed.
answers() {
  for _ in {1..600}; do
    # Not by its command line: that is this script's until it has become the server.
    kill -0 "$1" 2>/dev/null || return 1
    ! curl --silent --fail --output /dev/null -H "Authorization: token $(value BRIDGE_TOKEN)" "$(value URL)/REST/2.0/rt" || return 0
    sleep 0.1
  done
  return 1
}

start() {
  # Six workers: the bridge's two, the agents', and whoever looks.
  (become /usr/share/request-tracker5/libexec/rt-server --host 127.0.0.1 --port "$port" --max-workers 6) \
    >>"$state/rt.log" 2>&1 </dev/null &
  local pid=$!
  sed -i '/^PID=/d' "$env"
  printf 'PID=%s\n' "$pid" >>"$env"
  answers "$pid"
}

if (($# == 1)); then
  [[ -e $env ]] || give_up "there was none in $state"
  ! runs "$(value PID)" || give_up "it runs in $state already"
  run=$(value RUN)
  port=$(value URL)
  port=${port##*:}
else
  [[ ! -e $env ]] || "$here/down.sh" "$state"
  port=$2
  ((port > 0)) || port=$(free_port)
  run=/srv/runs/$(basename "$(mktemp -d "$root/srv/runs/XXXXXXXX")")
  cp --reflink=auto "$root/var/lib/dbconfig-common/sqlite3/request-tracker5/rtdb" "$root$run/database"
  cp "$here/scrip.pl" "$root$run/scrip.pl"
  chroot "$root" chown -R www-data:www-data "$run"
  touch "$env"
  chmod 600 "$env"
  printf 'URL=http://127.0.0.1:%s\nRUN=%s\nROOT=%s\n' "$port" "$run" "$root" >"$env"
  more=(SCRIP="$run/scrip.pl" HOOK_URL="$3" HOOK_SECRET="$4" QUEUES="${PONTE_RT_QUEUES:-}")
  : >"$state/rt.log"
  (become perl - <"$here/seed.pl") >>"$env" 2>>"$state/rt.log" || {
    tail -n 20 "$state/rt.log" >&2
    "$here/down.sh" "$state"
    exit 1
  }
  more=()
  if [[ -n ${PONTE_OWNER_PID:-} ]]; then
    setsid "$here/down.sh" --after "$PONTE_OWNER_PID" "$state" >/dev/null 2>&1 </dev/null &
  fi
fi

if ! start; then
  tail -n 20 "$state/rt.log" >&2
  "$here/down.sh" "$state"
  exit 1
fi
say "ready at $(value URL) ($env)"
