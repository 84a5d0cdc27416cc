#!/usr/bin/env bash
# Everything that CI checks, cheapest first; stops at the first step that fails. The last line counts the tests.
source "$(dirname "$0")/common.sh"

# Incremental builds cost time and disk where everything is built once.
export CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-0}"
export CARGO_TERM_PROGRESS_WHEN=never

log=$(mktemp)
current=
# Reads the closing lines of cargo test, vitest and node --test.
count() {
  awk '
    { gsub(/\033\[[0-9;]*m/, "") } # colours
    /^test result:/ { for (i = 2; i <= NF; i++) { if ($i == "passed;") passed += $(i - 1); if ($i == "failed;") failed += $(i - 1) } }
    /^ *Tests  / { for (i = 2; i <= NF; i++) { if ($i == "passed") passed += $(i - 1); if ($i == "failed") failed += $(i - 1) } }
    /^ℹ pass / { passed += $3 }
    /^ℹ fail / { failed += $3 }
    END { printf "%d passed, %d failed\n", passed, failed }
  ' "$log"
}
finish() {
  status=$?
  [ "$status" = 0 ] || printf '\nFailed: %s\n' "$current"
  [ "$status" != 0 ] || printf '\nAll checks hold (%d s).\n' "$SECONDS"
  count
  rm -f "$log"
}
trap finish EXIT

# step TITLE COMMAND…: a heading, the command, the time it took.
step() {
  current=$1
  shift
  local started=$SECONDS
  printf '\n== %s\n' "$current"
  "$@" 2>&1 | tee -a "$log"
  printf -- '-- %s: %d s\n' "$current" $((SECONDS - started))
}

scripts() {
  dev/toolchain-test.sh
  if command -v shellcheck >/dev/null; then shellcheck -x -P SCRIPTDIR dev/*.sh .ci/run; else echo "shellcheck is not installed: skipped"; fi
}
# Not installed for the tests: building it takes longer than they do. It needs no network but for advisories.
deny() {
  if cargo deny --version >/dev/null 2>&1; then
    cargo deny --log-level error check bans licenses sources
  else
    echo "cargo-deny is not installed: skipped"
  fi
}

step "Toolchain" dev/toolchain.sh
step "PostgreSQL and Chromium" dev/needs.sh
step "Rust: format" cargo fmt --check
step "Scripts" scripts
step "Dependencies: licences and sources" deny
step "Web: install" dev/web.sh install
step "Web: lint" npm run --silent --prefix web lint
step "Web: types" npm run --silent --prefix web check
step "Web: unit tests" npm run --silent --prefix web test
step "Web: build" npm run --silent --prefix web build
step "Rust: clippy" cargo clippy --quiet --locked --all-targets -- -D warnings
step "Rust: documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps --document-private-items
step "Rust: build the tests" cargo test --quiet --locked --no-run
step "Rust: tests on SQLite" env -u TEST_DATABASE_URL cargo test --quiet --locked
step "Rust: tests on PostgreSQL" dev/with-postgres.sh cargo test --quiet --locked --tests
step "Browser tests" dev/browser-tests.sh
