"""The crop box: what it refuses, and what is left of a field."""

import pytest
import torch

from engine.errors import BadRequest
from engine.landmark.mesh.crop import Crop, Cropped
from engine.landmark.occupancy import Occupancy


@pytest.mark.parametrize(
    ("low", "high", "axis"),
    [
        ((-1, 0.5, -1), (1, 0.5, 1), "north"),
        ((-1, -1, -1), (1, 1, 1.5), "up"),
        ((0, 0, float("nan")), (1, 1, 1), "up"),
    ],
)
def test_a_box_without_room_is_refused_by_its_axis(low, high, axis: str) -> None:
    with pytest.raises(BadRequest, match=f"{axis}; give two numbers between -1 and 1"):
        Crop(low, high)


def test_only_the_box_is_left(compass) -> None:
    field = compass()
    cropped = Cropped(field, Crop((0, -1, -1), (1, 1, 1)))
    points = torch.tensor([[0.3, 0, 0], [-0.3, 0, 0], [5.0, 0, 0], [0.0, 0.2, 0]])
    density, colour = cropped(points)
    assert torch.equal(density, cropped.density(points))
    assert torch.equal(density > 0, torch.tensor([True, False, False, True]))
    assert torch.equal(colour[[0, 3]], field(points[[0, 3]])[1])


def test_what_the_renderer_takes_for_empty_is_empty(compass) -> None:
    occupancy = Occupancy(resolution=2)
    occupancy.occupied.copy_(torch.tensor([True] * 4 + [False] * 4))  # the upper half is not
    cropped = Cropped(compass(), Crop(), occupancy)
    below, above = cropped.density(torch.tensor([[0.1, 0.1, -0.2], [0.1, 0.1, 0.2]])).tolist()
    assert below > 100
    assert above == 0
