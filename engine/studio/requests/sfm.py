"""The request of a landmark in 3D from its photos alone, by structure from motion."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.studio.checks import real, text, whole
from engine.studio.requests.mesh import MeshRequest

if TYPE_CHECKING:
    from engine.landmark.sfm.config import SfmConfig
    from engine.training.ring import Ring

ENDINGS = (".glb", ".obj", ".ply")


@dataclass(frozen=True, kw_only=True)
class SfmRequest(MeshRequest):
    """A landmark in 3D out of a collection of its photos, as a textured mesh at its place on Earth."""

    NAME: ClassVar[str] = "sfm"

    collection: Path
    """Folder of the collection."""
    out: Path
    """File of the mesh: .glb, .obj or .ply."""
    landmark: str
    """Name of the landmark."""
    centre: Place
    """Where it stands."""
    radius_m: float
    """Photos farther away are left out."""
    min_distance_m: float = 10.0
    """Nearer ones too."""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Settings of structure from motion and of the field to change, by name."""
    seed: int = 0
    """Of the choices among matches, and of the rays that the field is fitted to."""
    photos_sha256: str | None = None
    """Hash of the collection's photos, which a mesh tells, so that only they make it again; None takes any."""

    @property
    def ring(self) -> "Ring":
        """Where the photos are taken from. Raises BadRequest."""
        from engine.training.ring import Ring

        return Ring(self.landmark, self.centre, self.radius_m, self.min_distance_m)

    @property
    def settings(self) -> "SfmConfig":
        """Every number of structure from motion and of the field. Raises BadRequest."""
        from engine.landmark.sfm.config import SfmConfig

        known = {each.name for each in fields(SfmConfig)} - {"seed"}
        if unknown := self.overrides.keys() - known:
            raise BadRequest(f"there is no setting {min(unknown)!r}; choose from {', '.join(sorted(known))}")
        return SfmConfig(**self.overrides, seed=self.seed)

    def validate(self) -> Self:
        """The same request; BadRequest where a value is out of its range."""
        for name in ("collection", "out"):
            if not isinstance(getattr(self, name), Path):
                raise BadRequest(f"{name} must be a path, not {type(getattr(self, name)).__name__}")
        if self.out.suffix.lower() not in ENDINGS:
            raise BadRequest(f"a mesh cannot be written as {self.out.name!r}; end it in {', '.join(ENDINGS)}")
        if not isinstance(self.centre, Place):
            raise BadRequest(f"centre must be a Place, not {type(self.centre).__name__}")
        if not isinstance(self.overrides, Mapping):
            raise BadRequest("overrides must be settings by name")
        checked = replace(
            self,
            landmark=text("landmark's name", self.landmark, 200),
            radius_m=real("radius_m", self.radius_m, 0, 1_000_000),
            min_distance_m=real("min_distance_m", self.min_distance_m, 0, 1_000_000),
            overrides={str(name): self.overrides[name] for name in sorted(self.overrides)},
            seed=whole("seed", self.seed, 0, 2**31 - 1),
            photos_sha256=None
            if self.photos_sha256 is None
            else text("photos_sha256", self.photos_sha256, 64),
            **self.checked_mesh(),
        )
        _ = checked.ring, checked.settings, checked.mesh
        return checked
