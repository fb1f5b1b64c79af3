"""Atomic writing: an output is there whole or not at all, and a full disk is named as such."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import BadRequest, DiskFull, OutputExists

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_bytes(path: Path, data: bytes) -> None:
    """Nothing; `path` holds `data` afterwards, or what it held before.

    Raises DiskFull where there is no room, and BadRequest where the place cannot be written to.
    """
    beside = path.with_name(f".{path.name[:80]}.{os.getpid()}.partial")
    with _named(path):
        try:
            beside.write_bytes(data)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill, beside `path`, that becomes `path` when the block ends well and vanishes when it does not.

    Its name is `path` with ".partial" after it; what a killed run left there is removed first. Raises OutputExists,
    DiskFull, and BadRequest where the place cannot be written to.
    """
    if path.exists():
        raise OutputExists(f"{path} exists already; choose another name or remove it first")
    partial = path.with_name(path.name + ".partial")
    with _named(path):
        if partial.exists():
            shutil.rmtree(partial)
        partial.mkdir(parents=True)
        try:
            yield partial
            # Made by someone else in the meantime; the rename would replace an empty folder silently.
            if path.exists():
                raise OutputExists(f"{path} was made by another run; choose another name")
            partial.rename(path)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, DiskFull) as error:
        if isinstance(error, DiskFull) or error.errno in _FULL:
            raise DiskFull(f"the disk has no room for {path}; free some space and try again") from error
        raise BadRequest(f"{path} cannot be written: {error.strerror or error}") from error
