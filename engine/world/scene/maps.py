"""The plan drawn as maps of the ground, for the ray caster's open ground and its open sky."""

import numpy as np
import shapely
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw
from scipy import ndimage

from engine.world.raycast.ground import EDGE_STEP_M, MASS_RADII_M, MASS_STEP_M, Ground
from engine.world.raycast.solids import Kind, Solids
from engine.world.scene.shapes import polygons


def drawn(
    bounds: tuple[float, float, float, float],
    cell_m: float,
    covers: dict[str, shapely.Geometry],
    solids: dict[Kind, Solids],
) -> Ground:
    """Maps within `bounds` (west, south, east, north in metres) of covers, and of the height of houses."""
    west, south, east, north = bounds
    width, height = int((east - west) / cell_m), int((north - south) / cell_m)
    tables = {
        name: _distances(_mask(shape, bounds, cell_m, (height, width)), cell_m)
        for name, shape in covers.items()
    }
    return Ground(west, south, cell_m, tables, _masses(solids, west, south, cell_m, (height, width)))


def _mask(shape: shapely.Geometry, bounds, cell_m: float, size: tuple[int, int]) -> np.ndarray:
    """True where the shape is."""
    image = Image.new("1", (size[1], size[0]))
    pen = ImageDraw.Draw(image)
    for polygon in polygons(shape):
        rings = [polygon.exterior, *polygon.interiors]
        for ring, value in zip(rings, [1] + [0] * len(polygon.interiors), strict=True):
            points = (np.asarray(ring.coords) - [bounds[0], bounds[1]]) / cell_m
            pen.polygon([(float(x), float(y)) for x, y in points], fill=value)
    return np.array(image)


def _distances(mask: np.ndarray, cell_m: float) -> UInt8[np.ndarray, "H W"]:
    """Signed distance to the mask's border in steps around 128."""
    if not mask.any():
        return np.zeros(mask.shape, dtype=np.uint8)
    if mask.all():
        return np.full(mask.shape, 255, dtype=np.uint8)
    inside = ndimage.distance_transform_edt(mask).astype(np.float32)
    outside = ndimage.distance_transform_edt(~mask).astype(np.float32)
    signed = np.where(mask, inside - 0.5, 0.5 - outside) * cell_m
    return np.clip(np.round(signed / EDGE_STEP_M) + 128, 0, 255).astype(np.uint8)


def _masses(
    solids, west: float, south: float, cell_m: float, size: tuple[int, int]
) -> tuple[np.ndarray, ...]:
    """Mean height of boxes within each radius."""
    top = np.zeros(size, dtype=np.float32)
    boxes = solids["box"]
    big = boxes.take((boxes.half[:, 2] > 2.0) & (boxes.geometry[:, 3:5].min(1) > 1.5) & (boxes.level != 2))
    for x, y, z, hx, hy, hz, cos, sin in big.geometry:
        across = np.arange(-hx + cell_m / 4, hx, cell_m / 2)
        deep = np.arange(-hy + cell_m / 4, hy, cell_m / 2)
        u, v = np.meshgrid(across, deep)
        column = ((x + u * cos - v * sin - west) / cell_m).astype(int).clip(0, size[1] - 1)
        row = ((y + u * sin + v * cos - south) / cell_m).astype(int).clip(0, size[0] - 1)
        top[row, column] = np.maximum(top[row, column], z + hz)
    solid = solids["convex"]
    for middle, half in zip(solid.centre, solid.half, strict=True):
        if half[2] > 2:
            column, row = int((middle[0] - west) / cell_m), int((middle[1] - south) / cell_m)
            reach = max(1, int(half[:2].min() * 0.7 / cell_m))
            spot = np.s_[max(row - reach, 0) : row + reach, max(column - reach, 0) : column + reach]
            top[spot] = np.maximum(top[spot], 2 * half[2])
    return tuple(_mean(top, radius / cell_m) for radius in MASS_RADII_M)


def _mean(top: Float[np.ndarray, "H W"], radius: float) -> UInt8[np.ndarray, "H W"]:
    """Mean over a square of about that radius, in cells."""
    blurred = ndimage.uniform_filter(top, max(1, round(radius * 1.6)), mode="nearest")
    return np.clip(blurred / MASS_STEP_M, 0, 255).astype(np.uint8)
