#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own: fresh data in a temporary folder, a free port, all removed at the end.
# The command finds it in TEST_DATABASE_URL.   dev/with-postgres.sh cargo test
source "$(dirname "$0")/common.sh"
[ $# -gt 0 ] || die "usage: dev/with-postgres.sh COMMAND…"

bin=$(dev/postgres-bin.sh) || die "PostgreSQL's server programs are missing: dev/needs.sh says how to get them"
data=$(mktemp -d "${TMPDIR:-/tmp}/parcours-postgres.XXXXXX")

# PostgreSQL refuses to run as root; Debian's package has made an account for it.
as=(env)
if [ "$(id -u)" = 0 ]; then
  as=(runuser -u postgres --)
  chown postgres "$data"
fi
# From a folder that this account may enter, or its programs complain.
pg() { (cd "$data" && "${as[@]}" "$bin/$1" "${@:2}" 2>&1); }

stop() {
  if [ -f "$data/postmaster.pid" ]; then pg pg_ctl -s -D "$data" -m immediate stop || true; fi
  rm -rf "$data"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

said=$(pg initdb -D "$data" -U parcours -A trust -E UTF8 --no-locale --no-sync) || die "$said"

# Tests may lose their data, so nothing is flushed; several applications at once need their connections.
options="-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=400
         -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
started=no
for _ in 1 2 3 4 5 6 7 8; do
  port=$((20000 + RANDOM % 12000)) # below the range from which clients take their own ports
  if pg pg_ctl -s -w -D "$data" -l "$data/server.log" -o "-p $port $options" start >/dev/null; then
    started=yes
    break
  fi # most likely somebody has this port
done
[ "$started" = yes ] || die "PostgreSQL does not start: $(cat "$data/server.log")"

export TEST_DATABASE_URL="postgres://parcours@127.0.0.1:$port/postgres"
"$@"
