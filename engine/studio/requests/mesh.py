"""What a request says of the mesh that is made of a field, however the field came about."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from engine.errors import BadRequest
from engine.studio.checks import real, whole
from engine.studio.wire import JsonRequest

if TYPE_CHECKING:
    from engine.landmark.mesh.meshing import MeshSettings

_WHOLE_CUBE: Final = (-1.0, -1.0, -1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class MeshRequest(JsonRequest):
    """Anything whose result is a mesh."""

    resolution: int = 128
    """Cells along the mesh's longest edge."""
    threshold: float | None = None
    """Density from which on the field is solid; None lets a rule choose."""
    num_faces: int = 12_000
    """Triangles, about."""
    texture_px: int = 640
    """Edge of the texture, about."""
    crop: tuple[float, ...] = _WHOLE_CUBE
    """Corner of the box that is kept, lowest and highest (east, north, up), of the cube from -1 to 1."""

    @property
    def mesh(self) -> "MeshSettings":
        """How the mesh is made. Raises BadRequest."""
        from engine.landmark.mesh.crop import Crop
        from engine.landmark.mesh.meshing import MeshSettings

        low, high = self.crop[:3], self.crop[3:]
        crop = Crop((low[0], low[1], low[2]), (high[0], high[1], high[2]))
        told = {name: getattr(self, name) for name in MESH if name != "crop"}
        return MeshSettings(crop=crop, **told)

    def checked_mesh(self) -> Mapping[str, Any]:
        """The settings of the mesh by name, in their normal form; BadRequest where one is out of its range."""
        crop = self.crop
        if not isinstance(crop, list | tuple) or len(crop) != len(_WHOLE_CUBE):
            raise BadRequest(f"crop is {crop!r}; give six numbers, the lowest corner and the highest")
        return {
            "resolution": whole("resolution", self.resolution, 8, 512),
            "threshold": None if self.threshold is None else real("threshold", self.threshold, 1e-3, 1e6),
            "num_faces": whole("num_faces", self.num_faces, 100, 2_000_000),
            "texture_px": whole("texture_px", self.texture_px, 64, 4096),
            "crop": tuple(real("crop", each, -1, 1) for each in crop),
        }


MESH: Final = {each.name: each.default for each in fields(MeshRequest)}
"""Settings of the mesh and their defaults."""
