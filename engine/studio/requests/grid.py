"""The request of a grid: pictures side by side that differ in two settings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.requests.axis import Axis
from engine.studio.requests.picture import ImageRequest, PictureRequest, PictureSettings

MOST_CELLS = 100
_ROWS = Axis("guidance_scale", (1.0, 2.0, 4.0))
_COLUMNS = Axis("gps_guidance_scale", (1.0, 2.0, 4.0, 8.0))


@dataclass(frozen=True)
class GridRequest(PictureRequest):
    """A sheet of pictures, each the picture of an ImageRequest: down the rows one setting varies, along them another.

    A setting that an axis varies has the axis's first value in the request itself.
    """

    NAME: ClassVar[str] = "grid"

    place: Place | None
    """Where the pictures are, unless an axis says so; None leaves the place open."""
    rows: Axis = _ROWS
    """What varies from row to row."""
    columns: Axis = _COLUMNS
    """What varies from column to column."""

    @property
    def judged(self) -> bool:
        """Always: its pictures are there to be compared."""
        return True

    @property
    def where(self) -> Place | None:
        """The place of the first picture."""
        return self.place

    @property
    def cells(self) -> tuple[ImageRequest, ...]:
        """The request of each picture, row by row. BadRequest where a file does not tell the places of an axis."""
        own = {name: getattr(self, name) for name in PictureSettings.__dataclass_fields__}
        settings = [{"place": self.place, **own, **cell} for cell in self.differences]
        return tuple(ImageRequest(self.model, **each) for each in settings)

    @property
    def differences(self) -> tuple[dict[str, Any], ...]:
        """What makes each picture differ from the others, row by row; raises as `cells` does."""
        if self.rows.values is None or self.columns.values is None:
            raise BadRequest("the request does not tell its places; choose them again")
        return tuple(
            {self.rows.name: down, self.columns.name: along}
            for down in self.rows.values
            for along in self.columns.values
        )

    def varied(self, name: str) -> tuple[Any, ...]:
        """The values that a setting has in the pictures; none where a file does not tell its places."""
        for axis in (self.rows, self.columns):
            if axis.name == name:
                return axis.values or ()
        return (getattr(self, name),)

    def validate(self) -> Self:
        """The same request with its axes in their normal form; BadRequest where a value is out of its range."""
        axes = {}
        for side in ("rows", "columns"):
            axis = getattr(self, side)
            if not isinstance(axis, Axis):
                raise BadRequest(f"{side} must be an Axis, not {type(axis).__name__}")
            axes[side] = axis.validate(side)
        rows, columns = axes.values()
        if rows.name == columns.name:
            raise BadRequest(f"rows and columns both vary {rows.name}; choose two different settings")
        down, along = len(rows.values or ()), len(columns.values or ())
        if down * along > MOST_CELLS:
            raise BadRequest(
                f"{down} rows of {along} are {down * along} pictures; a grid has at most {MOST_CELLS}, leave some out"
            )
        if self.place is not None and not isinstance(self.place, Place):
            raise BadRequest(f"place must be a Place, not {type(self.place).__name__}")
        first = {axis.name: axis.values[0] if axis.values else None for axis in (rows, columns)}
        return replace(super().validate(), **axes, **first)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form that `from_dict` reads back to an equal request."""
        return super().to_dict() | {"rows": self.rows.to_dict(), "columns": self.columns.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The validated request of a JSON form; unknown, missing and ill-typed keys are BadRequest."""
        if not isinstance(data, Mapping):
            return super().from_dict(data)
        axes = {side: Axis.from_dict(side, data[side]) for side in ("rows", "columns") if side in data}
        return super().from_dict({**data, **axes})
