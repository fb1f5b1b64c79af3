"""Genius Loci: pictures and 3D models of a place from its coordinates."""

__version__ = "0.1.0"
