"""A mesh of a radiance field: its surface, its texture, and the files that put it at its true place on Earth."""
