#!/usr/bin/env bash
# Everything that CI checks, in two lanes beside each other: what cargo does, and what needs no cargo. Both stop at the first
# step that fails. A step's output appears when the step ends. The last line counts the tests.
source "$(dirname "$0")/common.sh"

# Incremental builds cost time and disk where everything is built once.
export CARGO_INCREMENTAL="${CARGO_INCREMENTAL:-0}"
export CARGO_TERM_PROGRESS_WHEN=never

work=$(mktemp -d)
mkfifo "$work/events"
exec 3<>"$work/events"
failed=
lanes=()

# Reads the closing lines of cargo test, vitest and node --test.
count() {
  cat "$work"/*.log 2>/dev/null | awk '
    { gsub(/\033\[[0-9;]*m/, "") } # colours
    /^test result:/ { for (i = 2; i <= NF; i++) { if ($i == "passed;") passed += $(i - 1); if ($i == "failed;") failed += $(i - 1) } }
    /^ *Tests  / { for (i = 2; i <= NF; i++) { if ($i == "passed") passed += $(i - 1); if ($i == "failed") failed += $(i - 1) } }
    /^ℹ pass / { passed += $3 }
    /^ℹ fail / { failed += $3 }
    END { printf "%d passed, %d failed\n", passed, failed }
  '
}
finish() {
  status=$?
  # Each lane is a process group of its own; one that has ended is no longer there.
  for lane in "${lanes[@]}"; do kill -TERM -- "-$lane" 2>/dev/null || true; done
  wait
  [ "$status" = 0 ] || printf '\nFailed: %s\n' "${failed:-interrupted}"
  [ "$status" != 0 ] || printf '\nAll checks hold (%d s).\n' "$SECONDS"
  count
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# step TITLE COMMAND…: runs the command, and tells how it ended.
step() {
  local title=$1 started=$SECONDS log status=0
  shift
  log=$(mktemp "$work/XXXXXX.log")
  printf 'started|%s\n' "$title" >&3
  # Beside the lane and then awaited: as a condition, the command would go on after its own failures.
  "$@" >"$log" 2>&1 3>&- &
  wait $! || status=$?
  if [ "$status" = 0 ]; then touch "$work/$title"; fi
  printf 'ended|%s|%d|%d|%s\n' "$title" "$status" $((SECONDS - started)) "$log" >&3
  [ "$status" = 0 ] || exit "$status"
}

# after TITLE: waits until that step of the other lane has ended well; when it fails, both lanes are stopped.
after() {
  until [ -e "$work/$1" ]; do sleep 0.2; done
}

scripts() {
  dev/toolchain-test.sh
  dev/audit-test.sh
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

# The files of browser tests, each taken by the lane that is free: a browser and a server want one core each.
browser_tests() {
  local file built
  built=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
  for file in web/e2e/*.test.js; do
    mkdir "$work/taken-$(basename "$file")" 2>/dev/null || continue
    TEST_BINARY="$built/debug/parcours" dev/browser-tests.sh "$file"
  done
}

rust_lane() {
  step "Rust, format" cargo fmt --check
  step "Rust, clippy" cargo clippy --quiet --locked --all-targets -- -D warnings
  # After clippy, which leaves what is needed to know of the dependencies.
  step "Rust, documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps --document-private-items
  after "Web, build"
  step "Rust, build the tests" cargo test --quiet --locked --no-run
  step "Rust, tests on SQLite" env -u TEST_DATABASE_URL cargo test --quiet --locked
  # The unit tests in src/ use no database of a server: they have run.
  step "Rust, tests on PostgreSQL" dev/with-postgres.sh cargo test --quiet --locked --test it
  step "Browser tests, the others" browser_tests
}
other_lane() {
  step "Scripts" scripts
  step "Dependencies, licences and sources" deny
  step "Dependencies, advisories" dev/audit.sh
  step "Web, install" dev/web.sh install
  step "Web, lint" npm run --silent --prefix web lint
  step "Web, types" npm run --silent --prefix web check
  step "Web, unit tests" npm run --silent --prefix web test
  step "Web, build" npm run --silent --prefix web build
  after "Rust, build the tests"
  step "Browser tests" browser_tests
}
lane() {
  trap - EXIT INT TERM
  "$1"
  printf 'lane|%s\n' "$1" >&3
}

failed="Toolchain"
dev/toolchain.sh
failed="PostgreSQL and Chromium"
dev/needs.sh
failed=
set -m # a process group for each lane
lane rust_lane &
lanes+=($!)
lane other_lane &
lanes+=($!)
set +m

running=${#lanes[@]}
while [ "$running" -gt 0 ]; do
  IFS='|' read -r -u 3 event title status seconds log
  case $event in
  started) printf '.. %s\n' "$title" ;;
  ended)
    printf '\n== %s: %d s\n' "$title" "$seconds"
    cat "$log"
    if [ "$status" != 0 ]; then
      failed=$title
      exit "$status"
    fi
    ;;
  lane) running=$((running - 1)) ;;
  esac
done
