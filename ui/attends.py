"""Attention: where a picture looked at each word of its prompt and at its place, by layer and step."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from engine.errors import BadFile, GeniusLociError
from engine.studio.attention import PICTURE
from engine.studio.gallery import Artefact
from engine.studio.requests import AttentionRequest, ImageRequest
from engine.studio.requests.attention import MAPS
from ui import text
from ui.answers import at_once
from ui.easel import Updates
from ui.figures import Board, Figure, build_figures
from ui.notice import notice, sentence
from ui.picture import inline
from ui.result import Cell, build_result, id_of, result_json
from ui.session import Session
from ui.workshop import Workshop, settings_of

_ALL = ""
_LOOK_PX = 512
_STRENGTH = 0.6


class Attends(Workshop):
    """The tab: a sheet of maps, one of which is looked at closely."""

    TAB, KEY = text.ATTENTION, "attention"
    REQUEST = AttentionRequest
    PROMPT_HINT, START = text.PROMPT_HINT, text.ATTENTION_START

    def build_controls(self) -> list[Any]:
        return []

    def build_result(self) -> gr.HTML:
        with gr.Column(visible=False, elem_id="attention-look") as self.closely:
            self.look = build_figures(elem_id="attention-figure")
            with gr.Row(elem_id="attention-how", elem_classes="workshop-how"):
                self.layers = gr.Dropdown(
                    [(text.ALL_LAYERS, _ALL)],
                    value=_ALL,
                    label=text.LAYERS,
                    info=text.LAYERS_INFO,
                    filterable=False,
                    elem_id="attention-layers",
                )
                self.at_step = gr.Slider(
                    0,
                    1,
                    0,
                    step=1,
                    label=text.STEP,
                    info=text.STEP_INFO,
                    buttons=[],
                    elem_id="attention-step",
                )
                self.strength = gr.Slider(
                    0,
                    1,
                    _STRENGTH,
                    step=0.05,
                    label=text.STRENGTH,
                    info=text.STRENGTH_INFO,
                    buttons=[],
                    elem_id="attention-strength",
                )
        self.number = gr.State(0)
        return build_result(elem_id="attention-result")

    @property
    def outputs(self) -> list[Any]:
        own = [self.closely, self.look, self.layers, self.at_step, self.strength, self.number]
        return [*super().outputs, *own]

    def wire(self) -> None:
        super().wire()
        answer = at_once(self.session)
        latest = answer | {"trigger_mode": "always_last"}
        looked = [self.result, self.number, self.layers, self.at_step, self.strength]
        shown = [self.look, self.number, self.status]
        gr.on(
            [self.at_step.input, self.strength.input, self.layers.input], self._look, looked, shown, **latest
        )
        self.result.cell_chosen(self._choose, looked, shown, **answer)

    def request(self, session: Session, picture: ImageRequest, values: Sequence[Any]) -> AttentionRequest:
        return AttentionRequest(picture.model, picture.place, **settings_of(picture))

    def title(self, request: AttentionRequest) -> str:
        return text.ATTENTION

    def take_up(self, session: Session, request: AttentionRequest) -> Updates:
        session.place = request.place or session.place
        return self.explore.settings.show(request.picture, self.desk.card(session))

    def shown(self, artefact: Artefact) -> tuple[str, str]:
        cells = [Cell(cell["box_px"], _label(artefact, cell["of"])) for cell in artefact.details["cells"]]
        return result_json(artefact, cells), text.attention_words(artefact)

    def keep(self, session: Session, artefact: Artefact) -> Updates:
        number = min(1, len(artefact.details["cells"]) - 1)
        groups = [(text.ALL_LAYERS, _ALL), *((each, each) for each in artefact.details["groups"])]
        return {
            self.closely: gr.update(visible=True),
            self.layers: gr.update(choices=groups, value=_ALL),
            self.at_step: gr.update(maximum=artefact.details["steps"], value=0),
            self.number: number,
            self.strength: _STRENGTH,
            self.look: self._board(artefact, number, _ALL, 0, _STRENGTH),
        }

    def cleared(self) -> Updates:
        return {**super().cleared(), self.closely: gr.update(visible=False)}

    def _look(self, result: str, number: int, layers: str, step: int, strength: float) -> Updates:
        """The map that is looked at, as the controls have it."""
        try:
            artefact = self.desk.studio.gallery.get(id_of(result))
            return {self.look: self._board(artefact, number, layers, step, strength), self.number: number}
        except GeniusLociError as error:
            return {self.status: notice(sentence(error), wrong=True)}

    def _choose(self, event: gr.EventData, result: str, number: int, *how: Any) -> Updates:
        chosen = getattr(event, "number", None)
        return self._look(result, chosen if isinstance(chosen, int) else number, *how)

    def _board(self, artefact: Artefact, number: int, layers: str, step: int, strength: float) -> str:
        """The picture under one of its maps; alone where the sheet has no such map."""
        from engine.diffusion.attention_file import read_attention
        from engine.diffusion.heat import normalised, overlay

        cells = artefact.details["cells"]
        of = cells[number]["of"] if number in range(len(cells)) else None
        with Image.open(_file(artefact, PICTURE)) as image:
            picture = image.convert("RGB")
        words = ""
        if of is not None:
            attention = read_attention(_file(artefact, MAPS))
            steps = step - 1 if step else None
            heat = attention.map(of, layers or None, steps)
            picture = overlay(picture, normalised(heat), strength)
            words = text.attention_share(float(heat.mean()))
        label = _label(artefact, of)
        figure = Figure(
            "look", label, words, inline(picture, _LOOK_PX), alt=label, ratio=picture.width / picture.height
        )
        return Board([figure]).to_json()


def _file(artefact: Artefact, ending: str) -> Path:
    """A file of the result; our own error where it is gone."""
    if ending not in artefact.files:
        raise BadFile(text.ATTENTION_GONE.format(artefact.path.name, ending))
    return artefact.files[ending]


def _label(artefact: Artefact, of: int | str | None) -> str:
    """What a map is of, in words."""
    return artefact.details["words"][of] if isinstance(of, int) else (of or text.PICTURE_ALONE)
