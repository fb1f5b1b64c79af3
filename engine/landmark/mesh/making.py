"""From field to textured mesh: the steps in their order, and the settings that a request holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.landmark.fields.field import Field
from engine.landmark.mesh.crop import Crop, Cropped

if TYPE_CHECKING:
    import torch

    from engine.landmark.mesh.texture import TexturedMesh


@dataclass(frozen=True)
class MeshSettings:
    """How a mesh is made of a field; the defaults take about 20 s on one core, half of it for the texture."""

    resolution: int = 128
    """Cells along the crop box's longest edge, 8 to 512."""
    threshold: float | None = None
    """Density from which on the field is solid; None is where light ends."""
    crop: Crop = Crop()
    """The part of the cube to make it of."""
    num_faces: int = 12_000
    """Triangles at most, about; at least 100."""
    least_piece: float = 0.02
    """Smallest volume of a piece that is kept, as a share of the largest one's; 1 keeps the largest alone."""
    texture_px: int = 640
    """Edge of the texture, about; 64 to 8192."""


def make_mesh(
    field: Field,
    settings: MeshSettings | None = None,
    *,
    on_step: Callable[[str], None] = lambda step: None,
    device: "torch.device | str" = "cpu",
) -> "TexturedMesh":
    """The textured mesh of a field; `on_step` hears what begins, and may raise to stop it.

    Raises EmptyField where nothing solid stands in the field, BadRequest for settings out of their range.
    """
    from engine.landmark.mesh.atlas import unwrap
    from engine.landmark.mesh.density import sample_density
    from engine.landmark.mesh.surface import extract_surface
    from engine.landmark.mesh.texture import bake_texture

    settings = settings or MeshSettings()
    on_step("density")
    grid = sample_density(field, settings.resolution, settings.crop, device=device)
    on_step("surface")
    surface = extract_surface(
        field,
        grid,
        settings.threshold,
        num_faces=settings.num_faces,
        least_piece=settings.least_piece,
        device=device,
    )
    on_step("atlas")
    unwrapped = unwrap(surface, settings.texture_px)
    on_step("texture")
    return bake_texture(Cropped(field, settings.crop), unwrapped, device=device)
