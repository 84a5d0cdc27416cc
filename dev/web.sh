#!/usr/bin/env bash
# Builds the web client. Packages are installed again only when the lock file changed.
#   dev/web.sh            install and build
#   dev/web.sh install    install only
source "$(dirname "$0")/common.sh"

# npm ci empties node_modules, so a copy of the lock file in there tells what was installed from.
installed=web/node_modules/.installed-lock.json
if ! cmp -s web/package-lock.json "$installed"; then
  npm ci --prefix web --no-audit --no-fund
  cp web/package-lock.json "$installed"
fi
[ "${1:-build}" = install ] || npm run --silent --prefix web build
