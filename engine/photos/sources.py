"""Sources: the folders and tables that a collection is made of, as one list of things to survey."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from engine.errors import BadCollection, BadRequest
from engine.photos.opening import Limits
from engine.photos.refusal import Refusal, Refused
from engine.photos.survey import Found, find_photos, survey, survey_row
from engine.photos.table import TableRow, read_table


@dataclass(frozen=True)
class Plan:
    """What is to be surveyed, and how."""

    jobs: Sequence[Any]
    """In the order of the collection: sorted by path, or as the table has them."""
    survey: Callable[[Any], dict[str, Any] | Refused]
    """Turns one job into a row; picklable."""
    astray: list[Refused]
    """Rows of the table that no photo belongs to."""
    ignored: int
    """How many files are neither pictures nor named like pictures."""
    with_pictures: bool
    names: str
    """The sources in words."""


def plan(sources: Sequence[Path], table: Path | None, limits: Limits) -> Plan:
    """The work that these sources and this table are; BadCollection where there is none.

    A table's row belongs to the photo whose path below its source, or whose whole path, is the row's file; or else
    to the only photo of that name. The first row for a photo counts.
    """
    rows = read_table(table) if table is not None else []
    if sources:
        found, names = find_photos(sources), ", ".join(map(str, sources))
        if not found.photos:
            raise BadCollection(
                f"{names} holds no photos ({_in_words(found)}); give a folder of JPEG, PNG or others"
            )
        rows_of, astray = _matched(found, rows, table.name if table is not None else "")
        jobs = [(path, rows_of.get(path)) for path, _ in found.photos]
        return Plan(jobs, partial(survey, limits=limits), astray, found.others.total(), True, names)
    if table is None:
        raise BadRequest("there is nothing to ingest; name a folder of photos, or a table")
    if not rows:
        raise BadCollection(f"the table {table} has no rows; it needs one for each photo")
    if named := next((row.file for row in rows if row.file), None):
        raise BadRequest(
            f"the table {table.name} names files, {named!r} first; name the folder that holds them too"
        )
    return Plan(rows, partial(survey_row, table=table.name), [], 0, False, str(table))


def _matched(found: Found, rows: Sequence[TableRow], table: str) -> tuple[dict[str, TableRow], list[Refused]]:
    """The row of each photo that has one, and the rows that are left over."""
    if not rows:
        return {}, []
    often = Counter(Path(path).name for path, _ in found.photos)
    by_name = {name: path for path, _ in found.photos if often[name := Path(path).name] == 1}
    by_path = {below: path for path, below in found.photos} | {
        Path(path).as_posix(): path for path, _ in found.photos
    }
    rows_of: dict[str, TableRow] = {}
    astray = []
    for row in rows:
        path, where = by_path.get(row.file) or by_name.get(row.file), Path(f"{table}:{row.line}")
        if path is None:
            astray.append(Refused(where, Refusal.MISSING, row.file[:200]))
        elif path in rows_of:
            astray.append(
                Refused(where, Refusal.EXACT_DUPLICATE, f"line {rows_of[path].line} names {row.file}, too")
            )
        else:
            rows_of[path] = row
    return rows_of, astray


def _in_words(found: Found) -> str:
    kinds = ", ".join(f"{count} {suffix}" for suffix, count in sorted(found.others.items())[:5])
    return f"found {kinds}" if kinds else "it is empty"
