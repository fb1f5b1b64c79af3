"""Alignment: moves do what they say, are found again, and leave size and height alone in the mean."""

import math

import pytest
import torch

from engine.landmark.distillation.alignment import UNMOVED, better_move, centred, moved, undone

SIZE_PX = 48


def spot(right: float = 0.0, down: float = 0.0, radius: float = 0.3) -> torch.Tensor:
    """A soft disc, in half pictures from the middle, (1, S, S)."""
    at = (torch.arange(SIZE_PX) + 0.5) / SIZE_PX * 2 - 1
    far = ((at[None] - right).square() + (at[:, None] - down).square()).sqrt()
    return ((radius - far) * 12).sigmoid()[None]


def test_unmoved_pictures_are_the_same() -> None:
    pictures = torch.rand(2, 3, SIZE_PX, SIZE_PX)
    assert torch.allclose(moved(pictures, torch.tensor([UNMOVED] * 2)), pictures, atol=1e-5)


def test_a_move_enlarges_about_the_middle_and_shifts_right_and_down() -> None:
    found = moved(spot(radius=0.2)[None], torch.tensor([[1.5, 0.25, -0.5]]))[0]
    assert (found - spot(0.25, -0.5, 0.3)).abs().max() < 0.12  # its edge is softer by half


def test_a_move_can_be_undone() -> None:
    moves = torch.tensor([[1.06, 0.08, -0.05], [0.94, -0.03, 0.08]])
    there = moved(spot()[None].expand(2, -1, -1, -1), moves)
    assert (there - spot()).abs().max() > 0.3
    assert (moved(there, undone(moves)) - spot()).abs().max() < 0.05


@pytest.mark.parametrize("off", [(1.03, 0.05, -0.08), (0.94, -0.08, 0.03), UNMOVED])
def test_a_picture_is_moved_back_to_what_the_field_shows(off: tuple[float, float, float]) -> None:
    zoom, right, down = off
    alpha = spot(right, down, 0.3 * zoom)[0]
    picture = torch.tensor([0.9, 0.5, 0.1])[:, None, None] * torch.ones(3, SIZE_PX, SIZE_PX)
    shown = torch.cat([picture * spot()[0], spot()])
    move = torch.tensor(UNMOVED)
    for _ in range(2):
        move = better_move(picture, alpha, shown, move)
    back = moved(alpha[None, None], move[None])[0, 0]
    assert (back - spot()[0]).abs().mean() < 0.01
    assert move[0].item() == pytest.approx(1 / zoom, abs=0.04)


def test_centred_moves_keep_size_and_height_but_not_the_axis() -> None:
    moves = centred(torch.tensor([[1.1, 0.1, 0.2], [1.3, 0.3, 0.6]]))
    assert moves[:, 0].log().mean().item() == pytest.approx(0, abs=1e-6)
    assert moves[:, 2].tolist() == pytest.approx([-0.2, 0.2])
    assert moves[:, 1].tolist() == pytest.approx([0.1, 0.3])


def test_centred_moves_do_not_carry_the_landmark_away() -> None:
    around, one = torch.arange(8) * math.pi / 4, torch.ones(8)
    aims = torch.tensor([0.1, -0.1] * 4)  # no step of the landmark does that
    carried = aims + 0.3 * around.sin() - 0.2 * around.cos()
    moves = centred(torch.stack([one, carried, 0 * one], dim=1))
    assert moves[:, 1].tolist() == pytest.approx(aims.tolist(), abs=1e-6)
