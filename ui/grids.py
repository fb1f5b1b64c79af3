"""Grids: pictures side by side that differ in two settings; one that pleases is taken up by a click."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from engine.errors import BadRequest, GeniusLociError
from engine.geo.region import Box
from engine.studio.axes import BETWEEN, axis_of
from engine.studio.gallery import Artefact
from engine.studio.requests import Axis, GridRequest, ImageRequest
from engine.studio.requests.axis import AXES
from ui import text
from ui.answers import at_once
from ui.easel import Updates
from ui.notice import notice, sentence
from ui.result import Cell, build_result, id_of, result_json
from ui.session import Session
from ui.workshop import Workshop, settings_of

_ROWS, _COLUMNS = "guidance_scale", "gps_guidance_scale"


class Grids(Workshop):
    """The tab: what varies down and along, and a sheet whose pictures can be chosen."""

    TAB, KEY = text.GRIDS, "grids"
    REQUEST = GridRequest
    PROMPT_HINT, START = text.PROMPT_HINT, text.GRID_START

    def build_controls(self) -> list[Any]:
        with gr.Row(elem_id="grids-how", elem_classes="workshop-how"):
            self.rows, self.row_values = _axis("rows", text.GRID_ROWS, _ROWS)
            self.columns, self.column_values = _axis("columns", text.GRID_COLUMNS, _COLUMNS)
        return [self.rows, self.row_values, self.columns, self.column_values]

    def build_result(self) -> gr.HTML:
        return build_result(elem_id="grid-result")

    def wire(self) -> None:
        super().wire()
        answer = at_once(self.session)
        for name, values in ((self.rows, self.row_values), (self.columns, self.column_values)):
            name.input(lambda chosen: text.GRID_VALUES.get(chosen, ""), name, values, **answer)
        chosen = [self.session, self.explore.asked, self.result]
        outputs = list(dict.fromkeys([*self.explore.outputs, self.status]))
        self.explore.darkroom.follow(self.result.cell_chosen, self._adopt, chosen, outputs)

    def request(self, session: Session, picture: ImageRequest, values: Sequence[Any]) -> GridRequest:
        card = self.desk.card(session)
        box: Box | None = card.box if card else None
        rows, row_values, columns, column_values = values
        return GridRequest(
            picture.model,
            picture.place,
            rows=axis_of("rows", rows, row_values or "", box),
            columns=axis_of("columns", columns, column_values or "", box),
            **settings_of(picture),
        )

    def title(self, request: GridRequest) -> str:
        return text.grid_title(request)

    def take_up(self, session: Session, request: GridRequest) -> Updates:
        session.place = request.place or session.place
        return {
            self.rows: request.rows.name,
            self.row_values: _written(request.rows),
            self.columns: request.columns.name,
            self.column_values: _written(request.columns),
        }

    def shown(self, artefact: Artefact) -> tuple[str, str]:
        rows, columns = artefact.request.rows.labels(), artefact.request.columns.labels()
        labels = [f"{down}, {along}" for down in rows for along in columns]
        cells = [
            Cell(cell["box_px"], text.grid_cell(label, cell.get("scores", {})))
            for cell, label in zip(artefact.details["cells"], labels, strict=False)
        ]
        return result_json(artefact, cells), text.grid_words(artefact)

    def _adopt(self, session: Session, event: gr.EventData, asked_ms: float, sheet: str) -> Updates:
        """Show the picture of a cell on Explore, with its settings; it is made anew unless the gallery has it."""
        try:
            request = self._cell(sheet, getattr(event, "number", None))
            return self.explore.adopt(session, asked_ms, request)
        except GeniusLociError as error:
            return {self.status: notice(sentence(error), wrong=True)}

    def _cell(self, sheet: str, number: Any) -> ImageRequest:
        grid = self.desk.studio.gallery.get(id_of(sheet)).request
        cells = grid.cells if isinstance(grid, GridRequest) else ()
        if not isinstance(number, int) or number not in range(len(cells)):
            raise BadRequest(text.GRID_NO_CELL)
        return cells[number].validate()


def _axis(side: str, label: str, name: str) -> tuple[gr.Dropdown, gr.Textbox]:
    choices = [(text.axis(name), name) for name in AXES]
    chosen = gr.Dropdown(choices, value=name, label=label, filterable=False, elem_id=f"grid-{side}")
    values = gr.Textbox(
        text.GRID_VALUES[name],
        label=text.GRID_VALUES_OF.format(label.lower()),
        max_lines=1,
        elem_id=f"grid-{side}-values",
    )
    return chosen, values


def _written(axis: Axis) -> str:
    """The values of an axis as a person writes them; empty where a file does not tell its places."""
    between = BETWEEN.get(axis.name, ",")
    return f"{between} ".join(_number(value) for value in axis.values or ())


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
