"""Benchmarks: each prints a figure beside its target."""

import os

# As in app.py and engine/__main__.py: what is measured is what people get.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
