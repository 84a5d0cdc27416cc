# What a newcomer needs: `make run`, then `make test`. The steps live in dev/*.sh.
.PHONY: run build web test fmt lint bench letters screenshot clean help

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: build ## build everything and serve a demonstration on http://localhost:3000
	@cargo run --quiet --locked -- demo

build: web ## build the web client and the binary
	cargo build --locked

web: ## build the web client into web/board/dist
	@dev/toolchain.sh
	@dev/web.sh

test: ## everything that CI checks (installs PostgreSQL and Chromium when run as root on Debian)
	@dev/test.sh

fmt: ## format the Rust code
	cargo fmt

lint: ## clippy, the web client's lints and, where it is installed, shellcheck
	@dev/lint.sh

bench: web ## measure, with optimisations
	cargo bench --locked --bench '*'
	@cargo build --quiet --locked && node web/e2e/pan.bench.js

letters: ## make pictures of every letter, to be looked at
	@dev/web.sh install
	@cargo test --quiet --locked --test it -- letters_are_left_to_be_looked_at
	@node web/e2e/letters-screenshot.js

screenshot: build ## make the pictures of the README again
	@dev/screenshot.sh

clean: ## remove what was built
	cargo clean
	rm -rf web/node_modules web/e2e/out web/board/dist/*
