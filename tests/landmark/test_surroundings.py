"""The panorama around the cube: which way its rows and columns run, and that it has no seam."""

import math

import pytest
import torch

from engine.landmark.surroundings import Surroundings


def direction(bearing_deg: float, rise_deg: float = 0.0) -> torch.Tensor:
    bearing, rise = math.radians(bearing_deg), math.radians(rise_deg)
    level = math.cos(rise)
    return torch.tensor([[level * math.sin(bearing), level * math.cos(bearing), math.sin(rise)]])


def painted(row: slice, column: slice) -> Surroundings:
    surroundings = Surroundings(4, 8)
    with torch.no_grad():
        surroundings.panorama[0, 0, row, column] = 9.0
    return surroundings


@pytest.mark.parametrize(("column", "bearing_deg"), [(0, 202.5), (2, 292.5), (4, 22.5), (6, 112.5)])
def test_columns_go_clockwise_from_the_south(column: int, bearing_deg: float) -> None:
    surroundings = painted(slice(None), slice(column, column + 1))
    assert surroundings(direction(bearing_deg))[0, 0] > 0.99
    assert surroundings(direction(bearing_deg + 180))[0, 0].item() == pytest.approx(0.5)


def test_rows_go_up() -> None:
    surroundings = painted(slice(3, 4), slice(None))
    assert surroundings(direction(77.0, 80.0))[0, 0] > 0.99
    assert surroundings(direction(77.0, -80.0))[0, 0].item() == pytest.approx(0.5)


def test_there_is_no_seam_in_the_south() -> None:
    surroundings = Surroundings(4, 8)
    with torch.no_grad():
        surroundings.panorama.normal_(generator=torch.Generator().manual_seed(0))
    left, right = surroundings(direction(179.99)), surroundings(direction(180.01))
    torch.testing.assert_close(left, right, atol=1e-3, rtol=0)


def test_gradients() -> None:
    surroundings = Surroundings(3, 4).double()
    rays_d = torch.nn.functional.normalize(
        torch.randn(5, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64), dim=1
    )

    def seen(panorama: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(surroundings, {"panorama": panorama}, (rays_d,))

    panorama = torch.randn(1, 3, 3, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    assert torch.autograd.gradcheck(seen, (panorama.requires_grad_(),))
