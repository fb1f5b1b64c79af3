"""Styles: a photo of the city turned into a sketch, a watercolour, black and white or sepia, by formula."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, UInt8
from scipy import ndimage

from engine.world.shot import StyleKind

Picture = Float[np.ndarray, "H W 3"]
Grey = Float[np.ndarray, "H W"]

_LUMINANCE = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def styled(picture: UInt8[np.ndarray, "H W 3"], style: StyleKind, seed: int) -> UInt8[np.ndarray, "H W 3"]:
    """The picture in a style; the seed draws the grain of the paper, and equal seeds give equal bytes."""
    made = _STYLES[style](picture.astype(np.float32) / 255, np.random.default_rng([seed, 1826]))
    return (np.clip(made, 0, 1) * 255 + 0.5).astype(np.uint8)


def _black_and_white(picture: Picture, rng: np.random.Generator) -> Picture:
    """Luminance along a gentle S of contrast, with film grain."""
    grey = picture @ _LUMINANCE
    grey = grey + 0.35 * (grey - 0.5) * (1 - np.abs(2 * grey - 1)) + rng.normal(0, 0.012, grey.shape)
    return np.repeat(grey[..., None], 3, axis=2)


def _sepia(picture: Picture, rng: np.random.Generator) -> Picture:
    """Luminance from brown to cream, faded towards the corners."""
    grey = np.clip(picture @ _LUMINANCE * 1.08 - 0.02, 0, 1) + rng.normal(0, 0.012, picture.shape[:2])
    dark, light = np.array([0.20, 0.12, 0.06]), np.array([1.0, 0.94, 0.80])
    height, width = grey.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    fade = 1 - 0.28 * np.clip(np.hypot(x, y) - 0.6, 0, 1)
    return (dark + (light - dark) * grey[..., None]) * fade[..., None]


def _pencil_sketch(picture: Picture, rng: np.random.Generator) -> Picture:
    """Outlines by colour dodge, shadows by two directions of hatching, on grained paper."""
    grey = picture @ _LUMINANCE
    scale = max(grey.shape) / 256
    blurred = ndimage.gaussian_filter(grey, 2.6 * scale)
    outline = np.clip(grey / np.maximum(blurred, 0.02), 0, 1) ** 2.2
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]] / scale
    wobble = ndimage.gaussian_filter(rng.normal(0, 1, grey.shape), 6 * scale) * 9
    shade = ndimage.gaussian_filter(grey, 1.2 * scale)
    hatched = np.ones_like(grey)
    for below, period, slope in ((0.62, 3.4, 1.0), (0.34, 2.9, -0.7)):
        line = 0.5 + 0.5 * np.sin(2 * np.pi * (x + slope * y + wobble) / period)
        hatched *= 1 - np.clip((below - shade) * 1.8, 0, 0.45) * line
    grain = 0.965 + 0.03 * rng.normal(0, 1, grey.shape)
    lead = np.clip(outline * hatched * grain, 0.1, 1)
    return lead[..., None] * np.array([0.985, 0.975, 0.95])


def _watercolour(picture: Picture, rng: np.random.Generator) -> Picture:
    """Flat washes with darker rims (a Kuwahara filter), lighter and more colourful, on rough paper."""
    scale = max(picture.shape[:2]) / 256
    wash = picture
    for size in (5, 4):
        wash = _kuwahara(wash, max(3, round(size * scale) | 1))
    grey = wash @ _LUMINANCE
    rim = ndimage.gaussian_gradient_magnitude(grey, 1.1 * scale)
    bleed = ndimage.gaussian_filter(rng.normal(0, 1, grey.shape), 11 * scale)
    bleed /= bleed.std()
    paper = ndimage.gaussian_filter(rng.normal(0, 1, grey.shape), 0.8)
    colourful = grey[..., None] + (wash - grey[..., None]) * 1.5
    light = 0.2 + 0.8 * np.clip(colourful, 0, 1) ** 0.85
    depth = 1 - np.clip(rim * 2.2, 0, 0.3) - 0.035 * bleed - 0.03 * paper
    return light * depth[..., None]


def _kuwahara(picture: Picture, size: int) -> Picture:
    """Each pixel takes the mean of the calmest of the four squares of `size` pixels that touch it."""
    grey = picture @ _LUMINANCE
    channels = np.moveaxis(picture, 2, 0)
    mean = np.stack([ndimage.uniform_filter(channel, size, mode="nearest") for channel in channels], axis=2)
    level = ndimage.uniform_filter(grey, size, mode="nearest")
    unrest = ndimage.uniform_filter(grey * grey, size, mode="nearest") - level * level
    half = size // 2
    shifts = [(sy, sx) for sy in (-half, half) for sx in (-half, half)]
    padded = (
        np.pad(unrest, half, mode="edge"),
        np.pad(mean, ((half, half), (half, half), (0, 0)), mode="edge"),
    )
    height, width = grey.shape
    quarters = [np.s_[half + sy : half + sy + height, half + sx : half + sx + width] for sy, sx in shifts]
    calmest = np.argmin([padded[0][quarter] for quarter in quarters], axis=0)
    return np.take_along_axis(
        np.stack([padded[1][quarter] for quarter in quarters]), calmest[None, ..., None], axis=0
    )[0]


_STYLES: dict[StyleKind, Callable[[Picture, np.random.Generator], Picture]] = {
    "black and white": _black_and_white,
    "sepia": _sepia,
    "pencil sketch": _pencil_sketch,
    "watercolour": _watercolour,
}
