# Needs only make, git and Python 3.11 or newer. Everything is installed into .venv here, nothing elsewhere.

VENV := .venv
BIN := $(VENV)/bin
# Wheels only: nobody should need a compiler. hepasome itself is built from this folder.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) install --only-binary :all:

.PHONY: help demo test check docs clean
.DEFAULT_GOAL := help

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 16

demo: $(VENV)/.hepasome ## install hepasome, simulate the Li 2013 trial, print its endpoints and where the report is
	@$(BIN)/hepasome run li2013

test: $(VENV)/.test ## run the tests on two cores
	@$(BIN)/python -m pytest -n 2

check: $(VENV)/.check ## check format, style and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

# Not --quiet: warnings that are not shown are not counted by --strict.
docs: $(VENV)/.docs ## build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "The documentation is in site/index.html."

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) site build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

# Stamp files: a second call installs nothing unless pyproject.toml has changed.
$(VENV)/.created:
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	    if $$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "Creating $(VENV) with $$($$python --version)."; \
	        $$python -m venv --clear $(VENV) && $(PIP) install --upgrade 'pip>=25.1' && touch $@; exit; \
	    fi; \
	done; \
	echo "hepasome needs Python 3.11 or newer with its venv module (on Debian and Ubuntu: apt install python3-venv)." >&2; \
	echo "None was found. If it has another name here: make PYTHON=/path/to/python3" >&2; \
	exit 1

$(VENV)/.hepasome: $(VENV)/.created pyproject.toml
	@echo "Installing hepasome and what it needs into $(VENV). The first time this takes a minute or two."
	@$(INSTALL) --editable '.[web]'
	@touch $@

$(VENV)/.test $(VENV)/.check $(VENV)/.docs: $(VENV)/.%: $(VENV)/.hepasome
	@echo "Installing what 'make $*' needs into $(VENV)."
	@$(INSTALL) --group $*
	@touch $@
