"""Ingest: folders of photos, or a table of positions, become a clean collection; every file is accounted for."""

import json
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.atomic import writing_folder
from engine.errors import BadCollection
from engine.geo.region import Region
from engine.parallel import in_order
from engine.photos.cleaning import cells_of, far_from_all_others, split_by_cell
from engine.photos.collection import PHOTOS_SCHEMA, VERSION
from engine.photos.likeness import near_duplicates
from engine.photos.opening import LIMITS, Limits
from engine.photos.refusal import Refusal, Refused
from engine.photos.sieve import Sieve
from engine.photos.sources import Plan, plan
from engine.photos.thumbnails import Seen, see, thumbnail_of

Progress = Callable[[int, int], None]
Step = TypeVar("Step")


@dataclass(frozen=True)
class IngestReport:
    """What became of the files."""

    taken: int
    refused: dict[str, int]
    """By reason, in the order of Refusal; reasons that no photo had are absent."""
    out: Path


def ingest(
    sources: Sequence[Path],
    out: Path,
    *,
    table: Path | None = None,
    region: Region | None = None,
    workers: int | None = None,
    limits: Limits = LIMITS,
    on_progress: Progress | None = None,
) -> IngestReport:
    """How many photos were taken and refused; the collection of those taken is at `out`.

    A photo is refused (Refusal) when it is unreadable, beyond the limits, without a position, twice there, outside
    the region or, where no region is given, far from the city that most photos are of. Files that neither are
    pictures nor are named like pictures are only counted. The table's rows overrule what the photos of these names
    say of themselves; without sources, the rows make a collection of positions alone.

    Photos are read twice by `workers` processes (all cores unless given): metadata and sha256 first, then the pixels
    of those still in the running. `on_progress(done, total)` counts both, and may raise Cancelled. The same input
    gives the same photos.parquet and refused.parquet, byte for byte, whatever the number of workers. The folder is
    there whole or not at all; a run that was killed is simply started again.

    Raises OutputExists, DiskFull, BadFile for a source or table that cannot be read, BadRequest for a table of files
    without a folder that holds them, and BadCollection when there is nothing to take.
    """
    work = plan(sources, table, limits)
    with writing_folder(out, replace=False) as folder:
        steps = _Steps(2 * len(work.jobs), on_progress or (lambda done, total: None))
        survey_workers = (
            workers if work.with_pictures else 1
        )  # a row of a table is less work than its journey
        sieve = Sieve(steps.count(in_order(work.survey, work.jobs, survey_workers)))
        sieve.note(work.astray)
        if work.with_pictures:
            sieve.refuse(Refusal.EXACT_DUPLICATE, _repeated(sieve))
        latitude, longitude = sieve.positions
        if region is None:
            sieve.refuse(Refusal.FAR, _where(far_from_all_others(latitude, longitude), sieve))
        else:
            sieve.refuse(Refusal.OUTSIDE, _where(~region.contains(latitude, longitude), sieve))
        if work.with_pictures:
            _see_all(sieve, folder, limits, workers, steps)
        if not len(sieve.photos):
            reasons = ", ".join(f"{count} {reason}" for reason, count in sieve.counts().items())
            raise BadCollection(f"no photo of {work.names} can be taken: {reasons}")
        photos = _finished(sieve, work)
        about = {
            "version": VERSION,
            "name": out.name,
            "sources": [str(source.resolve()) for source in sources],
            "table": None if table is None else str(table.resolve()),
            "counts": {
                "taken": len(photos),
                "refused": sieve.counts(),
                "ignored": work.ignored,
                "splits": dict(sorted(Counter(photos["split"].to_pylist()).items())),
            },
        }
        steps.finish()
        pq.write_table(photos, folder / "photos.parquet", compression="zstd")
        pq.write_table(sieve.refused(), folder / "refused.parquet", compression="zstd")
        (folder / "collection.json").write_text(
            json.dumps(about, indent=2, ensure_ascii=False), encoding="utf-8"
        )
    return IngestReport(len(photos), sieve.counts(), out)


class _Steps:
    """Progress through a known number of steps, of which some turn out not to be needed."""

    def __init__(self, total: int, report: Progress) -> None:
        self._done, self._total, self._report = 0, total, report

    def count(self, items: Generator[Step, None, None]) -> Iterator[Step]:
        with closing(items):  # so that no worker writes on when the report raises Cancelled
            for item in items:
                self._done += 1
                self._report(self._done, self._total)
                yield item

    def skip_to(self, left: int) -> None:
        self._done = self._total - left

    def finish(self) -> None:
        self._report(self._total, self._total)


def _repeated(sieve: Sieve) -> dict[int, str]:
    """Index of each photo whose bytes came before, and the photo that they came with."""
    numbers = sieve.photos["sha256"].combine_chunks().dictionary_encode().indices.to_numpy()
    _, firsts, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    first = firsts[inverse]
    again = np.flatnonzero(first != np.arange(len(first)))
    labels = sieve.labels if len(again) else []
    return {int(index): f"same as {labels[first[index]]}" for index in again}


def _where(gone: np.ndarray, sieve: Sieve) -> dict[int, str]:
    """Index of each photo that goes, and its position."""
    latitude, longitude = sieve.positions
    return {int(index): f"{latitude[index]:.6f}, {longitude[index]:.6f}" for index in np.flatnonzero(gone)}


def _see_all(sieve: Sieve, folder: Path, limits: Limits, workers: int | None, steps: _Steps) -> None:
    """Decode what is left: write thumbnails, and take out what cannot be decoded, is blank or is there already."""
    steps.skip_to(len(sieve.photos))
    items = list(zip(sieve.column("path"), sieve.column("id"), strict=True))
    seen = list(steps.count(in_order(partial(see, folder=folder, limits=limits), items, workers)))
    sieve.drop([one if isinstance(one, Refused) else None for one in seen])
    hashes = np.frombuffer(b"".join(one.hash for one in seen if isinstance(one, Seen)), np.uint64).reshape(
        -1, 2
    )
    pixels = np.array(sieve.column("width_px"), np.int64) * np.array(sieve.column("height_px"), np.int64)
    rank = np.empty(len(pixels), np.int64)
    # The largest stays, and the first among equals.
    rank[np.argsort(-pixels, kind="stable")] = np.arange(len(pixels))
    twins = near_duplicates(hashes, rank)
    ids, labels = (sieve.column("id"), sieve.labels) if twins else ([], [])
    for index in twins:
        (folder / thumbnail_of(ids[index])).unlink()
    sieve.refuse(
        Refusal.NEAR_DUPLICATE, {index: f"looks like {labels[other]}" for index, other in twins.items()}
    )


def _finished(sieve: Sieve, work: Plan) -> pa.Table:
    """The photos with all columns of a collection."""
    cells = cells_of(*sieve.positions)
    thumbnails = [thumbnail_of(id) if work.with_pictures else None for id in sieve.column("id")]
    columns = {"cell": cells, "split": split_by_cell(cells), "thumbnail": thumbnails}
    photos = sieve.photos
    return pa.Table.from_arrays(
        [
            pa.array(columns[field.name], field.type) if field.name in columns else photos[field.name]
            for field in PHOTOS_SCHEMA
        ],
        schema=PHOTOS_SCHEMA,
    ).combine_chunks()
