# Every command installs what it needs into .venv first; nothing else is touched.
# The first Python that is new enough; PYTHON=python3.12 chooses another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
BIN := .venv/bin
PACKAGES := $(addprefix services/,chassis onboarding provisioning notifications integrations console) \
	$(addprefix infra/,operator_client operator_cli consumer_kit local_stack contract_tools) tests/faults
EDITABLE := $(addprefix -e ,$(PACKAGES))

# What was copied or moved here with its folder runs the code of the other place, or nothing at all; what an
# older Python of the machine made holds nothing that the present one would look for.
STALE := $(shell [ ! -d .venv ] || { [ "$$(cat .venv/.made-in 2>/dev/null)" = "$$(pwd -P)" ] \
	&& $(BIN)/python -c 'import pip' 2>/dev/null; } || echo stale)

# Two that install at the same moment take turns, where the system has a program for it.
TURN := $(shell command -v flock >/dev/null 2>&1 && echo flock .venv.lock)

# Python's files are UTF-8 here, whatever the locale says, and packages go into .venv, whatever pip.conf says.
export PYTHONUTF8 := 1
export PIP_USER := 0

# Where it is set, every process would recompile every module at every start.
unexport PYTHONDONTWRITEBYTECODE
# What is meant for other Python programs: their packages, their strictness.
unexport PYTHONPATH
unexport PYTHONWARNINGS
unexport PYTHONOPTIMIZE

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(BIN)/uv: requirements/installer.txt $(STALE)
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed. Name yours: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	$(TURN) $(PYTHON) -m venv $(if $(STALE),--clear) .venv
	$(TURN) $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	@pwd -P >.venv/.made-in
	@touch $@

.PHONY: stale
stale:

# Two stamps: what running needs, and what checking needs on top of it.
.venv/.run: $(BIN)/uv requirements/stack.txt $(addsuffix /pyproject.toml,$(PACKAGES))
	$(TURN) requirements/install --require-hashes -r requirements/stack.txt
	$(TURN) requirements/install --no-deps --no-build-isolation $(EDITABLE)
	@$(BIN)/python -S requirements/relative_paths.py
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(TURN) requirements/install --require-hashes -r requirements/dev.txt
	@touch $@

# What looking at the pages needs beside a Chromium of the machine.
.venv/.browser: .venv/.dev requirements/browser.txt
	$(TURN) requirements/install --require-hashes -r requirements/browser.txt
	@touch $@

.PHONY: setup
setup: .venv/.dev ## Install everything that running and checking need

.PHONY: pins
pins: $(BIN)/uv ## Pin every package again, with hashes
	requirements/compile

.PHONY: up
up: .venv/.run ## Start the local stack and print its addresses
	@$(BIN)/python -m operator_cli up

.PHONY: down
down: .venv/.run ## Stop the local stack; its data stays
	@$(BIN)/python -m operator_cli down

.PHONY: status
status: .venv/.run ## Show every process of the local stack
	@$(BIN)/python -m operator_cli status

.PHONY: demo
demo: .venv/.run ## Onboard the partners of examples/partners.json (PARTNERS=file for others)
	@$(BIN)/python -m operator_cli demo

.PHONY: faults
faults: .venv/.run $(if $(OUTSIDER),.venv/.dev) ## Kill, stop and cut everything under load, then compare (SEED= KILLS= PARTNERS=; OUTSIDER= runs beside somebody who changes the outside)
ifdef OUTSIDER
	@OUTSIDER=$(OUTSIDER) $(BIN)/pytest tests/integration/provisioning/outside/test_random_outsider.py -q -s -n 0
else
	@$(BIN)/python -m operator_cli faults
endif

# Most tests wait for something: three workers take less time than two, also on two cores.
WORKERS := -n 3 --dist loadgroup --no-loadscope-reorder

# What needs no server of ours, in under a minute.
.PHONY: check quick-tests
check: .venv/.dev ## Lint, types, import rules, unit and contract tests, side by side
	@$(MAKE) --no-print-directory --jobs=2 lint quick-tests

quick-tests: .venv/.dev
	@$(BIN)/python -m pytest $(WORKERS) --hypothesis-profile=quick tests/unit tests/contracts

# pytest comes last, so that its closing line is the last word. PYTEST_ADDOPTS="-m 'not chaos'" leaves out the minutes of kills.
.PHONY: test
test: lint ## Check, integration, end to end, and kills under load, on real servers
	@$(BIN)/python -m pytest $(WORKERS)

# On containers, volumes and ports of its own, which are gone afterwards. Without Docker it checks less, and says so.
.PHONY: compose-check
compose-check: .venv/.dev ## Build docker-compose.yml, run the demo on it, kill, stop and restart it
	@$(BIN)/python -m pytest -p no:randomly tests/contracts/test_compose_file.py tests/containers

# With the machine's Chromium; without one it says so and tries nothing.
.PHONY: browser-test
browser-test: .venv/.browser ## Click through the pages: a phone, the keyboard, back, twice, axe
	@$(BIN)/python -m pytest tests/browser

# With the machine's Chromium, from the stack that `make demo` left running.
.PHONY: pictures
pictures: .venv/.browser ## Make the pictures of README and docs from the running stack
	@$(BIN)/python -m tests.browser.pictures

# With Node and Java; where one is missing it says so and tries the rest.
.PHONY: judge-contracts
judge-contracts: .venv/.dev ## Hold documents and webhooks to other people's parsers, generators and SDKs
	@$(BIN)/python -m pytest --timeout 600 tests/judges

# On servers of its own, which are gone afterwards.
.PHONY: bench
bench: .venv/.dev ## Measure ours beside bare baselines (ONLY=sign-up,relay ROWS=10000 REPETITIONS=3)
	@$(BIN)/python -m tests.benchmarks $(if $(ONLY),--only $(ONLY)) $(if $(ROWS),--rows $(ROWS)) $(if $(REPETITIONS),--repetitions $(REPETITIONS))

.PHONY: lint
lint: .venv/.dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/python -m mypy
	@$(BIN)/python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo

.PHONY: clean
clean: ## Stop the local stack, remove its data, the installed packages and all caches
	@if [ -z "$(STALE)" ] && [ -e .venv/.run ]; then $(BIN)/python -m operator_cli down; fi
	rm -rf .local .venv .venv.lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
