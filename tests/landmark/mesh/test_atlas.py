"""The atlas: charts that do not overlap, and texels that know their place on the surface."""

import numpy as np
import pytest

from engine.errors import BadRequest
from engine.landmark.mesh.atlas import texels_of, unwrap
from engine.landmark.mesh.crop import Crop, Cropped
from engine.landmark.mesh.density import sample_density
from engine.landmark.mesh.surface import Surface, extract_surface


@pytest.fixture(scope="module")
def surface(compass) -> Surface:
    return extract_surface(sample_density(Cropped(compass(), Crop()), 24), 1.0, num_faces=600)


def test_the_faces_are_the_same_and_the_same_each_time(surface: Surface) -> None:
    one, other = unwrap(surface, 128), unwrap(surface, 128)
    assert np.array_equal(one.vertices[one.faces], surface.vertices[surface.faces])
    assert np.array_equal(one.normals[one.faces], surface.normals[surface.faces])
    assert np.array_equal(one.uv, other.uv)
    assert one.uv.min() >= 0
    assert one.uv.max() <= 1
    assert 64 <= max(one.texture.shape[:2]) <= 256


def test_each_texel_is_one_point_of_the_surface(surface: Surface) -> None:
    mesh = unwrap(surface, 128)
    texels = texels_of(mesh)
    height, width = mesh.texture.shape[:2]
    # The middle of the pixel is where the atlas has the point.
    uv = texels.values(mesh.faces, mesh.uv)
    assert uv[:, 0] * width == pytest.approx(texels.column + 0.5, abs=1e-6)
    assert (1 - uv[:, 1]) * height == pytest.approx(texels.row + 0.5, abs=1e-6)
    # No two charts have the same pixel.
    points = texels.values(mesh.faces, mesh.vertices)
    pixel = texels.row * width + texels.column
    _, first, same = np.unique(pixel, return_index=True, return_inverse=True)
    assert points == pytest.approx(points[first][same.ravel()], abs=1e-6)
    assert len(first) > 0.4 * height * width


@pytest.mark.parametrize("texture_px", [63, 4097])
def test_a_size_out_of_range_is_refused(surface: Surface, texture_px: int) -> None:
    with pytest.raises(BadRequest, match=f"a texture of {texture_px} pixels cannot be made"):
        unwrap(surface, texture_px)
