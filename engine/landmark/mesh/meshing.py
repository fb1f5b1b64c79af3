"""From field to textured mesh: the steps in their order, and the settings that a request holds."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.landmark.fields.field import Field
from engine.landmark.mesh.crop import Crop, Cropped

if TYPE_CHECKING:
    import torch

    from engine.landmark.mesh.atlas import TexturedMesh
    from engine.landmark.occupancy import Occupancy

_MOST_CELLS = 1 / 3
"""How far the surface may settle: what is one cell thin stays."""


@dataclass(frozen=True)
class MeshSettings:
    """How a mesh is made of a field; the defaults take 5 to 30 s on one core, most of it for the texture."""

    resolution: int = 128
    """Cells along the crop box's longest edge, 8 to 512."""
    threshold: float | None = None
    """Density from which on the field is solid; None is what `choose_threshold` says."""
    crop: Crop = field(default_factory=Crop)
    """The part of the cube to make it of."""
    num_faces: int = 12_000
    """Triangles at most, about; at least 100."""
    least_component: float = 0.02
    """Smallest volume of a connected component that is kept, as a share of the largest's; 1 keeps the largest alone."""
    texture_px: int = 640
    """Edge of the texture, about; 64 to 4096."""

    @property
    def preview(self) -> "MeshSettings":
        """The same coarsely, so that one sees within a second or two what threshold and crop box do."""
        return replace(
            self,
            resolution=min(self.resolution, 48),
            num_faces=min(self.num_faces, 2_000),
            texture_px=min(self.texture_px, 160),
        )


def make_mesh(
    field: Field,
    settings: MeshSettings | None = None,
    *,
    occupancy: "Occupancy | None" = None,
    on_step: Callable[[str], None] = lambda step: None,
    device: "torch.device | str" = "cpu",
) -> "TexturedMesh":
    """The textured mesh of a field; `on_step` hears what begins, and may raise to stop it.

    `occupancy` is what the field is rendered with, so that mesh and render leave out the same fog; it also makes the
    texture several times sooner.

    Raises EmptyField where nothing solid stands in the field, BadRequest for settings out of their range.
    """
    from engine.landmark.mesh.atlas import unwrap
    from engine.landmark.mesh.density import choose_threshold, sample_density
    from engine.landmark.mesh.settling import settle
    from engine.landmark.mesh.surface import extract_surface
    from engine.landmark.mesh.texture import bake_texture

    settings = settings or MeshSettings()
    on_step("density")
    solid = Cropped(field, settings.crop, occupancy)
    grid = sample_density(solid, settings.resolution, device=device)
    on_step("surface")
    surface = extract_surface(
        grid,
        choose_threshold(grid) if settings.threshold is None else settings.threshold,
        num_faces=settings.num_faces,
        least_component=settings.least_component,
    )
    surface = settle(solid, surface, _MOST_CELLS * grid.cell, device=device)
    on_step("atlas")
    unwrapped = unwrap(surface, settings.texture_px)
    on_step("texture")
    return bake_texture(Cropped(field, settings.crop), unwrapped, occupancy=occupancy, device=device)
