"""The occupancy grid: what is solid is never skipped, what is empty soon is."""

import torch
from torch import Tensor

from engine.landmark.occupancy import Occupancy


class Corner:
    """Solid in the upper north-east, thin elsewhere."""

    def __init__(self, solid: float = 50.0, thin: float = 0.0) -> None:
        self.solid, self.thin = solid, thin

    def density(self, points: Tensor) -> Tensor:
        inside = (points > torch.tensor([0.0, 0.25, 0.5])).all(-1)
        return torch.where(inside, self.solid, self.thin)

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        return self.density(points), points / 2 + 0.5


def test_everything_is_occupied_before_the_first_look() -> None:
    assert Occupancy(4).at(torch.tensor([[-1.0, -1, -1], [1, 1, 1], [0, 0, 0]])).all()


def test_only_the_solid_corner_is_occupied_and_axes_are_not_mixed_up() -> None:
    occupancy = Occupancy(8)
    occupancy.update(Corner(), torch.Generator().manual_seed(0))
    points = torch.rand(500, 3, generator=torch.Generator().manual_seed(1)) * 2 - 1
    assert torch.equal(occupancy.at(points), Corner().density(points) > 0)
    assert occupancy.occupied.sum() == 4 * 3 * 2


def test_what_was_solid_fades() -> None:
    occupancy = Occupancy(8, threshold=1.0, decay=0.5)
    generator = torch.Generator().manual_seed(0)
    occupancy.update(Corner(solid=6.0), generator)
    corner = torch.tensor([[0.9, 0.9, 0.9]])
    occupied = []
    for _ in range(3):
        occupancy.update(Corner(solid=0.0, thin=5.0), generator)
        occupied.append(occupancy.at(corner).item())
    assert occupied == [True, True, False]  # 3, 1.5, 0.75


def test_a_field_that_has_hardly_begun_is_not_taken_for_empty() -> None:
    occupancy = Occupancy(8, threshold=0.5)
    occupancy.update(Corner(solid=0.02, thin=0.001), torch.Generator().manual_seed(0))
    assert occupancy.at(torch.tensor([[0.9, 0.9, 0.9]])).item()
    occupancy = Occupancy(8, threshold=0.5)
    occupancy.update(Corner(solid=0.0, thin=0.0), torch.Generator().manual_seed(0))
    assert occupancy.occupied.all()


def test_the_state_is_saved() -> None:
    occupancy, other = Occupancy(8), Occupancy(8)
    occupancy.update(Corner(), torch.Generator().manual_seed(0))
    other.load_state_dict(occupancy.state_dict())
    assert torch.equal(other.occupied, occupancy.occupied)
