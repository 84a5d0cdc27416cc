#!/usr/bin/env bash
# Shows that dev/toolchain.sh names what is missing or too old, in one line: with a PATH of stand-ins.
source "$(dirname "$0")/common.sh"

fake=$(mktemp -d)
trap 'rm -rf "$fake"' EXIT
for tool in bash env dirname sed cut sort head printf; do ln -s "$(command -v $tool)" "$fake/$tool"; done

# stand_in NAME [OUTPUT]: a program that prints OUTPUT.
stand_in() { printf '#!/bin/sh\necho "%s"\n' "${2:-}" >"$fake/$1" && chmod +x "$fake/$1"; }

# says EXPECTED: dev/toolchain.sh fails with this one line.
says() {
  if said=$(PATH=$fake dev/toolchain.sh 2>&1); then die "nothing was found wrong, where this should be: $1"; fi
  case $said in *$'\n'*) die "more than one line: $said" ;; "$1"*) echo "ok: $said" ;; *) die "expected $1, got: $said" ;; esac
}

says "Rust is missing"
stand_in cargo "cargo 1.80.1 (abc 2024-08-01)"
says "Rust 1.80.1 is too old"
stand_in cargo "cargo 1.100.0 (abc 2027-01-01)"
says "Node is missing"
stand_in node v18.20.4
says "Node 18.20.4 is too old"
stand_in node v24.1.0
says "npm is missing"
stand_in npm
says "A C compiler is missing"
stand_in cc
PATH=$fake dev/toolchain.sh
echo "ok: everything is there"
