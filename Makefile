# Everything one types. Each word works from a bare checkout and again from any half-finished state.
.PHONY: help run test check e2e bench kill screenshots messages install install-dev
.DEFAULT_GOAL := help

PY := .venv/bin/python
PYTEST_WORKERS ?= 2
PYTEST := $(PY) -m pytest -n $(PYTEST_WORKERS) --dist loadgroup --no-loadscope-reorder -m "not browser"

help: ## what can be typed here
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: install ## start Gonets here: web and worker, with a demo company (DEMO=0: without; PORT=8000)
	@$(PY) manage.py first_start
	@exec $(PY) manage.py serve --show-login

test: install-dev ## all tests, on SQLite and on PostgreSQL (ARGS="-k import" chooses)
	$(PYTEST) $(ARGS)
	$(PY) -m tests.postgres -- $(PYTEST) $(ARGS)

check: install-dev ## formatting, linting, templates, types, migrations, unwise settings
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m djlint --lint --quiet templates
	$(PY) -m mypy
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check --fail-level WARNING

e2e: install-dev ## browser tests; as root on Debian installs chromium first
	@bin/chromium
	$(PY) -m pytest -m browser $(ARGS)

bench: install-dev ## measurements on both databases: all in 15 minutes, or NAME=imports in full
	@$(PY) -m benchmarks $(NAME)

kill: install-dev ## kills processes of a running site at random, counts what arrived (SECONDS=120; ARGS=--no-kills)
	$(PY) -m tests.kill_harness --seconds $(or $(SECONDS),120) $(ARGS)
	$(PY) -m tests.postgres --small-disk 500 -- $(PY) -m tests.kill_harness --seconds $(or $(SECONDS),120) $(ARGS)

screenshots: install-dev ## the pictures of docs/, from a demo company of its own
	@bin/chromium
	$(PY) -m tests.screenshots

messages: install-dev ## the words of the source into locale/, with what is translated, and compiled
	@$(PY) -m tests.languages

install:
	@python=$$(bin/python) && "$$python" bin/install requirements.txt

install-dev:
	@python=$$(bin/python) && "$$python" bin/install requirements-dev.txt
