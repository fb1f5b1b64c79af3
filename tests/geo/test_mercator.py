"""The Web Mercator map against PROJ's."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geo.bearing import destination
from engine.geo.mercator import from_mercator, stretch, to_mercator
from engine.geo.place import Place

ON_MAP = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
LATITUDES, LONGITUDES = st.floats(-85, 85), st.floats(-180, 179.999)


@given(LATITUDES, LONGITUDES)
def test_places_lie_where_proj_puts_them_and_come_back(latitude: float, longitude: float) -> None:
    found = to_mercator(latitude, longitude)
    assert np.allclose(found, ON_MAP.transform(longitude, latitude), rtol=0, atol=1e-6)
    assert np.allclose(from_mercator(*found), (latitude, longitude), rtol=0, atol=1e-11)


@pytest.mark.parametrize("latitude", [-70.0, 0.0, 40.75])
def test_the_map_is_stretched_as_it_shows_a_hundred_metres(latitude: float) -> None:
    here = Place(latitude, 13.0)
    there = destination(here, 90, 100)
    wide = to_mercator(there.latitude, there.longitude)[0] - to_mercator(latitude, 13.0)[0]
    assert wide / 100 == pytest.approx(stretch(latitude), rel=1e-6)
