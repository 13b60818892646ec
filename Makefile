# Umimori. Two commands are enough: `make demo` and `make test`. Only Python 3.11+ and make are needed;
# everything else is fetched into this folder, and every step is done once (stamps in build/stamps).

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMPS := build/stamps
PY := $(BIN)/python
UV := $(PY) scripts/uv_with_pip_index.py
VENDOR := dashboard/web/static/vendor
COAST := umimori/coast/data
SETUP := $(addprefix $(STAMPS)/,runtime installed assets coast catalogues notices warm)
DEMO_ARGS ?=
SERVE ?= 1
PYTEST_ARGS ?=

# A file called flight.py in the current folder must not win over the package of that name.
export PYTHONSAFEPATH := 1

# A week for the world to notice a poisoned upload before it reaches the locks.
LOCK_FLAGS := --exclude-newer "7 days" --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --quiet

.PHONY: help setup demo test test-all bench lint format lock bundle clean dev

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(SETUP) ## Build the environment, web assets, coast, catalogues and caches

demo: setup ## Run the whole loop on simulated data, then serve the map (SERVE=0 ends after the loop)
	@$(BIN)/umimori demo $(if $(filter 0,$(SERVE)),--no-serve) $(DEMO_ARGS)

dev: setup $(STAMPS)/dev

test: dev ## Run the test suite (no network, no ArduPilot, no browser needed)
	@$(PY) -m pytest -m "not slow and not sitl and not browser and not postgis and not dask" $(PYTEST_ARGS)

test-all: dev ## Run every test that can run on this machine, the long ones too
	@$(PY) -m pytest $(PYTEST_ARGS)

bench: dev ## Time the stages and write build/bench/results.json
	@$(PY) -m benchmarks.run

lint: dev ## Check format, style, types and layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bundle: setup ## Write dist/umimori-bundle-*: wheels and an installer for a closed network
	@$(PY) scripts/bundle.py

lock: $(STAMPS)/tools ## Resolve the locks again (needs a package index)
	@$(BIN)/uv pip compile $(LOCK_FLAGS) requirements-build.in -o requirements-build.lock
	@$(BIN)/uv pip compile $(LOCK_FLAGS) requirements-node.in -o requirements-node.lock
	@$(BIN)/uv pip compile $(LOCK_FLAGS) pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile $(LOCK_FLAGS) -c requirements.lock --no-annotate --extra dev --extra dhus \
		pyproject.toml -o requirements-dev.lock
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only

clean: ## Remove everything that set-up made
	rm -rf $(VENV) build dist node_modules $(VENDOR) dashboard/web/static/notices.txt
	find $(COAST) -type f ! -name .gitkeep -delete 2>/dev/null || true
	find . -name __pycache__ -prune -exec rm -rf {} +

# --- steps ---------------------------------------------------------------------------------------

$(STAMPS)/venv:
	@python=$$(./scripts/find_python.sh) || exit $$?; \
	mkdir -p $(STAMPS); \
	if [ ! -x $(PY) ]; then echo "environment: $$python -> $(VENV)"; "$$python" -m venv $(VENV); fi
	@touch $@

$(STAMPS)/tools: $(STAMPS)/venv requirements-build.lock
	@echo "tools: uv and the build backend"
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	@touch $@

$(STAMPS)/runtime: $(STAMPS)/tools requirements.lock
	@echo "packages: requirements.lock"
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements.lock
	@touch $@

$(STAMPS)/dev: $(STAMPS)/runtime requirements-dev.lock
	@echo "packages: requirements-dev.lock"
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements-dev.lock
	@touch $@

$(STAMPS)/installed: $(STAMPS)/runtime pyproject.toml
	@$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

# The machine's own Node where there is one, else Node from a wheel.
$(STAMPS)/npm: $(STAMPS)/tools package.json package-lock.json requirements-node.lock
	@if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then \
		echo "node: none on this machine, taking it from a wheel"; \
		$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements-node.lock || exit $$?; \
	fi
	@echo "web assets: npm ci"
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/assets: $(STAMPS)/npm scripts/vendor_assets.py
	@$(PY) scripts/vendor_assets.py node_modules $(VENDOR)
	@touch $@

$(STAMPS)/coast: $(STAMPS)/npm $(STAMPS)/installed $(wildcard umimori/coast/*.py)
	@echo "coast: converting the land polygons (once)"
	@$(PY) -m umimori.coast.build node_modules/@geo-maps/earth-lands-10m $(COAST)/land.bin
	@touch $@

$(STAMPS)/catalogues: $(STAMPS)/runtime $(wildcard dashboard/locale/*/LC_MESSAGES/*.po)
	@$(BIN)/pybabel --quiet compile --directory dashboard/locale
	@touch $@

$(STAMPS)/notices: $(STAMPS)/runtime $(STAMPS)/npm scripts/notices.py requirements.lock
	@$(PY) scripts/notices.py requirements.lock node_modules dashboard/web/static/notices.txt
	@touch $@

$(STAMPS)/warm: $(STAMPS)/installed $(wildcard imagery/*.py)
	@echo "kernels: compiling (once)"
	@$(PY) -m imagery.warm
	@touch $@
