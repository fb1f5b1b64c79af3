"""Belongs: where in the city the model thinks that a picture was taken, as heat on the map."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.geo.region import Box
from engine.studio.gallery import Artefact
from engine.studio.given import given_picture
from engine.studio.requests import BelongRequest, ImageRequest
from engine.studio.requests.belong import CELLS
from ui import text
from ui.easel import Updates
from ui.result import build_result, result_json
from ui.session import Session
from ui.workshop import Workshop


class Belongs(Workshop):
    """The tab: a picture from anywhere, or the one that is looked at, and the places that explain it best."""

    TAB, KEY = text.BELONGS, "belongs"
    REQUEST = BelongRequest
    PROMPT_HINT, START = text.BELONG_PROMPT_HINT, text.BELONG_START

    def build_controls(self) -> list[Any]:
        # No gr.Image: it writes the picture anew, without what its file tells.
        self.file = gr.File(
            label=text.BELONG_PICTURE,
            file_types=["image"],
            type="filepath",
            height=132,
            elem_id="belongs-file",
        )
        self.cells = gr.Slider(
            *CELLS,
            144,
            step=16,
            label=text.BELONG_CELLS,
            info=text.BELONG_CELLS_INFO,
            buttons=[],
            elem_id="belongs-cells",
        )
        return [self.file, self.cells]

    def build_result(self) -> gr.HTML:
        return build_result(elem_id="belongs-result")

    def request(self, session: Session, picture: ImageRequest, values: Sequence[Any]) -> BelongRequest:
        file, cells = values
        if not file and session.selected is None:
            raise BadRequest(text.BELONG_MISSING)
        path = Path(file) if file else self.desk.studio.gallery.get(session.selected or "").path
        told = {name: getattr(picture, name) for name in ("prompt", "heading", "hour", "month", "seed")}
        return BelongRequest(picture.model, picture=given_picture(path), cells=cells, **told)

    def title(self, request: BelongRequest) -> str:
        return request.picture.name

    def take_up(self, session: Session, request: BelongRequest) -> Updates:
        return {self.file: None, self.cells: request.cells}

    def shown(self, artefact: Artefact) -> tuple[str, str]:
        return result_json(artefact), text.belong_words(artefact)

    def keep(self, session: Session, artefact: Artefact) -> Updates:
        session.mosaic = artefact
        self.desk.look_at(session, Box(**artefact.details["bounds"]))
        session.place, session.heading_deg = Place(*artefact.details["place"]), None
        return {}
