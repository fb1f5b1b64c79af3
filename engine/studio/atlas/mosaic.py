"""The mosaic: the pictures of an atlas on one sheet of the map, each cut to its cell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from engine.geo.mercator import from_mercator
from engine.geo.region import Box
from engine.studio.atlas.cells import Cell, corners_on_map

PAPER = (246, 243, 236)
"""What shows where a file cannot be transparent."""
LONGEST_SIDE_PX = 8_192
MOST_PIXELS = 4_096**2
_NEARLY = 1e-4  # pixels; what degrees and metres lose on the way to each other


@dataclass(frozen=True)
class Sheet:
    """A north-up raster of the Web Mercator map, all pixels of one size, that holds the cells exactly."""

    west_m: float
    """Left edge, in the map's metres."""
    north_m: float
    """Upper edge."""
    pixel_m: float
    """Side of a pixel, in the map's metres."""
    size: tuple[int, int]
    """Width and height in pixels."""
    outlines: tuple[np.ndarray, ...]
    """Corners of each cell in pixels from the upper left, (corners, 2)."""

    @classmethod
    def of(cls, cells: Sequence[Cell], picture_px: int, most_pixels: int = MOST_PIXELS) -> "Sheet":
        """A sheet on which the widest cell is as wide as a picture, or less where that would be too many pixels."""
        corners = corners_on_map(cells)
        widest_m = max(np.ptp(each, axis=0).max() for each in corners)
        low, high = np.min([each.min(0) for each in corners], 0), np.max([each.max(0) for each in corners], 0)
        wide, tall = (high - low) / widest_m  # in cells
        fits_px = min(picture_px, LONGEST_SIDE_PX / max(wide, tall), (most_pixels / wide / tall) ** 0.5)
        pixel_m = widest_m / max(1, int(fits_px + _NEARLY))
        width, height = np.ceil((high - low) / pixel_m - _NEARLY).astype(int).tolist()
        west_m, north_m = float(low[0]), float(high[1])
        outlines = tuple((each - (west_m, north_m)) / (pixel_m, -pixel_m) for each in corners)
        return cls(west_m, north_m, float(pixel_m), (width, height), outlines)

    @property
    def bounds(self) -> Box:
        """The edges of the raster in degrees."""
        width, height = self.size
        edges_m = (
            np.array([0, width]) * self.pixel_m + self.west_m,
            self.north_m - np.array([height, 0]) * self.pixel_m,
        )
        (south, north), (west, east) = (each.tolist() for each in from_mercator(*edges_m))
        return Box(south, west, north, east)

    def blank(self) -> Image.Image:
        """An RGBA picture of the whole sheet on which nothing is to be seen yet."""
        return Image.new("RGBA", self.size, (*PAPER, 0))

    def paste(self, mosaic: Image.Image, number: int, picture: Image.Image) -> None:
        """Put the picture of a cell, cut to it, into its place; every pixel belongs to one cell alone."""
        from skimage.draw import polygon

        outline = self.outlines[number]
        half = np.ptp(outline, axis=0).max() / 2
        middle = (outline.min(0) + outline.max(0)) / 2
        left, top = np.floor(middle - half + _NEARLY).astype(int).tolist()
        right, bottom = np.ceil(middle + half - _NEARLY).astype(int).tolist()
        shown = ImageOps.fit(picture.convert("RGB"), (right - left, bottom - top), Image.Resampling.LANCZOS)
        mask = np.zeros((bottom - top, right - left), np.uint8)
        across, down = (outline - (left, top) - 0.5).T  # the middle of a pixel says whose it is
        mask[polygon(down, across, mask.shape)] = 255
        mosaic.paste(shown, (left, top), Image.fromarray(mask))
