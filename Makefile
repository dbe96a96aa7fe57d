# Every command installs what it needs into .venv first; nothing else is touched.
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := services/chassis services/onboarding services/provisioning services/notifications infra
EDITABLE := $(addprefix -e ,$(PACKAGES))
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
ifeq ($(UV_DEFAULT_INDEX),)
unexport UV_DEFAULT_INDEX
endif

# Where it is set, every process would compile every module anew at every start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/uv: requirements/installer.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, and this is " + sys.version.split()[0] + ". Another one: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	@touch $@

# Two stamps: what running needs, and what checking needs on top of it.
.venv/.run: $(BIN)/uv requirements/stack.txt $(addsuffix /pyproject.toml,$(PACKAGES))
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/stack.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(EDITABLE)
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

.PHONY: setup
setup: .venv/.dev ## Install everything that running and checking need

.PHONY: pins
pins: $(BIN)/uv ## Pin every package anew, with hashes
	requirements/compile

.PHONY: up
up: .venv/.run ## Start the local stack and print its addresses
	@$(BIN)/gangway up

.PHONY: down
down: .venv/.run ## Stop the local stack; its data stays
	@$(BIN)/gangway down

.PHONY: status
status: .venv/.run ## Show every process of the local stack
	@$(BIN)/gangway status

.PHONY: demo
demo: .venv/.run ## Onboard the partners of examples/partners.json (PARTNERS=file for others)
	@$(BIN)/gangway demo

.PHONY: faults
faults: .venv/.run ## Kill, stop and cut everything under load, then compare (SEED= KILLS= PARTNERS=)
	@$(BIN)/gangway faults

# What needs no server of ours, in under a minute.
.PHONY: check
check: lint ## Lint, types, import rules, unit and contract tests
	@$(BIN)/pytest tests/unit tests/contracts

# pytest comes last, so that its closing line is the last word. PYTEST_ADDOPTS="-m 'not chaos'" leaves out the minutes of kills.
.PHONY: test
test: lint ## Check, integration, end to end, and a hundred kills, on real servers
	@$(BIN)/pytest

# On servers of its own, which are gone afterwards.
.PHONY: bench
bench: .venv/.dev ## Measure ours beside bare baselines (ONLY=sign-up,relay ROWS=10000 REPETITIONS=3)
	@$(BIN)/python -m tests.benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(ROWS),--rows $(ROWS)) $(if $(REPETITIONS),--repetitions $(REPETITIONS))

.PHONY: lint
lint: .venv/.dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

.PHONY: clean
clean: ## Stop the local stack, remove its data, the installed packages and all caches
	@if [ -x $(BIN)/gangway ]; then $(BIN)/gangway down; fi
	rm -rf .local .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
