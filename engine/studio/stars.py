"""Stars: the ids of the pictures that somebody likes best, as a small file beside them."""

import json
from collections.abc import Iterable
from pathlib import Path

from engine.atomic import write_bytes


def read_stars(path: Path) -> frozenset[str]:
    """What the file lists; nothing where there is no file, or one that is no list of ours."""
    try:
        listed = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return frozenset()
    return (
        frozenset(each for each in listed if isinstance(each, str))
        if isinstance(listed, list)
        else frozenset()
    )


def write_stars(path: Path, ids: Iterable[str]) -> None:
    """Nothing; the file lists these ids, whole or not at all. Raises DiskFull, BadRequest as engine.atomic does."""
    write_bytes(path, json.dumps(sorted(ids), indent=0).encode())
