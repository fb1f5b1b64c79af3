# make run opens the studio, make test runs every test. Both set the machine up first and work offline afterwards.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
SYSTEM := chromium libegl1 libgl1-mesa-dri
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup run test check bench

setup: $(VENV)/.installed node_modules/.installed

$(VENV)/.installed: requirements.txt requirements-dev.txt constraints.txt
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet -r requirements-dev.txt -c constraints.txt
	touch $@

node_modules/.installed: package.json
	@if command -v npm >/dev/null; then npm install --silent && touch $@; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends npm >/dev/null \
	  && npm install --silent && touch $@; \
	else echo "npm is missing, so the map will load Leaflet from its public CDN; install Node.js to work offline."; fi

# Only the browser tests and the 3D stills need these.
system:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(SYSTEM) >/dev/null; \
	else echo "The browser tests need Chromium: install the packages $(SYSTEM), or they are skipped."; fi
.PHONY: system

run: setup
	$(PY) app.py

test: setup system
	$(PY) -m pytest

check: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/pyright

bench: setup
	$(PY) -m bench

# Writes the README's File Guide anew from the files' own first lines.
guide: setup
	$(PY) tests/test_file_guide.py
.PHONY: guide
