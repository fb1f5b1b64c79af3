"""Water of the built-in city: known places on it, and none where one can stand."""

import pytest

from engine.geo.place import Place
from engine.world.plan.city import manhattan
from engine.world.plan.water import water_at


@pytest.mark.parametrize(
    ("latitude", "longitude", "name"),
    [
        (40.7700, -74.0030, "the Hudson River"),
        (40.8450, -73.9530, "the Hudson River"),
        (40.7075, -73.9800, "the East River"),
        (40.7640, -73.9440, "the East River"),
        (40.8260, -73.9327, "the Harlem River"),
        (40.6950, -74.0300, "the Upper Bay"),
        (40.7851, -73.9625, "the Jacqueline Kennedy Onassis Reservoir"),
        (40.7765, -73.9726, "the Lake"),
    ],
)
def test_water_has_its_name(latitude: float, longitude: float, name: str):
    assert water_at(Place(latitude, longitude)) == name


@pytest.mark.parametrize(
    "place",
    [
        Place(40.7580, -73.9855),  # Times Square
        Place(40.7060, -73.9969),  # in the middle of the Brooklyn Bridge
        Place(40.7295, -74.0125),  # Pier 40
        Place(40.7300, -73.9500),  # Brooklyn
        Place(55.6985, 13.1955),  # Lund
    ],
)
def test_where_one_can_stand_is_no_water(place: Place):
    assert water_at(place) is None


def test_no_landmark_stands_in_the_water():
    assert [mark.name for mark in manhattan().landmarks if water_at(mark.place)] == []
