"""The map as a part of the page: it hears clicks and drawings, and shows a MapState."""

from typing import Any

import gradio as gr

from ui import text
from ui.map_document import ASSETS, as_script, build_document
from ui.map_state import MapState
from ui.tiles import Tiles


def build_map(tiles: Tiles | None, base: str, **layout: Any) -> gr.HTML:
    """The map in a frame of its own. Its value is a MapState as JSON; its events carry what the hand did, untrusted:

    map_clicked(latitude, longitude), map_turned(heading_deg, None for any), region_drawn(shape, places),
    region_cleared(), mosaic_cleared(), pin_opened(id), side_chosen(azimuth_deg). No subclass of gr.HTML, because
    Gradio writes a .pyi file beside the source of every one.
    """
    document = build_document(tiles)
    options = {
        "map": document.map_name,
        "draw": document.draw_name,
        "tiles": document.tiles_name,
        "base": base,
        "texts": text.MAP_TEXTS | {"tiles": tiles.name if tiles else ""},
    }
    script = (
        f"const DOCUMENT = {as_script(document.html)};\n"
        f"const OPTIONS = {as_script(options)};\n"
        f"{(ASSETS / 'frame.js').read_text(encoding='utf-8')}"
    )
    return gr.HTML(
        MapState().to_json(),
        html_template=f'<iframe title="{text.MAP_TITLE}"></iframe>',
        js_on_load=script,
        apply_default_css=False,
        **layout,
    )
