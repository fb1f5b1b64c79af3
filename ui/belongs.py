"""Belongs: where in the city the model, or its judge, thinks that a picture was taken, as heat on the map."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import gradio as gr

from engine.errors import BadRequest, MissingModel
from engine.geo.place import Place
from engine.geo.region import Box
from engine.studio.gallery import Artefact
from engine.studio.given import given_picture
from engine.studio.requests import BelongRequest, ImageRequest
from engine.studio.requests.belong import CELLS, By
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
        self.by = gr.Radio(
            [(text.BELONG_BYS[name], name) for name in get_args(By)],
            value="model",
            label=text.BELONG_BY,
            info=text.BELONG_BY_INFO,
            visible=False,
            elem_id="belongs-by",
        )
        return [self.file, self.by, self.cells]

    def wire(self) -> None:
        super().wire()
        answer: Any = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
        chosen, outputs = [self.explore.model, self.by], [self.by, self.cells, self.prompt]
        gr.on([self.explore.model.change, self.by.input], self.suit, chosen, outputs, **answer)

    def join(self, tab: gr.Tab) -> None:
        """Look for a judge whenever the tab is opened, for it may have come meanwhile."""
        answer: Any = {"show_progress": "hidden", "queue": False, "api_visibility": "private"}
        outputs = [self.by, self.cells, self.prompt]
        tab.select(self.suit, [self.explore.model, self.by], outputs, **answer)

    def suit(self, model: str | None, by: str) -> Updates:
        """Who can be asked where there is a judge, and the controls that this one has a use for."""
        try:
            judged = self.desk.studio.has_judge(model or "")
        except MissingModel:
            judged = False
        asked = by if judged else "model"
        told = asked == "model"
        hint = text.BELONG_PROMPT_HINT if told else text.BELONG_JUDGE_HINT
        return {
            self.by: gr.update(visible=judged, value=asked),
            self.cells: gr.update(visible=told),
            self.prompt: gr.update(interactive=told, placeholder=hint),
        }

    def build_result(self) -> gr.HTML:
        return build_result(elem_id="belongs-result")

    def request(self, session: Session, picture: ImageRequest, values: Sequence[Any]) -> BelongRequest:
        file, by, cells = values
        if not file and session.selected is None:
            raise BadRequest(text.BELONG_MISSING)
        path = Path(file) if file else self.desk.studio.gallery.get(session.selected or "").path
        given = given_picture(path)
        if by == "judge":
            return BelongRequest(picture.model, picture=given, by="judge")
        told = {name: getattr(picture, name) for name in ("prompt", "heading", "hour", "month", "seed")}
        return BelongRequest(picture.model, picture=given, cells=cells, **told)

    def title(self, request: BelongRequest) -> str:
        return request.picture.name

    def take_up(self, session: Session, request: BelongRequest) -> Updates:
        suited = self.suit(session.model, request.by)
        cells = gr.update(value=request.cells, visible=request.by == "model")
        asked = {**suited[self.prompt], "value": request.prompt}
        return {**suited, self.file: None, self.cells: cells, self.prompt: asked}

    def shown(self, artefact: Artefact) -> tuple[str, str]:
        return result_json(artefact), text.belong_words(artefact)

    def keep(self, session: Session, artefact: Artefact) -> Updates:
        session.mosaic = artefact
        self.desk.look_at(session, Box(**artefact.details["bounds"]))
        session.place, session.heading_deg = Place(*artefact.details["place"]), None
        return {}
