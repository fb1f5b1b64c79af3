"""The texture: what cameras see of a field, painted on a mesh's own picture."""

import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.landmark import volume
from engine.landmark.fields.field import Field
from engine.landmark.mesh.atlas import Unwrapped
from engine.landmark.mesh.texels import Texels, texels_of

_START, _FRONT, _END, _STEP = -3.0, -1.5, 8.0, 0.5
"""Cells before and behind the surface: where a look begins, from where on what it meets is the surface's own, where it
ends, and how long its steps are."""
_TILT_DEG = 45.0
_FAINT = 1e-6
"""Weight of what no light reaches, so that a texel that nobody sees has a colour of its own as well."""


@dataclass(frozen=True, eq=False)
class TexturedMesh:
    """A closed mesh with its picture, in the cube's coordinates; vertices on a seam are there once for each chart."""

    vertices: NDArray[np.float64]
    """(V, 3) east, north, up."""
    faces: NDArray[np.int64]
    """(F, 3) anticlockwise, seen from outside."""
    normals: NDArray[np.float64]
    """(V, 3) unit vectors, outward."""
    uv: NDArray[np.float64]
    """(V, 2) in [0, 1]: from the picture's left edge, and from its upper edge downwards (as glTF has it)."""
    texture: NDArray[np.uint8]
    """(H, W, 3) sRGB, the light that the photos had already in it."""

    @property
    def uv_upwards(self) -> NDArray[np.float64]:
        """(V, 2) the same with v from the picture's lower edge, as all but glTF have it."""
        return self.uv * [1, -1] + [0, 1]

    def texture_png(self) -> bytes:
        """The texture as a file."""
        from PIL import Image

        data = io.BytesIO()
        Image.fromarray(self.texture).save(data, "PNG")
        return data.getvalue()


@torch.no_grad()
def bake_texture(
    field: Field, mesh: Unwrapped, *, device: torch.device | str = "cpu", chunk: int = 2**12
) -> TexturedMesh:
    """The mesh with what is seen of the field at each texel: from straight ahead and from four sides at 45 degrees.

    Each look goes through a shell around the surface, from three cells before it to eight behind, and adds up the
    albedo by the light that gets there, as the renderer does; what stands in its way outside the shell's last cell and
    a half, such as the other wall of a corner, is no part of it. Texels between the charts have the colour of the
    nearest one in a chart, so that no reader's filter draws a seam. At most `chunk` texels are looked at at a time.
    """
    from scipy.ndimage import distance_transform_edt

    texels = texels_of(mesh)
    colours = [
        _seen(field, *_points(mesh, texels.part(start, chunk), device), mesh.cell).cpu()
        for start in range(0, len(texels.row), chunk)
    ]
    texture = np.zeros((mesh.height_px, mesh.width_px, 3), np.uint8)
    texture[texels.row, texels.column] = (torch.cat(colours).clamp(0, 1) * 255).round().byte().numpy()
    bare = np.ones(texture.shape[:2], bool)
    bare[texels.row, texels.column] = False
    nearest = distance_transform_edt(bare, return_distances=False, return_indices=True)
    return TexturedMesh(mesh.vertices, mesh.faces, mesh.normals, mesh.uv, texture[tuple(nearest)])


def _points(
    mesh: Unwrapped, texels: Texels, device: torch.device | str
) -> tuple[Float[Tensor, "N 3"], Float[Tensor, "N 3"]]:
    """Where the texels are on the surface, and which way is outward there."""
    corners = mesh.faces[texels.face]
    points, normals = (
        torch.from_numpy(np.einsum("nk,nkc->nc", texels.weights, of[corners])).float().to(device)
        for of in (mesh.vertices, mesh.normals)
    )
    return points, functional.normalize(normals, dim=-1)


def _seen(
    field: Field, points: Float[Tensor, "N 3"], outward: Float[Tensor, "N 3"], cell: float
) -> Float[Tensor, "N 3"]:
    """The mean of what the looks see, each by how free its way is."""
    depth = torch.arange(_START, _END + _STEP / 2, _STEP, device=points.device)
    looks = _directions(outward)
    at = points[:, None, None] - looks[:, :, None] * (depth * cell)[:, None]  # (N, 5, K, 3)
    density, colour = field(at.view(-1, 3))
    density, colour = density.view(at.shape[:-1]), colour.view(at.shape)
    weights = volume.weights(density, density.new_full((len(depth),), _STEP * cell).expand_as(density))
    weights = (weights + _FAINT) * (depth >= _FRONT)
    weights, colour = weights.flatten(1), colour.flatten(1, 2)
    return volume.composite(weights / weights.sum(-1, keepdim=True), colour)


def _directions(outward: Float[Tensor, "N 3"]) -> Float[Tensor, "N 5 3"]:
    """Outward unit vectors: the normal, and four around it at the tilt."""
    level = outward.new_tensor([0.0, 0.0, 1.0]).expand_as(outward)
    steep = outward[:, 2:].abs() > 0.9
    level = torch.where(steep, outward.new_tensor([1.0, 0.0, 0.0]), level)
    across = functional.normalize(torch.linalg.cross(level, outward), dim=-1)
    along = torch.linalg.cross(outward, across)
    sides = torch.stack([across, -across, along, -along], dim=1)
    tilt = math.radians(_TILT_DEG)
    return torch.cat([outward[:, None], math.cos(tilt) * outward[:, None] + math.sin(tilt) * sides], dim=1)


def texture_path(path: Path) -> Path:
    """Where the texture of a mesh at `path` lies; a picture of the mesh's own name may be something else."""
    return path.with_name(f"{path.stem}-texture.png")
