# Umimori. Two commands are enough: `make demo` and `make test`. Only Python 3.11+ and make are needed;
# everything else is fetched into this folder, and every step is done once.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PY := $(BIN)/python
UV := $(PY) scripts/uv_with_pip_index.py

# What set-up makes: real files, so that whoever deletes one gets it back.
NODE_MODULES := node_modules/.package-lock.json
VENDOR := dashboard/web/static/vendor
ASSETS := $(VENDOR)/leaflet/leaflet.js
COAST := umimori/coast/data/land.bin
NOTICES := dashboard/web/static/notices.txt
SOURCES_PO := $(wildcard dashboard/locale/*/LC_MESSAGES/*.po)
CATALOGUES := $(SOURCES_PO:.po=.mo)
SETUP := $(STAMPS)/runtime $(STAMPS)/installed $(ASSETS) $(COAST) $(CATALOGUES) $(NOTICES) \
	$(STAMPS)/warm

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
	rm -rf $(VENV) build dist node_modules $(VENDOR) $(NOTICES) $(COAST) $(CATALOGUES)
	find . -name __pycache__ -prune -exec rm -rf {} +

# --- steps ---------------------------------------------------------------------------------------

$(STAMPS)/venv:
	@python=$$(./scripts/find_python.sh) || exit $$?; \
	if [ ! -x $(PY) ]; then echo "environment: $$python -> $(VENV)"; "$$python" -m venv $(VENV); fi
	@mkdir -p $(STAMPS) && touch $@

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
$(NODE_MODULES): package.json package-lock.json requirements-node.lock | $(STAMPS)/tools
	@if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then \
		echo "node: none on this machine, taking it from a wheel"; \
		$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements-node.lock || exit $$?; \
	fi
	@echo "web assets: npm ci"
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(ASSETS): $(NODE_MODULES) scripts/vendor_assets.py | $(STAMPS)/tools
	@$(PY) scripts/vendor_assets.py node_modules $(VENDOR)
	@touch $@

$(COAST): $(NODE_MODULES) $(wildcard umimori/coast/*.py) | $(STAMPS)/installed
	@echo "coast: converting the land polygons (once)"
	@$(PY) -m umimori.coast.build node_modules/@geo-maps/earth-lands-10m $@
	@touch $@

%.mo: %.po | $(STAMPS)/runtime
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

$(NOTICES): $(STAMPS)/runtime $(NODE_MODULES) scripts/notices.py
	@$(PY) scripts/notices.py requirements.lock node_modules $@

$(STAMPS)/warm: $(STAMPS)/installed $(wildcard imagery/*.py)
	@echo "kernels: compiling (once)"
	@$(PY) -m imagery.warm
	@touch $@
