# What is done with this repository. `make` alone lists it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run dashboard prepare test lint fmt e2e bench chaos

CARGO ?= cargo

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: dashboard ## Build and start the server with the sandbox, on embedded SQLite in ./data
	$(CARGO) run --locked -p switchboard-server --bin switchboard -- serve --sandbox $(ARGS)

dashboard: ## Build the dashboard, if its sources changed; the server takes it in
	scripts/dashboard

test: prepare ## Everything that CI asks: lint, tests on both databases, oracles, contract, the dashboard in a browser
	scripts/test

lint: ## Formatting, clippy, docs, shell scripts, licences, unused dependencies
	scripts/lint

fmt: ## Format the code
	$(CARGO) fmt --all

chaos: prepare ## The rough tests at length: 200 power cuts, 100 kills on each database (some 30 minutes)
	POWER_CUTS=200 CHAOS_ROUNDS=100 $(CARGO) test --locked -p switchboard-server --test it -- power:: crash:: disk:: --nocapture

e2e: prepare ## Other people's programs against ours, and the dashboard as everybody on every screen
	e2e/oracles/run
	e2e/contract/run
	E2E_EVERYTHING=1 e2e/dashboard/run

bench: prepare ## Measure, as ratios to what this machine can do at all; ARGS="--out FILE" keeps it
	$(CARGO) build --locked --release -p switchboard-server -p switchboard-bench
	release="$${CARGO_TARGET_DIR:-target}/release"; "$$release/switchboard-bench" --server "$$release/switchboard" $(ARGS)

prepare: ## Install what the tests need and this machine lacks
	scripts/prepare
