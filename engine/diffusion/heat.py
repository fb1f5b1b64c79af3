"""Heat: a map of numbers as colours, laid over a picture."""

from functools import cache

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from engine.errors import BadRequest


def normalised(heat: Float[np.ndarray, "H W"]) -> Float[np.ndarray, "H W"]:
    """`heat` with its least number at 0 and its greatest at 1; all 0 where it is the same everywhere.

    Prompt-to-prompt divides by the greatest alone; the maps of a place are so even that little would be seen.
    """
    spread = heat.max() - heat.min()
    return (heat - heat.min()) / (spread if spread > 0 else 1)


def overlay(image: Image.Image, heat: Float[np.ndarray, "H W"], strength: float = 0.6) -> Image.Image:
    """`image` under the colours of `heat` in [0, 1], resized to it: 0 dark violet, 1 light yellow.

    A strength of 0 is the picture alone, 1 the colours alone. Raises BadRequest for numbers out of range.
    """
    if not 0 <= strength <= 1:
        raise BadRequest(f"the strength of an overlay is {strength}; choose from 0 to 1")
    if not (heat.min() >= 0 and heat.max() <= 1):
        raise BadRequest(f"the heat goes from {heat.min():g} to {heat.max():g}; bring it to [0, 1] first")
    resized = Image.fromarray(heat.astype(np.float32)).resize(image.size, Image.Resampling.BILINEAR)
    levels = (np.asarray(resized).clip(0, 1) * 255).round().astype(np.uint8)
    return Image.blend(image.convert("RGB"), Image.fromarray(heat_colours()[levels]), strength)


@cache
def heat_colours() -> UInt8[np.ndarray, "256 3"]:
    """RGB from dark violet by red to light yellow, by equal steps of lightness in CIELAB."""
    from skimage.color import lab2rgb

    t = np.linspace(0, 1, 256)
    lightness = 5 + 90 * t
    chroma = 24 + 36 * np.sin(np.pi * t)  # within sRGB all the way
    hue = np.radians(300 + 160 * t)
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1)
    return (lab2rgb(lab) * 255).round().astype(np.uint8)
