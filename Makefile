# make run opens the studio, make test runs every test. Both set the machine up first and work offline afterwards.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
SYSTEM := chromium libegl1 libgl1-mesa-dri
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup run test check bench
DEMO := .cache/demo
PHOTOS ?= 6500
PRESET ?= small
TRAIN ?=
# Memory that was freed is kept and comes in large pages, which makes training quicker on a virtual machine.
MEMORY := GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=17179869184

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

# Trains the model that `make run` opens, from photos of the built-in city to the judge that measures it. Every step goes
# on where it was stopped; the model in checkpoints/ is replaced once the new one is whole. TRAIN has settings of the preset
# to change, such as TRAIN="--mixed-precision no".
demo-model: setup $(DEMO)/manhattan/photos.parquet
	test -f $(DEMO)/model/manifest.json || \
	  $(MEMORY) $(PY) -m engine train gps $(DEMO)/manhattan --base small --preset $(PRESET) --out $(DEMO)/model --resume $(TRAIN)
	mkdir -p checkpoints/demo && cp -r $(DEMO)/model/. checkpoints/demo/
	$(PY) -m engine check demo
	$(PY) -m bench.city_signal --processes 2
.PHONY: demo-model

$(DEMO)/manhattan/photos.parquet: $(VENV)/.installed
	$(PY) -m engine world photos --count $(PHOTOS) --out $(DEMO)/photos
	$(PY) -m engine ingest $(DEMO)/photos --out $(DEMO)/manhattan
