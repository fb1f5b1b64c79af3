"""The map's document: a folium page that loads its scripts from this machine where they are installed."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ui import text
from ui.tiles import Tiles

ROOT = Path(__file__).parent.parent
ASSETS = ROOT / "assets"
LEAFLET = ROOT / "node_modules" / "leaflet" / "dist"
MODEL_VIEWER = ROOT / "node_modules" / "@google" / "model-viewer" / "dist" / "model-viewer.min.js"
LEAFLET_DRAW = ROOT / "node_modules" / "leaflet-draw" / "dist"


@dataclass(frozen=True)
class MapDocument:
    """A whole HTML document, and what its map, its drawing tools and its tiles are called inside."""

    html: str
    map_name: str
    draw_name: str
    tiles_name: str | None


def build_document(tiles: Tiles | None) -> MapDocument:
    """The document of a map without any content but the `tiles`, which begin hidden."""
    import folium
    from folium.plugins import Draw

    page = folium.Map(
        location=(20, 0), zoom_start=2, tiles=None, zoom_control=True, max_bounds=False, control_scale=False
    )
    layer = None
    if tiles:
        layer = folium.TileLayer(
            tiles.url,
            attr=tiles.credit,
            name="tiles",
            show=False,
            max_zoom=19,
            max_native_zoom=min(tiles.max_zoom, 19),
            subdomains=tiles.subdomains,
        )
        layer.add_to(page)
    shape = {"color": "#d9482b", "weight": 1.5}
    draw = Draw(
        show_geometry_on_click=False,
        draw_options={
            "rectangle": {"shapeOptions": shape, "showArea": False},
            "polygon": {"shapeOptions": shape, "allowIntersection": True, "showArea": False},
            "polyline": {"shapeOptions": shape, "metric": True, "feet": False},
            "circle": {"shapeOptions": shape, "showRadius": True, "metric": True, "feet": False},
            "circlemarker": False, "marker": False,
        },
        edit_options={"edit": False, "remove": False},
    )  # fmt: skip
    draw.add_to(page)
    # Leaflet.draw puts its words into its tools when they are made, which the scripts of map and tools do.
    page.get_root().script.add_child(folium.Element(f"placeMap.speak({as_script(text.DRAWING)});"))
    scripts = _scripts()
    page.default_js, page.default_css = scripts["leaflet"], scripts["leaflet_css"]
    draw.default_js, draw.default_css = scripts["draw"], scripts["draw_css"]
    return MapDocument(
        page.get_root().render(), page.get_name(), draw.get_name(), layer.get_name() if layer else None
    )


def as_script(value: Any) -> str:
    """A JavaScript literal that is also safe inside a page's script."""
    return json.dumps(value).replace("<", "\\u003c")


def static_folders() -> list[Path]:
    """Folders that the page's scripts and styles are served from."""
    return [folder for folder in (LEAFLET, LEAFLET_DRAW, MODEL_VIEWER.parent, ASSETS) if folder.is_dir()]


def file_url(path: Path) -> str:
    """Relative address under which the page serves a file, so that it holds behind any sub-path too."""
    return f"gradio_api/file={path.as_posix()}"


def _scripts() -> Mapping[str, list[tuple[str, str]]]:
    """Names and addresses of what the document loads: installed files, or the public CDN said aloud once."""
    from folium.folium import _default_css, _default_js
    from folium.plugins import Draw

    ours = [(name, file_url(ASSETS / f"{name}.js")) for name in ("atlas", "tiles", "cone", "sides", "map")]
    style = [("map_css", file_url(ASSETS / "map.css"))]
    if LEAFLET.is_dir() and LEAFLET_DRAW.is_dir():
        return {
            "leaflet": [("leaflet", file_url(LEAFLET / "leaflet.js"))],
            "leaflet_css": [("leaflet_css", file_url(LEAFLET / "leaflet.css"))],
            "draw": [("leaflet_draw_js", file_url(LEAFLET_DRAW / "leaflet.draw.js")), *ours],
            "draw_css": [("leaflet_draw_css", file_url(LEAFLET_DRAW / "leaflet.draw.css")), *style],
        }
    logging.getLogger(__name__).warning(
        "Leaflet is not installed, so the map loads it from its public CDN; run `make setup` with npm to work offline."
    )
    return {
        "leaflet": _default_js[:1],
        "leaflet_css": _default_css[:1],
        "draw": [*Draw.default_js, *ours],
        "draw_css": [*Draw.default_css, *style],
    }
