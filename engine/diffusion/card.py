"""The card of a model (place.json): what it is conditioned on, where it is at home, how it came to be."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from engine.diffusion.conditions import normalise
from engine.errors import BadModel, BadRequest
from engine.geo.frame import Frame
from engine.geo.place import Place
from engine.geo.region import Box

CARD_FILE = "place.json"
_FORMAT = 1


@dataclass(frozen=True)
class PlaceCard:
    """Everything about a model that is not a weight."""

    name: str
    """What people call the place: "Lund"."""
    conditions: tuple[str, ...] = ("longitude", "latitude")
    """The conditions, in the order of the encoder's tokens."""
    kind: str = "gps"
    """"gps" for a city with a box, "angle" for one landmark with a centre."""
    box: Box | None = None
    """The box that longitude and latitude are normalised over."""
    margin: float = 0.1
    """The box maps to [-(1 - margin), 1 - margin]."""
    centre: Place | None = None
    """The landmark that azimuths are measured from."""
    min_distance_m: float = 0.0
    """Photos nearer to the centre than this were not learned from."""
    radius_m: float | None = None
    """Photos farther from the centre than this were not learned from."""
    azimuth_bin_deg: float = 0.0
    """Azimuths are rounded to multiples of this, as in the paper (10); 0 takes them as they are."""
    azimuth_counts: tuple[int, ...] = ()
    """Photos learned from in each of 36 bins of 10 degrees, the first around north, clockwise."""
    base_model: str = ""
    """The Stable Diffusion that it was fine-tuned from: hub id, folder, or "tiny"."""
    resolution_px: int = 512
    """Side of the square pictures that it was trained on."""
    untrained: bool = False
    """True for a model of random weights, which can only make noise."""
    guidance_scale: float = 3.5
    """How closely pictures follow their text where nobody says otherwise (paper: 3.5)."""
    gps_guidance_scale: float = 7.5
    """How closely they follow their place (paper: 7.5); small models overdraw from about 3 on."""
    num_inference_steps: int = 30
    """Steps from noise to picture where nobody says otherwise."""
    latent_rgb: tuple[tuple[float, ...], ...] | None = None
    """(channels + 1) x 3 matrix from latents, and a constant, to RGB in [0, 1], for previews without the VAE."""
    words: tuple[str, ...] = ()
    """Words that its text encoder has learned, the most frequent first; empty where it knows the language at large."""
    training: Mapping[str, Any] = field(default_factory=dict)
    """The training request as it was given: collection, base, preset, every number."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many photos: train, validation, test."""
    licence: str = ""
    """Licence of the weights, as far as it is known."""

    @property
    def frame(self) -> Frame | None:
        """The frame that turns degrees into the encoder's numbers; None without a box."""
        return Frame(self.box, self.margin) if self.box else None

    @property
    def prompt(self) -> str:
        """The one prompt that a model of a landmark was taught with (paper); empty for every other model."""
        return landmark_prompt(self.name) if self.kind == "angle" else ""

    @property
    def middle_m(self) -> float:
        """The middle of the landmark's ring as `distance` counts, by logarithms. Raises BadRequest without a ring."""
        if not self.radius_m:
            raise BadRequest("this model has no landmark, so nothing is at a distance from it")
        return math.sqrt(max(self.min_distance_m, 1.0) * self.radius_m)

    def values(self, raw: Mapping[str, float | None]) -> list[float]:
        """Values for the encoder, in the order of `conditions`; NaN where `raw` has none. Raises BadRequest."""
        ring_m = (self.min_distance_m, self.radius_m) if self.radius_m else None
        return normalise(raw, self.conditions, self.frame, self.azimuth_bin_deg, ring_m)

    def write(self, folder: Path) -> None:
        """Write place.json into `folder`."""
        text = json.dumps({"format": _FORMAT} | asdict(self), indent=2, ensure_ascii=False)
        (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "PlaceCard":
        """The card in `folder`. Raises BadModel when it is missing or not a card."""
        path = Path(folder) / CARD_FILE
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            version = data.pop("format")
            if version != _FORMAT:
                raise BadModel(
                    f"{path} has format {version}, but this version reads format {_FORMAT}; update Genius Loci"
                )
            if unknown := data.keys() - {each.name for each in fields(cls)}:
                raise BadModel(
                    f"{path} has the unknown entry {min(unknown)!r}; it was made by another version"
                )
            data["conditions"] = tuple(data["conditions"])
            data["words"] = tuple(data.get("words", ()))
            data["box"] = Box(**data["box"]) if data.get("box") else None
            data["centre"] = Place(**data["centre"]) if data.get("centre") else None
            data["azimuth_bin_deg"] = _bin(data.get("azimuth_bin_deg", 0.0))
            data["azimuth_counts"] = tuple(map(int, data.get("azimuth_counts", ())))
            for scale in data.keys() & {"guidance_scale", "gps_guidance_scale"}:
                data[scale] = _scale(scale, data[scale])
            if "num_inference_steps" in data:
                data["num_inference_steps"] = _steps(data["num_inference_steps"])
            if data.get("latent_rgb"):
                data["latent_rgb"] = tuple(tuple(map(float, row)) for row in data["latent_rgb"])
            return cls(**data)
        except FileNotFoundError:
            raise BadModel(
                f"{folder} has no {CARD_FILE}, so it is not a model of a place; train one first"
            ) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadModel(
                f"{path} cannot be read as a model card ({error}); copy or train the model again"
            ) from error


def landmark_prompt(name: str) -> str:
    """The one prompt of all photos of a landmark (paper)."""
    return f"A photo of {name.strip()}"


def _bin(value: Any) -> float:
    """Width of bins that fill the circle, or 0. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or (value and 360 % value):
        raise ValueError(f"azimuth_bin_deg is {value!r}, which does not divide 360")
    return float(value)


def _scale(name: str, value: Any) -> float:
    """A guidance scale in the range that requests may have. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -100 <= value <= 100:
        raise ValueError(f"{name} is {value!r}, not a number from -100 to 100")
    return float(value)


def _steps(value: Any) -> int:
    """A number of steps in the range that requests may have. Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 999:
        raise ValueError(f"num_inference_steps is {value!r}, not a whole number from 1 to 999")
    return value
