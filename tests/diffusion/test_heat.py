"""Heat: numbers brought to [0, 1], colours of even lightness, and a picture that shines through."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageChops
from skimage.color import rgb2lab

from engine.diffusion.heat import heat_colours, normalised, overlay
from engine.errors import BadRequest

RAMP = np.tile(np.linspace(0, 1, 8, dtype=np.float32), (4, 1))


@given(arrays(np.float32, (3, 4), elements=st.floats(0, 1, width=32)))
def test_normalised_goes_from_0_to_1_in_the_same_order(heat: np.ndarray) -> None:
    scaled = normalised(heat)
    assert scaled.min() == 0
    assert scaled.max() == (1 if heat.max() > heat.min() else 0)
    order = heat.ravel().argsort()
    assert (np.diff(scaled.ravel()[order]) >= 0).all()


def test_lightness_of_the_colours_grows_evenly() -> None:
    lightness = rgb2lab(heat_colours()[None])[0, :, 0]
    np.testing.assert_allclose(lightness, np.linspace(5, 95, 256), atol=0.6)


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_strength_goes_from_the_picture_to_the_colours(mode: str) -> None:
    image = Image.linear_gradient("L").resize((80, 50)).convert(mode)
    picture, between, colours = (overlay(image, RAMP, strength) for strength in (0.0, 0.5, 1.0))
    assert picture.size == between.size == colours.size == (80, 50)
    assert ImageChops.difference(picture, image.convert("RGB")).getbbox() is None
    halves = np.asarray(Image.blend(picture, colours, 0.5), int)
    np.testing.assert_array_equal(np.asarray(between), halves)
    left, right = np.asarray(colours)[25, [0, -1]]
    assert (left == heat_colours()[0]).all()
    assert (right == heat_colours()[255]).all()


def test_a_map_lies_the_right_way_round() -> None:
    heat = np.zeros((4, 8), np.float32)
    heat[0, -1] = 1  # the upper right corner
    drawn = np.asarray(overlay(Image.new("RGB", (160, 80)), heat).convert("L"))
    assert np.unravel_index(drawn.argmax(), drawn.shape) == (0, drawn[0].argmax())
    assert drawn[0, -1] == drawn.max() > drawn[-1, 0]


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_out_of_range_is_refused(strength: float) -> None:
    with pytest.raises(BadRequest, match=r"strength of an overlay is .* choose from 0 to 1"):
        overlay(Image.new("RGB", (8, 8)), RAMP, strength)


@pytest.mark.parametrize("heat", [RAMP * 2, RAMP - 0.5, RAMP * np.float32("nan")])
def test_heat_out_of_range_is_refused(heat: np.ndarray) -> None:
    with pytest.raises(BadRequest, match=r"bring it to \[0, 1\] first"):
        overlay(Image.new("RGB", (8, 8)), heat)
