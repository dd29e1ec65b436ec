# Everything that a fresh checkout needs. `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := $(wildcard src/formcase/locale/*/LC_MESSAGES/*.po src/formcase/*/locale/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)
NPM ?= npm
VENDOR := src/formcase/appearance/static/appearance/vendor
ARGS ?=
# one more than the machine has processors: many a test waits
PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(min(4, 1 + (os.cpu_count() or 1)))')
# what came of a run, for `make reliability`; the run has the name of the commit
COMMIT = $(shell git describe --always --dirty=+ --abbrev=9 --exclude='*' 2>/dev/null || echo unknown)
RESULTS = -o junit_suite_name=$(COMMIT) --junitxml=.results

# every process that starts would compile Formcase anew
unexport PYTHONDONTWRITEBYTECODE

.DELETE_ON_ERROR:
.PHONY: help install demo chromium test test-long soak replay reliability fuzz lint format lock clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-11s %s\n", $$1, $$2}'

install: $(VENV)/.installed $(COMPILED) frontend/dist/axe.min.js ## Set up .venv with Formcase and all that it needs

demo: install ## Run everything on this machine with sample forms (ARGS="--once", "--port 9000", …)
	$(BIN)/formcase demo $(ARGS)

test: install chromium ## Run the tests (ARGS="tests/site -k start")
	$(BIN)/pytest -m "not long" --numprocesses $(PROCESSES) --dist worksteal $(RESULTS)/quick.xml $(ARGS)

test-long: install chromium ## Run the tests that take longer
	$(BIN)/pytest -m long --numprocesses $(PROCESSES) --dist loadscope $(RESULTS)/long.xml $(ARGS)

SUBMISSIONS ?= 10000
MINUTES ?= 60

replay: install ## Play random histories again (SEED=…, as a run has printed it; ARGS="-m long" all of them)
	HISTORIES_SEED=$(SEED) $(BIN)/pytest tests/histories -m "not long" $(ARGS)

soak: install ## File many while all sorts of things go wrong (SUBMISSIONS=10000, MINUTES=60 at most, SEED=…)
	SOAK_SUBMISSIONS=$(SUBMISSIONS) SOAK_MINUTES=$(MINUTES) SOAK_SEED=$(SEED) $(BIN)/pytest -m long -s tests/faults/test_soak.py $(RESULTS)/soak.xml $(ARGS)

reliability: install ## Write docs/reliability.md anew from what came of the last runs
	PYTHONPATH=tests $(BIN)/python -m reliability $(ARGS)

fuzz: install .fuzz/.installed ## Fuzz all that reads what strangers send (MINUTES=60, ARGS="xml batch")
	PYTHONPATH=.fuzz/packages $(BIN)/python tests/fuzzing/fuzz.py --minutes $(MINUTES) $(ARGS)

.fuzz/.installed: tests/fuzzing/requirements.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --upgrade --target .fuzz/packages -r $<
	@touch $@

chromium: # the tests of the pages run in a real browser
	@sh tools/install_chromium.sh

lint: install ## Check form, types and the directions of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## Put the source in its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## Resolve all dependencies anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
		--group dev pyproject.toml -o requirements.lock

clean: ## Take away what was installed and compiled; leaves .formcase, which holds data
	rm -rf $(VENV) .fuzz $(COMPILED) $(VENDOR) frontend/dist frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .results .hypothesis .import_linter_cache

$(VENV)/.installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Formcase needs Python 3.11 or newer; there is no $(PYTHON)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Formcase needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
		{ echo "$(PYTHON) comes without venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

# npm's packages, and what the pages take of them; the lock file names no registry, so any will do
frontend/dist/axe.min.js: frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/build.mjs
	@command -v $(NPM) >/dev/null || { echo "Formcase needs Node 20 with npm for its pages; there is no $(NPM)." >&2; exit 1; }
	cd frontend && $(NPM) ci --no-progress --loglevel=error && $(NPM) run --silent build
	@touch $@

%.mo: %.po $(VENV)/.installed
	$(BIN)/pybabel compile --input-file $< --output-file $@
