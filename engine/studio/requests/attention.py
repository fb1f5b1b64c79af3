"""The request of attention maps: where the picture of a place looked at each word and each condition."""

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.requests.picture import ImageRequest, PictureRequest, PictureSettings

MAPS: Final = ".safetensors"
"""Ending of the file with all maps, by step and group of layers."""


@dataclass(frozen=True)
class AttentionRequest(PictureRequest):
    """The picture of an ImageRequest, and beside it what it looked at while it was made."""

    NAME: ClassVar[str] = "attention"

    place: Place | None
    """Where the picture is; None leaves the place open."""

    @property
    def endings(self) -> tuple[str, ...]:
        """The maps alone."""
        return (MAPS,)

    @property
    def where(self) -> Place | None:
        """The place itself."""
        return self.place

    @property
    def picture(self) -> ImageRequest:
        """The request of the picture alone."""
        own = {name: getattr(self, name) for name in PictureSettings.__dataclass_fields__}
        return ImageRequest(self.model, self.place, **own)

    def validate(self) -> Self:
        """The same request with its heading in [0, 360); BadRequest where a value is out of its range."""
        if self.place is not None and not isinstance(self.place, Place):
            raise BadRequest(f"place must be a Place, not {type(self.place).__name__}")
        return super().validate()
