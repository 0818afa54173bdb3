# Every target sets up .venv first (tools/bootstrap.py): once, then in milliseconds.
PYTHON ?= python3
BIN := .venv/bin
# Package constraints that `make lock` resolves under, for example those of the target image.
CONSTRAINTS ?=
# Folder with the constraints of MWAA's images, constraints-<version>.txt.
MWAA_CONSTRAINTS ?=
PYTEST := $(BIN)/python -m pytest
# Tests side by side; those that need the platform share one worker.
WORKERS ?= 2
SIDE_BY_SIDE := -n $(WORKERS)
UV_RESOLVE := $(PYTHON) tools/bootstrap.py uv pip compile --python-version 3.12 --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links --generate-hashes --upgrade
UV_COMPILE := $(UV_RESOLVE) $(if $(CONSTRAINTS),--constraint $(CONSTRAINTS))
MWAA_COMPILE = $(UV_RESOLVE) --constraint $(MWAA_CONSTRAINTS)/constraints-$(1).txt

.PHONY: help bootstrap demo up down test test-fast test-full lint bench eval-claude screenshots lock lock-mwaa clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

bootstrap: ## set up .venv
	@$(PYTHON) tools/bootstrap.py

demo: bootstrap ## onboard the bundled data set from file to published Gold
	@$(BIN)/onboard demo

up: bootstrap ## start the local platform and print its URLs
	@$(BIN)/onboard up

down: bootstrap ## stop the local platform
	@$(BIN)/onboard down

test: bootstrap ## all tests but the slow ones
	$(PYTEST) -m "not slow" $(SIDE_BY_SIDE) --durations=40

test-fast: bootstrap ## the tests that need no platform
	$(PYTEST) -m "not e2e and not slow" $(SIDE_BY_SIDE)

test-full: bootstrap ## every test, or one PART, or what FAILED of it; the result is kept in docs/test-full.md
	$(BIN)/python -m tools.full_test $(if $(PART),--part "$(PART)") $(if $(FAILED),--failed)

lint: bootstrap ## ruff, mypy, import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: bootstrap ## measure
	$(BIN)/python -m benchmarks

eval-claude: bootstrap ## rules beside rules with Claude on the labelled sets; needs a key (docs/claude.md)
	$(BIN)/python -m benchmarks.personal_data.with_claude $(ARGUMENTS)

screenshots: bootstrap ## pictures of the UI for docs/
	$(BIN)/python -m tools.screenshots

lock: bootstrap ## resolve requirements/*.in again (CONSTRAINTS=path)
	$(UV_COMPILE) requirements/runtime.in -o requirements/runtime.txt
	$(UV_COMPILE) --constraint requirements/runtime.txt requirements/dev.in -o requirements/dev.txt
	for version in 3.5.6 4.1.1; do \
		$(UV_COMPILE) requirements/spark-$$version.in -o requirements/spark-$$version.txt || exit 1; done
	for tool in great-expectations ydata-profiling; do \
		$(UV_RESOLVE) requirements/$$tool.in -o requirements/$$tool.txt || exit 1; done

lock-mwaa: bootstrap ## resolve requirements/mwaa-*.in again (MWAA_CONSTRAINTS=folder)
	@test -n "$(MWAA_CONSTRAINTS)" || { echo "name the folder: make lock-mwaa MWAA_CONSTRAINTS=path" >&2; exit 1; }
	$(call MWAA_COMPILE,3.3.1) requirements/mwaa-3.3.1-base.in -o requirements/mwaa-3.3.1-base.txt
	$(call MWAA_COMPILE,3.3.1) --constraint requirements/runtime.txt requirements/mwaa-3.3.1-base.in pyproject.toml \
		-o requirements/mwaa-3.3.1.txt
	$(call MWAA_COMPILE,3.2.1) requirements/mwaa-3.2.1-base.in -o requirements/mwaa-3.2.1-base.txt
	$(call MWAA_COMPILE,3.2.1) --constraint requirements/mwaa-same.in requirements/mwaa-3.2.1-base.in pyproject.toml \
		-o requirements/mwaa-3.2.1.txt
	$(call MWAA_COMPILE,3.2.1) --constraint requirements/mwaa-3.2.1.txt requirements/mwaa-tests.in \
		-o requirements/mwaa-3.2.1-tests.txt

clean: ## remove what the targets made, .venv and .onboarding included
	@if [ -x $(BIN)/onboard ]; then $(BIN)/onboard down || true; fi
	rm -rf .venv .venv-spark-* .venv-great-expectations .venv-ydata-profiling .onboarding .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
