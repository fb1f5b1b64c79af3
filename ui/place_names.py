"""Place names: what the model's city calls its places, offered while a place is typed."""

import json

import gradio as gr

from engine.studio.whereabouts import names_in
from ui.answers import at_once
from ui.desk import Desk
from ui.map_document import ASSETS
from ui.session import Session


class PlaceNames:
    """The list behind the place field; it follows the chosen model."""

    def __init__(self, desk: Desk, session: gr.State, model: gr.Dropdown) -> None:
        self.desk = desk
        self.names = gr.HTML(
            "[]",
            html_template='<datalist id="place-names"></datalist>',
            js_on_load=(ASSETS / "place_names.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id="place-list",
        )
        answer = at_once(session)
        model.change(self._names, session, self.names, **answer)

    def _names(self, session: Session) -> str:
        card = self.desk.card(session)
        return json.dumps(names_in(card.box) if card and card.box else ())
