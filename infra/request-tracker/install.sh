#!/usr/bin/env bash
# Installs Debian's Request Tracker 5 once into a folder of its own, for the tests and the demo, and prints that folder.
#
#   infra/request-tracker/install.sh
#
# What is in the folder is a small Debian of its own: nothing of this machine's is changed, but for the package debootstrap.
# It is not changed any more once it is complete; up.sh starts any number of servers from it, each with its own database.
# Needs root, for debootstrap and chroot do, and a Debian whose apt sources name a mirror of bookworm.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ponte
made_of=("$here/install.sh" "$here/debconf" "$here/site-config.pm")
release=bookworm
root=$cache/request-tracker-$(cat "${made_of[@]}" | sha256sum | cut -c1-12)
log=$root.log

say() { printf 'request tracker: %s\n' "$*" >&2; }
give_up() { say "$*" && exit 1; }

# The mirrors are those of this machine; no file of the repository names one. Prints the first that has the release $1.
mirror() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' 2>/dev/null |
    awk -v release="$1" '$2 == release && $3 == "main" { print $1; exit }'
}

inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }

install() {
  local main security proxy=
  ((EUID == 0)) || give_up "debootstrap and chroot need root; run this as root, or in a container where you are it"
  command -v apt-get >/dev/null || give_up "this is no Debian: there is no apt-get"
  main=$(mirror "$release") security=$(mirror "$release-security")
  [[ -n $main ]] || give_up "the apt sources of this machine name no mirror of Debian $release"
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  [[ -z $proxy ]] || export http_proxy=$proxy

  say "installing it (once, about a minute; apt's own words are in $log)"
  rm -rf "$root"
  : >"$log"
  if ! command -v debootstrap >/dev/null; then
    apt-get update >>"$log" 2>&1
    apt-get install -y --no-install-recommends debootstrap >>"$log" 2>&1
  fi
  debootstrap --variant=minbase "$release" "$root" "$main" >>"$log" 2>&1
  {
    printf 'deb %s %s main\n' "$main" "$release"
    [[ -z $security ]] || printf 'deb %s %s-security main\n' "$security" "$release"
  } >"$root/etc/apt/sources.list"
  # No package may start a service, and nobody reads its manual here.
  install_file 755 "$root/usr/sbin/policy-rc.d" $'#!/bin/sh\nexit 101\n'
  install_file 644 "$root/etc/dpkg/dpkg.cfg.d/small" $'path-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n'
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  inside apt-get update >>"$log" 2>&1
  inside debconf-set-selections <"$here/debconf"
  inside apt-get install -y --no-install-recommends request-tracker5 rt5-db-sqlite rt5-standalone >>"$log" 2>&1
  inside apt-get clean
  rm -rf "$root"/var/lib/apt/lists/*

  cp "$here/site-config.pm" "$root/etc/request-tracker5/RT_SiteConfig.d/90-ponte.pm"
  # Debian leaves the settings to root alone, and the server is not root.
  inside chgrp -R www-data /etc/request-tracker5/RT_SiteConfig.pm /etc/request-tracker5/RT_SiteConfig.d
  inside chmod -R g+rX /etc/request-tracker5/RT_SiteConfig.pm /etc/request-tracker5/RT_SiteConfig.d
  mkdir -p "$root/srv/runs"
  touch "$root/complete"
}

install_file() {
  printf '%s' "$3" >"$2"
  chmod "$1" "$2"
}

mkdir -p "$cache"
(
  flock 9
  if [[ ! -e $root/complete ]]; then
    trap '[[ -e $root/complete || ! -e $log ]] || tail -n 20 "$log" >&2' EXIT
    install
  fi
) 9>"$cache/request-tracker.lock"
printf '%s\n' "$root"
