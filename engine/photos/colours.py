"""Colours: a picture as the colours of 16 x 16 squares, and which of many photos it is most like by them.

Of each picture the square in its middle counts, as in training. Two pictures are as far apart as the root mean square
over the squares of CIE 1976's colour difference in CIELAB: 0 for the same colours, 100 from black to white, and about
2.3 can just be seen between two flat colours (Mahy, Van Eycken and Oosterlinck 1994). It needs no weights.
"""

import hashlib
import threading
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.atomic import writing_file
from engine.errors import BadFile, GeniusLociError
from engine.photos.opening import opened

FEATURE: Final = "CIELAB colours of 16 x 16 squares"
MOST: Final = 2_000
"""Photos that a picture is compared with; of more, so many are taken, spread evenly."""
_SIDE: Final = 16
_MEASURING = threading.Lock()  # two visitors may ask for the same photos at once


@dataclass(frozen=True, eq=False)
class Colours:
    """The colours of some photos."""

    squares: NDArray[np.float32]
    """(N, 768) CIELAB, row by row of the picture."""
    number: NDArray[np.int64]
    """(N,) which of the photos asked about each row is."""
    usual: float
    """Median distance from a photo to the one it is most like; infinite where there are fewer than two."""

    def most_like(self, picture: Image.Image) -> tuple[int, float]:
        """Number of the photo that a picture is most like, and the distance between the two."""
        distance = _distances(self.squares, _lab(_squares(picture)[None])[0])
        nearest = int(distance.argmin())
        return int(self.number[nearest]), float(distance[nearest])


def colours_of(paths: Sequence[Path], cache: Path) -> Colours:
    """The colours of the pictures in these files, of at most MOST of them; files that cannot be read are left out.

    They are kept in the folder `cache` under the files' names, so files must not change: thumbnails do not. The first
    time takes about a millisecond of one core for each thumbnail.
    """
    digest = hashlib.sha256("\0".join(map(str, paths)).encode()).hexdigest()[:16]
    file = cache / f"colours-{digest}.npz"
    with _MEASURING:
        with suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return _kept(file)
        found = _measured(paths)
        with suppress(GeniusLociError), writing_file(file) as half_done, half_done.open("wb") as out:
            np.savez(out, allow_pickle=False, **vars(found))
    return found


def _kept(file: Path) -> Colours:
    with file.open("rb") as opened_file, np.load(opened_file, allow_pickle=False) as kept:
        return Colours(kept["squares"], kept["number"], float(kept["usual"]))


def _measured(paths: Sequence[Path]) -> Colours:
    chosen = np.unique(np.linspace(0, len(paths) - 1, min(len(paths), MOST)).round().astype(np.int64))
    numbers, pictures = [], []
    for number in chosen.tolist():
        with suppress(BadFile), opened(paths[number]) as image:
            image.draft("RGB", (2 * _SIDE, 2 * _SIDE))  # a JPEG is decoded at a fraction of its size
            pictures.append(_squares(image))
            numbers.append(number)
    squares = _lab(np.stack(pictures)) if pictures else np.empty((0, _SIDE * _SIDE * 3), np.float32)
    return Colours(squares, np.array(numbers, np.int64), _usual(squares))


def _squares(picture: Image.Image) -> NDArray[np.uint8]:
    """(16, 16, 3) mean colours of the square in the middle of a picture."""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    middle = (left, top, left + side, top + side)
    return np.asarray(picture.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BOX, middle))


def _lab(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, 768) CIELAB under D65 of pictures (N, 16, 16, 3) in sRGB."""
    from skimage.color import rgb2lab

    return rgb2lab(pictures).astype(np.float32).reshape(len(pictures), -1)


def _distances(squares: NDArray[np.float32], one: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N,) how far each of `squares` (N, 768) is from `one` (768,)."""
    return np.sqrt(np.square(squares - one).sum(1, dtype=np.float64) / _SIDE**2)


def _usual(squares: NDArray[np.float32]) -> float:
    """Median over the pictures of the distance to the nearest other one."""
    if len(squares) < 2:
        return float("inf")
    lengths = np.square(squares).sum(1)
    apart = lengths[:, None] + lengths - 2 * squares @ squares.T
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argmin(1)
    # Anew for the nearest ones: the expanded square loses the digits of small distances.
    return float(np.median(_distances(squares, squares[nearest])))
