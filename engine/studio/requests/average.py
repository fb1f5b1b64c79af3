"""The request of an average: what is typical of a region."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, Self, get_args

from engine.diffusion.estimator import Estimator
from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.checks import area, choice, flag, whole
from engine.studio.requests.picture import PictureRequest

if TYPE_CHECKING:
    from engine.geo.region import Region

Spread = Literal["area", "photos"]

SAMPLES = (4, 1_024)
_PLACE_M2 = 25.0
"""Area for each place: nearer ones are the same to any photo's GPS."""


@dataclass(frozen=True)
class AverageRequest(PictureRequest):
    """The average picture of a region: one picture, from the mean of what the model predicts at many of its places."""

    NAME: ClassVar[str] = "average"

    region: "Region | None"
    """Box or polygon; None where a file does not tell it."""
    samples: int = 64
    """How many places of the region are asked."""
    spread: Spread = "area"
    """How they are drawn: every square metre, or every training photo in the region, being equally likely."""
    estimator: Estimator = "exact"
    """Which of them each step asks: all (exact), a few drawn anew (fresh), few and later more (growing)."""
    samples_per_step: int = 16
    """How many a step asks, on average, unless it asks all."""
    of_pictures: bool = False
    """The plain way for contrast: finished pictures of all places, each pixel of them averaged."""

    @property
    def where(self) -> Place | None:
        """The middle of the region's box."""
        return self.region.bounds.centre if self.region else None

    def validate(self) -> Self:
        """The same request; BadRequest where a value is out of its range or the region is too small for its places."""
        request = replace(
            super().validate(),
            region=area("region", self.region),
            samples=whole("samples", self.samples, *SAMPLES),
            spread=choice("spread", self.spread, get_args(Spread)),
            estimator=choice("estimator", self.estimator, get_args(Estimator)),
            samples_per_step=whole("samples_per_step", self.samples_per_step, 1, SAMPLES[1]),
            of_pictures=flag("of_pictures", self.of_pictures),
        )
        if self.region is not None:
            _check_room(self.region, request.samples)
        return request


def _check_room(region: "Region", samples: int) -> None:
    """Nothing, when a region is large enough for so many places that differ; BadRequest otherwise."""
    area_m2 = region.area_m2
    holds = int(area_m2 / _PLACE_M2)
    if samples > holds:
        less = f"ask for {holds:,} or fewer, or " if holds >= SAMPLES[0] else ""
        raise BadRequest(
            f"a region of {area_m2:,.0f} m2 holds no {samples:,} places that differ; {less}draw a larger one"
        )
