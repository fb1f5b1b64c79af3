"""Tiles: the street map that lies over our own, by its address or by a name of leafmap's catalogue."""

import difflib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from engine.errors import BadRequest
from ui import text


@dataclass(frozen=True)
class Tiles:
    """Where a street map comes from, and who is to be named for it."""

    url: str
    """Address with {z}, {x} and {y}, and perhaps {s} and {r}, as Leaflet reads it."""
    credit: str
    """Who made it, as HTML."""
    name: str = text.STREET_MAP
    """What its button says."""
    max_zoom: int = 19
    """The last zoom that there are tiles for; beyond, they are enlarged."""
    subdomains: str | tuple[str, ...] = "abc"
    """What stands for {s}, in turn."""


OSM = Tiles(
    "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
    '&copy; <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors',
)


def find_tiles(wanted: str | None) -> Tiles | None:
    """The tiles that a user asks for: an address, or a name like Esri.WorldTopoMap; OpenStreetMap where it is None.

    None for "none". BadRequest where it is neither, and for a map that needs a key.
    """
    if wanted is None:
        return OSM
    if wanted.casefold() == "none":
        return None
    return _of_address(wanted) if "/" in wanted else _of_name(wanted)


def _of_address(address: str) -> Tiles:
    host = urlsplit(address).hostname
    if not host or any(part not in address for part in ("{z}", "{x}", "{y}")):
        raise BadRequest(f"{address} is no address of tiles; write one like {OSM.url}")
    return Tiles(address, OSM.credit if host.endswith("openstreetmap.org") else host)


def _of_name(name: str) -> Tiles:
    from leafmap.basemaps import get_xyz_dict  # takes seconds, and only a name needs it

    catalogue: dict[str, Any] = {
        _bare(each["name"]): each for each in get_xyz_dict(free_only=False, france=True).values()
    }
    free = {bare: each["name"] for bare, each in catalogue.items() if not each.requires_token()}
    close = [free[bare] for bare in difflib.get_close_matches(_bare(name), free, n=3, cutoff=0.5)]
    instead = f"perhaps {' or '.join(close)}" if close else f"try {free['esriworldtopomap']}"
    found = catalogue.get(_bare(name))
    if found is None:
        raise BadRequest(f"there is no street map {name[:80]!r} in leafmap's catalogue; {instead}")
    if found.requires_token():
        raise BadRequest(
            f"{found['name']} needs a key; give --tiles its address with your key in it, or {instead}"
        )
    subdomains = found.get("subdomains", "abc")
    return Tiles(
        found.build_url(fill_subdomain=False, scale_factor="{r}"),
        found.html_attribution,
        found["name"],
        int(found.get("max_zoom", OSM.max_zoom)),
        subdomains if isinstance(subdomains, str) else tuple(subdomains),
    )


def _bare(name: str) -> str:
    """A name as people write it in different ways: CartoDB Positron, cartodb.positron."""
    return re.sub(r"[\W_]", "", name).casefold()
