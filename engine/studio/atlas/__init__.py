"""The atlas of a region: its cells, the mosaic of their pictures, and the files that maps read."""
