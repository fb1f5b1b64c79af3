"""Sieve: the photos that are still in the running, and the one reason why each of the others is not."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.photos.collection import PHOTOS_SCHEMA, REFUSED_SCHEMA
from engine.photos.refusal import Refusal, Refused

LATER: Final = ("cell", "split", "thumbnail")
"""Columns of a collection that are known only when all photos are."""


class Sieve:
    """Photos as columns, a few hundred bytes each however many there are; each step takes some out, with a reason."""

    def __init__(self, surveyed: Iterable[dict[str, Any] | Refused]) -> None:
        self._refused: list[tuple[str, Refusal, str]] = []
        schema = pa.schema([field for field in PHOTOS_SCHEMA if field.name not in LATER])
        results, batches = iter(surveyed), []
        while chunk := list(islice(results, 1024)):
            rows = [row for row in chunk if not isinstance(row, Refused)]
            batches.append(pa.RecordBatch.from_pylist(rows, schema=schema))
            self.note(row for row in chunk if isinstance(row, Refused))
        self.photos = pa.Table.from_batches(batches, schema=schema)

    @property
    def positions(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latitudes and longitudes."""
        return self.photos["latitude"].to_numpy(), self.photos["longitude"].to_numpy()

    @property
    def labels(self) -> list[str]:
        """What each photo is called in front of people: its path, or the line of the table."""
        return [path or id for path, id in zip(self.column("path"), self.column("id"), strict=True)]

    def column(self, name: str) -> list[Any]:
        """The values of one column."""
        return self.photos[name].to_pylist()

    def note(self, refused: Iterable[Refused]) -> None:
        """Remember that these, which are not among the photos, were refused."""
        self._refused += [(str(one.path), one.reason, one.detail) for one in refused]

    def drop(self, verdicts: Sequence[Refused | None]) -> None:
        """Take out the photos that have a verdict; there is one verdict, or None, for each photo."""
        self.note(verdict for verdict in verdicts if verdict is not None)
        self.photos = self.photos.filter(pa.array([verdict is None for verdict in verdicts], pa.bool_()))

    def refuse(self, reason: Refusal, details: dict[int, str]) -> None:
        """Take out the photos at these indices, each with its detail."""
        if not details:
            return
        labels = self.labels
        self._refused += [(labels[index], reason, detail) for index, detail in details.items()]
        staying = np.ones(len(labels), bool)
        staying[list(details)] = False
        self.photos = self.photos.filter(pa.array(staying))

    def counts(self) -> dict[str, int]:
        """How many were refused by reason, in the order of Refusal."""
        count = Counter(reason for _, reason, _ in self._refused)
        return {str(reason): count[reason] for reason in Refusal if reason in count}

    def refused(self) -> pa.Table:
        """What was refused and why, sorted."""
        rows = [
            {"path": path, "reason": str(reason), "detail": detail} for path, reason, detail in self._refused
        ]
        return pa.Table.from_pylist(sorted(rows, key=lambda row: tuple(row.values())), schema=REFUSED_SCHEMA)
