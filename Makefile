# Stackholder. `make` lists the targets. Needs Python 3.11 or newer and make; Java 17 and Maven only for the tests
# against a real Neo4j and Fuseki, which say so by name where they are missing.
.DEFAULT_GOAL := help
.PHONY: help install web demo quick test soak check bench docs lock wheel clean
PYTHON ?= python3
BIN := .venv/bin
# One more than there are cores: tests of servers wait a good deal.
PROCESSES = $$($(BIN)/python -c 'import os; print(os.cpu_count() + 1)')

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
	@$(BIN)/python -m compileall -q build

web: web/static/index.html  ## bundle the web page (Node 20.19 or newer; npm fetches what package-lock.json pins)

web/page/node_modules/.package-lock.json: web/page/package-lock.json
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a === 20 && +b >= 19) ? 0 : 1)' || { echo "make web needs Node 20.19 or newer"; exit 1; }
	@cd web/page && npm ci --silent
	@touch $@

web/static/index.html: web/page/node_modules/.package-lock.json web/page/index.html web/page/vite.config.js web/page/tsconfig.json $(shell find web/page/src web/page/public -type f 2>/dev/null)
	@cd web/page && npm run --silent build -- --logLevel warn

demo: install  ## build the starter graph and show what it answers (about a minute, offline once installed)
	@$(BIN)/python examples/demo.py

quick: .venv/dev install  ## the tests that need no Java, Node, browser or wait (two and a half minutes on two cores)
	@$(BIN)/python -m pytest --quiet --numprocesses 2 --no-loadscope-reorder --hypothesis-profile quick -m "not slow and not server and not browser"

test: .venv/dev  ## all tests (about 11 minutes on two cores; Java and Maven for the real servers, Node and Chromium for the page)
	@if command -v npm > /dev/null; then $(MAKE) --silent web; fi
	@$(MAKE) --silent install
	@$(BIN)/python -m pytest --numprocesses $(PROCESSES) --no-loadscope-reorder --durations 25 --durations-min 5

soak: .venv/dev install  ## before a release: more bad files, kills and load, new each time (about 15 minutes; SEED=… repeats one)
	@$(BIN)/python -m pytest --numprocesses $(PROCESSES) --no-loadscope-reorder --timeout 3600 -m soak --soak $(if $(SEED),--soak-seed $(SEED))

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

wheel: .venv/base  ## a wheel and a source archive in dist/ (`make web` first: the page goes with them)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check build
	@$(BIN)/python -m build

lock: .venv/base  ## pin the requirements again
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --output-file requirements/base.txt requirements/base.in pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra test --extra check --output-file requirements/dev.txt requirements/base.in pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra bench --output-file requirements/bench.txt pyproject.toml

clean:  ## remove what can be made again
	@rm -rf .venv build dist web/static web/page/node_modules *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
