"""The request of a search: where in the model's box a picture belongs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Self, get_args

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.checks import choice, text, whole
from engine.studio.requests.picture import PictureRequest, PictureSettings
from engine.studio.wire import place_from_json

CELLS: Final = (16, 400)
DRAWS: Final = (2, 64)
ROUNDS: Final = (0, 8)
_SHA256 = re.compile("[0-9a-f]{64}")
_LONGEST_NAME: Final = 255
_USED = frozenset({"prompt", "heading", "hour", "month", "seed"})
_PAINTING = {
    each.name: each.default for each in fields(PictureSettings) if each.name not in _USED
}  # settings of how a picture is made, and of what its file tells


@dataclass(frozen=True)
class GivenPicture:
    """A picture that somebody gives, as a request tells of it: by its name and its pixels, not by where it is kept."""

    name: str
    """Name of its file, without folders."""
    sha256: str
    """Hash of its size and pixels, upright and in RGB, as 64 hexadecimal digits."""
    asked: Place | None = None
    """Where it was asked for, when it is a picture of ours that says so."""
    path: Path | None = field(default=None, compare=False)
    """The file itself; None where the request came as JSON, so that nobody can ask for a file of another's machine."""

    def validate(self) -> Self:
        """The same picture; BadRequest where a value is none."""
        if not isinstance(self.sha256, str) or not _SHA256.fullmatch(self.sha256):
            raise BadRequest("the picture's sha256 must be 64 hexadecimal digits")
        if self.asked is not None and not isinstance(self.asked, Place):
            raise BadRequest(f"the picture was asked for at a Place, not {type(self.asked).__name__}")
        return replace(self, name=text("picture's name", self.name, _LONGEST_NAME))

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form, without the path."""
        asked = self.asked and {"latitude": self.asked.latitude, "longitude": self.asked.longitude}
        return {"name": self.name, "sha256": self.sha256, "asked": asked}

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """The picture of a JSON form, not yet validated; BadRequest where it is none."""
        needed, known = {"name", "sha256"}, {"name", "sha256", "asked"}
        if not isinstance(data, Mapping) or not needed <= set(data) <= known:
            raise BadRequest("picture must have name, sha256 and, where it was asked for at one, a place")
        return cls(data["name"], data["sha256"], place_from_json("asked", data.get("asked")))


By = Literal["model", "judge"]


@dataclass(frozen=True)
class BelongRequest(PictureRequest):
    """A search for the place where the model explains a picture best; its result is a heat map over the model's box.

    Of the settings of pictures it has prompt, heading, hour, month (what the model is told at every place; without
    them it is not told) and seed. The judge beside the model looks at the picture once and is told nothing, so with it
    all of these and the numbers of the search stay as they are.
    """

    NAME: ClassVar[str] = "belong"
    PAINTS: ClassVar[bool] = False

    picture: GivenPicture
    """What is sought."""
    cells: int = 144
    """How many places are asked in the first round, at most."""
    draws: int = 8
    """With how many draws of noise each is asked in the first round; each later round has so many more."""
    rounds: int = 5
    """How often the best cells are split in four, at most; no more once cells of 100 m are reached."""
    by: By = "model"
    """Who says where it belongs: the model by its own error, or the judge that lies beside it."""

    @property
    def judged(self) -> bool:
        """Whether the judge is asked."""
        return self.by == "judge"

    @property
    def endings(self) -> tuple[str, ...]:
        """The cells as a map."""
        return (".geojson",)

    @property
    def where(self) -> Place | None:
        """None: that is the question."""
        return None

    def validate(self) -> Self:
        """The same request; BadRequest where a value is out of its range, or a setting is of no use to a search."""
        if not isinstance(self.picture, GivenPicture):
            raise BadRequest(f"picture must be a GivenPicture, not {type(self.picture).__name__}")
        for name, default in _PAINTING.items():
            if getattr(self, name) != default:
                raise BadRequest(f"{name} is for making a picture, and a search makes none; leave it out")
        choice("by", self.by, get_args(By))
        told = next((name for name, default in _SEARCH.items() if getattr(self, name) != default), None)
        if self.judged and told:
            raise BadRequest(f"{told} is for the model's own search, and the judge looks once; leave it out")
        return replace(
            super().validate(),
            picture=self.picture.validate(),
            cells=whole("cells", self.cells, *CELLS),
            draws=whole("draws", self.draws, *DRAWS),
            rounds=whole("rounds", self.rounds, *ROUNDS),
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form that `from_dict` reads back to an equal request, whose picture has no path.

        Asked of the model it is what it was before there were judges, so that results keep their ids.
        """
        told = super().to_dict() | {"picture": self.picture.to_dict()}
        left_out = _PAINTING.keys() | (_SEARCH.keys() if self.judged else {"by"})
        return {name: value for name, value in told.items() if name not in left_out}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The validated request of a JSON form; unknown, missing and ill-typed keys are BadRequest."""
        if not isinstance(data, Mapping) or "picture" not in data:
            return super().from_dict(data)
        return super().from_dict({**data, "picture": GivenPicture.from_dict(data["picture"])})


_SEARCH = {
    each.name: each.default
    for each in fields(BelongRequest)
    if each.name in _USED | {"cells", "draws", "rounds"}
}  # what the judge has no use for
