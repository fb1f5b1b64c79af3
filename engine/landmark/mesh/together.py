"""Several files that belong together, written all or none."""

from collections.abc import Mapping
from pathlib import Path

from engine.atomic import write_bytes


def write_together(files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """The paths, once each holds its bytes; in their order, so that the last may refer to those before it.

    On an error the files that were not there before are gone again. Raises DiskFull where there is no room, BadRequest
    where the place cannot be written to.
    """
    new: list[Path] = []
    try:
        for path, data in files.items():
            was_there = path.exists()
            write_bytes(path, data)
            if not was_there:
                new.append(path)
    except BaseException:
        for path in new:
            path.unlink(missing_ok=True)
        raise
    return tuple(files)
