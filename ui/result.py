"""A result: a finished picture with the files that belong to it, whose parts may be chosen by a click."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import gradio as gr

from engine.photos.opening import opened
from engine.studio.gallery import Artefact
from ui import text
from ui.map_document import ASSETS
from ui.picture import address, downloads


@dataclass(frozen=True)
class Cell:
    """A part of the picture that can be chosen."""

    box: Sequence[int]
    """Left, top, right and bottom in its pixels."""
    label: str


def result_json(artefact: Artefact, cells: Sequence[Cell] = (), files: Sequence[dict[str, str]] = ()) -> str:
    """The value that shows a result, with `files` beside its own."""
    with opened(artefact.path) as image:
        width_px, height_px = image.size
    value = {
        "id": artefact.id,
        "src": address(artefact.path),
        "alt": text.print_alt(artefact.request),
        "width": width_px,
        "height": height_px,
        "cells": [asdict(cell) for cell in cells],
        "files": [*downloads({artefact.path.suffix: artefact.path, **artefact.files}), *files],
    }
    return json.dumps(value)


def id_of(value: str | None) -> str:
    """The id of the result that a value shows; empty where it shows none."""
    return str((json.loads(value or "null") or {}).get("id", ""))


def build_result(**layout: Any) -> gr.HTML:
    """The part of the page that shows a result; "null" shows none. Its event is `cell_chosen(number)`, untrusted."""
    return gr.HTML(
        "null",
        html_template='<div class="result"></div>',
        js_on_load=(ASSETS / "result.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        **layout,
    )
