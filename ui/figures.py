"""Figures: pictures side by side, each developing on its own, with a map of something laid over them."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import gradio as gr

from ui.map_document import ASSETS


@dataclass(frozen=True)
class Figure:
    """One picture of the row."""

    key: str
    """What makes it the same figure in the next state."""
    title: str
    words: str = ""
    """What is said under it."""
    src: str = ""
    """Address of the picture; empty keeps the one before while there is work."""
    heat: str = ""
    """Address of a grey picture, bright where there is much, that may be laid over it."""
    alt: str = ""
    ratio: float = 1.0
    """Width over height."""
    progress: float | None = None
    """Share of the work that is done, while there is work."""


@dataclass
class Board:
    """The figures of one page, changed in place while they develop."""

    figures: list[Figure] = field(default_factory=list)
    overlay: bool = False
    """Whether the maps lie over their pictures."""

    def to_json(self) -> str:
        """The board as it travels to the page."""
        return json.dumps(asdict(self))


def build_figures(**layout: Any) -> gr.HTML:
    """The part of the page that shows figures."""
    return gr.HTML(
        Board().to_json(),
        html_template='<div class="figures"></div>',
        js_on_load=(ASSETS / "figures.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        **layout,
    )
