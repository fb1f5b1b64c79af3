"""The sheet of a grid: where each picture lies on it, and the words beside, above and below them."""

from collections.abc import Mapping
from typing import Final

from PIL import Image

from engine.studio.lettering import INK, QUIET, Lettering, plain
from engine.studio.requests.axis import Axis

_LINES = 3
"""At most so many of a label above a column."""
SCORES: Final = {"gps": "GPS", "words": "words"}
"""What a judge says of a picture, by the name that it has in a result: a line below the picture each."""
_LONGEST_SCORE = "words -100.0"


class GridSheet:
    """A sheet of paper with its labels, on which the pictures find their places.

    `boxes` are those places in pixels, row by row: left, top, and right and bottom, which are just outside.
    """

    def __init__(
        self,
        rows: Axis,
        columns: Axis,
        picture_px: tuple[int, int],
        places: bool = True,
        scored: bool = False,
    ) -> None:
        """`picture_px` is the width and height of every picture; without `places` no label says where one is.

        `scored` leaves room for scores below each of them.
        """
        width, height = picture_px
        letters = self._letters = Lettering(width)
        font_px, line = letters.size_px, letters.line_px
        gap, margin = font_px // 2, font_px
        beside = [plain(each, f"{rows.title} {n}") for n, each in enumerate(rows.labels(places), start=1)]
        above = [
            plain(each, f"{columns.title} {n}") for n, each in enumerate(columns.labels(places), start=1)
        ]
        pitch = max(width, min(letters.widest_word(above), 8 * font_px))
        if scored:
            pitch = max(pitch, letters.length(_LONGEST_SCORE))
        below = len(SCORES) * line if scored else 0
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
        self.size = right + margin, top + len(beside) * (height + below + gap) - gap + margin
        corners = [
            (left + column * (pitch + gap), top + row * (height + below + gap))
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

    def write_scores(self, sheet: Image.Image, number: int, scores: Mapping[str, float]) -> None:
        """Write the scores of a picture below its place on a sheet that has room for them."""
        left, _, _, top = self.boxes[number]
        told = [f"{label} {scores[name]:.1f}" for name, label in SCORES.items() if name in scores]
        lines = [((left, top + row * self._letters.line_px), words, QUIET) for row, words in enumerate(told)]
        self._letters.write(sheet, lines)
