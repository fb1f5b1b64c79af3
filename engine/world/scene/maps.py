"""The plan drawn as maps of the ground, for the ray caster's open ground and its open sky."""

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from engine.world.raycast.ground import EDGE_CELLS, MASS_RADII_M, MASS_STEP_M, Ground
from engine.world.raycast.solids import FAR, Kind, Solids
from engine.world.scene.shapes import polygons

_SIGNS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def drawn(
    bounds: tuple[float, float, float, float],
    cell_m: float,
    covers: dict[str, BaseGeometry],
    solids: dict[Kind, Solids],
) -> Ground:
    """Maps within `bounds` (west, south, east, north in metres) of covers, and of the height of houses."""
    west, south, east, north = bounds
    width, height = int((east - west) / cell_m), int((north - south) / cell_m)
    tables = {name: _edges(_mask(shape, bounds, cell_m, (height, width))) for name, shape in covers.items()}
    return Ground(west, south, cell_m, tables, _masses(solids, west, south, cell_m, (height, width)))


def _mask(shape: BaseGeometry, bounds, cell_m: float, size: tuple[int, int]) -> np.ndarray:
    """True where the shape is."""
    image = Image.new("1", (size[1], size[0]))
    pen = ImageDraw.Draw(image)
    for polygon in polygons(shape):
        rings = [polygon.exterior, *polygon.interiors]
        for ring, value in zip(rings, [1] + [0] * len(polygon.interiors), strict=True):
            points = (np.asarray(ring.coords) - [bounds[0], bounds[1]]) / cell_m
            pen.polygon([(float(x), float(y)) for x, y in points], fill=value)
    return np.array(image)


def _edges(mask: np.ndarray) -> UInt8[np.ndarray, "H W"]:
    """Signed distance to the mask's border: the mean over a window grows evenly across a straight border."""
    return np.clip(
        ndimage.uniform_filter(mask * np.float32(255), EDGE_CELLS, mode="nearest") + 0.5, 0, 255
    ).astype(np.uint8)


def _masses(
    solids, west: float, south: float, cell_m: float, size: tuple[int, int]
) -> tuple[np.ndarray, ...]:
    """Mean height of houses within each radius."""
    image = Image.new("F", (size[1], size[0]))
    pen = ImageDraw.Draw(image)
    boxes = solids["box"]
    walls = (boxes.half[:, 2] > 2.0) & (boxes.geometry[:, 3:5].min(1) > 1.5) & (boxes.level != FAR)
    x, y, z, hx, hy, hz, cos, sin = boxes.geometry[walls].T
    corners = [(x + a * hx * cos - b * hy * sin, y + a * hx * sin + b * hy * cos) for a, b in _SIGNS]
    rings = (np.stack([np.column_stack(corner) for corner in corners], axis=1) - [west, south]) / cell_m
    bodies = solids["convex"]
    high = bodies.half[:, 2] > 2.0
    square = bodies.centre[high, None, :2] + 0.8 * bodies.half[high, None, :2] * np.array(_SIGNS)
    rings = np.concatenate([rings, (square - [west, south]) / cell_m])
    tops = np.concatenate([z + hz, bodies.centre[high, 2] + bodies.half[high, 2]])
    for number in np.argsort(tops, kind="stable"):
        pen.polygon([tuple(corner) for corner in rings[number].tolist()], fill=float(tops[number]))
    top = np.asarray(image)
    return tuple(_mean(top, radius / cell_m) for radius in MASS_RADII_M)


def _mean(top: Float[np.ndarray, "H W"], radius: float) -> UInt8[np.ndarray, "H W"]:
    """Mean over a square of about that radius, in cells."""
    blurred = ndimage.uniform_filter(top, max(1, round(radius * 1.6)), mode="nearest")
    return np.clip(blurred / MASS_STEP_M, 0, 255).astype(np.uint8)
