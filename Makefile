# The commands of this project; docs/development.md explains them.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input -qq

# Where byte code is not kept, every process of the tests compiles this project, and pytest rewrites the tests, all over again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup chat check test unit e2e browser bench clean

help:
	@echo 'make chat    install, ingest the corpus, start the chat on 127.0.0.1:7860'
	@echo 'make test    install, check format, lint, types and import rules, run all tests'
	@echo 'make setup   install what running needs into $(VENV)'
	@echo 'make check   format, lint, types, import rules'
	@echo 'make unit    the tests that need no browser'
	@echo 'make e2e     the tests in a real browser'
	@echo 'make bench   the measurements in benchmarks/'
	@echo 'make clean   remove the environment and the caches; data/ stays, it holds what users reported'

setup: $(VENV)/.run
chat: setup
	@$(PY) ingest.py || [ $$? -eq 1 ] # 1: some notes were refused, and named; the others can be asked about
	@exec $(PY) app.py

check: $(VENV)/.dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# The browser is installed while packages are. Then all runs side by side, as mypy and the browser tests each keep one core busy
# at most; what each has to say is shown when it has ended (not by the make of macOS, which is too old).
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
test:
	@$(MAKE) --no-print-directory -j 2 $(VENV)/.dev browser
	@$(MAKE) --no-print-directory -j 3 $(TOGETHER) e2e check unit

# Two processes, of which each may load the model. Files in order of name: else the longest, which hold few tests, would come last.
unit: $(VENV)/.dev
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# In one process: each would make the index of the corpus.
e2e: $(VENV)/.dev browser
	$(PY) -m pytest -m e2e tests/e2e

browser:
	@tests/e2e/chromium.sh

bench: $(VENV)/.dev
	@set -e; for script in $$(grep -l '^if __name__' benchmarks/*.py); do echo "== $$script"; PYTHONPATH=. $(PY) "$$script"; done

clean:
	rm -rf $(VENV) build *.egg-info .benchmarks .cache .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say that the environment is as the lock files ask; they are made anew only when those change.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or newer is needed: run `make PYTHON=/path/to/python3.11`.' >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)

# Byte code is compiled by all cores at the end (pip would use one), without what is never imported: half of the time.
UNUSED := /(tests|kubernetes|torch/testing/_internal|transformers/models/(?!auto/|bert/)\w+)/
$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo 'Installing what running needs into $(VENV) (one to three minutes) ...'
	@$(PIP) install "$$(grep '^pip==' requirements.lock)"
	@$(PIP) install --no-compile --no-deps -r requirements.lock
	@$(PIP) install --no-compile --no-deps --no-build-isolation -e .
	@$(PY) -m compileall -qq -j 0 -x '$(UNUSED)' "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo 'Installing what checking and testing need into $(VENV) (half a minute) ...'
	@$(PIP) install --no-deps -r requirements-dev.lock
	@touch $@
