# Two commands do it all: `make up` and `make test`. Each makes the Python environment it needs by itself.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
RUN := $(VENV)/bin/python
# New enough, and able to make environments.
USABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c '$(USABLE)' >/dev/null 2>&1 && echo $$python && break; done)

# Whether nobody runs `make up` here.
UNLOCKED := import fcntl; fcntl.flock(open("var/lock"), fcntl.LOCK_EX | fcntl.LOCK_NB)

PACKAGES := pyproject.toml constraints.txt
CHECKED := project queueing issuance benchmarks tests manage.py

# The pages' own modules, outside of any tier.
OFFLINE := DJANGO_SETTINGS_MODULE=project.settings.offline

# Most tests wait for real servers, so more processes than cores take less time. A file stays together: it may share one.
AT_ONCE := --numprocesses 3 --dist loadfile --no-loadscope-reorder

.PHONY: help up test faults screenshots check format clean

help: ## Show this list
	@echo "make <command>:"
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' $(MAKEFILE_LIST)

up: $(VENV)/ready-to-run ## Run all of Vestibule in this terminal (PORT, REDIS_URL, DATABASE_URL choose); Ctrl-C stops it
	@exec $(RUN) -m project.local

test: $(VENV)/ready-to-test ## Run every test (a few minutes); ARGS="-k word" picks some
	@$(RUN) -m tests.prepare
	@$(RUN) -m pytest $(or $(ARGS),$(AT_ONCE))
	@exec $(RUN) -m tests.on_postgres $(ARGS)

matrix: $(VENV)/ready-to-test ## Look at every page in every state, language and theme, light and dark (half an hour), and how fast they are
	@$(RUN) -m tests.prepare
	@$(OFFLINE) $(RUN) -m tests.pages.matrix $(ARGS)
	@exec $(RUN) -m tests.lighthouse

faults: $(VENV)/ready-to-test ## Break everything that can break, five times, before a waiting crowd (an hour or two)
	@exec $(RUN) -m tests.faults $(or $(ARGS),--times 5 --at-once 2)

screenshots: $(VENV)/ready-to-test ## Take pictures of every page in every state: light, dark, Arabic, phone (some minutes)
	@exec env $(OFFLINE) $(RUN) -m tests.pages.screenshots $(ARGS)

check: $(VENV)/ready-to-check ## Style, types and import contracts
	@$(RUN) -m ruff check $(CHECKED)
	@$(RUN) -m ruff format --check $(CHECKED)
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports --no-logo

format: $(VENV)/ready-to-check ## Put the code into its usual shape
	@$(RUN) -m ruff check --fix $(CHECKED)
	@$(RUN) -m ruff format $(CHECKED)

clean: ## Remove the environment, caches, and everything under var/: the line, the database, the keys
	@if [ -f var/lock ] && ! $(RUN) -c '$(UNLOCKED)' 2>/dev/null; then \
		echo "Vestibule runs from this folder: stop it first, with Ctrl-C." >&2; exit 1; fi
	@rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made again whenever the list of packages changes.
$(VENV)/ready-to-run: $(VENV)/made $(PACKAGES)
	@$(call install,local)

$(VENV)/ready-to-test: $(VENV)/ready-to-run $(PACKAGES)
	@$(call install,test)

$(VENV)/ready-to-check: $(VENV)/ready-to-test $(PACKAGES)
	@$(call install,check)

# A usable environment that is there already is kept.
$(VENV)/made:
	@if $(RUN) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then touch $@; exit 0; fi; \
	"$(PYTHON)" -c '$(USABLE)' >/dev/null 2>&1 || { echo "Vestibule needs Python 3.11 or newer with its venv module\
 (Debian, Ubuntu: apt install python3 python3-venv), or PYTHON=/path/to/python." >&2; exit 1; }; \
	echo "Making a Python environment in $(VENV) (once) …"; \
	"$(PYTHON)" -m venv --clear $(VENV) && touch $@

# pip learned to read dependency groups in 25.1.
define install
	echo "Installing packages for group \"$(1)\" (once, up to two minutes) …"; \
	{ $(RUN) -m pip install --upgrade "pip>=25.1" && \
	  $(RUN) -m pip install --constraint constraints.txt --group $(1); } >$(VENV)/install-$(1).log 2>&1 || { \
		grep '^ERROR' $(VENV)/install-$(1).log >&2; \
		echo "The packages could not be installed: is there a way to a package index?\
	 All that pip said is in $(VENV)/install-$(1).log." >&2; exit 1; }; \
	touch $@
endef
