"""What the map shows, as plain data: layers by name, a legend, and the view; the map itself finds out what differs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.geo.place import Place
from engine.geo.region import Box

Shape = Literal["box", "polygon", "line"]


@dataclass(frozen=True)
class PlaceMark:
    """The chosen place: a cross where no picture stands yet, and where a direction can be chosen, a cone to turn."""

    place: Place
    heading_deg: float | None = None
    """Where the cone looks; None for any direction."""
    cross: bool = True
    turns: bool = False
    """Whether there is a cone at all."""

    def to_json(self) -> dict[str, Any]:
        """The layer as the map's script reads it."""
        own = {"heading_deg": self.heading_deg, "cross": self.cross, "turns": self.turns}
        return {"kind": "place", **_degrees(self.place)} | own


@dataclass(frozen=True)
class ModelBox:
    """The outline of what a model knows."""

    box: Box

    def to_json(self) -> dict[str, Any]:
        """The layer as the map's script reads it."""
        return {"kind": "box", "bounds": bounds(self.box)}


@dataclass(frozen=True)
class RegionOutline:
    """What was drawn by hand."""

    shape: Shape
    places: Sequence[Place]

    def to_json(self) -> dict[str, Any]:
        """The layer as the map's script reads it."""
        return {
            "kind": "region",
            "shape": self.shape,
            "places": [[p.latitude, p.longitude] for p in self.places],
        }


@dataclass(frozen=True)
class Density:
    """Photos of a collection, counted in hexagons, in a JSON file: [[ring of [latitude, longitude], count], ...]."""

    url: str

    def to_json(self) -> dict[str, Any]:
        """The layer as the map's script reads it."""
        return {"kind": "density", "url": self.url}


@dataclass(frozen=True)
class Mosaic:
    """A picture that lies on the map."""

    url: str
    alt: str
    box: Box
    opacity: float = 1.0

    def to_json(self) -> dict[str, Any]:
        """The layer as the map's script reads it."""
        own = {"url": self.url, "alt": self.alt, "bounds": bounds(self.box), "opacity": self.opacity}
        return {"kind": "mosaic"} | own


@dataclass(frozen=True)
class Sides:
    """The ring of photos around a landmark."""

    centre: Place
    radius_m: float
    """Of the ring on the map."""
    counts: Sequence[int]
    """Photos in each bin of azimuths, the first around north, clockwise."""
    azimuth_deg: float | None = None
    """Where the camera stands; None for any side."""

    def to_json(self) -> dict[str, Any]:
        """The layer as the map's script reads it."""
        own = {
            "radius_m": self.radius_m,
            "counts": list(self.counts),
            "azimuth_deg": self.azimuth_deg,
        }
        return {"kind": "sides", **_degrees(self.centre)} | own


@dataclass(frozen=True)
class Pin:
    """A picture at its place."""

    id: str
    place: Place
    url: str
    title: str


@dataclass(frozen=True)
class Pins:
    """Pictures that were made, newest first, and which of them is looked at."""

    items: Sequence[Pin]
    selected: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The layer as the map's script reads it."""
        items = [{"id": p.id, **_degrees(p.place), "url": p.url, "title": p.title} for p in self.items]
        return {"kind": "pins", "items": items, "selected": self.selected}


Layer = PlaceMark | ModelBox | RegionOutline | Density | Mosaic | Sides | Pins


@dataclass(frozen=True)
class LegendLine:
    """One line of the card on the map; `clears` puts a button beside it that clears the layer it is of."""

    swatch: Literal["box", "region", "density", "mosaic", "wrong"]
    text: str
    clears: bool = False


@dataclass(frozen=True)
class View:
    """Where the map looks; it moves only when `seq` differs from the last one."""

    seq: int
    box: Box


@dataclass(frozen=True)
class MapState:
    """Everything that the map shows. `seq` grows with every answer, so that none is taken for the last one."""

    seq: int = 0
    layers: Mapping[str, Layer] = field(default_factory=dict)
    legend: Sequence[LegendLine] = ()
    view: View | None = None

    def to_json(self) -> str:
        """The state as JSON text, as it travels to the map."""
        state = {
            "seq": self.seq,
            "layers": {name: layer.to_json() for name, layer in self.layers.items()},
            "legend": [vars(line) for line in self.legend],
            "view": self.view and {"seq": self.view.seq, "bounds": bounds(self.view.box)},
        }
        return json.dumps(state, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def bounds(box: Box) -> list[list[float]]:
    """South-west and north-east corner as Leaflet wants them."""
    return [[box.south, box.west], [box.north, box.east]]


def _degrees(place: Place) -> dict[str, float]:
    return {"latitude": place.latitude, "longitude": place.longitude}
