"""The gazetteer: every name that the plan knows, and where it is."""

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import shapely

from engine.geo.place import Place
from engine.world.plan.base_map import base_map
from engine.world.plan.city import BOX, manhattan
from engine.world.plan.elements import Area, Plan, Street
from engine.world.plan.landmarks import LANDMARKS, SITES
from engine.world.plan.spelling import key

NamedKind = Literal["landmark", "borough", "area", "neighbourhood", "island", "bridge", "river", "street"]

NICKNAMES = {
    "Adam Clayton Powell Jr. Boulevard": ("Seventh Avenue",),
    "Avenue of the Americas": ("Sixth Avenue",),
    "Battery Park": ("Battery Park City",),
    "Cathedral Parkway": ("110th Street",),
    "Central Park North": ("110th Street",),
    "Central Park South": ("59th Street",),
    "Charging Bull": ("Wall Street Bull",),
    "FDR Drive": ("East River Drive",),
    "Financial District": ("FiDi",),
    "Frederick Douglass Boulevard": ("Eighth Avenue",),
    "George Washington Bridge": ("GWB", "GW Bridge"),
    "Grand Central Terminal": ("Grand Central Station",),
    "Greenwich Village": ("The Village",),
    "Jacqueline Kennedy Onassis Reservoir": ("The Reservoir", "Central Park Reservoir"),
    "Lexington Avenue": ("Lex",),
    "Lincoln Center Plaza": ("Lincoln Center",),
    "Lower East Side": ("LES",),
    "Madison Square Park": ("Madison Square",),
    "Malcolm X Boulevard": ("Lenox Avenue",),
    "Manhattan": ("New York", "New York City", "NYC", "NY"),
    "MoMA": ("Museum of Modern Art",),
    "One World Trade Center": ("Freedom Tower", "1 WTC"),
    "Queensboro Bridge": ("59th Street Bridge",),
    "Robert F. Kennedy Bridge": ("RFK Bridge", "Triborough Bridge"),
    "Rockefeller Plaza": ("Rockefeller Center",),
    "Statue of Liberty": ("Lady Liberty",),
    "The Lake": ("Central Park Lake",),
    "The Met": ("Metropolitan Museum of Art", "Metropolitan Museum"),
    "Times Square": ("Theater District",),
    "Tompkins Square Park": ("Tompkins Square",),
    "Union Square": ("Union Square Park",),
    "United Nations": ("UN", "United Nations Headquarters"),
    "Upper East Side": ("UES",),
    "Upper West Side": ("UWS",),
    "Washington Square Park": ("Washington Square",),
    "West Street": ("West Side Highway",),
    "World Trade Center Memorial": ("World Trade Center", "WTC", "9/11 Memorial", "Ground Zero"),
}
"""What else people call them, by the plan's own names."""
_BANK_DEG = 15e-5  # a lake is looked at from its bank, up to 15 m from the water
_LEAST_PART = 4
_ALIKE = (0.9, 0.8, 0.7)
"""What is much less alike than the likeliest is not worth naming."""


@dataclass(frozen=True)
class Named:
    """Something with a name, and the place that stands for it: on dry land inside it, unless it is a river."""

    name: str
    place: Place
    kind: NamedKind
    keys: tuple[str, ...]
    """How it is spelled and what else it is called, as `spelling.key` has it."""


@lru_cache(maxsize=1)
def gazetteer() -> tuple[Named, ...]:
    """Everything with a name in the built-in city, and the paper's other landmarks; sights first, streets last."""
    plan = manhattan()
    lakes = shapely.union_all([area.polygon.shape for area in plan.areas if area.kind == "lake"])
    piers = [area for area in plan.areas if area.kind == "pier"]
    dry = shapely.union_all([area.polygon.shape for area in (*plan.land, *piers)]) - lakes
    shapely.prepare(dry)
    return (
        *(_named(mark.name, mark.place, "landmark") for mark in (LANDMARKS | SITES).values()),
        *_labels("borough"),
        *(_named(area.name, _inside(_around(area), dry), "area") for area in plan.areas),
        *(
            _named(part.name, _inside(part.polygon.shape, dry), "neighbourhood")
            for part in plan.neighbourhoods
        ),
        *(_named(area.name, _inside(area.polygon.shape, dry), "island") for area in _islands(plan)),
        *(_named(bridge.name, _middle(bridge.path.places), "bridge") for bridge in plan.bridges),
        *_labels("river"),
        *(_named(street.name, _middle(street.path.places), "street") for street in _longest(plan.streets)),
    )


def called(written: str, among: tuple[Named, ...]) -> tuple[Named, ...]:
    """Those that bear a name, however it is spelled."""
    wanted = _joined(key(written))
    return tuple(each for each in among if wanted in map(_joined, each.keys)) if wanted else ()


def meant(written: str, among: tuple[Named, ...]) -> tuple[Named, ...]:
    """Those of the one name that a part of it ("Empire State") must mean; none where it may mean several.

    A landmark without its last word is meant even so: Grand Central is the terminal, Flatiron the building.
    """
    wanted = key(written).split()
    if len(" ".join(wanted)) < _LEAST_PART:
        return ()
    begun = [each for each in among if any(known.split()[: len(wanted)] == wanted for known in each.keys)]
    found = _holding(wanted, among) or begun
    if len({each.name for each in found}) > 1:
        found = [each for each in begun if each.kind == "landmark" and each.keys[0].split()[:-1] == wanted]
    return tuple(found) if len({each.name for each in found}) == 1 else ()


def alike(written: str, among: tuple[Named, ...], most: int = 3) -> tuple[str, ...]:
    """Names that a person may have meant by one that is none, the likeliest first."""
    wanted = key(written)
    words = wanted.split()
    if len(wanted) < _LEAST_PART:
        return ()
    whole = {known: each.name for each in reversed(among) for known in each.keys}
    names = {" ".join(known.split()[: len(words)]): name for known, name in whole.items()} | whole
    tries = (difflib.get_close_matches(wanted, names, n=most, cutoff=cutoff) for cutoff in _ALIKE)
    close = [names[known] for known in next(filter(None, tries), [])]
    return tuple(dict.fromkeys([*(each.name for each in _holding(words, among)), *close]))[:most]


def _holding(words: list[str], among: tuple[Named, ...]) -> list[Named]:
    """All but streets with a name that has all these words."""
    return [
        each
        for each in among
        if each.kind != "street" and any({*words} <= {*known.split()} for known in each.keys)
    ]


def _joined(name: str) -> str:
    return name.replace(" ", "")


def _named(name: str, place: Place, kind: NamedKind) -> Named:
    keys = [key(each) for each in (name, *NICKNAMES.get(name, ()))]
    keys += [re.sub(r"^(?:east|west) (?=\d)", "", known) for known in keys]
    place = Place(round(place.latitude, 6), round(place.longitude, 6))
    return Named(name, place, kind, tuple(dict.fromkeys(keys)))


def _labels(kind: Literal["borough", "river"]) -> list[Named]:
    """What the base map names without drawing its outline."""
    return [
        _named(feature["properties"]["name"], Place(latitude, longitude), kind)
        for feature in base_map()["features"]
        if feature["properties"]["kind"] == kind
        for longitude, latitude in [feature["geometry"]["coordinates"]]
    ]


def _around(area: Area) -> shapely.Polygon:
    """The area, or a lake with its banks."""
    return area.polygon.shape.buffer(_BANK_DEG) if area.kind == "lake" else area.polygon.shape


def _islands(plan: Plan) -> list[Area]:
    """Land that ends inside the city's box; the shores around it are boroughs."""
    whole = shapely.box(BOX.west, BOX.south, BOX.east, BOX.north)
    return [area for area in plan.land if whole.contains(area.polygon.shape)]


def _inside(shape: shapely.Polygon, dry: shapely.Geometry) -> Place:
    """The middle of the largest dry part, or where that has none within it, another point inside."""
    part = max(shapely.get_parts(shapely.intersection(shape, dry)), key=lambda each: each.area)
    point = part.centroid if part.contains(part.centroid) else part.point_on_surface()
    return Place(point.y, point.x)


def _middle(places: tuple[Place, ...]) -> Place:
    line = shapely.LineString([(place.longitude, place.latitude) for place in places])
    point = line.interpolate(0.5, normalized=True)
    return Place(point.y, point.x)


def _longest(streets: tuple[Street, ...]) -> list[Street]:
    """The longest piece of every street."""
    longest: dict[str, Street] = {}
    for street in streets:
        known = longest.setdefault(street.name, street)
        if street.path.length_m > known.path.length_m:
            longest[street.name] = street
    return list(longest.values())
