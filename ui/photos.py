"""Photos: the collections that models learn from: how many were taken and refused, why, and where on the map."""

import html
from typing import Any

import gradio as gr

from engine.errors import GeniusLociError
from ui import text
from ui.answers import at_once
from ui.collections import CollectionView
from ui.desk import Desk
from ui.notice import notice, sentence
from ui.session import Session

Updates = dict[Any, Any]


class Photos:
    """The tab: choose a collection, and see it in numbers here and in hexagons on the map."""

    def __init__(self, desk: Desk, session: gr.State, place_map: gr.HTML, tab: gr.Tab) -> None:
        self.desk, self.map = desk, place_map
        self.choice = gr.Dropdown(
            [], label=text.COLLECTION, filterable=False, visible=False, elem_id="collection"
        )
        self.on_map = gr.Checkbox(True, label=text.ON_MAP, visible=False, elem_id="photos-on-map")
        self.numbers = gr.HTML(notice(text.PHOTOS_EMPTY), elem_id="photo-numbers")
        self.again = gr.Button(text.LOOK_AGAIN, size="sm", elem_id="look-again")
        outputs = [self.choice, self.on_map, self.numbers, self.again, self.map]
        answer = at_once(session)
        gr.on([tab.select, self.again.click], self._list, session, outputs, **answer)
        self.choice.input(self._choose, [session, self.choice], outputs, **answer)
        self.on_map.input(self._show, [session, self.choice, self.on_map], [self.map, self.numbers], **answer)

    def _list(self, session: Session) -> Updates:
        names = self.desk.collections.names
        name = session.collection or (names[0] if names else None)
        return {
            self.choice: gr.update(choices=names, value=name, visible=bool(names)),
            self.on_map: gr.update(value=session.collection is not None, visible=bool(names)),
            self.numbers: self._numbers(name) if name else notice(text.PHOTOS_EMPTY),
            self.again: gr.update(visible=not names),
        }

    def _choose(self, session: Session, name: str) -> Updates:
        """Show a collection in numbers and on the map, which goes there."""
        session.collection = name
        if view := self.desk.collections.shown(name):
            self.desk.look_at(session, view.box)
        return {
            self.numbers: self._numbers(name),
            self.on_map: True,
            self.map: self.desk.map_of(session),
        }

    def _show(self, session: Session, name: str | None, on_map: bool) -> Updates:
        session.collection = name if on_map else None
        return {self.map: self.desk.map_of(session)}

    def _numbers(self, name: str) -> str:
        try:
            return numbers(self.desk.collections.get(name))
        except (GeniusLociError, OSError) as error:
            return notice(sentence(error), wrong=True)


def numbers(view: CollectionView) -> str:
    """Counts of a collection as a table: taken by split, refused by reason."""
    rows = [(words, view.splits[name]) for name, words in text.SPLITS.items() if name in view.splits]
    reasons = sorted(view.refused.items(), key=lambda pair: -pair[1])
    head = text.collection_counts(len(view), sum(view.refused.values()))
    return f"<h3>{html.escape(head)}</h3>{_table(text.TAKEN, rows)}{_table(text.REASONS, reasons)}"


def _table(head: str, rows: list[tuple[str, int]]) -> str:
    if not rows:
        return ""
    lines = "".join(f"<tr><td>{html.escape(name)}</td><td>{count:,}</td></tr>" for name, count in rows)
    return f'<table class="numbers"><caption>{html.escape(head)}</caption>{lines}</table>'
