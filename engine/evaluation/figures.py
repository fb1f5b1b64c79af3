"""Figures: what was measured, beside what it should be, as lines to read and as JSON to keep."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from engine.atomic import write_bytes


@dataclass(frozen=True)
class Figure:
    """One figure."""

    name: str
    value: float
    """NaN where it could not be measured."""
    unit: str
    """"%" (the value is a share from 0 to 1), "degrees", "s", or "" for a plain number."""
    count: int
    """Pictures, places or runs that it comes from."""
    target: str = ""
    """As people say it: "at least 70 %"; empty for a figure that others are compared with."""
    detail: Mapping[str, float] = field(default_factory=dict)
    """Parts of it by name, in the same unit."""

    def __str__(self) -> str:
        target = f" (target {self.target})" if self.target else ""
        return f"{self.name}: {_told(self.value, self.unit)}, of {self.count:,}{target}"

    def details(self) -> list[str]:
        """One line for each part."""
        return [f"  {name}: {_told(value, self.unit)}" for name, value in self.detail.items()]


def keep_figures(path: Path, part: str, figures: Sequence[Figure], about: Mapping[str, object]) -> None:
    """Write the figures of one part into a JSON file, beside those of other parts that it holds. Raises DiskFull."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    rows = [_without_nan(asdict(figure)) for figure in figures]
    kept[part] = {"about": dict(about), "figures": rows}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(kept, indent=2, ensure_ascii=False, allow_nan=False)
    write_bytes(path, (text + "\n").encode())


def _told(value: float, unit: str) -> str:
    if math.isnan(value):
        return "not measured"
    if unit == "%":
        return f"{value:.1%}".replace("%", " %")
    return f"{value:.3g} {unit}".rstrip()


def _without_nan(value: object) -> object:
    """The same with null for NaN, which JSON lacks."""
    if isinstance(value, Mapping):
        return {name: _without_nan(each) for name, each in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value
