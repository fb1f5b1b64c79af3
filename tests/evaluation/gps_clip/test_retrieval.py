"""Retrieval: the cells that are chosen from, and figures that a judge who cannot see does not beat."""

import numpy as np
import pytest
import torch

from engine.diffusion.photo_places import PhotoPlaces
from engine.evaluation.gps_clip.card import GpsClipCard
from engine.evaluation.gps_clip.learning import Examples, new_network
from engine.evaluation.gps_clip.network import Towers
from engine.evaluation.gps_clip.retrieval import retrieval, told, visited_cells
from engine.geo.bearing import distance_m
from engine.geo.place import Place
from engine.geo.region import Box

BOX = Box(south=55.69, west=13.17, north=55.72, east=13.22)


def test_only_cells_near_photos_are_chosen_from() -> None:
    photo = Place(55.70, 13.18)
    latitude, longitude = visited_cells(
        BOX, PhotoPlaces(np.array([photo.latitude]), np.array([photo.longitude])), 400
    )
    assert 1 <= len(latitude) <= 9
    assert all(distance_m(Place(*each), photo) < 250 for each in zip(latitude, longitude, strict=True))


def test_a_judge_that_always_says_the_same_is_no_better_than_one_cell() -> None:
    towers = Towers(4, 4, 8, "periodic", 8, 1, 0)
    network = new_network(towers, seed=0).eval()
    rng = np.random.default_rng(0)
    taken = rng.uniform(BOX.south, BOX.north, 30), rng.uniform(BOX.west, BOX.east, 30)
    same = Examples(
        torch.ones(30, 4), torch.zeros(30, 2), torch.zeros(30, 2), torch.zeros(30, 0).long(), torch.arange(30)
    )
    cells = visited_cells(BOX, PhotoPlaces(*taken), 100)
    figures = retrieval(network, GpsClipCard("Lund", BOX, towers, 32, 0.07), same, taken, cells)
    assert figures["median_m"] >= figures["middle_m"]
    assert figures["photos"] == 30
    assert figures["cells"] == len(cells[0])
    assert "30 held-out photos of Lund" in told(figures, "Lund")
    assert "weighed" not in told(figures, "Lund")


def test_a_place_where_photos_lie_is_taken_before_another_that_looks_alike() -> None:
    towers = Towers(4, 4, 8, "periodic", 8, 1, 0)
    network = new_network(towers, seed=0).eval()
    card = GpsClipCard("Lund", BOX, towers, 32, 0.07)
    one, other = Place(55.695, 13.18), Place(55.715, 13.21)
    photos = Examples(
        torch.ones(9, 4), torch.zeros(9, 2), torch.zeros(9, 2), torch.zeros(9, 0).long(), torch.arange(9)
    )
    cells = np.array([one.latitude, other.latitude]), np.array([one.longitude, other.longitude])
    for there, number in ((one, 0), (other, 1)):
        taken = np.full(9, there.latitude), np.full(9, there.longitude)
        before = np.full(2, 1e-9)
        before[number] = 1.0
        figures = retrieval(network, card, photos, taken, cells, before)
        assert (
            figures["weighed_m"] == figures["densest_m"] == figures["middle_m"] == pytest.approx(0, abs=0.01)
        )
        assert "0 m weighed by where photos lie" in told(figures, "Lund")
