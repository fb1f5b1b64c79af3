"""The texture: what cameras all around see of a field, gathered in the pixels of the mesh's own picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.landmark.camera import Camera, rays
from engine.landmark.fields.field import Field
from engine.landmark.mesh.atlas import TexturedMesh, texels_of, texture_places
from engine.landmark.mesh.raster import seen_by
from engine.landmark.occupancy import Occupancy
from engine.landmark.rendering import render

BAKING_CAMERAS = tuple(
    Camera(azimuth_deg + turn_deg, elevation_deg, distance=3.0, fovy_deg=70.0)
    for elevation_deg, turn_deg, step_deg in ((-25, 15, 30), (5, 0, 30), (35, 15, 30), (65, 0, 60))
    for azimuth_deg in range(0, 360, step_deg)
)
"""Every 30 degrees from below, level and above, and six that look down; each sees the whole cube."""
_PICTURE = 0.35
"""Edge of the cameras' pictures, as a share of the texture's; so a texel is seen by a handful of their pixels."""
_PICTURE_PX = (64, 1024)
_STEEPEST = 0.3
"""Cosine of the angle to the normal from which on a camera counts as seeing; others look along the surface, past it."""
_BEFORE = 0.1
"""What stops light so far before the mesh is no part of it."""
_IN_THE_WAY = 0.1
"""Share of its light that a ray may lose there and still count."""
_KNOWN = 1e-3
"""Share of a pixel of which a texel must have been seen."""


@dataclass(frozen=True, eq=False)
class _Seen:
    """N pixels of the cameras' pictures: what the field shows there, and between which texels it belongs."""

    texels: Int[Tensor, "N 4"]
    """Numbers of the four around the place, as a reader's filter takes them."""
    shares: Float[Tensor, "N 4"]
    """Of each texel in what a reader shows there; their sum is 1."""
    colours: Float[Tensor, "N 3"]
    weights: Float[Tensor, " N"]
    """How much of the pixel is the landmark's, times the cosine of the angle to the normal."""


@torch.no_grad()
def bake_texture(
    field: Field,
    mesh: TexturedMesh,
    cameras: Sequence[Camera] = BAKING_CAMERAS,
    *,
    occupancy: Occupancy | None = None,
    num_samples: int = 64,
    device: torch.device | str = "cpu",
    chunk: int = 2**14,
) -> TexturedMesh:
    """The mesh with a texture that shows what the renderer shows, on average over the cameras.

    A ray goes through every pixel of a camera's picture that shows the mesh, with `num_samples` stretches, so that
    fog before the surface and light from behind it are in the texture as they are in the render; a ray that something
    else stops counts for nothing. A texel is the mean of all pixels between whose four texels it is, each by its
    share there and by how the surface faces the camera; so a camera counts by the room that the texel has in its
    picture, too. Where no camera sees anything, the nearest colour that is seen stands. Texels between
    the charts have the colour of the nearest one that is seen or in a chart, so that no reader's filter draws a seam.
    At most `chunk` rays are under way at a time.
    """
    height, width = mesh.texture.shape[:2]
    size_px = int(np.clip(max(height, width) * _PICTURE, *_PICTURE_PX))
    looks = [
        _looked(field, mesh, camera, size_px, occupancy, num_samples, device, chunk) for camera in cameras
    ]
    seen = _Seen(*(torch.cat([getattr(look, name) for look in looks]) for name in _Seen.__annotations__))
    colours, known = _means(seen, height * width)
    texture = _whole(mesh, colours.view(height, width, 3).numpy(), known.view(height, width).numpy())
    return replace(mesh, texture=(texture.clip(0, 1) * 255).round().astype(np.uint8))


def _looked(
    field: Field,
    mesh: TexturedMesh,
    camera: Camera,
    size_px: int,
    occupancy: Occupancy | None,
    num_samples: int,
    device: torch.device | str,
    chunk: int,
) -> _Seen:
    """What one camera sees where the mesh is."""
    pixels = seen_by(camera, mesh.vertices, mesh.faces, size_px)
    points, normals, places = (
        torch.from_numpy(pixels.values(mesh.faces, each)).float()
        for each in (mesh.vertices, mesh.normals, texture_places(mesh, mesh.uv))
    )
    sights = [each[pixels.row * size_px + pixels.column] for each in rays(camera, size_px, size_px)]
    facing = -functional.cosine_similarity(normals, sights[1])
    seen = facing > _STEEPEST
    points, places, facing, sights = points[seen], places[seen], facing[seen], [each[seen] for each in sights]
    distance = (points - sights[0]).norm(dim=-1)
    colours, weights = [], []
    for rays_o, rays_d, far in zip(
        *(each.to(device).split(chunk) for each in (*sights, distance)), strict=True
    ):
        rendered = render(field, rays_o, rays_d, num_samples=num_samples, occupancy=occupancy)
        colours.append((rendered.colour / rendered.opacity.clamp_min(1e-6)[:, None]).cpu())
        before = rendered.samples.distance < far[:, None] - _BEFORE
        lost = torch.where(before, rendered.samples.weights, 0.0).sum(1)
        weights.append(torch.where(lost < _IN_THE_WAY, rendered.opacity, 0.0).cpu())
    texels, shares = _between(places, *mesh.texture.shape[:2])
    return _Seen(texels, shares, torch.cat(colours), torch.cat(weights) * facing)


def _between(
    places: Float[Tensor, "N 2"], height: int, width: int
) -> tuple[Int[Tensor, "N 4"], Float[Tensor, "N 4"]]:
    """The texels around each place, and how much each counts there."""
    places = torch.minimum(places.clamp_min(0), places.new_tensor([width - 1, height - 1]))
    first = torch.minimum(places.long(), torch.tensor([max(width - 2, 0), max(height - 2, 0)]))
    right, below = (places - first).unbind(-1)
    number = first[:, 1] * width + first[:, 0]
    texels = torch.stack([number, number + 1, number + width, number + width + 1], dim=1)
    shares = [(1 - right) * (1 - below), right * (1 - below), (1 - right) * below, right * below]
    return texels, torch.stack(shares, dim=1)


def _means(seen: _Seen, count: int) -> tuple[Float[Tensor, "T 3"], Float[Tensor, " T"]]:
    """The mean colour of each of `count` texels, and how many pixels it is made of."""
    summed = seen.colours.new_zeros(count, 4)
    light = torch.cat([seen.colours, torch.ones_like(seen.weights)[:, None]], dim=1) * seen.weights[:, None]
    for texel, share in zip(seen.texels.unbind(1), seen.shares.unbind(1), strict=True):
        summed.index_add_(0, texel, share[:, None] * light)
    return summed[:, :3] / summed[:, 3:].clamp_min(1e-9), summed[:, 3]


def _whole(
    mesh: TexturedMesh, colours: NDArray[np.float32], known: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The colours, where nothing is known those of the nearest point that is seen, or between charts texel."""
    from scipy.ndimage import distance_transform_edt
    from scipy.spatial import KDTree

    has = known > _KNOWN
    texels = texels_of(mesh)
    points = texels.values(mesh.faces, mesh.vertices)
    bare = ~has[texels.row, texels.column]
    whole = colours.copy()
    if bare.any() and not bare.all():
        _, nearest = KDTree(points[~bare]).query(points[bare])
        whole[texels.row[bare], texels.column[bare]] = whole[texels.row[~bare], texels.column[~bare]][nearest]
    has[texels.row, texels.column] = True
    around = distance_transform_edt(~has, return_distances=False, return_indices=True)
    assert isinstance(around, np.ndarray)
    return whole[tuple(around)]
