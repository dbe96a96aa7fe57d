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

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/uv: requirements/installer.txt
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
