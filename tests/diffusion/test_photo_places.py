"""Where the photos were taken: distances agree with the ellipsoid, and what is written is read again."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from engine.diffusion.loading import check_model, load_pipeline, save_pipeline
from engine.diffusion.photo_places import PHOTO_PLACES_FILE, PhotoPlaces
from engine.diffusion.pipeline import PlacePipeline
from engine.errors import BadModel
from engine.geo.bearing import destination, distance_m
from engine.geo.place import Place

LUND = Place(55.6985, 13.1955)


def places(*found: Place) -> PhotoPlaces:
    return PhotoPlaces(np.array([p.latitude for p in found]), np.array([p.longitude for p in found]))


@given(
    st.lists(st.tuples(st.floats(0, 360), st.floats(0, 30_000)), min_size=1, max_size=20),
    st.floats(-80, 80),
    st.floats(-180, 179.9),
)
def test_near_agrees_with_the_ellipsoid(ways: list[tuple[float, float]], latitude: float, longitude: float):
    here = Place(latitude, longitude)
    photos = [destination(here, bearing_deg, way_m) for bearing_deg, way_m in ways]
    true_m = [distance_m(here, photo) for photo in photos]
    nearest_m, within = places(*photos).near(here, 10_000)
    assert nearest_m == pytest.approx(min(true_m), rel=0.006, abs=0.01)
    assert sum(each <= 9_940 for each in true_m) <= within <= sum(each <= 10_060 for each in true_m)


def test_photos_within_200_m_are_counted():
    ways = [(0, 50), (90, 150), (200, 199), (300, 203), (45, 5_000)]
    nearest_m, within = places(*(destination(LUND, *way) for way in ways)).near(LUND)
    assert nearest_m == pytest.approx(50, rel=0.01)
    assert within == 3


def test_of_no_photos_the_nearest_is_at_infinity():
    assert places().near(LUND) == (math.inf, 0)


def test_a_share_of_the_photos_is_within_a_distance():
    photos = places(*(destination(LUND, 36 * way, 100 + 10 * way) for way in range(11)))
    assert photos.far_m(LUND, 0.5) == pytest.approx(150, abs=0.01)
    assert photos.far_m(LUND, 0.8) == pytest.approx(180, abs=0.01)
    assert places().far_m(LUND, 0.5) is None


def test_what_is_written_is_read_again(tmp_path: Path):
    assert PhotoPlaces.read(tmp_path) is None
    written = places(LUND, Place(-33.9, 151.2))
    PhotoPlaces(written.latitude[::-1], written.longitude[::-1]).write(tmp_path)
    found = PhotoPlaces.read(tmp_path)
    assert found is not None
    assert found.latitude.tolist() == [-33.9, 55.6985]
    assert found.longitude.tolist() == [151.2, 13.1955]
    assert len(found) == 2


@pytest.mark.parametrize(
    "tensors",
    [
        {"latitude": np.zeros(3)},
        {"latitude": np.zeros(3), "longitude": np.zeros(2)},
        {"latitude": np.zeros((3, 1)), "longitude": np.zeros((3, 1))},
        {"latitude": np.zeros(3, np.float32), "longitude": np.zeros(3, np.float32)},
        {"latitude": np.array([np.nan]), "longitude": np.zeros(1)},
        {"latitude": np.array([91.0]), "longitude": np.zeros(1)},
    ],
)
def test_damaged_places_are_refused(tmp_path: Path, tensors: dict[str, np.ndarray]):
    save_file(tensors, tmp_path / PHOTO_PLACES_FILE)
    with pytest.raises(BadModel, match=r"photos\.safetensors"):
        PhotoPlaces.read(tmp_path)


def test_a_file_that_is_no_tensors_is_refused(tmp_path: Path):
    (tmp_path / PHOTO_PLACES_FILE).write_bytes(b"not tensors")
    with pytest.raises(BadModel, match=r"cannot be read .*copy or train the model again"):
        PhotoPlaces.read(tmp_path)


def test_a_model_keeps_its_places_and_its_manifest_guards_them(tmp_path: Path, tiny: PlacePipeline):
    tiny.photo_places = places(LUND)
    save_pipeline(tiny, tmp_path / "lund")
    loaded = load_pipeline(tmp_path / "lund", "cpu")
    assert loaded.photo_places is not None
    assert loaded.photo_places.near(LUND) == (0.0, 1)
    save_pipeline(loaded, tmp_path / "again")
    assert check_model(tmp_path / "again") == loaded.card
    places(Place(0, 0)).write(tmp_path / "again")
    with pytest.raises(BadModel, match=r"photos\.safetensors is not the file that was saved"):
        check_model(tmp_path / "again")


def test_a_model_without_places_has_no_file_of_them(tmp_path: Path, shared_tiny: PlacePipeline):
    assert shared_tiny.photo_places is None
    save_pipeline(shared_tiny, tmp_path / "lund")
    assert not (tmp_path / "lund" / PHOTO_PLACES_FILE).exists()
