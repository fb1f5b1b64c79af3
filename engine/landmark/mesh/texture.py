"""The texture: what cameras all around see of a field, painted on the mesh's own picture."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.landmark.camera import Camera, project
from engine.landmark.fields.field import Field
from engine.landmark.mesh.atlas import TexturedMesh, texels_of
from engine.landmark.occupancy import Occupancy
from engine.landmark.rendering import render

BAKING_CAMERAS = tuple(
    Camera(azimuth_deg + turn_deg, elevation_deg, distance=3.0, fovy_deg=70.0)
    for elevation_deg, turn_deg, step_deg in ((-25, 15, 30), (5, 0, 30), (35, 15, 30), (65, 0, 60))
    for azimuth_deg in range(0, 360, step_deg)
)
"""Every 30 degrees from below, level and above, and six that look down; each sees the whole cube."""
_VIEWS = 3
"""Cameras whose mean a texel becomes: those that face it best of those that see it."""
_STEEPEST = 0.2
"""Cosine of the angle to the normal from which on a camera counts as seeing."""
_BEFORE = 0.1
"""Where a ray ends so far before the texel, something stands in its way that is no part of the mesh."""
_DEPTH_PX = (32, 256)


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
    """The mesh with a texture that shows on each texel what the renderer shows there.

    A ray goes from each of the three cameras that see a texel best through it, with `num_samples` stretches, so that
    fog before the surface and light from behind it are in the texture as they are in the render; a ray that something
    else stops counts for nothing. Where no camera sees anything, the nearest colour that is seen stands.
    Texels between the charts have the colour of the nearest one in a chart, so that no reader's filter draws a seam. At
    most `chunk` texels are looked at at a time.
    """
    texels = texels_of(mesh)
    points, normals = (
        torch.from_numpy(texels.values(mesh, each)).float().to(device)
        for each in (mesh.vertices, mesh.normals)
    )
    normals = functional.normalize(normals, dim=-1)
    depths = [_depth_map(camera, points) for camera in cameras]
    colours = torch.cat(
        [
            _seen(field, occupancy, some, outward, cameras, depths, num_samples)
            for some, outward in zip(points.split(chunk), normals.split(chunk), strict=True)
        ]
    )
    painted = _with_hidden(points.cpu().numpy(), colours.cpu().numpy())
    texture = np.zeros_like(mesh.texture)
    texture[texels.row, texels.column] = (painted.clip(0, 1) * 255).round().astype(np.uint8)
    return replace(mesh, texture=_with_gaps(texture, texels.row, texels.column))


def _depth_map(camera: Camera, points: Float[Tensor, "N 3"]) -> Float[Tensor, "P P"]:
    """Depth of the nearest texel in each pixel; texels lie closer together than the pixels of so small a picture."""
    size_px = int(np.clip(len(points) ** 0.5 / 3, *_DEPTH_PX))
    pixel, depth, inside = _projected(camera, points, size_px)
    nearest = points.new_full((size_px * size_px,), torch.inf)
    return nearest.scatter_reduce(0, pixel[inside], depth[inside], "amin").view(size_px, size_px)


def _projected(
    camera: Camera, points: Float[Tensor, "N 3"], size_px: int
) -> tuple[Int[Tensor, " N"], Float[Tensor, " N"], Bool[Tensor, " N"]]:
    """Pixel and depth of each point, and whether it is in the picture at all."""
    places, depth = project(camera, points, size_px, size_px)
    inside = ((places >= 0) & (places < size_px)).all(-1) & (depth > 0)
    column, row = places.long().clamp(0, size_px - 1).unbind(-1)
    return row * size_px + column, depth, inside


def _seen(
    field: Field,
    occupancy: Occupancy | None,
    points: Float[Tensor, "N 3"],
    normals: Float[Tensor, "N 3"],
    cameras: Sequence[Camera],
    depths: Sequence[Float[Tensor, "P P"]],
    num_samples: int,
) -> Float[Tensor, "N 3"]:
    """The mean of what the best cameras see; NaN where none sees anything."""
    positions = points.new_tensor([camera.position for camera in cameras])
    facing = torch.stack(
        [_facing(camera, points, normals, depth) for camera, depth in zip(cameras, depths, strict=True)], 1
    )
    weights, best = facing.topk(min(_VIEWS, len(cameras)), dim=1)
    texel, view = (weights > 0).nonzero().unbind(1)
    rays_o = positions[best[texel, view]]
    way = points[texel] - rays_o
    distance = way.norm(dim=-1)
    rendered = render(field, rays_o, way / distance[:, None], num_samples=num_samples, occupancy=occupancy)
    free = rendered.depth > distance - _BEFORE
    weight = torch.where(free, weights[texel, view].square(), 0.0)[:, None]
    light = torch.cat([rendered.colour, rendered.opacity[:, None]], dim=1) * weight
    summed = points.new_zeros(len(points), 4).index_add(0, texel, light)
    return summed[:, :3] / summed[:, 3:]


def _facing(
    camera: Camera, points: Float[Tensor, "N 3"], normals: Float[Tensor, "N 3"], depths: Float[Tensor, "P P"]
) -> Float[Tensor, " N"]:
    """Cosine of the angle between the normal and the way to the camera; 0 where it is steep or something hides it."""
    size_px = len(depths)
    pixel, depth, inside = _projected(camera, points, size_px)
    way = functional.normalize(points.new_tensor(camera.position) - points, dim=-1)
    cosine = (way * normals).sum(-1)
    width = depth * (2 * np.tan(np.radians(camera.fovy_deg) / 2) / size_px)  # of a pixel, out there
    nearest = depths.view(-1)[pixel]
    seen = inside & (cosine > _STEEPEST) & (depth < nearest + 2 * width / cosine.clamp_min(_STEEPEST))
    return torch.where(seen, cosine, 0.0)


def _with_hidden(points: NDArray[np.float32], colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """The colours, where they are not finite those of the nearest point that has one."""
    from scipy.spatial import KDTree

    seen = np.isfinite(colours).all(axis=1)
    if seen.all() or not seen.any():
        return np.nan_to_num(colours)
    _, nearest = KDTree(points[seen]).query(points[~seen])
    filled = colours.copy()
    filled[~seen] = colours[seen][nearest]
    return filled


def _with_gaps(
    texture: NDArray[np.uint8], row: NDArray[np.int64], column: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """The texture, with the colour of the nearest texel wherever there is none."""
    from scipy.ndimage import distance_transform_edt

    bare = np.ones(texture.shape[:2], bool)
    bare[row, column] = False
    nearest = distance_transform_edt(bare, return_distances=False, return_indices=True)
    assert isinstance(nearest, np.ndarray)
    return texture[tuple(nearest)]
