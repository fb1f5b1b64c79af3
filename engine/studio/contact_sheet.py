"""The contact sheet: pictures of one size in rows, each below its label."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from engine.studio.lettering import INK, QUIET, Lettering, plain

Box = tuple[int, int, int, int]
"""Left, top, and right and bottom, which are just outside, in pixels."""


@dataclass(frozen=True)
class Print:
    """A picture on the sheet."""

    image: Image.Image
    label: str
    otherwise: str
    """What stands there where the label needs letters that the sheet does not have."""
    quiet: bool = False
    """Whether the label is written in grey."""


def contact_sheet(prints: Sequence[Print]) -> tuple[Image.Image, tuple[Box, ...]]:
    """A sheet that is about as wide as it is high, and where each of the prints lies on it; at least one is needed."""
    width, height = prints[0].image.size
    letters = Lettering(width)
    gap, margin = letters.size_px // 2, letters.size_px
    labels = [plain(each.label, each.otherwise) for each in prints]
    pitch = max(width, min(max(map(letters.length, labels)), 8 * letters.size_px)) + gap
    drop = letters.line_px + gap // 2 + height + gap
    columns = min(len(prints), math.ceil(math.sqrt(len(prints) * drop / pitch)))
    rows = math.ceil(len(prints) / columns)
    corners = [
        (margin + number % columns * pitch, margin + number // columns * drop)
        for number in range(len(prints))
    ]
    words = [
        (corner, letters.lines(label, pitch - gap, 1)[0], QUIET if each.quiet else INK)
        for corner, label, each in zip(corners, labels, prints, strict=True)
    ]
    sheet = letters.sheet((2 * margin + columns * pitch - gap, 2 * margin + rows * drop - gap), words)
    boxes = []
    for (left, line_top), each in zip(corners, prints, strict=True):
        top = line_top + letters.line_px + gap // 2
        boxes.append((left, top, left + width, top + height))
        sheet.paste(each.image, boxes[-1])
    return sheet, tuple(boxes)
