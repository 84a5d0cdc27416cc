#!/usr/bin/env bash
# Makes the README's pictures, web/e2e/pictures/*.png, from a demonstration of its own.
source "$(dirname "$0")/common.sh"

dev/needs.sh
cargo build --quiet --locked
node web/e2e/screenshot.js
