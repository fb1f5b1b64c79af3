"""The georeference: metres, earth-centred coordinates with pyproj as the truth, and what is refused."""

import math

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadRequest
from engine.geo.place import Place
from engine.landmark.mesh.georeference import Georeference

ECEF = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


@given(latitude=st.floats(-89, 89), longitude=st.floats(-179, 179), ground_m=st.floats(-400, 5000))
def test_the_place_and_its_axes_are_those_of_pyproj(
    latitude: float, longitude: float, ground_m: float
) -> None:
    matrix = Georeference(
        Place(latitude, longitude), 30.0, "measured", ground_height_m=ground_m
    ).local_to_earth
    assert matrix[:3, 3] == pytest.approx(ECEF.transform(longitude, latitude, ground_m), abs=1e-5)
    step = 1e-5
    for column, (east, north, up) in enumerate([(step, 0, 0), (0, step, 0), (0, 0, 1)]):
        ahead = np.array(ECEF.transform(longitude + east, latitude + north, ground_m + up))
        way = ahead - matrix[:3, 3]
        assert matrix[:3, column] == pytest.approx(way / np.linalg.norm(way), abs=1e-5)
    assert np.linalg.det(matrix) == pytest.approx(1)


def test_metres_stand_on_the_ground() -> None:
    georeference = Georeference(Place(1, 2), 20.0, "estimated from GPS", centre_height_m=8.0)
    points = georeference.metres(np.array([[0, 0, 0], [1, -0.5, -0.4]]))
    assert points == pytest.approx(np.array([[0, 0, 8], [20, -10, 0]]))


@pytest.mark.parametrize("scale_m", [0.0, -1.0, math.inf, math.nan])
def test_no_size_is_refused(scale_m: float) -> None:
    with pytest.raises(BadRequest, match="give the metres of half the cube's edge"):
        Georeference(Place(1, 2), scale_m, "")


def test_no_height_is_refused() -> None:
    with pytest.raises(BadRequest, match="the height of the ground is nan m"):
        Georeference(Place(1, 2), 1.0, "", ground_height_m=math.nan)
