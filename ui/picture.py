"""The picture: a frame in which a picture develops, from the first noise to the finished file."""

import base64
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui import text
from ui.map_document import ASSETS, file_url

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class Frame:
    """What the frame shows."""

    src: str = ""
    """Address of the picture; empty keeps the one before."""
    alt: str = ""
    """The picture in words."""
    ratio: float = 1.0
    """Width over height."""
    progress: float | None = None
    """Share of the work that is done, while there is work."""
    empty: bool = False
    """Whether there is no picture."""

    def to_json(self) -> str:
        """The frame as JSON text, as it travels to the page."""
        return json.dumps(asdict(self))


def build_picture(**layout: Any) -> gr.HTML:
    """The part of the page that shows a Frame as JSON: pictures are exchanged without a flicker."""
    return gr.HTML(
        Frame(empty=True).to_json(),
        html_template=f'<div class="frame"><img alt="{text.PICTURE}" hidden><i></i></div>',
        js_on_load=(ASSETS / "picture.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        **layout,
    )


def inline(image: "Image", side_px: int = 256) -> str:
    """A preview as an address that holds the picture itself; small at first, since it is only noise yet."""
    small = image.convert("RGB")
    small.thumbnail((side_px, side_px))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=70)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def address(path: Path) -> str:
    """Address of a finished file, new whenever the file is, so that the browser shows no old one."""
    return f"{file_url(path)}?{path.stat().st_mtime_ns}"


def downloads(files: Mapping[str, Path]) -> list[dict[str, str]]:
    """Address and name of each file by its ending, as the page's scripts read them."""
    return [{"url": address(path), "name": text.download(ending)} for ending, path in files.items()]
