"""The sheet: prints of pictures as the browser lays them out, and the pictures as a file to take along."""

import hashlib
import json
import shutil
import threading
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import gradio as gr

from engine.studio.bundle import write_bundle
from engine.studio.gallery import Artefact
from ui import text
from ui.map_document import ASSETS, file_url
from ui.prints import Prints

_KEPT_S = 3_600
"""How long a file to take along is kept for who asks for it again."""
_PACKING = threading.Lock()  # two visitors may ask for the same file at once


def build_sheet(elem_id: str) -> gr.HTML:
    """A sheet without prints. Its events are print_opened, print_starred, print_rerun and print_deleted."""
    return gr.HTML(
        "{}",
        html_template='<div class="sheet"></div>',
        js_on_load=(ASSETS / "sheet.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        elem_id=elem_id,
    )


def sheet_json(pictures: Iterable[Artefact], prints: Prints, starred: Collection[str]) -> str:
    """The value of a sheet that shows these pictures. The browser tells the day of each by the visitor's clock."""
    shown = [
        {
            "id": picture.id,
            "url": file_url(prints.of(picture)),
            "title": text.print_alt(picture.request),
            "words": text.print_words(picture.request),
            "kind": text.kind(picture.request),
            "made_ms": picture.created_at.timestamp() * 1000,
            "starred": picture.id in starred,
        }
        for picture in pictures
    ]
    return json.dumps({"words": text.SHEET, "prints": shown})


def take_along(folder: Path, pictures: Sequence[Artefact]) -> Path:
    """A zip of the pictures in a folder of its own below `folder`, where others are removed after an hour.

    Raises what `write_bundle` raises.
    """
    content = json.dumps([(picture.id, picture.created_at.timestamp()) for picture in pictures])
    path = folder / hashlib.sha256(content.encode()).hexdigest()[:16] / text.BUNDLE_NAME
    with _PACKING:
        for old in folder.glob(f"*/{text.BUNDLE_NAME}"):
            if old != path and time.time() - old.stat().st_mtime > _KEPT_S:
                shutil.rmtree(old.parent, ignore_errors=True)
        if not path.is_file():
            write_bundle(path, pictures)
        path.touch()
    return path
