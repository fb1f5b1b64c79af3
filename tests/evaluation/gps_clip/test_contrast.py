"""Contrast: the loss against closed forms, and which pairs it leaves out."""

import math

import pytest
import torch

from engine.evaluation.gps_clip.contrast import alike, info_nce, nearer_than


def test_pairs_that_match_and_share_nothing_have_the_closed_form() -> None:
    """B orthonormal pairs: each own logit is 1 / t, the B - 1 others 0."""
    for size, temperature in ((2, 0.07), (5, 0.5), (9, 2.0)):
        vectors = torch.eye(size, dtype=torch.float64)
        expected = math.log(1 + (size - 1) * math.exp(-1 / temperature))
        assert info_nce(vectors, vectors, temperature).item() == pytest.approx(expected, rel=1e-9)


def test_pairs_that_are_all_alike_cost_log_b() -> None:
    vectors = torch.tensor([[0.6, 0.8]]).expand(7, 2)
    assert info_nce(vectors, vectors, 0.07).item() == pytest.approx(math.log(7), rel=1e-5)


def test_it_is_symmetric_and_counts_both_directions() -> None:
    """Two pictures at right angles, both places at the first: the pictures choose at random, the places do not."""
    pictures = torch.eye(2, dtype=torch.float64)
    places = torch.tensor([[1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    pictures_choose = math.log(2)
    places_choose = (math.log(1 + math.exp(-1 / 0.5)) + math.log(1 + math.exp(1 / 0.5))) / 2
    expected = (pictures_choose + places_choose) / 2
    assert info_nce(pictures, places, 0.5).item() == pytest.approx(expected, rel=1e-9)
    assert info_nce(places, pictures, 0.5).item() == pytest.approx(expected, rel=1e-9)


def test_what_is_left_out_is_as_if_it_were_not_there() -> None:
    generator = torch.Generator().manual_seed(0)
    pictures, places = torch.nn.functional.normalize(torch.randn(2, 4, 3, generator=generator), dim=2)
    pictures.requires_grad_()
    left_out = torch.ones(4, 4, dtype=torch.bool)
    left_out[:2, :2] = left_out[2:, 2:] = False  # two groups that do not know of each other
    both = info_nce(pictures, places, 0.07, left_out)
    halves = [info_nce(pictures[part], places[part], 0.07) for part in (slice(2), slice(2, 4))]
    torch.testing.assert_close(both, (halves[0] + halves[1]) / 2)
    alone = info_nce(pictures, places, 0.07, torch.ones(4, 4, dtype=torch.bool))
    assert alone.item() == 0
    alone.backward()
    assert pictures.grad is not None
    assert pictures.grad.abs().max() == 0


def test_near_photos_and_the_same_caption_are_found() -> None:
    metres = torch.tensor([[0.0, 0.0], [30.0, 40.0], [300.0, 400.0]])
    assert nearer_than(metres, 50.1).tolist() == [
        [True, True, False],
        [True, True, False],
        [False, False, True],
    ]
    assert not nearer_than(metres, 0.0).any(), "in the paper every other photo is a negative"
    assert alike(torch.tensor([4, 7, 4])).tolist() == [
        [True, False, True],
        [False, True, False],
        [True, False, True],
    ]
