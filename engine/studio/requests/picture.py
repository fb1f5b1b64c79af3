"""Requests of pictures: what each of them may be asked for, and the picture of one place."""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.checks import finite, flag, real, size_px, text, whole
from engine.studio.wire import JsonRequest

LONGEST_PROMPT = 2_000
"""Characters; every text encoder in use reads fewer tokens than that."""

FARTHEST_M = 100_000.0
"""From a landmark; beyond its model's ring all distances are one."""

_LATER = ("azimuth", "distance")
"""Settings that came after the first pictures were kept."""

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
    azimuth: float | None = None
    """Compass bearing of the camera seen from the model's landmark, in degrees; without it any."""
    distance: float | None = None
    """Metres from the camera to the model's landmark; without it any."""
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
class PictureRequest(PictureSettings, JsonRequest):
    """Anything whose result is looked at: it needs a model, and its picture tells the whole request."""

    PAINTS: ClassVar[bool] = True
    """Whether pictures are made for it, so that guidance, steps and a size mean something."""

    model: str
    """Name of a model on the shelf, never a path: a shared picture must not tell where things are kept."""

    @property
    def judged(self) -> bool:
        """Whether the judge of the model, where there is one, says something of the result."""
        return False

    @property
    def endings(self) -> tuple[str, ...]:
        """Of the files that the result may be written as, beside those of a picture."""
        return ()

    @property
    @abstractmethod
    def where(self) -> Place | None:
        """The place that the picture's file names."""

    @property
    def conditions(self) -> dict[str, float]:
        """Raw values of the conditions that the request sets, by name, in their natural units."""
        where = self.where
        set_ones = {
            "latitude": where and where.latitude,
            "longitude": where and where.longitude,
            "heading": self.heading,
            "azimuth": self.azimuth,
            "distance": self.distance,
            "hour": self.hour,
            "month": self.month,
        }
        return {name: value for name, value in set_ones.items() if value is not None}

    def validate(self) -> Self:
        """The same request with heading and azimuth in [0, 360); BadRequest where a value is out of its range."""
        if not isinstance(self.model, str) or not self.model.strip():
            raise BadRequest("the request names no model; choose one of those that `models` lists")
        return replace(
            self,
            model=text("model's name", self.model, 1_000),
            prompt=text("prompt", self.prompt, LONGEST_PROMPT),
            negative_prompt=text("negative prompt", self.negative_prompt, LONGEST_PROMPT),
            heading=None if self.heading is None else _compass(finite("heading", self.heading)),
            azimuth=None if self.azimuth is None else _compass(finite("azimuth", self.azimuth)),
            distance=None if self.distance is None else real("distance", self.distance, 0, FARTHEST_M),
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

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form that `from_dict` reads back to an equal request.

        Without an azimuth or a distance it is what it was before there were any, so that pictures keep their ids.
        """
        told = super().to_dict()
        return {name: value for name, value in told.items() if value is not None or name not in _LATER}


@dataclass(frozen=True)
class ImageRequest(PictureRequest):
    """One picture of one place, or of no place at all."""

    NAME: ClassVar[str] = "image"

    place: Place | None
    """Where the picture is; None leaves the place open."""

    @property
    def where(self) -> Place | None:
        """The place itself."""
        return self.place

    def validate(self) -> Self:
        """The same request with heading and azimuth in [0, 360); BadRequest where a value is out of its range."""
        if self.place is not None and not isinstance(self.place, Place):
            raise BadRequest(f"place must be a Place, not {type(self.place).__name__}")
        return super().validate()


def _compass(degrees: float) -> float:
    """The same direction in [0, 360)."""
    return (degrees % 360.0) % 360.0  # twice: -1e-20 % 360 rounds up to 360 itself


def _scale(name: str, value: Any) -> float | None:
    return None if value is None else real(name, value, -100, 100)


def _steps(value: Any) -> int | None:
    return None if value is None else whole("num_inference_steps", value, 1, MOST_STEPS)
