"""Lettering: words on a sheet of paper, in letters that suit the pictures beside them."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, QUIET = (246, 243, 236), (31, 35, 40), (109, 106, 98)

Words = tuple[tuple[int, int], str, tuple[int, int, int]]
"""Where their upper left corner is, what they say, their colour."""


class Lettering:
    """Pillow's own letters in one size: how long words are, where a label breaks, and a sheet with words on it."""

    def __init__(self, width_px: int) -> None:
        """`width_px` is the width of the pictures."""
        self.size_px = min(max(width_px // 14, 12), 28)
        self.line_px = round(self.size_px * 1.3)
        self._font = ImageFont.load_default(self.size_px)

    def length(self, words: str) -> int:
        """Pixels from the first letter to the last."""
        return -int(-self._font.getlength(words) // 1)

    def widest_word(self, labels: Sequence[str]) -> int:
        """Pixels of the longest word of all labels."""
        return max(self.length(word) for label in labels for word in label.split())

    def lines(self, label: str, width_px: int, most: int) -> list[str]:
        """The label in at most so many lines that fit; what does not is cut with dots."""
        lines, words = [""], label.split()
        for word in words:
            longer = f"{lines[-1]} {word}".strip()
            if self.length(longer) <= width_px or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        if len(lines) > most:
            lines = [*lines[: most - 1], " ".join([lines[most - 1], "..."])]
        return [self._cut(each, width_px) for each in lines]

    def sheet(self, size: tuple[int, int], words: Iterable[Words]) -> Image.Image:
        """Paper of that size with words on it."""
        sheet = Image.new("RGB", size, PAPER)
        self.write(sheet, words)
        return sheet

    def write(self, sheet: Image.Image, words: Iterable[Words]) -> None:
        """Write words on a sheet."""
        draw = ImageDraw.Draw(sheet)
        for at, line, colour in words:
            draw.text(at, line, fill=colour, font=self._font)

    def _cut(self, words: str, width_px: int) -> str:
        if self.length(words) <= width_px:
            return words
        shown = words.removesuffix("...").rstrip()
        fits = bisect_right(range(len(shown)), width_px, key=lambda end: self.length(f"{shown[:end]}...")) - 1
        return f"{shown[: max(0, fits)].rstrip()}..."


def plain(label: str, otherwise: str) -> str:
    """The label in the letters that Pillow's own font has, without accents; `otherwise` where it needs others."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", label) if not unicodedata.combining(each))
    bare = " ".join(bare.translate(_QUOTES).split())
    return bare if bare and all(each == "°" or " " <= each <= "~" for each in bare) else otherwise


_QUOTES = str.maketrans("‘’“”–—", "''\"\"--")
