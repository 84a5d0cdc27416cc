# shellcheck shell=bash
# Sourced by the other scripts: stands in the repository's root, and says what went wrong in one line.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# at_least HAVE WANTED: compares versions such as 1.95.0 and 1.95.
at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}
