"""Benchmarks: each prints a figure beside its target."""
