"""An atlas as a page of its own: its mosaic on a map that needs no network and no other file."""

import base64
import html
import json
from typing import Any

from engine.errors import BadRequest, MissingExtra
from engine.geo.region import Box
from engine.studio.gallery import Artefact
from engine.studio.requests import AtlasRequest
from ui.map_document import ASSETS, LEAFLET, as_script

_KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}


def atlas_html(artefact: Artefact, title: str) -> str:
    """A whole HTML document with the mosaic, its cells, Leaflet and, where it has a part of it, our base map inside.

    `title` names it, and the picture for those who do not see it. Raises BadRequest for what is no atlas or does not
    say where it is, MissingExtra where Leaflet is not installed.
    """
    bounds = artefact.details.get("bounds")
    if (
        not isinstance(artefact.request, AtlasRequest)
        or artefact.path.suffix.lower() not in _KINDS
        or not bounds
    ):
        raise BadRequest(f"{artefact.path.name} is no atlas that says where it is; choose the picture of one")
    if not (LEAFLET / "leaflet.js").is_file():
        raise MissingExtra(
            "Leaflet is not installed, and the page of an atlas holds it; run `make setup` with npm"
        )
    leaflet, style, script = (
        path.read_text(encoding="utf-8")
        for path in (LEAFLET / "leaflet.js", LEAFLET / "leaflet.css", ASSETS / "mosaic.js")
    )
    box = Box(**bounds)
    cells = artefact.files.get(".geojson")
    picture = base64.b64encode(artefact.path.read_bytes()).decode()
    data = {
        "title": title,
        "src": f"data:image/{_KINDS[artefact.path.suffix.lower()]};base64,{picture}",
        "bounds": [[box.south, box.west], [box.north, box.east]],
        "cells": json.loads(cells.read_text(encoding="utf-8")) if cells else [],
        "base": _base_map(box),
    }
    return _PAGE.format(
        title=html.escape(title),
        style=style,
        leaflet=leaflet.partition("//# sourceMappingURL")[0],
        script=f"const DATA = {as_script(data)};\n{script}",
    )


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}
html, body, #map {{ margin: 0; height: 100%; background: #f6f3ec; }}
.leaflet-container {{ font: 13px/1.4 system-ui, sans-serif; color: #1f2328; }}
</style>
</head>
<body>
<div id="map"></div>
<script>{leaflet}</script>
<script>{script}</script>
</body>
</html>
"""


def _base_map(box: Box) -> dict[str, Any] | None:
    """Our base map, where it shows a part of the box."""
    from engine.world.plan.base_map import base_map
    from engine.world.plan.city import BOX

    meets = box.south < BOX.north and box.north > BOX.south and box.west < BOX.east and box.east > BOX.west
    return base_map() if meets else None
