# demo, test, check, bench, docs: each installs what it needs into .venv, from one lock, and runs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOCKED := $(BIN)/uv pip install --quiet --python $(VENV) --constraint requirements.lock

.PHONY: demo test test-slow check lint types bench docs lock clean

demo: $(VENV)/.demo ## make a company in ./acme, collect it, run everything, and say what to look at
	@if [ -e acme ]; then echo "./acme is there already: look into it, or remove it and say make demo again"; \
	else $(BIN)/keepwell demo acme; fi

test: $(VENV)/.dev ## install and pass the tests, all but the slow ones
	$(BIN)/pytest -n auto --dist worksteal -m "not slow"

test-slow: $(VENV)/.dev ## the slow ones: real Spark, long histories, a browser, bounded memory
	$(BIN)/pytest -n auto --dist worksteal -m slow

check: lint types test ## what has to be green before anything lands

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/mypy

bench: $(VENV)/.dev ## time Keepwell against hand-written SQL and pandas, in one run
	$(BIN)/python benchmarks/run.py

docs: $(VENV)/.docs ## write the pages that follow from the code, and build the documentation into ./site
	$(BIN)/python docs/make_reference.py
	$(BIN)/mkdocs build --strict

lock: $(VENV)/.uv ## choose the newest allowed versions again
	$(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --all-extras \
	  --group dev --group docs --generate-hashes --custom-compile-command "make lock" --output-file requirements.lock

clean:
	rm -rf $(VENV) site acme

$(VENV)/.uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check "uv>=0.9"
	touch $@

$(VENV)/.demo: $(VENV)/.uv pyproject.toml requirements.lock
	$(LOCKED) --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.uv pyproject.toml requirements.lock
	$(LOCKED) --editable ".[spark,postgres]" --group dev
	touch $@

$(VENV)/.docs: $(VENV)/.dev
	$(LOCKED) --group docs
	touch $@
