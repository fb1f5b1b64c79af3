# make run opens the studio, make test runs every test. Both set the machine up first and work offline afterwards.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
SYSTEM := chromium libegl1 libgl1-mesa-dri
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup run test check bench
DEMO := .cache/demo
PHOTOS ?= 6500
BASE ?= small
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
# to change, such as TRAIN="--mixed-precision no"; on a GPU, BASE=medium PRESET=medium PHOTOS=12000.
demo-model: setup $(DEMO)/manhattan/photos.parquet
	test -f $(DEMO)/model/manifest.json || \
	  $(MEMORY) $(PY) -m engine train gps $(DEMO)/manhattan --base $(BASE) --preset $(PRESET) --out $(DEMO)/model --resume $(TRAIN)
	mkdir -p checkpoints/demo && cp -r $(DEMO)/model/. checkpoints/demo/
	$(PY) -m engine check demo
	$(PY) -m bench.city_signal --processes 2
.PHONY: demo-model

# Trains the angle models of the built-in world's six landmarks as companions of the demo model. ANGLE has settings of the
# preset to change; on a GPU, ANGLE="--total-batch-size 256 --train-batch-size 256 --mixed-precision bf16".
# The photos are all taken in one light, so that sides are what differs between them; the models are not told hour and month.
ANGLE ?=
LANDMARK_PHOTOS ?= 1500
LANDMARKS := arc-de-triomphe leaning-tower-of-pisa space-needle statue-of-liberty stonehenge washington-monument
arc-de-triomphe := --centre 48.8738,2.2950 --radius-m 140 --min-distance-m 50 --landmark "Arc de Triomphe"
leaning-tower-of-pisa := --centre 43.7230,10.3966 --radius-m 120 --min-distance-m 22 --landmark "Leaning Tower of Pisa"
space-needle := --centre 47.6205,-122.3493 --radius-m 330 --min-distance-m 50 --landmark "Space Needle"
statue-of-liberty := --centre 40.6892,-74.0445 --radius-m 290 --min-distance-m 55 --landmark "Statue of Liberty"
stonehenge := --centre 51.1789,-1.8262 --radius-m 105 --min-distance-m 20 --landmark "Stonehenge"
washington-monument := --centre 38.8895,-77.0353 --radius-m 550 --min-distance-m 75 --landmark "Washington Monument"
BEGIN.leaning-tower-of-pisa := arc-de-triomphe
BEGIN.stonehenge := arc-de-triomphe
BEGIN.space-needle := leaning-tower-of-pisa
BEGIN.washington-monument := leaning-tower-of-pisa
landmark-models: setup $(LANDMARKS:%=checkpoints/%/manifest.json)
.PHONY: landmark-models

# Whichever is there is left alone; a landmark that begins with another one's weights waits for it.
$(foreach name,$(LANDMARKS),$(if $(BEGIN.$(name)),$(eval checkpoints/$(name)/manifest.json: | checkpoints/$(BEGIN.$(name))/manifest.json)))
$(LANDMARKS:%=checkpoints/%/manifest.json): checkpoints/%/manifest.json:
	$(MAKE) $(DEMO)/landmarks/$*/photos.parquet
	$(MEMORY) $(PY) -m engine train angle $(DEMO)/landmarks/$* --base checkpoints/demo $($*) --out $(@D) --resume \
	  --conditions azimuth distance $(ANGLE) $(addprefix --begin-with checkpoints/,$(BEGIN.$*))

$(DEMO)/landmarks/%/photos.parquet: $(VENV)/.installed
	$(PY) -m engine world photos --landmark $* --count $(LANDMARK_PHOTOS) --hour 13 --month 6 --out $(DEMO)/landmark-photos/$*
	$(PY) -m engine ingest $(DEMO)/landmark-photos/$* --out $(@D)
.PRECIOUS: $(DEMO)/landmarks/%/photos.parquet

$(DEMO)/manhattan/photos.parquet: $(VENV)/.installed
	$(PY) -m engine world photos --count $(PHOTOS) --out $(DEMO)/photos
	$(PY) -m engine ingest $(DEMO)/photos --out $(DEMO)/manhattan
