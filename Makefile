# Everything starts here: `make run` and `make test` set up what they need and can be repeated at once.
# The steps themselves are in packaging/bootstrap.py, which needs nothing but python3.11.

PYTHON ?= python3.11
RUNS ?= 200
FUZZ_SECONDS ?= 120
BIN := .venv/bin
BOOTSTRAP := $(PYTHON) packaging/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help setup run test faults fuzz check bench lint format lock samples clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install everything and fetch the starter models; afterwards .venv/bin/margent works
	@$(BOOTSTRAP) setup

run: ## set up, then do the main job on the sample library, in a window or in the terminal
	@$(BOOTSTRAP) run

test: ## set up, check the house, run every test
	@$(BOOTSTRAP) test
	@$(MAKE) --no-print-directory lint
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest

faults: ## kill, damage and fill up the library, over and over, and print a table (RUNS=200)
	@$(BOOTSTRAP) test
	MARGENT_FAULTS=$(RUNS) nice -n 19 $(BIN)/python -m pytest -p tests.faults.table -m fault -o faulthandler_timeout=0 \
		tests/faults tests/library

fuzz: ## edit files until a reader or a span goes wrong, for so long (FUZZ_SECONDS=120)
	@$(BOOTSTRAP) test
	FUZZ_SECONDS=$(FUZZ_SECONDS) nice -n 19 $(BIN)/python -m tests.fuzzing

check: ## formatting, lint, types and layers
	@$(BOOTSTRAP) check
	@$(MAKE) --no-print-directory lint

lint: # the checks themselves, without setting anything up
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/basedpyright

bench: ## print what was measured, as ratios to a bound of the same run
	@$(BOOTSTRAP) test
	$(BIN)/python -m tests.benchmarks

format: ## put the code into the house's format
	@$(BOOTSTRAP) check
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## write the lock files anew from pyproject.toml (needs uv)
	packaging/lock.sh

samples: ## draw the sample library's PDF and DOCX files anew
	$(BIN)/python packaging/make_samples.py

clean: ## remove everything that was installed or made here; models and libraries stay
	rm -rf .venv .make build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find app tests packaging -name __pycache__ -type d -prune -exec rm -rf {} +
