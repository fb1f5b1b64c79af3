"""What a plan is made of: shore, parks, neighbourhoods, streets, bridges and landmarks, as plain data."""

from dataclasses import dataclass, field
from typing import Literal

from engine.geo.frame import Frame
from engine.geo.place import Place
from engine.geo.region import Path, Polygon

AreaKind = Literal["land", "park", "lake", "lawn", "plaza", "pier"]
StreetKind = Literal["avenue", "street", "highway", "lane", "path"]
Ground = Literal["water", "lawn", "plaza", "street", "deck"]
Facade = Literal[
    "brick",  # red brick row houses with stoops
    "tenement",  # five or six floors of brick, fire escapes on the front
    "brownstone",  # brown sandstone, high stoops, bay windows
    "cast_iron",  # wide arched windows between pale columns
    "limestone",  # masonry of the 1920s, setbacks, cornices
    "white_brick",  # postwar apartment slabs with balconies
    "glass",  # curtain wall
    "concrete",  # plain towers and housing slabs
    "warehouse",  # dark brick, large windows, loading docks
    "screens",  # advertisement screens from the first floor up
]
Extra = Literal[
    "fire_escapes", "water_tanks", "stoops", "signs", "screens", "awnings", "storefronts", "lanterns", "cobbles",
    "flags", "canopies", "planters",
]  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How a neighbourhood is built; every share is within [0, 1]."""

    height_m: tuple[float, float]
    """Lowest and highest of the ordinary houses."""
    tower_share: float
    """Share of lots that carry a tower instead."""
    tower_height_m: tuple[float, float]
    """Lowest and highest of the towers."""
    facades: tuple[tuple[Facade, float], ...]
    """Kinds of facade, each with its share; the shares sum to 1."""
    lot_width_m: tuple[float, float]
    """Narrowest and widest front on the street."""
    lot_depth_m: tuple[float, float]
    """Shallowest and deepest house, from front to back."""
    gap_share: float
    """Share of lots left open: yards, car parks, small squares."""
    trees_per_100m: float
    """Street trees on 100 m of pavement."""
    extras: tuple[Extra, ...] = ()
    """What else makes the place known at sight."""


@dataclass(frozen=True)
class Area:
    """A piece of ground or water; a later area lies on top of an earlier one."""

    name: str
    kind: AreaKind
    polygon: Polygon


@dataclass(frozen=True)
class Neighbourhood:
    """A named part of the city, built in one style; neighbourhoods do not overlap."""

    name: str
    polygon: Polygon
    style: Style


@dataclass(frozen=True)
class Street:
    """A street by its centre line; `width_m` runs from house front to house front, pavements included."""

    name: str
    path: Path
    width_m: float
    kind: StreetKind


@dataclass(frozen=True)
class Bridge:
    """A bridge from anchorage to anchorage, with the places of its towers (none for a plain deck)."""

    name: str
    path: Path
    width_m: float
    deck_m: float
    """Height of the roadway above the water at mid-span."""
    towers: tuple[Place, ...] = ()
    tower_height_m: float = 0.0


@dataclass(frozen=True)
class Landmark:
    """A sight: true centre, true height, and the compass bearing that its front looks to."""

    key: str
    """Short name for commands and files, as `statue-of-liberty`."""
    name: str
    place: Place
    height_m: float
    heading_deg: float
    site: str
    """`manhattan`, or the key itself where the landmark stands in a scene of its own."""
    grounds_m: float
    """Radius around the centre that is the landmark's own and carries no other building."""
    distances_m: tuple[float, float]
    """Nearest and farthest that its visitors photograph it from."""
    ground: Ground = "plaza"
    hidden: tuple[tuple[float, float, float], ...] = ()
    """Sectors of azimuth, from and to, clockwise, in which its neighbours stand in the way from that distance on."""


@dataclass(frozen=True)
class Plan:
    """A city at true coordinates; `frame` turns degrees into metres east and north of its centre."""

    name: str
    frame: Frame
    land: tuple[Area, ...]
    areas: tuple[Area, ...]
    """Parks, lawns, plazas, lakes and piers, lower ones first."""
    neighbourhoods: tuple[Neighbourhood, ...]
    streets: tuple[Street, ...]
    bridges: tuple[Bridge, ...]
    landmarks: tuple[Landmark, ...] = field(default=())
