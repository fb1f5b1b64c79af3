"""Cells: a region cut into squares of the map or into the hexagons of h3."""

from collections.abc import Sequence
from dataclasses import dataclass

import h3
import numpy as np

from engine.errors import BadRequest
from engine.geo.mercator import from_mercator, stretch, to_mercator
from engine.geo.place import Place
from engine.geo.region import Polygon, Region

MOST_CELLS = 400
_MOST_LOOKED_AT = 1_000_000
_DECIMALS = 6  # about 0.1 m, so that a place that is written down is the very place of the picture


@dataclass(frozen=True)
class Cell:
    """A part of an atlas that one picture fills."""

    name: str
    """Its row and column, or its h3 index."""
    centre: Place
    """Where its picture is."""
    outline: Polygon


def squares(region: Region, side_m: float) -> list[Cell]:
    """Squares of the map, about `side_m` wide on the ground, whose centres the region contains, north to south.

    They lie around the middle of the region. Raises BadRequest where there are none, or more than MOST_CELLS.
    """
    bounds = region.bounds
    side = side_m * stretch(bounds.centre.latitude)
    (west, east), (south, north) = to_mercator([bounds.south, bounds.north], [bounds.west, bounds.east])
    columns, rows = (max(1, round(length / side)) for length in (east - west, north - south))
    what = f"cells of {side_m:g} m"
    _check_number(region.area_m2 / side_m**2, columns * rows, what)
    xs = (west + east) / 2 + side * (np.arange(columns + 1) - columns / 2)
    ys = (south + north) / 2 - side * (np.arange(rows + 1) - rows / 2)
    (latitudes, _), (_, longitudes) = from_mercator(0, ys), from_mercator(xs, 0)
    middle_latitudes, _ = from_mercator(0, ys[:-1] - side / 2)
    _, middle_longitudes = from_mercator(xs[:-1] + side / 2, 0)
    inside = region.contains(*np.broadcast_arrays(middle_latitudes[:, None], middle_longitudes[None, :]))
    _check_number(int(np.count_nonzero(inside)), columns * rows, what)
    cells = []
    for row, column in np.argwhere(inside).tolist():
        north, south = latitudes[row].item(), latitudes[row + 1].item()
        west, east = longitudes[column].item(), longitudes[column + 1].item()
        corners = (Place(south, west), Place(south, east), Place(north, east), Place(north, west))
        name = f"row {row + 1}, column {column + 1}"
        cells.append(Cell(name, _rounded(middle_latitudes[row], middle_longitudes[column]), Polygon(corners)))
    return cells


def hexagons(region: Region, resolution: int) -> list[Cell]:
    """Cells of h3 whose centres the region contains, north to south; raises as `squares` does."""
    rings = [region.exterior, *region.holes] if isinstance(region, Polygon) else [region.corners]
    shape = h3.LatLngPoly(*([(place.latitude, place.longitude) for place in ring] for ring in rings))
    centre = region.bounds.centre
    area_m2 = h3.cell_area(h3.latlng_to_cell(centre.latitude, centre.longitude, resolution), "m^2")
    what = f"h3 cells of resolution {resolution}"
    _check_number(region.area_m2 / area_m2, region.bounds.area_m2 / area_m2, what)
    found = h3.h3shape_to_cells(shape, resolution)
    _check_number(len(found), 0, what)
    cells = [
        Cell(
            index,
            _rounded(*h3.cell_to_latlng(index)),
            Polygon(tuple(Place(*corner) for corner in h3.cell_to_boundary(index))),
        )
        for index in found
    ]
    return sorted(cells, key=lambda cell: (-cell.centre.latitude, cell.centre.longitude, cell.name))


def _check_number(count: float, looked_at: float, what: str) -> None:
    """Nothing, when there may be that many cells, which are sought among `looked_at`; BadRequest otherwise.

    A count that is no whole number is an estimate.
    """
    exact = not isinstance(count, float)
    if count == 0:
        raise BadRequest(
            f"none of the {what} has its centre in this region; choose smaller ones or a larger region"
        )
    if count > MOST_CELLS * (1 if exact else 2):
        about = "" if exact else "about "
        raise BadRequest(
            f"this region has {about}{round(count):,} {what}, and an atlas has at most {MOST_CELLS}; choose larger "
            "ones or a smaller region"
        )
    if looked_at > _MOST_LOOKED_AT:
        raise BadRequest(
            f"this region is too long and thin for {what}; choose larger ones or a smaller region"
        )


def _rounded(latitude: float, longitude: float) -> Place:
    return Place(round(float(latitude), _DECIMALS), round(float(longitude), _DECIMALS))


def corners_on_map(cells: Sequence[Cell]) -> list[np.ndarray]:
    """The outline of each cell on the Web Mercator map: (corners, 2) metres east and north."""
    rings = [cell.outline.exterior for cell in cells]
    return [
        np.stack(to_mercator([p.latitude for p in ring], [p.longitude for p in ring]), axis=1)
        for ring in rings
    ]
