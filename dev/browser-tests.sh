#!/usr/bin/env bash
# The browser tests, against the binary built now, or TEST_BINARY=FILE.
#   dev/browser-tests.sh [web/e2e/NAME.test.js…]
source "$(dirname "$0")/common.sh"

[ $# -gt 0 ] || set -- web/e2e/*.test.js
# As the Rust tests build it: their dependencies switch features on, so `cargo build` would compile much of it again.
[ -n "${TEST_BINARY:-}" ] || cargo test --quiet --locked --no-run --test it
# One file at a time: there may be only two cores, and a browser and a server want one each.
node --test --test-reporter=spec --test-concurrency=1 "$@"
