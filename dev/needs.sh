#!/usr/bin/env bash
# What the tests need beside Rust and Node: PostgreSQL's server programs, Chromium, and Python for real
# calendar clients. As root on Debian or Ubuntu what is missing is installed; elsewhere this names the one command to run.
source "$(dirname "$0")/common.sh"

# Chromium's headless shell has no windows of its own, and needs half the time of the whole program.
SHELL_PACKAGE=chromium-headless-shell
has_shell() { [ -n "${CHROMIUM:-}" ] || command -v "$SHELL_PACKAGE" >/dev/null; }

missing=()
dev/postgres-bin.sh >/dev/null 2>&1 || missing+=(postgresql)
# Without a font Chromium draws no letters, and everything has the wrong width.
has_shell || command -v chromium chromium-browser google-chrome >/dev/null || missing+=(chromium fonts-liberation)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null ||
    die "The tests need PostgreSQL's server programs, Chromium (or CHROMIUM=/path/to/it) and Python with venv; missing: ${missing[*]}"
  can_install ||
    die "The tests need more packages: sudo apt-get update && sudo apt-get install -y ${missing[*]}"
fi

export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -q --no-install-recommends "$@"; }
if [ ${#missing[@]} -gt 0 ]; then apt-get update -q; fi
# Debian packages the shell, other systems may not: then the tests take the whole Chromium.
if can_install && ! has_shell && apt-cache show "$SHELL_PACKAGE" >/dev/null 2>&1; then
  install "$SHELL_PACKAGE" fonts-liberation || echo "Chromium's headless shell cannot be had."
fi
packages=()
for package in "${missing[@]}"; do
  if [ "$package" != chromium ] || ! has_shell; then packages+=("$package"); fi
done
[ ${#packages[@]} = 0 ] || install "${packages[@]}"
