#!/usr/bin/env bash
# Checks that Rust, Node and a C compiler are there and new enough; says in one line what to do otherwise.
source "$(dirname "$0")/common.sh"

rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
node=$(sed -n 's/.*"node": ">=\(.*\)".*/\1/p' web/package.json)

# The second word of `cargo 1.95.0 (…)`; nothing when rustup has no toolchain behind it.
have=$(cargo --version 2>/dev/null | cut -d ' ' -f 2) || die "Rust is missing: install Rust $rust or newer from https://rustup.rs"
at_least "$have" "$rust" || die "Rust $have is too old: Rust $rust or newer is needed (rustup update stable)"

have=$(node --version 2>/dev/null) || die "Node is missing: install Node $node or newer from https://nodejs.org"
at_least "${have#v}" "$node" || die "Node ${have#v} is too old: Node $node or newer is needed (https://nodejs.org)"
command -v npm >/dev/null || die "npm is missing: it comes with Node from https://nodejs.org, on Debian in the package npm"

command -v cc >/dev/null || die "A C compiler is missing, for SQLite: on Debian the package gcc, on macOS xcode-select --install"
