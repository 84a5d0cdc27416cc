#!/usr/bin/env bash
# The browser tests, against the binary built now.   dev/browser-tests.sh [web/e2e/NAME.test.js…]
source "$(dirname "$0")/common.sh"

[ $# -gt 0 ] || set -- web/e2e/*.test.js
cargo build --quiet --locked
# One file at a time: there may be only two cores, and a browser and a server want one each.
node --test --test-reporter=spec --test-concurrency=1 "$@"
