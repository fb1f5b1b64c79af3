"""The request of a landmark in 3D: how its field is grown, and what mesh is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.checks import text
from engine.studio.requests.mesh import MESH, MeshRequest
from engine.studio.requests.picture import PictureRequest, PictureSettings

if TYPE_CHECKING:
    from engine.landmark.distillation.config import DistilConfig

_USED = frozenset({"prompt", "hour", "month", "seed"})
_PAINTING = {each.name: each.default for each in fields(PictureSettings) if each.name not in _USED}


@dataclass(frozen=True)
class ReconstructRequest(MeshRequest, PictureRequest):
    """A landmark in 3D, grown out of a model that knows its sides, as a textured mesh at its place on Earth.

    Of the settings of pictures it has prompt (without it what the model calls its landmark), hour, month and seed.
    """

    NAME: ClassVar[str] = "reconstruct"
    PAINTS: ClassVar[bool] = False

    preset: str = "draft"
    """Settings of the distillation to begin from: draft, on two cores; paper and dreamfusion, on a GPU."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the preset to change, by name."""

    @property
    def endings(self) -> tuple[str, ...]:
        """Meshes, and the film that turns around one."""
        return (".glb", ".obj", ".ply", ".mp4")

    @property
    def where(self) -> Place | None:
        """None: the model knows where its landmark stands, and the mesh says it."""
        return None

    @property
    def of_field(self) -> Self:
        """The request of the same field with any mesh: what is grown once serves all of them."""
        return replace(self, **MESH)

    @property
    def distillation(self) -> "DistilConfig":
        """Every number of the distillation. Raises BadRequest."""
        from engine.landmark.distillation.config import load_distil_preset

        told = {name: value for name in ("hour", "month") if (value := getattr(self, name)) is not None}
        return load_distil_preset(self.preset, **dict(self.overrides) | told | {"seed": self.seed})

    def validate(self) -> Self:
        """The same request; BadRequest where a value is out of its range, or a setting is of no use to it."""
        if self.gps_in_exif is False:
            raise BadRequest(
                "a mesh stands at its place on Earth and says where that is; leave gps_in_exif on"
            )
        for name, default in _PAINTING.items():
            if getattr(self, name) != default:
                raise BadRequest(f"{name} is for a single picture; leave it out of a reconstruction")
        if not isinstance(self.overrides, Mapping):
            raise BadRequest("overrides must be settings by name")
        checked = replace(
            super().validate(),
            preset=text("preset's name", self.preset, 100),
            overrides={name: _plain(self.overrides[name]) for name in sorted(self.overrides)},
            **self.checked_mesh(),
        )
        _ = checked.distillation, checked.mesh
        return checked

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form that `from_dict` reads back to an equal request."""
        return {name: value for name, value in super().to_dict().items() if name not in _PAINTING}


def _plain(value: Any) -> Any:
    """A value as JSON has it and gives it back."""
    return list(value) if isinstance(value, tuple) else value
