"""The request of a film: a walk along a path or around a landmark, or one place while the camera or time goes round."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Self, get_args

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.checks import choice, real, whole
from engine.studio.requests.picture import PictureRequest

if TYPE_CHECKING:
    from engine.geo.region import Path

Kind = Literal["path", "turn", "orbit", "hours", "months"]
Noise = Literal["still", "flowing"]

FRAMES: Final = (2, 600)
FPS: Final = (1, 60)
MOST_PLACES: Final = 300
"""A path of more keeps those that its shape needs most, because each file of a film tells its whole path."""
_SPACING_M: Final = (0.01, 100_000)


@dataclass(frozen=True)
class WalkRequest(PictureRequest):
    """A film: along a path, around the model's landmark, or of one place where the camera turns or time passes."""

    NAME: ClassVar[str] = "walk"

    path: "Path | None" = None
    """The line of a walk; None where a file does not tell it."""
    place: Place | None = None
    """Where a turn, hours and months are; None leaves the place open."""
    kind: Kind = "path"
    """Along the path, or once around: the compass (turn), the landmark (orbit), the day (hours), the year (months)."""
    frames: int = 48
    """How many frames, unless `spacing_m` says."""
    spacing_m: float | None = None
    """Metres along the path from a frame to the next."""
    hour_to: float | None = None
    """Hour at the end of the path, forwards from `hour`, past midnight where needed."""
    month_to: float | None = None
    """Month at the end of the path, forwards from `month`, past the new year where needed."""
    noise: Noise = "still"
    """Whether all frames begin from one noise, or from noise that flows; still, neighbours are more alike."""
    fps: int = 12
    """Frames a second."""

    @property
    def endings(self) -> tuple[str, ...]:
        """Films."""
        return (".mp4", ".gif")

    @property
    def where(self) -> Place | None:
        """The place of the middle frame."""
        from engine.geo.sampling import along

        if self.kind != "path" or self.path is None:
            return self.place
        steps = along(self.path, self.spacing_m, None if self.spacing_m else self.frames)
        return steps[len(steps) // 2][0]

    def validate(self) -> Self:
        """The same request with the number of its frames; BadRequest where a value is out of its range, does not go
        with its kind, or makes too many frames."""
        from engine.geo.region import Path
        from engine.geo.walking import thinned

        if self.path is not None and not isinstance(self.path, Path):
            raise BadRequest(f"path must be a Path, not {type(self.path).__name__}")
        if self.place is not None and not isinstance(self.place, Place):
            raise BadRequest(f"place must be a Place, not {type(self.place).__name__}")
        request = replace(
            super().validate(),
            path=None if self.path is None else thinned(self.path, MOST_PLACES),
            kind=choice("kind", self.kind, get_args(Kind)),
            frames=whole("frames", self.frames, *FRAMES),
            spacing_m=None if self.spacing_m is None else real("spacing_m", self.spacing_m, *_SPACING_M),
            hour_to=None if self.hour_to is None else real("hour_to", self.hour_to, 0, 24),
            month_to=None if self.month_to is None else real("month_to", self.month_to, 1, 12),
            noise=choice("noise", self.noise, get_args(Noise)),
            fps=whole("fps", self.fps, *FPS),
        )
        request._check_kind()
        if request.path is None or request.spacing_m is None:
            return request
        return replace(request, frames=_frames_by_spacing(request.path, request.spacing_m))

    def _check_kind(self) -> None:
        """Nothing, when all that is set goes with the kind; BadRequest otherwise."""
        if self.kind == "path" and self.place is not None:
            raise BadRequest(
                "a walk along a path is at no single place; choose the kind turn, hours or months for that"
            )
        of_a_path = {name: getattr(self, name) for name in ("path", "spacing_m", "hour_to", "month_to")}
        foreign = [name for name, value in of_a_path.items() if value is not None]
        if self.kind != "path" and foreign:
            raise BadRequest(
                f"{foreign[0]} belongs to a walk along a path; leave it out of a film of the kind {self.kind}"
            )
        for name, start in (("hour", self.hour), ("month", self.month)):
            if of_a_path[f"{name}_to"] is not None and start is None:
                raise BadRequest(f"{name}_to has no {name} to begin from; give {name} too")


def _frames_by_spacing(path: "Path", spacing_m: float) -> int:
    """How many frames there are along a path; BadRequest where they make no film."""
    length_m = path.length_m
    frames = math.floor(length_m / spacing_m + 1e-9) + 1  # as `along` has it
    if not FRAMES[0] <= frames <= FRAMES[1]:
        least_m, most_m = length_m / (FRAMES[1] - 1), length_m / (FRAMES[0] - 1)
        least_m, most_m = math.ceil(least_m * 100) / 100, math.floor(most_m * 100) / 100
        raise BadRequest(
            f"a frame every {spacing_m:g} m of this path of {length_m:,.1f} m makes {frames:,}, and a film has "
            f"{FRAMES[0]} to {FRAMES[1]}; choose a spacing from {least_m:,.2f} to {most_m:,.2f} m"
        )
    return frames
