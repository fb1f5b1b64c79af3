"""Atlases: a picture for each cell of a region, laid on the map, and to be taken along as maps of many kinds."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, get_args

import gradio as gr

from engine.atomic import write_bytes
from engine.errors import GeniusLociError
from engine.studio.gallery import Artefact
from engine.studio.requests import AtlasRequest, ImageRequest
from engine.studio.requests.atlas import CellKind
from ui import text
from ui.answers import at_once
from ui.atlas_html import atlas_html
from ui.easel import Updates
from ui.picture import address
from ui.region import Drawn
from ui.region_settings import area_of, regions_of, title
from ui.result import build_result, id_of, result_json
from ui.session import Session
from ui.workshop import Workshop, settings_of

_SIDES_M = (25, 2_000)
_RESOLUTIONS = (7, 12)


class Atlases(Workshop):
    """The tab: which region, how it is cut into cells, and a mosaic that lies on the map."""

    TAB, KEY = text.ATLASES, "atlases"
    REQUEST = AtlasRequest
    PROMPT_HINT, START = text.REGION_PROMPT_HINT, text.ATLAS_START

    def build_controls(self) -> list[Any]:
        with gr.Row(elem_id="atlases-how", elem_classes="workshop-how"):
            self.which = gr.Dropdown(
                [text.DRAWN], value=text.DRAWN, label=text.REGION, elem_id="atlas-region"
            )
            self.cells = gr.Dropdown(
                [(text.CELLS[name], name) for name in get_args(CellKind)],
                value="square",
                label=text.CELL_KIND,
                filterable=False,
                elem_id="atlas-cells",
            )
            self.side_m = gr.Slider(
                *_SIDES_M, 200, step=25, label=text.CELL_SIDE, buttons=[], elem_id="atlas-side"
            )
            self.resolution = gr.Slider(
                *_RESOLUTIONS,
                9,
                step=1,
                label=text.CELL_RESOLUTION,
                info=text.CELL_RESOLUTION_INFO,
                buttons=[],
                visible=False,
                elem_id="atlas-resolution",
            )
        return [self.which, self.cells, self.side_m, self.resolution]

    def build_result(self) -> gr.HTML:
        self.on_map = gr.Checkbox(True, label=text.ATLAS_ON_MAP, elem_id="atlas-on-map")
        return build_result(elem_id="atlas-result")

    def wire(self) -> None:
        super().wire()
        answer = at_once(self.session)
        self.cells.input(self._sized, self.cells, [self.side_m, self.resolution], **answer)
        self.which.input(self._choose, [self.session, self.which], self.explore.map, **answer)
        self.on_map.input(self._lay, [self.session, self.on_map, self.result], self.explore.map, **answer)
        self.explore.map.mosaic_cleared(
            self._cleared, self.session, [self.explore.map, self.on_map], **answer
        )

    def join(self, tab: gr.Tab) -> None:
        """Offer the model's regions whenever the tab is opened."""
        answer = at_once(self.session)
        tab.select(self.suit, self.session, self.which, **answer)

    @property
    def outputs(self) -> list[Any]:
        return [*super().outputs, self.on_map]

    def suit(self, session: Session) -> Updates:
        """The names of the regions that the session's model knows, the one on the map chosen."""
        names = list(regions_of(self.desk.card(session)))
        return {self.which: gr.update(choices=[text.DRAWN, *names], value=title(session.region))}

    def request(self, session: Session, picture: ImageRequest, values: Sequence[Any]) -> AtlasRequest:
        which, cells, side_m, resolution = values
        region = regions_of(self.desk.card(session)).get(which) or area_of(session.region)
        return AtlasRequest(
            picture.model,
            region=region,
            cells=cells,
            side_m=side_m,
            resolution=resolution,
            **settings_of(picture),
        )

    def title(self, request: AtlasRequest) -> str:
        return text.CELLS[request.cells]

    def take_up(self, session: Session, request: AtlasRequest) -> Updates:
        if request.region is not None:
            names = {polygon: name for name, polygon in regions_of(self.desk.card(session)).items()}
            session.region = Drawn.of(request.region, names.get(request.region, ""))
            self.desk.look_at(session, request.region.bounds)
        return {
            **self.suit(session),
            **self._sized(request.cells),
            self.cells: request.cells,
            self.side_m: gr.update(value=request.side_m, visible=request.cells == "square"),
            self.resolution: gr.update(value=request.resolution, visible=request.cells == "h3"),
        }

    def shown(self, artefact: Artefact) -> tuple[str, str]:
        return result_json(artefact, files=self._page(artefact)), text.atlas_words(artefact)

    def keep(self, session: Session, artefact: Artefact) -> Updates:
        session.mosaic = artefact
        return {self.on_map: True}

    def _page(self, artefact: Artefact) -> list[dict[str, str]]:
        """The atlas as a page of its own, where it says where it is and Leaflet is there to go into it."""
        path = self.desk.cache / "atlases" / f"{artefact.id}.html"
        try:
            if not path.is_file() or path.stat().st_mtime < artefact.path.stat().st_mtime:
                page = atlas_html(artefact, text.print_alt(artefact.request))
                write_bytes(path, page.encode("utf-8"))
        except GeniusLociError:
            return []
        return [{"url": address(path), "name": text.download(".html")}]

    def _sized(self, cells: str) -> Updates:
        square = cells == "square"
        return {self.side_m: gr.update(visible=square), self.resolution: gr.update(visible=not square)}

    def _choose(self, session: Session, name: str) -> str:
        """The map with the region of a name on it."""
        if polygon := regions_of(self.desk.card(session)).get(name):
            session.region = Drawn.of(polygon, name)
            self.desk.look_at(session, polygon.bounds)
        return self.desk.map_of(session)

    def _lay(self, session: Session, on: bool, result: str) -> str:
        """The map with the mosaic that is shown on it, or without."""
        session.mosaic = None
        with suppress(GeniusLociError):
            session.mosaic = self.desk.studio.gallery.get(id_of(result)) if on else None
        return self.desk.map_of(session)

    def _cleared(self, session: Session) -> Updates:
        session.mosaic = None
        return {self.explore.map: self.desk.map_of(session), self.on_map: False}
