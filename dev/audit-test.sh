#!/usr/bin/env bash
# Shows that dev/audit.sh fails on a weakness, and on nothing else: with a PATH of stand-ins.
source "$(dirname "$0")/common.sh"

fake=$(mktemp -d)
trap 'rm -rf "$fake"' EXIT
for tool in bash env dirname; do ln -s "$(command -v $tool)" "$fake/$tool"; done

# stand_in NAME SCRIPT: a program that does this.
stand_in() { printf '#!/bin/sh\n%s\n' "$2" >"$fake/$1" && chmod +x "$fake/$1"; }
audit() { PATH=$fake CARGO_HOME=$fake dev/audit.sh 2>&1; }

# passes EXPECTED: dev/audit.sh passes, and says this.
passes() {
  said=$(audit) || die "failed, where it should say: $1; it said: $said"
  case $said in *"$1"*) echo "ok: $1" ;; *) die "expected $1, got: $said" ;; esac
}
# fails WHY: dev/audit.sh fails.
fails() { if said=$(audit); then die "passed with $1: $said"; else echo "ok: fails with $1"; fi; }

stand_in cargo 'exit 101'
stand_in npm 'echo "{ \"error\": {} }"; exit 1'
passes "cargo-audit is not installed: skipped"
passes "npm's advisories cannot be reached: skipped"
stand_in cargo 'exit 0'
passes "cargo-audit has no database of advisories"
mkdir "$fake/advisory-db"
stand_in cargo '[ "$2" = --version ] || { echo "nothing found"; }'
passes "nothing found"
stand_in cargo '[ "$2" = --version ] || { echo "RUSTSEC-0000-0000"; exit 1; }'
fails "a weakness of a crate"
stand_in cargo 'exit 0'
stand_in npm 'echo "{ \"auditReportVersion\": 2 }"'
passes "npm audit: nothing found"
stand_in npm 'echo "{ \"auditReportVersion\": 2 }"; exit 1'
fails "a weakness of a package"
