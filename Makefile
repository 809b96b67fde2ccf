# Stackholder. `make` lists the targets. Needs Python 3.11 or newer and make; Java 17 and Maven only for the tests
# against a real Neo4j and Fuseki, which say so by name where they are missing.
.DEFAULT_GOAL := help
.PHONY: help install demo test check bench docs lock wheel clean
PYTHON ?= python3
BIN := .venv/bin

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/base: requirements/base.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make demo PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/dev: .venv/base requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

install: .venv/base  ## install Stackholder into .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . --config-settings editable_mode=strict 2>/dev/null

demo: install  ## build the starter graph and show what it answers (about a minute, offline once installed)
	@$(BIN)/python examples/demo.py

test: .venv/dev install  ## run all tests (about 10 minutes; Java and Maven for the real servers)
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile

check: .venv/dev install  ## format, lint, types, import contracts, generated pages
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/stackholder schema --format md | diff -q - docs/schema.md
	@$(BIN)/python -c 'import sys; sys.path.insert(0, "docs"); from sources_page import page; print(page(), end="")' | diff -q - docs/sources.md

bench: .venv/dev install  ## time and memory beside the named peers (STACKHOLDER_GENERATOR=generate_graph.py)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@$(BIN)/python -m benchmarks

docs: install  ## write the generated pages
	@$(BIN)/stackholder schema --format md > docs/schema.md
	@$(BIN)/python docs/sources_page.py

lock: .venv/base  ## pin the requirements again
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements/base.txt requirements/base.in pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra test --extra check --output-file requirements/dev.txt requirements/base.in pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra bench --output-file requirements/bench.txt pyproject.toml

clean:  ## remove what can be made again
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
