"""The sheet of a grid: where each picture lies on it, and the words beside and above them."""

from PIL import Image

from engine.studio.lettering import INK, QUIET, Lettering, plain
from engine.studio.requests.axis import Axis

_LINES = 3
"""At most so many of a label above a column."""


class GridSheet:
    """A sheet of paper with its labels, on which the pictures find their places.

    `boxes` are those places in pixels, row by row: left, top, and right and bottom, which are just outside.
    """

    def __init__(self, rows: Axis, columns: Axis, picture_px: tuple[int, int], places: bool = True) -> None:
        """`picture_px` is the width and height of every picture; without `places` no label says where one is."""
        width, height = picture_px
        letters = self._letters = Lettering(width)
        font_px, line = letters.size_px, letters.line_px
        gap, margin = font_px // 2, font_px
        beside = [plain(each, f"{rows.title} {n}") for n, each in enumerate(rows.labels(places), start=1)]
        above = [
            plain(each, f"{columns.title} {n}") for n, each in enumerate(columns.labels(places), start=1)
        ]
        pitch = max(width, min(letters.widest_word(above), 8 * font_px))
        gutter = max(width, 10 * font_px)
        below_titles = [letters.lines(each, pitch, _LINES) for each in above]
        left_labels = [letters.lines(each, gutter, max(1, height // line)) for each in beside]
        left = (
            margin
            + font_px
            + max(map(letters.length, (rows.title, *(word for each in left_labels for word in each))))
        )
        head = margin + line + gap
        top = head + max(map(len, below_titles)) * line + gap
        right = left + len(above) * (pitch + gap) - gap
        right = max(right, left + letters.length(columns.title))
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
        return self._letters.sheet(self.size, self._words)
