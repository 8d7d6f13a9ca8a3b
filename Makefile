# RemixHub. `make help` lists what there is; every target sets up what it needs and is safe to run twice.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
FRONT  := remixhub/web/frontend
BUILD  := remixhub/web/static/build
PIP    := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help setup run demo reset quick test storm faults check sbom bench screenshots mutants lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  For production there is no target: docs/operations.md leads there."

setup: $(VENV)/.ready $(BUILD)/.ready ## make the environment and build the front end
	@:

run: setup ## start everything on this machine, with demo music the first time (REPLICATE=file:///… copies the database)
	@$(PY) -m remixhub.dev.run $(if $(PORT),--port $(PORT)) $(if $(REPLICATE),--replicate-to $(REPLICATE))

demo: setup ## do the main job once on a throw-away stack, then stop
	@$(PY) -m remixhub.dev.demo

reset: setup ## wipe the data of `make run`, after asking
	@$(PY) -m remixhub.dev.run --reset

quick: $(VENV)/.dev-ready ## run the unit tests, two at a time: the rules and the sound, in a minute and with no server
	@$(PY) -m pytest -q -n 2 --dist worksteal -m "not slow" tests/unit $(TESTS)

test: setup $(VENV)/.dev-ready ## run all tests, two at a time (TESTS="-k name" narrows them)
	@$(PY) -m pytest -n 2 --dist worksteal $(TESTS)

storm: setup $(VENV)/.dev-ready ## kill workers and take disk, storage, database and Redis away for minutes: 200 of 200 uploads come through
	@$(PY) -m pytest -q -s -m storm tests/faults/test_storm.py $(TESTS)

faults: setup $(VENV)/.dev-ready ## the long drill: kill backups into three kinds of targets, destroy the hub, restore it from each
	@$(PY) -m pytest -q -s -m storm tests/faults/test_long_drill.py $(TESTS)

check: setup $(VENV)/.dev-ready ## format, lint, types, the import law, the front end, the compose file
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" scripts/with-node scripts/check

sbom: $(VENV)/.dev-ready ## write what a release consists of as CycloneDX into dist/
	@$(PY) scripts/sbom

bench: setup $(VENV)/.dev-ready ## measure against named baselines, as ratios
	@$(PY) -m bench

screenshots: setup $(VENV)/.dev-ready ## take pictures of 24 pages by day and by night into docs/screenshots
	@PYTHONPATH=. $(PY) scripts/screenshots

mutants: $(VENV)/.dev-ready ## change the rules one by one and count what the tests notice; takes half an hour (MUTANTS='remixhub.jobs.*' narrows it)
	@rm -rf mutants
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" mutmut run $(MUTANTS)
	@$(PY) scripts/mutation-score

lock: $(VENV)/.dev-ready ## pin the *.in files anew, for all platforms and Pythons (LOCK=--upgrade takes newer releases)
	@for name in requirements requirements-embedded requirements-node requirements-dev; do \
	  $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --strip-extras \
	    $(LOCK) $$name.in -o $$name.txt || exit 1; done

clean: ## remove what the targets made, but not the data
	@rm -rf $(VENV) $(FRONT)/node_modules $(BUILD) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache mutants

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "RemixHub needs Python 3.11 or newer.")'
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.ready: requirements.txt requirements-embedded.txt | $(VENV)/bin/python
	@echo "Installing the pinned requirements …"
	@$(PIP) -r requirements.txt
	@$(PIP) -r requirements-embedded.txt
	@touch $@

$(VENV)/.dev-ready: requirements-dev.txt $(VENV)/.ready
	@echo "Installing what checks and tests need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(BUILD)/.ready: $(FRONT)/package-lock.json $(FRONT)/build.mjs $(shell find $(FRONT)/src -type f) | $(VENV)/.ready
	@echo "Building the front end …"
	@scripts/with-node scripts/build-frontend
	@touch $@
