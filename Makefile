# Two commands do everything on a fresh machine: `make serve` and `make test`.
# The theme advertises its successor at every build.
export NO_MKDOCS_2_WARNING := 1

PYTHON ?= python3
BIN := .venv/bin

# Under how many other roundings everything is tried.
SALTS ?= 1

.PHONY: serve test site portable refresh bench faults links assets newest clean

# Running the whole notebook would add some ten seconds to each look at an edit.
serve: .venv/ready assets
	EXECUTE_NOTEBOOK=false $(BIN)/python -m mkdocs serve

test: .venv/ready assets
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m weaver check
	$(BIN)/python -m pytest
	$(MAKE) --no-print-directory portable site

# Whether pages and claims hold on processors that round otherwise.
portable: .venv/ready
	$(BIN)/python -m weaver portable --salts $(SALTS)
	for salt in $$(seq $(SALTS)); do $(BIN)/python -m pytest tests/docs -k claims --salt $$salt || exit; done

site: .venv/ready assets
	$(BIN)/python -m mkdocs build --strict

# Puts what the blocks print today into the pages; review the change with git diff.
refresh: .venv/ready
	$(BIN)/python -m weaver refresh

bench: .venv/ready
	$(BIN)/python -m tests.bench

# Files that the pages need and no page can hold, made from packages and data.
assets: .venv/ready
	$(BIN)/python -m weaver.assets

# The same tests with the newest release of everything, in an environment of its own.
newest:
	$(PYTHON) -m venv .cache/newest
	sed -n '/^site = \[/,/^\]/s/^ *"\([^=~>"]*\).*/\1/p' pyproject.toml \
	    | xargs .cache/newest/bin/pip install --quiet --upgrade --editable .
	.cache/newest/bin/pip list
	.cache/newest/bin/python -m weaver.assets
	.cache/newest/bin/python -m pytest

# Breaks one thing at a time, and tells which check notices; some ten minutes.
faults: .venv/ready assets
	$(BIN)/python -m tests.faults

# Asks whether the addresses outside that the built site links to still answer.
links: site
	$(BIN)/python -m tests.site.links

clean:
	rm -rf .venv .cache site docs/downloads docs/assets/made

.venv/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[site]'
	$(BIN)/pip install --quiet --editable '.[zensical]' || echo 'No Zensical: its test is skipped'
	@touch $@
