"""The towers: unit vectors, the paper's shared MLP, and no trunk where a frozen transformer looks."""

from dataclasses import replace

import pytest
import torch

from engine.evaluation.gps_clip.learning import new_network
from engine.evaluation.gps_clip.network import MlpPlaceTower, Towers

TOWERS = Towers(0, 4, 16, "mlp", 24, 3, 5)
UNIT = torch.tensor([[0.2, -0.7], [-0.7, 0.2], [0.9, 0.9], [0.2, -0.69]])


@pytest.mark.parametrize("place_tower", ["mlp", "periodic"])
def test_every_tower_gives_unit_vectors(place_tower) -> None:
    network = new_network(replace(TOWERS, place_tower=place_tower), seed=0).eval()
    seen = network.seen(torch.rand(3, 3, 32, 32) * 2 - 1)
    bags = torch.tensor([[1, 2, 0], [5, 0, 0], [0, 0, 0]])
    for vectors in (
        network.picture_places(seen),
        network.picture_words(seen),
        network.place_vectors(UNIT),
        network.word_vectors(bags),
    ):
        torch.testing.assert_close(vectors.norm(dim=1), torch.ones(len(vectors)))


def test_the_papers_tower_shares_its_mlp_but_tells_x_from_y() -> None:
    torch.manual_seed(0)
    tower = MlpPlaceTower(TOWERS)
    joined: list[torch.Tensor] = []
    tower.join.register_forward_pre_hook(lambda _, given: joined.append(given[0]))
    vectors = tower(UNIT)
    halves = joined[0].chunk(2, dim=1)
    torch.testing.assert_close(halves[0][0], halves[1][1])
    assert (vectors[0] - vectors[1]).norm() > 0.1
    layers = [layer for layer in tower.shared if isinstance(layer, torch.nn.Linear)]
    assert [layer.in_features for layer in layers] == [1, *[24] * 5]


def test_places_differ_before_anything_is_learned() -> None:
    """With PyTorch's own start six layers lose nearly all of the coordinate."""
    vectors = new_network(replace(TOWERS, place_width=64), seed=0).place_vectors(UNIT)
    assert (vectors[0] - vectors[2]).norm() > 0.1


def test_the_order_of_words_does_not_count_and_nothing_fills_up() -> None:
    network = new_network(TOWERS, seed=0)
    one, other, longer = network.word_vectors(torch.tensor([[1, 3, 0], [3, 1, 0], [0, 1, 3]]))
    torch.testing.assert_close(one, other)
    torch.testing.assert_close(one, longer)


def test_frozen_eyes_need_no_trunk_and_no_words_no_tower() -> None:
    network = new_network(replace(TOWERS, frozen_features=12, vocabulary=0), seed=0)
    assert network.trunk is None
    assert network.words is None
    assert network.picture_places(network.seen(torch.rand(2, 12))).shape == (2, 16)
