#!/usr/bin/env bash
# What the tests need beside Rust and Node: PostgreSQL's server programs, Chromium, and Python for real
# calendar clients. As root on Debian or Ubuntu what is missing is installed; elsewhere this names the one command to run.
source "$(dirname "$0")/common.sh"

missing=()
dev/postgres-bin.sh >/dev/null 2>&1 || missing+=(postgresql)
# Without a font Chromium draws no letters, and everything has the wrong width.
[ -n "${CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null ||
  missing+=(chromium fonts-liberation)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null ||
  die "The tests need PostgreSQL's server programs, Chromium (or CHROMIUM=/path/to/it) and Python with venv; missing: ${missing[*]}"
[ "$(id -u)" = 0 ] ||
  die "The tests need more packages: sudo apt-get update && sudo apt-get install -y ${missing[*]}"

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends "${missing[@]}"
