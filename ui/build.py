"""The page: a thin head, the map on the left, the tabs on the right, and how it is served."""

import os
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr

from engine.photos.opening import LIMITS
from engine.studio.requests import AverageRequest, ImageRequest
from engine.studio.studio import Studio
from engine.world.plan.base_map import base_map
from ui import text
from ui.answers import at_once
from ui.api import add_api
from ui.areas import Areas
from ui.atlases import Atlases
from ui.attends import Attends
from ui.batches import Batches
from ui.belongs import Belongs
from ui.cache import cached_json
from ui.desk import Desk
from ui.explore import Explore
from ui.films import Films
from ui.front import Front
from ui.grids import Grids
from ui.history import History
from ui.keys import build_keys, script
from ui.landmarks import Landmarks
from ui.map import build_map
from ui.map_document import ASSETS, file_url, static_folders
from ui.photos import Photos
from ui.place_names import PlaceNames
from ui.recall import Recall
from ui.region_tool import RegionTool, build_opener
from ui.session import Session
from ui.theme import build_theme
from ui.tiles import OSM, Tiles

STYLE = ASSETS / "style.css"


def build_page(studio: Studio, tiles: Tiles | None = OSM) -> gr.Blocks:
    """The page of a studio, with the street map of `tiles` over our own."""
    desk = Desk(studio)
    city = cached_json(desk.cache, "base-map", base_map())
    gr.set_static_paths([*static_folders(), studio.gallery.folder, desk.cache])
    with gr.Blocks(title=text.TITLE, analytics_enabled=False, fill_width=True) as page:
        session = gr.State(Session(), delete_callback=Session.stop)
        with gr.Row(elem_id="head"):
            gr.HTML(f"<h1>{text.NAME}</h1>", elem_id="name")
            model = gr.Dropdown(
                [], label=text.MODEL, show_label=False, container=False, filterable=False, elem_id="model"
            )
            build_keys()
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="map-side"):
                place = gr.Textbox(
                    label=text.PLACE, placeholder=text.PLACE_HINT, max_lines=1, elem_id="place"
                )
                opener = build_opener()
                place_map = build_map(tiles, file_url(city), elem_id="place-map")
            with gr.Column(elem_id="tab-side"), gr.Tabs(elem_id="tabs", selected=text.EXPLORE) as tabs:
                with gr.Tab(text.EXPLORE, id=text.EXPLORE):
                    explore = Explore(desk, session, place_map, place, model, Front(tabs, session))
                    Batches(desk, explore, session)
                with gr.Tab(text.REGIONS, id=text.REGIONS) as regions_tab:
                    areas = Areas(desk, explore, session, regions_tab)
                with gr.Tab(text.FILMS, id=text.FILMS):
                    films = Films(desk, explore, session)
                with gr.Tab(text.GRIDS, id=text.GRIDS):
                    grids = Grids(desk, explore, session)
                with gr.Tab(text.ATLASES, id=text.ATLASES) as atlas_tab:
                    atlases = Atlases(desk, explore, session)
                    atlases.join(atlas_tab)
                with gr.Tab(text.ATTENTION, id=text.ATTENTION):
                    attends = Attends(desk, explore, session)
                with gr.Tab(text.BELONGS, id=text.BELONGS) as belongs_tab:
                    belongs = Belongs(desk, explore, session)
                    belongs.join(belongs_tab)
                with gr.Tab(text.LANDMARKS, id=text.LANDMARKS) as landmarks_tab:
                    landmarks = Landmarks(desk, explore, session)
                    landmarks.join(landmarks_tab)
                shown_in = {
                    ImageRequest: explore,
                    AverageRequest: areas,
                    **{each.REQUEST: each for each in (films, grids, atlases, attends, belongs, landmarks)},
                }
                recall = Recall(desk, explore, session, shown_in)
                with gr.Tab(text.PHOTOS, id=text.PHOTOS) as photos_tab:
                    Photos(desk, session, place_map, photos_tab)
                with gr.Tab(text.HISTORY, id=text.HISTORY) as history_tab:
                    History(desk, explore, recall, session, history_tab)
        arrival = at_once(session)
        explore.wire(page.load(explore.arrive, session, explore.outputs, **arrival))
        PlaceNames(desk, session, model)
        RegionTool(desk, session, place_map, opener, areas.settings.which)
        add_api(desk)
    return page


def launch(page: gr.Blocks, **options: Any) -> tuple[Any, str, str]:
    """Serve the page with its style, from threads of its own; `options` are those of gradio's launch."""
    return page.queue().launch(
        theme=build_theme(),
        head=f'<link rel="stylesheet" href="{file_url(STYLE)}"><script>{script()}</script>',
        favicon_path=ASSETS / "favicon.svg",
        max_file_size=LIMITS.max_bytes,
        footer_links=[],
        show_error=True,
        quiet=True,
        prevent_thread_lock=True,
        **options,
    )
