"""Requests: everything that a page, a command or a program can ask of the studio, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_args

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.checks import finite, flag, real, size_px, text, whole
from engine.studio.wire import JsonRequest

if TYPE_CHECKING:
    from engine.geo.region import Region

LONGEST_PROMPT = 2_000
"""Characters; every text encoder in use reads fewer tokens than that."""

MOST_STEPS = 999
"""Stable Diffusion is trained on 1,000 timesteps, and its schedulers leave out the first one."""


@dataclass(frozen=True, kw_only=True)
class PictureSettings:
    """What a picture may be asked for beside its model and its place. Page, commands and programs all have these."""

    prompt: str = ""
    """What is to be seen; without it the place alone decides."""
    negative_prompt: str = ""
    """What is not to be seen."""
    heading: float | None = None
    """Compass direction in which the camera looks, in degrees; without it any."""
    hour: float | None = None
    """Hour of the day, 0 to 24; without it any."""
    month: float | None = None
    """Month of the year, 1 to 12; without it any."""
    guidance_scale: float | None = None
    """How closely the picture follows the prompt; without it what suits the model."""
    gps_guidance_scale: float | None = None
    """How closely the picture follows the place; without it what suits the model."""
    num_inference_steps: int | None = None
    """Steps from noise to picture; without it what suits the model."""
    seed: int = 0
    """The same seed and settings make the same picture."""
    width_px: int | None = None
    """Width; without it the model's own."""
    height_px: int | None = None
    """Height; without it the model's own."""
    gps_in_exif: bool = True
    """Whether the file says where it is; without it neither EXIF nor the request inside names the place."""


@dataclass(frozen=True)
class ImageRequest(PictureSettings, JsonRequest):
    """One picture of one place, or of no place at all."""

    NAME: ClassVar[str] = "image"

    model: str
    """Name of a model on the shelf, never a path: a shared picture must not tell where things are kept."""
    place: Place | None
    """Where the picture is; None leaves the place open."""

    def validate(self) -> Self:
        """The same request with its heading in [0, 360); BadRequest where a value is out of its range."""
        if not isinstance(self.model, str) or not self.model.strip():
            raise BadRequest("the request names no model; choose one of those that `models` lists")
        if self.place is not None and not isinstance(self.place, Place):
            raise BadRequest(f"place must be a Place, not {type(self.place).__name__}")
        return replace(
            self,
            model=text("model's name", self.model, 1_000),
            prompt=text("prompt", self.prompt, LONGEST_PROMPT),
            negative_prompt=text("negative prompt", self.negative_prompt, LONGEST_PROMPT),
            heading=None if self.heading is None else _compass(finite("heading", self.heading)),
            hour=None if self.hour is None else real("hour", self.hour, 0, 24),
            month=None if self.month is None else real("month", self.month, 1, 12),
            guidance_scale=_scale("guidance_scale", self.guidance_scale),
            gps_guidance_scale=_scale("gps_guidance_scale", self.gps_guidance_scale),
            num_inference_steps=_steps(self.num_inference_steps),
            seed=whole("seed", self.seed, 0, 2**63 - 1),
            width_px=None if self.width_px is None else size_px("width_px", self.width_px),
            height_px=None if self.height_px is None else size_px("height_px", self.height_px),
            gps_in_exif=flag("gps_in_exif", self.gps_in_exif),
        )

    @property
    def conditions(self) -> dict[str, float]:
        """Raw values of the conditions that the request sets, by name, in their natural units."""
        where = (
            {} if self.place is None else {"latitude": self.place.latitude, "longitude": self.place.longitude}
        )
        others = {"heading": self.heading, "hour": self.hour, "month": self.month}
        return where | {name: value for name, value in others.items() if value is not None}


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

    def validate(self) -> Self:
        """The same request; BadRequest where a value is out of its range. The city checks the landmark."""
        from engine.world.photos import MOST_PHOTOS, SIZES_PX

        return replace(
            self,
            out=_file("out", self.out),
            count=whole("count", self.count, 1, MOST_PHOTOS),
            seed=whole("seed", self.seed, 0, 2**63 - 1),
            landmark=None if self.landmark is None else text("landmark's name", self.landmark, 1_000),
            size_px=whole("size_px", self.size_px, *SIZES_PX),
        )


@dataclass(frozen=True)
class TrainRequest(JsonRequest):
    """A model learned from a collection."""

    NAME: ClassVar[str] = "train"

    collection: Path
    """Folder of the collection."""
    out: Path
    """Folder of the new model."""
    kind: str = "gps"
    """What the model is told: gps, the place where a photo was taken."""
    base: str = "tiny"
    """Stable Diffusion 1.x or 2.x to begin from: a folder, a hub id, or tiny."""
    preset: str = "demo"
    """Name of the settings to begin from."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the preset to change, by name."""
    resume: bool = False
    """Whether to go on from the last checkpoint in `out`."""

    def validate(self) -> Self:
        """The same request; BadRequest where a kind or a name is none. Presets are checked by training."""
        if self.kind != "gps":
            raise BadRequest(f"there is no training of the kind {self.kind!r}; there is gps")
        if not isinstance(self.overrides, Mapping):
            raise BadRequest("overrides must be settings by name")
        return replace(
            self,
            collection=_file("collection", self.collection),
            out=_file("out", self.out),
            base=text("base's name", self.base, 1_000),
            preset=text("preset's name", self.preset, 1_000),
            overrides={str(name): _setting(str(name), value) for name, value in self.overrides.items()},
            resume=flag("resume", self.resume),
        )


Request = ImageRequest | IngestRequest | TrainRequest | WorldRequest


def request_from_dict(data: Mapping[str, Any]) -> Request:
    """The validated request of any kind that a JSON form holds; BadRequest where it holds none."""
    kinds = {kind.NAME: kind for kind in get_args(Request)}
    name = data.get("request") if isinstance(data, Mapping) else None
    if not isinstance(name, str) or name not in kinds:
        raise BadRequest(f"there is no request of the kind {name!r}; there are {', '.join(kinds)}")
    return kinds[name].from_dict(data)


def _compass(degrees: float) -> float:
    """The same direction in [0, 360)."""
    return (degrees % 360.0) % 360.0  # twice: -1e-20 % 360 rounds up to 360 itself


def _scale(name: str, value: Any) -> float | None:
    return None if value is None else real(name, value, -100, 100)


def _steps(value: Any) -> int | None:
    return None if value is None else whole("num_inference_steps", value, 1, MOST_STEPS)


def _setting(name: str, value: Any) -> Any:
    """A setting as JSON keeps it: a flag, a finite number, text, or a list of texts."""
    if isinstance(value, list | tuple):
        return [text(name, item, 1_000) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if isinstance(value, int) else finite(name, value)
    return value if isinstance(value, bool) else text(name, value, 1_000)


def _file(name: str, value: Any) -> Path:
    if not isinstance(value, Path):
        raise BadRequest(f"{name} must be a path, not {type(value).__name__}")
    return value
