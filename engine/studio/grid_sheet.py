"""The sheet of a grid: where each picture lies on it, and the words beside and above them."""

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from engine.studio.requests.axis import Axis

PAPER, INK, QUIET = (246, 243, 236), (31, 35, 40), (109, 106, 98)
_LINES = 3
"""At most so many of a label above a column."""


class GridSheet:
    """A sheet of paper with its labels, on which the pictures find their places.

    `boxes` are those places in pixels, row by row: left, top, and right and bottom, which are just outside.
    """

    def __init__(self, rows: Axis, columns: Axis, picture_px: tuple[int, int], places: bool = True) -> None:
        """`picture_px` is the width and height of every picture; without `places` no label says where one is."""
        width, height = picture_px
        font_px = min(max(width // 14, 12), 28)
        self._font = ImageFont.load_default(font_px)
        line, gap, margin = round(font_px * 1.3), font_px // 2, font_px
        beside = [_plain(each, f"{rows.title} {n}") for n, each in enumerate(rows.labels(places), start=1)]
        above = [
            _plain(each, f"{columns.title} {n}") for n, each in enumerate(columns.labels(places), start=1)
        ]
        pitch = max(width, min(self._widest_word(above), 8 * font_px))
        gutter = max(width, 10 * font_px)
        below_titles = [self._lines(each, pitch, _LINES) for each in above]
        left_labels = [self._lines(each, gutter, max(1, height // line)) for each in beside]
        left = (
            margin
            + font_px
            + max(map(self._length, (rows.title, *(word for each in left_labels for word in each))))
        )
        head = margin + line + gap
        top = head + max(map(len, below_titles)) * line + gap
        right = left + len(above) * (pitch + gap) - gap
        right = max(right, left + self._length(columns.title))
        self.size = right + margin, top + len(beside) * (height + gap) - gap + margin
        corners = [
            (left + column * (pitch + gap), top + row * (height + gap))
            for row in range(len(beside))
            for column in range(len(above))
        ]
        self.boxes = tuple((x, y, x + width, y + height) for x, y in corners)
        self._words = [
            ((left, margin), columns.title, QUIET),
            ((margin, top - gap - line), rows.title, QUIET),
            *(
                ((box[0], top - gap - (len(lines) - number) * line), words, INK)
                for box, lines in zip(self.boxes, below_titles, strict=False)  # the first row's
                for number, words in enumerate(lines)
            ),
            *(
                ((margin, box[1] + (height - len(lines) * line) // 2 + number * line), words, INK)
                for box, lines in zip(self.boxes[:: len(above)], left_labels, strict=True)
                for number, words in enumerate(lines)
            ),
        ]

    def blank(self) -> Image.Image:
        """The sheet with its labels and no picture yet."""
        sheet = Image.new("RGB", self.size, PAPER)
        draw = ImageDraw.Draw(sheet)
        for at, words, colour in self._words:
            draw.text(at, words, fill=colour, font=self._font)
        return sheet

    def _length(self, words: str) -> int:
        return -int(-self._font.getlength(words) // 1)

    def _widest_word(self, labels: Sequence[str]) -> int:
        return max(self._length(word) for label in labels for word in label.split())

    def _lines(self, label: str, width_px: int, most: int) -> list[str]:
        """The label in lines that fit; what does not is cut with dots."""
        lines, words = [""], label.split()
        for word in words:
            longer = f"{lines[-1]} {word}".strip()
            if self._length(longer) <= width_px or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        if len(lines) > most:
            lines = [*lines[: most - 1], " ".join([lines[most - 1], "..."])]
        return [self._cut(each, width_px) for each in lines]

    def _cut(self, words: str, width_px: int) -> str:
        if self._length(words) <= width_px:
            return words
        shown = words.removesuffix("...").rstrip()
        fits = (
            bisect_right(range(len(shown)), width_px, key=lambda end: self._length(f"{shown[:end]}...")) - 1
        )
        return f"{shown[: max(0, fits)].rstrip()}..."


def _plain(label: str, otherwise: str) -> str:
    """The label in the letters that Pillow's own font has, without accents; `otherwise` where it needs others."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", label) if not unicodedata.combining(each))
    bare = " ".join(bare.translate(_QUOTES).split())
    return bare if bare and all(each == "°" or " " <= each <= "~" for each in bare) else otherwise


_QUOTES = str.maketrans("‘’“”–—", "''\"\"--")
