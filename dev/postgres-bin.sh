#!/usr/bin/env bash
# Prints the folder of PostgreSQL's server programs, which Debian keeps out of PATH. The newest version wins.
set -euo pipefail

if command -v pg_ctl >/dev/null && command -v initdb >/dev/null; then
  dirname "$(readlink -f "$(command -v pg_ctl)")"
  exit
fi
newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/pg_ctl | sort -V | tail -n 1)
[ -x "$newest" ] || exit 1
dirname "$newest"
