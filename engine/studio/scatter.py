"""Scatter: places drawn at random inside a region, by its area or as its photos lie, neighbours one after another."""

from typing import TYPE_CHECKING

import h3
import numpy as np

from engine.errors import BadRegion
from engine.geo.place import Place
from engine.geo.region import Box, Polygon, Region
from engine.geo.sampling import sample_in

if TYPE_CHECKING:
    from engine.diffusion.photo_places import PhotoPlaces

_FINEST_CELL = 13
"""h3 cells of about 4 m; their numbers of one parent follow one another."""


def within_box(region: Region, box: Box | None) -> Region:
    """The part of a region that a model knows. BadRegion where that is nothing, or in several parts."""
    if box is None:
        return region
    if isinstance(region, Box):
        south, west = max(region.south, box.south), max(region.west, box.west)
        north, east = min(region.north, box.north), min(region.east, box.east)
        if south >= north or west >= east:
            raise BadRegion(_outside(region, box))
        return Box(south, west, north, east)
    import shapely

    part = shapely.intersection(region.shape, shapely.box(box.west, box.south, box.east, box.north))
    whole = [each for each in shapely.get_parts(part) if isinstance(each, shapely.Polygon) and each.area > 0]
    if not whole:
        raise BadRegion(_outside(region, box))
    largest = max(whole, key=lambda each: each.area)
    rings = [
        tuple(Place(y, x) for x, y in ring.coords[:-1]) for ring in (largest.exterior, *largest.interiors)
    ]
    return Polygon(rings[0], tuple(rings[1:]))


def scatter(
    region: Region, count: int, spread: str, photos: "PhotoPlaces | None", rng: np.random.Generator
) -> list[Place]:
    """`count` places inside the region, neighbours one after another; the same `rng` draws the same ones.

    With the spread "area" every square metre is equally likely, with "photos" every photo inside; a photo is drawn
    twice only where there are fewer than `count`. Raises BadRegion where there is none.
    """
    if spread == "area":
        places = sample_in(region, count, rng)
    else:
        inside = (
            np.flatnonzero(region.contains(photos.latitude, photos.longitude))
            if photos is not None
            else np.array([], int)
        )
        if photos is None or not len(inside):
            raise BadRegion(
                "the model knows of no photo in this region; draw places by its area, or choose another region"
            )
        turns = [rng.permutation(inside) for _ in range(-(-count // len(inside)))]
        drawn = np.concatenate(turns)[:count]
        places = [
            Place(*each)
            for each in zip(photos.latitude[drawn].tolist(), photos.longitude[drawn].tolist(), strict=True)
        ]
    return sorted(places, key=lambda place: h3.latlng_to_cell(place.latitude, place.longitude, _FINEST_CELL))


def _outside(region: Region, box: Box) -> str:
    return (
        f"the region around {region.bounds.centre} lies outside of what the model knows ({box.south:.4f}, "
        f"{box.west:.4f} to {box.north:.4f}, {box.east:.4f}); draw it inside the model's box"
    )
