"""The log of a run: one JSON object a line, one line a step."""

import errno
import json
import math
from pathlib import Path

from engine.atomic import writing_file
from engine.errors import DiskFull


def append(path: Path, **figures: float | int) -> None:
    """Add a line to the log; a figure that is not finite becomes null, since JSON knows no NaN. Raises DiskFull."""
    known = {name: figure if math.isfinite(figure) else None for name, figure in figures.items()}
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(known) + "\n")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(f"the disk has no room for {path}; free some space and resume") from error
        raise


def read(path: Path) -> list[dict[str, float | None]]:
    """All whole lines of the log; a line that a killed run left half-written is left out."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("}\n")]


def cut(path: Path, step: int) -> None:
    """Keep only the lines up to `step`, because a resumed run writes the others again."""
    kept = [line for line in read(path) if (line["step"] or 0) <= step]
    with writing_file(path) as temporary:
        temporary.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
