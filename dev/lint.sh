#!/usr/bin/env bash
# The lints of every language here.
source "$(dirname "$0")/common.sh"

dev/web.sh install
cargo clippy --quiet --locked --all-targets -- -D warnings
npm run --silent --prefix web lint
npm run --silent --prefix web check
if command -v shellcheck >/dev/null; then shellcheck -x -P SCRIPTDIR dev/*.sh .ci/run; fi
