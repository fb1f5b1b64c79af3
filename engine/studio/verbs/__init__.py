"""Verbs of the command line: each a frozen dataclass, its fields the flags, its `run` the work."""
