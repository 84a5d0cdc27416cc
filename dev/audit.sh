#!/usr/bin/env bash
# Known weaknesses of what is used: `cargo audit` and `npm audit`, where the tool and its data are at hand. What cannot be asked
# is skipped with one line, so that tests need no network; a weakness that is found fails.
source "$(dirname "$0")/common.sh"

rust() {
  local database="${CARGO_HOME:-$HOME/.cargo}/advisory-db"
  if ! cargo audit --version >/dev/null 2>&1; then
    echo "cargo-audit is not installed: skipped"
  elif [ ! -d "$database" ]; then
    echo "cargo-audit has no database of advisories at $database: skipped (cargo audit fetches it)"
  else
    cargo audit --no-fetch --stale --db "$database"
  fi
}

# npm asks its registry, and fails alike when there is no answer and when something is wrong: the report tells which.
web() {
  local report status=0
  report=$(npm audit --prefix web --package-lock-only --json --fetch-retries=0 --fetch-timeout=10000 2>/dev/null) || status=$?
  case $report in
  *'"auditReportVersion"'*)
    [ "$status" = 0 ] || printf '%s\n' "$report"
    [ "$status" != 0 ] || echo "npm audit: nothing found"
    return "$status"
    ;;
  *) echo "npm's advisories cannot be reached: skipped" ;;
  esac
}

rust
web
