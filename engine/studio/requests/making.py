"""Requests of work on photos and models: collections, photos of the built-in city, trained models."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.checks import finite, flag, real, text, whole
from engine.studio.wire import JsonRequest

if TYPE_CHECKING:
    from engine.geo.region import Region
    from engine.training.ring import Ring
    from engine.world.tourist import Light


@dataclass(frozen=True)
class IngestRequest(JsonRequest):
    """A collection made of geotagged photos, of a table of positions, or of both."""

    NAME: ClassVar[str] = "ingest"

    sources: tuple[Path, ...]
    """Photos and folders of photos."""
    out: Path
    """Folder of the new collection."""
    table: Path | None = None
    """CSV with file, latitude, longitude and, where there is one, caption."""
    region: "Region | None" = None
    """Photos outside are refused; None takes them all."""

    def validate(self) -> Self:
        """The same request; BadRequest where there is nothing to take photos from."""
        if not self.sources and self.table is None:
            raise BadRequest("there is nothing to ingest; name a folder of photos, or a table with --table")
        return replace(
            self,
            sources=tuple(_file("sources", source) for source in self.sources),
            out=_file("out", self.out),
            table=None if self.table is None else _file("table", self.table),
        )


@dataclass(frozen=True)
class WorldRequest(JsonRequest):
    """Photos of the built-in city, as its tourists take them."""

    NAME: ClassVar[str] = "world"

    out: Path
    """Folder of the photos."""
    count: int
    """How many photos."""
    seed: int = 0
    """The same seed makes the same photos."""
    landmark: str | None = None
    """Only photos of this one; without it the tourists wander through the whole city."""
    size_px: int = 256
    """Side of the square photos."""
    hour: float | None = None
    """With a month: all in the light of this hour of a clear day, of the place alone and in no style."""
    month: int | None = None
    """Month of that day."""

    def validate(self) -> Self:
        """The same request; BadRequest where a value is out of its range. The city checks landmark and light."""
        from engine.world.photos import MOST_PHOTOS, SIZES_PX

        _ = self.light
        return replace(
            self,
            out=_file("out", self.out),
            count=whole("count", self.count, 1, MOST_PHOTOS),
            seed=whole("seed", self.seed, 0, 2**63 - 1),
            landmark=None if self.landmark is None else text("landmark's name", self.landmark, 1_000),
            size_px=whole("size_px", self.size_px, *SIZES_PX),
            hour=None if self.hour is None else real("hour", self.hour, 0, 24),
            month=None if self.month is None else whole("month", self.month, 1, 12),
        )

    @property
    def light(self) -> "Light | None":
        """Hour and month, where they are given. Raises BadRequest where one is and not the other."""
        if self.hour is None and self.month is None:
            return None
        if self.hour is None or self.month is None:
            given, lacks = ("an hour", "month") if self.month is None else ("a month", "hour")
            raise BadRequest(f"the light has {given} but no {lacks}; give both, or neither")
        return self.hour, self.month


@dataclass(frozen=True)
class TrainRequest(JsonRequest):
    """A model learned from a collection."""

    NAME: ClassVar[str] = "train"

    collection: Path
    """Folder of the collection."""
    out: Path
    """Folder of the new model."""
    kind: str = "gps"
    """What the model is told: gps, the place where a photo was taken; angle, the side of a landmark it is seen from.
    judge makes no pictures but scores them by place and words."""
    base: str = "tiny"
    """Stable Diffusion 1.x or 2.x to begin from: a folder, a hub id, or tiny. A judge has none."""
    preset: str = "demo"
    """Name of the settings to begin from."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the preset to change, by name."""
    resume: bool = False
    """Whether to go on from the last checkpoint in `out`."""
    landmark: str | None = None
    """Name of the landmark of an angle model, as its photos are captioned."""
    centre: Place | None = None
    """Where it stands."""
    radius_m: float | None = None
    """Photos farther away are left out."""
    min_distance_m: float | None = None
    """Nearer ones too; without it what the ring says."""
    begin_with: Path | None = None
    """Folder of a companion of another landmark, whose weights a new UNet begins with."""

    @property
    def ring(self) -> "Ring":
        """Where the photos of an angle model are taken from. Raises BadRequest where that is not said."""
        from engine.training.ring import Ring

        given = {name: getattr(self, name) for name in _RING if getattr(self, name) is not None}
        if missing := {"landmark", "centre", "radius_m"} - given.keys():
            raise BadRequest(f"an angle model needs landmark, centre and radius_m; give {min(missing)}")
        return Ring(**given)

    def validate(self) -> Self:
        """The same request; BadRequest where a kind or a name is none. Presets are checked by training."""
        if self.kind not in ("gps", "angle", "judge"):
            raise BadRequest(
                f"there is no training of the kind {self.kind!r}; there are gps, angle and judge"
            )
        if self.centre is not None and not isinstance(self.centre, Place):
            raise BadRequest(f"centre must be a Place, not {type(self.centre).__name__}")
        if self.kind != "angle" and (given := [name for name in _RING if getattr(self, name) is not None]):
            raise BadRequest(f"{given[0]} is for a landmark; leave it out, or train an angle model")
        if self.kind != "angle" and self.begin_with is not None:
            raise BadRequest("begin_with is for a landmark; leave it out, or train an angle model")
        if not isinstance(self.overrides, Mapping):
            raise BadRequest("overrides must be settings by name")
        checked = replace(
            self,
            collection=_file("collection", self.collection),
            out=_file("out", self.out),
            base=text("base's name", self.base, 1_000),
            preset=text("preset's name", self.preset, 1_000),
            overrides={str(name): _setting(str(name), value) for name, value in self.overrides.items()},
            resume=flag("resume", self.resume),
            landmark=None if self.landmark is None else text("landmark's name", self.landmark, 200),
            begin_with=None if self.begin_with is None else _file("begin_with", self.begin_with),
            **{name: _metres(name, getattr(self, name)) for name in ("radius_m", "min_distance_m")},
        )
        if self.kind == "angle":
            _ = checked.ring
        return checked


_RING = ("landmark", "centre", "radius_m", "min_distance_m")


def _metres(name: str, value: Any) -> float | None:
    return None if value is None else real(name, value, 0, 1_000_000)


def _setting(name: str, value: Any) -> Any:
    """A setting as JSON keeps it: a flag, a finite number, text, or a list of these."""
    if isinstance(value, list | tuple):
        return [_setting(name, item) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if isinstance(value, int) else finite(name, value)
    return value if isinstance(value, bool) else text(name, value, 1_000)


def _file(name: str, value: Any) -> Path:
    if not isinstance(value, Path):
        raise BadRequest(f"{name} must be a path, not {type(value).__name__}")
    return value
