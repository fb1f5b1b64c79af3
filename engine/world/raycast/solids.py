"""Solids as rows of numbers: what there is to see, kept in one table for each kind of shape."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from engine.world.raycast.palette import linear

Kind = Literal["box", "convex", "frustum", "ellipsoid", "capsule", "torus"]
KINDS: tuple[Kind, ...] = ("box", "convex", "frustum", "ellipsoid", "capsule", "torus")
WIDTHS: Mapping[Kind, int] = MappingProxyType(
    {"box": 8, "convex": 44, "frustum": 9, "ellipsoid": 8, "capsule": 7, "torus": 8}
)
"""Numbers in a row of geometry; the first three are always the point that the others are relative to."""

ALWAYS, NEAR, FAR, CLOSE, BEYOND = range(5)
"""Level of detail, by the distance of a solid's anchor: see `RANGES_M`."""
RANGES_M = np.array([(0, np.inf), (0, 900.0), (900.0, np.inf), (0, 170.0), (170.0, np.inf)])
"""From where to where each level is drawn: houses one by one give way to blocks, trees to single balls."""


@dataclass(frozen=True)
class Look:
    """What a solid is made of; `numbers` mean what its material says, `flags` are its bits."""

    material: int
    colour: str | tuple[float, float, float] = "#c8c0b4"
    numbers: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    flags: int = 0
    seed: int = 0
    accent: str | tuple[float, float, float] | None = None
    """Second colour: trim, frames, joints or paint; None leaves it to the material."""


@dataclass(frozen=True)
class Solids:
    """All solids of one kind."""

    geometry: Float[np.ndarray, "N G"]
    """box: centre, half sizes, cos and sin of its turn. convex: centre, base height, 10 planes (normal, offset; the
    first one again where there are fewer). frustum: foot, unit axis, height, lower and upper radius. ellipsoid:
    centre, radii, cos, sin. capsule: start, axis, radius. torus: centre, unit axis, ring radius, tube radius."""
    look: Float[np.ndarray, "N 12"]
    """Linear red, green, blue, four numbers, flags, seed, and red, green, blue of the accent (NaN for none)."""
    material: Int[np.ndarray, "N"]
    level: Int[np.ndarray, "N"]
    anchor: Float[np.ndarray, "N 2"]
    """East and north of the point whose distance decides the level of detail."""
    centre: Float[np.ndarray, "N 3"]
    half: Float[np.ndarray, "N 3"]
    """Centre and half size of the box along the axes that holds the solid."""

    def __len__(self) -> int:
        return len(self.material)

    def take(self, index: np.ndarray) -> "Solids":
        """The solids at `index` (integers or a mask)."""
        return Solids(**{name: getattr(self, name)[index] for name in self.__dataclass_fields__})


def joined(parts: list[Solids], kind: Kind) -> Solids:
    """One table from several; an empty list gives an empty table."""
    if not parts:
        parts = [_table(kind, np.zeros((0, WIDTHS[kind])), np.zeros((0, 3)), np.zeros((0, 3)), Look(0))]
    return Solids(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Solids.__dataclass_fields__
        }
    )


@dataclass
class Quarry:
    """Collects solids; `solids()` gives them as tables. Lengths are metres, turns are degrees anticlockwise."""

    _parts: dict[Kind, list[Solids]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def solids(self) -> dict[Kind, Solids]:
        """All that was added, one table for each kind."""
        return {kind: joined(parts, kind) for kind, parts in self._parts.items()}

    def add(self, kind: Kind, table: Solids) -> None:
        self._parts[kind].append(table)

    def box(
        self,
        centre,
        half,
        look: Look,
        turn_deg: ArrayLike = 0.0,
        level: int = ALWAYS,
        anchor: ArrayLike | None = None,
        **columns: ArrayLike,
    ) -> None:
        """Boxes with vertical sides. Arguments are one solid's, or arrays with a row for each."""
        centre, half = _rows(centre), _rows(half)
        count = max(len(centre), len(half), np.size(turn_deg))
        centre, half = np.broadcast_to(centre, (count, 3)), np.broadcast_to(half, (count, 3))
        turn = np.broadcast_to(np.radians(turn_deg), (count,))
        cos, sin = np.cos(turn), np.sin(turn)
        geometry = np.column_stack([centre, half, cos, sin])
        reach = np.column_stack(
            [
                np.abs(cos) * half[:, 0] + np.abs(sin) * half[:, 1],
                np.abs(sin) * half[:, 0] + np.abs(cos) * half[:, 1],
                half[:, 2],
            ]
        )
        self.add("box", _table("box", geometry, centre, reach, look, level, anchor, **columns))

    def frustum(
        self,
        foot,
        top,
        lower_m,
        upper_m,
        look: Look,
        level: int = ALWAYS,
        anchor: ArrayLike | None = None,
        **columns: ArrayLike,
    ) -> None:
        """Round columns, cones and drums between two points, with flat ends."""
        foot, top = _rows(foot), _rows(top)
        count = max(len(foot), len(top), np.size(lower_m), np.size(upper_m))
        foot, top = np.broadcast_to(foot, (count, 3)), np.broadcast_to(top, (count, 3))
        lower, upper = np.broadcast_to(lower_m, (count,)), np.broadcast_to(upper_m, (count,))
        axis = top - foot
        height = np.linalg.norm(axis, axis=1)
        axis = axis / height[:, None]
        side = np.sqrt(np.clip(1 - axis**2, 0, 1)) * np.maximum(lower, upper)[:, None]
        geometry = np.column_stack([foot, axis, height, lower, upper])
        reach = np.abs(top - foot) / 2 + side
        self.add(
            "frustum", _table("frustum", geometry, (foot + top) / 2, reach, look, level, anchor, **columns)
        )

    def ellipsoid(
        self, centre, radii, look: Look, turn_deg=0.0, level=ALWAYS, anchor=None, **columns
    ) -> None:
        """Balls, squeezed along their own axes; one radius makes spheres."""
        centre, radii = _rows(centre), _rows(radii)
        count = max(len(centre), len(radii), np.size(turn_deg))
        centre, radii = np.broadcast_to(centre, (count, 3)), np.broadcast_to(radii, (count, 3))
        turn = np.broadcast_to(np.radians(turn_deg), (count,))
        geometry = np.column_stack([centre, radii, np.cos(turn), np.sin(turn)])
        reach = np.column_stack([radii[:, :2].max(1), radii[:, :2].max(1), radii[:, 2]])
        self.add("ellipsoid", _table("ellipsoid", geometry, centre, reach, look, level, anchor, **columns))

    def capsule(
        self,
        start,
        end,
        radius_m,
        look: Look,
        level: int = ALWAYS,
        anchor: ArrayLike | None = None,
        **columns: ArrayLike,
    ) -> None:
        """Rods with round ends: limbs, cables, rails."""
        start, end = _rows(start), _rows(end)
        count = max(len(start), len(end), np.size(radius_m))
        start, end = np.broadcast_to(start, (count, 3)), np.broadcast_to(end, (count, 3))
        radius = np.broadcast_to(radius_m, (count,))
        geometry = np.column_stack([start, end - start, radius])
        reach = np.abs(end - start) / 2 + radius[:, None]
        self.add(
            "capsule", _table("capsule", geometry, (start + end) / 2, reach, look, level, anchor, **columns)
        )

    def torus(
        self,
        centre,
        axis,
        ring_m,
        tube_m,
        look: Look,
        level: int = ALWAYS,
        anchor: ArrayLike | None = None,
        **columns: ArrayLike,
    ) -> None:
        """Rings around `axis`."""
        centre, axis = _rows(centre), _rows(axis)
        axis = axis / np.linalg.norm(axis, axis=1, keepdims=True)
        geometry = np.column_stack([centre, axis, np.full(len(centre), ring_m), np.full(len(centre), tube_m)])
        reach = np.sqrt(np.clip(1 - axis**2, 0, 1)) * ring_m + tube_m
        self.add("torus", _table("torus", geometry, centre, reach, look, level, anchor, **columns))

    def convex(
        self,
        planes,
        base_m,
        low,
        high,
        look: Look,
        level: int = ALWAYS,
        anchor: ArrayLike | None = None,
        **columns: ArrayLike,
    ) -> None:
        """Bodies within up to 10 planes each, `(normal, offset)` where normal · point <= offset.

        `low` and `high` bound them; patterns count their height from `base_m`. Arguments are one body's, or lists.
        """
        bodies = [planes] if np.ndim(planes[0]) == 1 else list(planes)
        low, high = _rows(low), _rows(high)
        centre = (low + high) / 2
        full = np.zeros((len(bodies), 10, 4))
        for row, body in enumerate(bodies):
            full[row, : len(body)], full[row, len(body) :] = body, body[0]
        full[:, :, 3] -= np.einsum("npk,nk->np", full[:, :, :3], centre)
        base = np.broadcast_to(base_m, (len(bodies),))
        geometry = np.column_stack([centre, base, full.reshape(len(bodies), 40)])
        half = (high - low) / 2
        self.add("convex", _table("convex", geometry, centre, half, look, level, anchor, **columns))


def _rows(values) -> np.ndarray:
    """`values` as rows of three; a single number fills a row."""
    values = np.asarray(values, dtype=float)
    return np.full((1, 3), values) if values.ndim == 0 else np.atleast_2d(values)


def _table(
    kind,
    geometry,
    centre,
    half,
    look: Look,
    level: int = ALWAYS,
    anchor: ArrayLike | None = None,
    **columns: ArrayLike,
) -> Solids:
    """`geometry` with its looks; `columns` (colour, numbers, flags, seed, accent, material) override `look` by rows."""
    count = len(geometry)
    colour = columns.get("colour", linear(look.colour))
    accent = np.full(3, np.nan) if look.accent is None else linear(look.accent)
    rows = [
        np.broadcast_to(colour, (count, 3)),
        np.broadcast_to(columns.get("numbers", look.numbers), (count, 4)),
        np.broadcast_to(columns.get("flags", look.flags), (count,)),
        np.broadcast_to(columns.get("seed", look.seed), (count,)),
        np.broadcast_to(columns.get("accent", accent), (count, 3)),
    ]
    return Solids(
        geometry=geometry,
        look=np.column_stack(rows).astype(np.float32),
        material=np.broadcast_to(columns.get("material", look.material), (count,)).astype(np.int64),
        level=np.broadcast_to(level, (count,)).astype(np.int64),
        anchor=centre[:, :2].copy() if anchor is None else np.broadcast_to(anchor, (count, 2)).astype(float),
        centre=np.array(centre, dtype=float),
        half=np.array(half, dtype=float),
    )
