# Two commands do everything on a fresh machine: `make serve` and `make test`.
# pip installs the versions of requirements.txt, also to build the package.
export PIP_CONSTRAINT := requirements.txt
export PIP_BUILD_CONSTRAINT := requirements.txt
# The theme advertises its successor at every build.
export NO_MKDOCS_2_WARNING := 1

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist worksteal

# Under how many other roundings everything is tried.
SALTS ?= 1

.PHONY: serve check test site class portable refresh bench types faults mutants links assets lock newest clean

serve: .venv/ready assets
	$(BIN)/python -m mkdocs serve --dirty

# What a change of a page or of the package needs to be right, in some minutes.
check: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m weaver check
	$(BIN)/python -m weaver portable --salts $(SALTS)
	@$(MAKE) --no-print-directory .cache/tested

# Tests of the package and of what the pages claim, where something changed.
.cache/tested: .venv/ready conftest.py pyproject.toml $(shell find docs examples linreg weaver tests/bench tests/claims tests/examples tests/linreg -name '*.py' -o -name '*.md' -o -name '*.csv')
	$(PYTEST) tests/claims tests/linreg
	@touch $@

# Everything, under other roundings too.
test: .venv/ready assets
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m weaver check
	$(PYTEST)
	$(MAKE) --no-print-directory portable

portable: .venv/ready
	$(BIN)/python -m weaver portable --salts $(SALTS)
	for salt in $$(seq $(SALTS)); do $(PYTEST) tests/claims --showlocals --salt $$salt || exit 1; done

site: .venv/ready assets
	$(BIN)/python -m mkdocs build --strict

# What a class takes along: the site as a zip that works from disk, its course as a PDF, and
# the notebooks.
class: site
	$(BIN)/python -m weaver.handout

# Puts what the blocks print today into the pages; review the change with git diff.
refresh: .venv/ready
	$(BIN)/python -m weaver refresh

# Measures how fast everything is, for the page and the README; let the machine do nothing else.
bench: .venv/ready assets
	$(BIN)/python -m tests.bench

# Checks the types of the playground's scripts; needs Node, and nothing else here does.
types:
	npx --yes --package typescript@7.0.2 tsc --project jsconfig.json

# Files that the pages need and no page can hold, made from packages and data.
assets: .venv/ready
	$(BIN)/python -m weaver.assets

# Brings requirements.txt up to date, for every supported Python and system.
lock: .venv/ready
	$(BIN)/pip install uv
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --no-annotate requirements.in --output-file requirements.txt

# The same tests with the newest release of one package, or of everything, in an
# environment of its own; tells which versions are other than those of requirements.txt.
RELEASE ?= everything
NEW := .cache/newest
newest:
	$(PYTHON) -m venv $(NEW)
	$(NEW)/bin/pip install --requirement requirements.in --editable .
	$(NEW)/bin/pip freeze > $(NEW)/locked
	sed 's/==.*//' requirements.in > $(NEW)/everything
	PIP_CONSTRAINT= PIP_BUILD_CONSTRAINT= $(NEW)/bin/pip install --upgrade \
	    $(if $(filter everything,$(RELEASE)),--upgrade-strategy eager --requirement $(NEW)/everything,$(RELEASE))
	$(NEW)/bin/pip freeze | grep -vxFf $(NEW)/locked | sed 's/^/other than locked: /'
	$(NEW)/bin/python -m weaver.assets
	$(NEW)/bin/python -m weaver check; checked=$$?; $(NEW)/bin/python -m pytest && exit $$checked

# Changes one thing at a time in pages and docstrings, and tells what notices; about an hour.
faults: .venv/ready assets
	$(BIN)/python -m tests.faults --write

# Changes the package in one place at a time, and tells which changes no test notices.
mutants: .venv/ready
	$(BIN)/pip install mutmut
	rm -rf mutants
	$(BIN)/mutmut run
	$(BIN)/mutmut results --all true | grep -q killed
	@! $(BIN)/mutmut results | grep .

# Asks whether the addresses outside that the pages links to still answer.
links: .venv/ready
	$(BIN)/python -m weaver links

clean:
	rm -rf .venv .cache site class mutants docs/assets/made

.venv/ready: pyproject.toml requirements.in requirements.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@echo 'Setting up .venv: some minutes, most of them for PyTorch.'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --requirement requirements.in --editable .
	@touch $@
