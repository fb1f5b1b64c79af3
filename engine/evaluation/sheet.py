"""Sheets: many pictures on one, each with a small label, for people to look at."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw, ImageFont

from engine.atomic import write_bytes
from engine.errors import BadRequest

_PAPER, _INK = (250, 249, 246), (40, 40, 40)
_GAP_PX, _LINE_PX, _FONT_PX = 6, 12, 10
_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}


def contact_sheet(
    pictures: UInt8[np.ndarray, "N H W 3"], labels: Sequence[str], columns: int, side_px: int
) -> Image.Image:
    """The pictures in rows, `side_px` wide, each above the lines of its label; what does not fit is cut with dots."""
    font = ImageFont.load_default(_FONT_PX)
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    cell = (side_px + _GAP_PX, side_px + lines * _LINE_PX + _GAP_PX)
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * cell[0] + _GAP_PX, rows * cell[1] + _GAP_PX), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        row, column = divmod(number, columns)
        left, top = column * cell[0] + _GAP_PX, row * cell[1] + _GAP_PX
        small = Image.fromarray(picture).resize((side_px, side_px), Image.Resampling.LANCZOS)
        sheet.paste(small, (left, top))
        for line, words in enumerate(label.split("\n")):
            shown = _cut(words, font, side_px)
            draw.text((left, top + side_px + line * _LINE_PX), shown, fill=_INK, font=font)
    return sheet


def save_sheet(sheet: Image.Image, path: Path, most_bytes: int = 1_500_000) -> int:
    """Bytes of the file, a JPEG of the best quality that fits into `most_bytes`, or a PNG.

    Raises BadRequest for another ending and for a PNG that is too large, DiskFull.
    """
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise BadRequest(f"a sheet cannot be written as {path.name!r}; end it in {', '.join(_FORMATS)}")
    for quality in range(90, 0, -10):
        buffer = io.BytesIO()
        sheet.save(buffer, kind, quality=quality, optimize=True)
        if buffer.tell() <= most_bytes:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, buffer.getvalue())
            return buffer.tell()
        if kind == "PNG":
            break
    raise BadRequest(
        f"the sheet does not fit into {most_bytes:,} bytes as {kind}; write a JPEG, or fewer pictures"
    )


def _cut(words: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width_px: int) -> str:
    shown = words
    while shown and font.getlength(shown if shown == words else shown + "...") > width_px:
        shown = shown[:-1]
    return shown if shown == words else shown.rstrip() + "..."
