"""Density: shares that sum to one, follow the photos, and leave no place impossible."""

import numpy as np
import pytest

from engine.diffusion.photo_places import PhotoPlaces
from engine.evaluation.gps_clip.density import SPREAD_M, photo_density
from engine.geo.bearing import destination
from engine.geo.place import Place

HERE = Place(55.70, 13.19)
AROUND = [destination(HERE, 90.0, far_m) for far_m in (0, SPREAD_M, 2 * SPREAD_M, 50_000)]
LATITUDES, LONGITUDES = [p.latitude for p in AROUND], [p.longitude for p in AROUND]


def photos(count: int) -> PhotoPlaces:
    return PhotoPlaces(np.full(count, HERE.latitude), np.full(count, HERE.longitude))


@pytest.mark.parametrize("count", [1, 20_000])
def test_a_photo_is_spread_as_a_gaussian(count: int) -> None:
    shares = photo_density(photos(count), LATITUDES, LONGITUDES)
    assert shares.sum() == pytest.approx(1)
    assert shares[3] == pytest.approx(0.01 / 4)
    ratios = (shares[:3] - shares[3]) / (shares[0] - shares[3])
    np.testing.assert_allclose(ratios, np.exp([0, -1 / 2, -2]), rtol=1e-3)


def test_without_photos_near_all_places_are_alike() -> None:
    none = PhotoPlaces(np.zeros(0), np.zeros(0))
    np.testing.assert_array_equal(photo_density(none, LATITUDES, LONGITUDES), [0.25] * 4)
    np.testing.assert_allclose(photo_density(photos(3), [-33.9, -33.8], [151.2, 151.3]), 0.5)


def test_memory_does_not_grow_with_the_places() -> None:
    many = np.random.default_rng(0).uniform(55.6, 55.8, 1000)
    together = photo_density(photos(5), many, np.full(1000, 13.19))
    first = photo_density(photos(5), many[:300], np.full(300, 13.19))
    order = np.argsort(first)
    assert (np.diff(together[:300][order]) >= 0).all()
