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


def holding(*boxes: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]) -> Occupancy:
    """Twelve cells along each edge, of which those of the boxes are solid: from, to east, north and up."""
    occupancy, there = Occupancy(12), torch.zeros(12, 12, 12)
    for (west, east), (south, north), (low, high) in boxes:
        there[low:high, south:north, west:east] = 50.0
    occupancy.densities.copy_(there.reshape(-1))
    occupancy.occupied.fill_(True)
    return occupancy


TOWER = ((5, 7), (5, 7), (1, 10))


def kept(occupancy: Occupancy) -> Tensor:
    return (occupancy.densities.view(12, 12, 12) > 0) & occupancy.occupied.view(12, 12, 12)


def test_crumbs_and_clouds_go_and_what_stands_beside_stays() -> None:
    hut, crumb, cloud = ((9, 11), (1, 3), (1, 3)), ((1, 2), (9, 11), (1, 2)), ((8, 11), (8, 11), (8, 11))
    occupancy = holding(TOWER, hut, crumb, cloud)
    occupancy.densities.view(12, 12, 12)[0, 11, 0] = 1.0  # mist around the crumb
    occupancy.drop_crumbs()
    assert torch.equal(kept(occupancy), kept(holding(TOWER, hut)))
    assert occupancy.at(torch.tensor([[-0.3, 0.0, 0.0]])).item()  # next to the tower
    assert not occupancy.at(torch.tensor([[0.6, 0.6, 0.6]])).item()


def test_the_top_of_a_broken_tower_is_no_cloud() -> None:
    broken = (((5, 7), (5, 7), (1, 7)), ((5, 7), (5, 7), (8, 11)))
    occupancy = holding(*broken)
    occupancy.drop_crumbs()
    assert torch.equal(kept(occupancy), kept(holding(*broken)))


def test_where_nothing_is_dense_nothing_goes() -> None:
    occupancy = holding()
    occupancy.densities.fill_(0.05)
    occupancy.drop_crumbs()
    assert occupancy.occupied.all()


def test_solid_cells_are_told_by_their_middles() -> None:
    found = holding(((0, 1), (3, 4), (11, 12))).solid(2.0)
    assert torch.allclose(found, torch.tensor([[-11 / 12, -5 / 12, 11 / 12]]))
